"""Justification between ideographs, which WeasyPrint 70 lacks: it stretches spaces only, so a Chinese line with digits ends ragged.

Takes the place of one function of WeasyPrint, `layout.inline.justify_line`. The version is pinned and
`tests/documents/test_justify.py` holds the outcome: a straight right edge.
"""

import re

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline
from weasyprint.text.ffi import TO_UNITS, ffi, pango
from weasyprint.text.line_break import Layout

# Dashes and dots that are drawn as one long stroke (—— ……) are not pulled apart.
IDEOGRAPHS = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]+")
MOST = 0.5  # of the font size: ideographs further apart (before a long address, say) look worse than a ragged edge


class SpreadLayout(Layout):
    """A line of text whose ideographs stand `justification_spacing` further apart, like its spaces."""

    def set_text(self, text: str, justify: bool = False) -> None:  # noqa: FBT001, FBT002 (WeasyPrint's signature)
        super().set_text(text, justify)
        if justify:
            self._spread()

    def _spread(self) -> None:
        own = self.style["letter_spacing"]
        units = int((self.justification_spacing + (0 if own == "normal" else own)) * TO_UNITS)
        attributes = pango.pango_layout_get_attributes(self.layout)
        if attributes == ffi.NULL:
            attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
        for run in IDEOGRAPHS.finditer(self.text):
            attribute = pango.pango_attr_letter_spacing_new(units)
            attribute.start_index = len(self.text[: run.start()].encode())
            attribute.end_index = attribute.start_index + len(run[0].encode())
            pango.pango_attr_list_change(attributes, attribute)
        pango.pango_layout_set_attributes(self.layout, attributes)


def gaps(text: str) -> float:
    """How often the spacing is added in `text`: once a space, half at each side of an ideograph, none at the two ends."""
    runs = list(IDEOGRAPHS.finditer(text))
    ideographs = sum(len(run[0]) for run in runs)
    ends = sum(0.5 for run in runs if run.start() == 0) + sum(0.5 for run in runs if run.end() == len(text))
    return ideographs - ends + text.count(" ") + text.count("\u00a0")


def justify_line(_context: object, line: boxes.LineBox, extra_width: float) -> None:
    texts = [box.text for box in _texts(line)]
    opportunities = sum(gaps(text) for text in texts)
    if not opportunities:
        return
    spacing = extra_width / opportunities
    if spacing <= MOST * line.style["font_size"] or not any(IDEOGRAPHS.search(text) for text in texts):
        _spread(line, spacing, 0)


def _texts(box: boxes.Box) -> list[boxes.TextBox]:
    if isinstance(box, boxes.TextBox):
        return [box]
    if isinstance(box, boxes.LineBox | boxes.InlineBox):
        return [text for child in box.children if child.is_in_normal_flow() for text in _texts(child)]
    return []


def _spread(box: boxes.Box, spacing: float, advance: float) -> float:
    """Move `box` by what came before it, widen it by what it holds, and return the sum of both."""
    if isinstance(box, boxes.TextBox):
        box.position_x += advance
        added = _widen(box, spacing)
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        box.position_x += advance
        inner = advance
        for child in box.children:
            if child.is_in_normal_flow():
                inner = _spread(child, spacing, inner)
        added = inner - advance
        box.width += added
    else:
        box.translate(advance, 0)
        added = 0
    return advance + added


def _widen(box: boxes.TextBox, spacing: float) -> float:
    added = gaps(box.text) * spacing
    if added:
        layout = SpreadLayout(box.style, spacing)
        layout.set_text(box.text)
        layout.deactivate()
        box.width += added
        box.pango_layout = layout
    return added


def install() -> None:
    inline.justify_line = justify_line
