from applications.industries import INDUSTRIES
from review.industries import FAMILIES, near


def test_families_name_only_divisions_that_exist():
    assert {code for family in FAMILIES for code in family} <= set(INDUSTRIES)


def test_near_divisions_share_a_family_and_leave_out_the_own():
    assert near(["C36"]) == {"C37"}
    assert near(["C36", "C37"]) == frozenset()
    assert near(["C33"]) == {"C30", "C31", "C32", "C42", "C34", "C35", "C43"}
    assert near([]) == frozenset()


def test_nearness_is_mutual():
    assert all(one in near([other]) for one in INDUSTRIES for other in near([one]))
