"""Long lists: order and page come from the address."""

import pytest
from django.http import QueryDict

from pilotportal.accounts.models import Division
from pilotportal.listing import listing

ORDERS = {"number": lambda row: row, "last": lambda row: row % 10}


def shown(query: str, *, rows: range = range(1, 121), size: int = 50) -> list[int]:
    return list(listing(rows, QueryDict(query), orders=ORDERS, default="number", size=size).page)


@pytest.mark.parametrize(
    ("query", "first", "count"),
    [
        ("", 1, 50),
        ("page=2", 51, 50),
        ("page=3", 101, 20),
        ("page=99", 101, 20),
        ("page=x", 1, 50),
        ("sort=-number", 120, 50),
        ("sort=-number&page=3", 20, 20),
        ("sort=unknown", 1, 50),
        ("sort=--number", 1, 50),
        ("sort=last", 10, 50),
    ],
)
def test_the_address_says_which_rows_are_shown(query, first, count):
    rows = shown(query)
    assert (rows[0], len(rows)) == (first, count)


def test_a_head_asks_for_its_order_and_then_for_the_reverse():
    plain = listing([3, 1, 2], QueryDict(""), orders=ORDERS, default="number")
    assert (plain.direction_of("number"), plain.next_of("number")) == ("ascending", "-number")
    assert (plain.direction_of("last"), plain.next_of("last")) == ("none", "last")
    turned = listing([3, 1, 2], QueryDict("sort=-number"), orders=ORDERS, default="number")
    assert (turned.direction_of("number"), turned.next_of("number")) == ("descending", "number")


def test_an_empty_list_is_false():
    assert not listing([], QueryDict(""), orders=ORDERS, default="number")
    assert listing([1], QueryDict(""), orders=ORDERS, default="number")


@pytest.mark.django_db
def test_a_queryset_is_sorted_by_the_database():
    divisions = Division.objects.filter(level="municipality").order_by("pk")
    codes = [division.pk for division in listing(divisions, QueryDict("sort=-code"), orders={"code": "pk"}, default="code").page]
    assert codes == sorted(codes, reverse=True)
    assert len(codes) == 4


def test_a_sequence_is_not_sorted_by_the_name_of_a_field():
    with pytest.raises(TypeError):
        listing([1], QueryDict(""), orders={"number": "number"}, default="number")
