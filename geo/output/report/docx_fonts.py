"""The font of documents for Word: one that every office has or has a double of, so pages break alike."""

from __future__ import annotations

from typing import Any

FONT = "Arial"


def set_font(style: Any, points: float) -> None:
    """Give a style of python-docx font and size, in place of the theme's font, which would win otherwise."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.name, style.font.size = FONT, Pt(points)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in list(fonts.attrib):
        if "Theme" in kind:
            del fonts.attrib[kind]
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), FONT)
