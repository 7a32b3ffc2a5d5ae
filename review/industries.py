"""Which manufacturing divisions of GB/T 4754-2017 lie near one another. The families are a default of this portal: no document has any."""

from collections.abc import Collection

FAMILIES = (
    ("C13", "C14", "C15", "C16"),  # food, drink, tobacco
    ("C17", "C18", "C19", "C28"),  # textiles, clothing, leather, fibres
    ("C20", "C21", "C22", "C23", "C24"),  # wood, furniture, paper, printing, leisure goods
    ("C25", "C26", "C27", "C28", "C29"),  # fuels, chemicals, medicine, fibres, rubber and plastics
    ("C30", "C31", "C32", "C33", "C42"),  # minerals, metals, recycling
    ("C33", "C34", "C35", "C43"),  # metal goods, machinery, repair
    ("C36", "C37"),  # vehicles, ships, aircraft
    ("C38", "C39", "C40"),  # electrical, electronic, instruments
)


def near(codes: Collection[str]) -> frozenset[str]:
    """The divisions that share a family with one of `codes`, without `codes` themselves."""
    related = {code for family in FAMILIES if not set(family).isdisjoint(codes) for code in family}
    return frozenset(related - set(codes))
