"""How much room a text takes, where no font can be asked."""

from unicodedata import east_asian_width


def breadth(text: str) -> int:
    """The widest line of `text` in Latin characters; a Chinese character takes two."""
    return max((sum(1 + (east_asian_width(sign) in "WF") for sign in line) for line in text.splitlines()), default=0)
