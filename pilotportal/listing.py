"""One page of a long list, searched and sorted. All of it stands in the address, so that a view of a list can be kept and sent on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict

ON_A_PAGE = 50

Order = str | Callable[[Any], Any]


@dataclass(frozen=True)
class Listing:
    """`page` holds the rows; `sort` is the column they stand by, with a minus in front when it is turned round."""

    page: Page[Any]
    sort: str
    columns: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.page.paginator.count)

    def direction_of(self, column: str) -> str:
        """What `aria-sort` says of a column."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.sort, "none")

    def next_of(self, column: str) -> str:
        """What the head of a column asks for: its order, or when it has that, the reverse."""
        return f"-{column}" if self.sort == column else column


def listing(
    rows: QuerySet[Any] | Sequence[Any], query: QueryDict, *, orders: Mapping[str, Order], default: str, size: int = ON_A_PAGE
) -> Listing:
    """The page that the address asks for.

    `orders` names the columns that can be sorted: by a field for a queryset, by a key of a row for a sequence. Equal rows keep the
    order that they came in. An unknown column counts as the default one, a page beyond the end as the last.
    """
    asked = query.get("sort", default)
    sort = asked if asked.removeprefix("-") in orders else default
    ordered = _ordered(rows, orders[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return Listing(Paginator(ordered, size).get_page(query.get("page")), sort, frozenset(orders))


def _ordered(rows: QuerySet[Any] | Sequence[Any], order: Order, *, reverse: bool) -> QuerySet[Any] | Sequence[Any]:
    if isinstance(rows, QuerySet):
        return rows.order_by(f"{'-' if reverse else ''}{order}", *rows.query.order_by)
    if isinstance(order, str):
        raise TypeError("Rows of a sequence are sorted by a key, not by the name of a field.")
    return sorted(rows, key=order, reverse=reverse)
