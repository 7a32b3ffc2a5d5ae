"""What was entered, against the form definition: reading, gaps, comparing, showing. Pure: strings and JSON in, JSON or words out."""

from applications.content.comparison import Difference, changed_codes, differences, differs
from applications.content.gaps import Gap, entry_id, gaps
from applications.content.presentation import ShownField, ShownGroup, ShownRow, ShownSection, shown_field, shown_group, shown_sections
from applications.content.reading import Content, Invalid, Row, Value, check, check_rows, check_section, is_blank, read

__all__ = [
    "Content",
    "Difference",
    "Gap",
    "Invalid",
    "Row",
    "ShownField",
    "ShownGroup",
    "ShownRow",
    "ShownSection",
    "Value",
    "changed_codes",
    "check",
    "check_rows",
    "check_section",
    "differences",
    "differs",
    "entry_id",
    "gaps",
    "is_blank",
    "read",
    "shown_field",
    "shown_group",
    "shown_sections",
]
