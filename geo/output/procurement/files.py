"""A draft specification as PDF and as a document for editing; every page says that it is a draft."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.output.procurement.draft import Bullets, Chapter, Draft, Grid, Paragraph
from geo.output.report import LOCALES, add_field, add_run, set_font, set_language
from geo.output.values import printable
from geo.text import Texts

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.text.paragraph import Paragraph as DocxParagraph

_TEMPLATE = Path(__file__).with_name("procurement.typ")
_WIDTH_MM = 166.0
_ACCENT, _SOFT, _MARK = "0B5C63", "4B5A5E", "9A3C0D"

_WATERMARK = """<w:r {word} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<w:pict>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" path="m@7,0l@8,0m@5,21600l@6,21600e">
<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>
<v:shape id="watermark" o:spid="_x0000_s2049" type="#_x0000_t136" fillcolor="#dddddd" stroked="f"
 style="position:absolute;width:520pt;height:34pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;
mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin">
<v:textpath style="font-family:&quot;Arial&quot;"/></v:shape>
</w:pict></w:r>"""


def draft_pdf(t: Texts, draft: Draft) -> bytes:
    """Return a draft as tagged PDF (PDF/UA-1)."""
    from geo.output.paper import COUNTRIES, typeset

    return typeset(
        _TEMPLATE,
        {
            "language": t.language,
            "country": COUNTRIES[t.language],
            "title": draft.title,
            "subtitle": draft.subtitle,
            "watermark": draft.watermark,
            "note": t("procurement.only_draft"),
            "blank": t("procurement.blank"),
            "source": draft.source,
            "fictional": draft.fictional,
            "page": t("sheet.page"),
            "general": [_chapter_values(chapter) for chapter in draft.general],
            "lots": [
                {"title": lot.title, "chapters": [_chapter_values(chapter) for chapter in lot.chapters]}
                for lot in draft.lots
            ],
        },
    )


def draft_docx(t: Texts, draft: Draft) -> bytes:
    """Return a draft as a Word document with the same content; blanks are highlighted."""
    from docx import Document

    document = Document()
    _furnish(t, document, draft)
    document.add_heading(printable(draft.title), 0)
    _write(t, document.add_paragraph(), draft.subtitle)
    _write(t, document.add_paragraph(), t("procurement.only_draft"))
    for chapter in draft.general:
        _chapter(t, document, chapter, 1)
    for lot in draft.lots:
        heading = document.add_heading(printable(lot.title), 1)
        heading.paragraph_format.page_break_before = True
        for chapter in lot.chapters:
            _chapter(t, document, chapter, 2)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def draft_files(t: Texts, draft: Draft) -> dict[str, bytes]:
    """Return the whole draft as PDF and DOCX, and each lot as a DOCX of its own, by file name."""
    from geo.output.values import file_key

    stem = t("procurement.file")
    files = {f"{stem}.pdf": draft_pdf(t, draft), f"{stem}.docx": draft_docx(t, draft)}
    for lot in draft.lots:
        files[f"{stem}_{lot.number:02d}_{file_key(lot.key)}.docx"] = draft_docx(t, draft.only(lot.number))
    return files


def _chapter_values(chapter: Chapter) -> dict[str, Any]:
    """Return a chapter as the template reads it: each block with its kind."""
    blocks = [{"kind": type(block).__name__.lower(), **vars(block)} for block in chapter.blocks]
    return {"heading": chapter.heading, "blocks": blocks}


def _furnish(t: Texts, document: Docx, draft: Draft) -> None:
    """Set page, language, properties, and the watermark in the header of every page."""
    from docx.shared import Mm, RGBColor

    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(22)
    page.top_margin = page.bottom_margin = Mm(24)
    normal = document.styles["Normal"]
    set_font(normal, 10)
    set_language(normal.element.get_or_add_rPr(), t.language)
    for level, size in ((0, 20), (1, 15), (2, 12)):
        style = document.styles["Title" if level == 0 else f"Heading {level}"]
        set_font(style, size)
        style.font.color.rgb = RGBColor.from_string(_ACCENT)
    about = document.core_properties
    about.title, about.author, about.language = printable(draft.title)[:255], "Nahbar", LOCALES[t.language]
    about.comments = printable(draft.watermark)
    head = page.header.paragraphs[0]
    add_run(head, draft.watermark, colour=_MARK, is_bold=True, size=9.5)
    if draft.fictional:
        add_run(head, f" · {draft.fictional}", colour=_MARK, size=8.5)
    head._p.append(_watermark(draft.watermark))
    foot = page.footer.paragraphs[0]
    add_run(foot, f"{draft.source} · {t('sheet.page')} ", colour=_SOFT, size=8.5)
    add_field(foot, "PAGE", "1")


def _watermark(text: str) -> Any:
    """Return the drawing that Word and LibreOffice show slantwise behind every page."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    drawing = parse_xml(_WATERMARK.format(word=nsdecls("w")))
    shape = drawing.find(".//{urn:schemas-microsoft-com:vml}shape")
    shape.set("alt", text)
    shape.find("{urn:schemas-microsoft-com:vml}textpath").set("string", text)
    return drawing


def _chapter(t: Texts, document: Docx, chapter: Chapter, level: int) -> None:
    document.add_heading(printable(chapter.heading), level)
    for block in chapter.blocks:
        if isinstance(block, Paragraph):
            _write(t, document.add_paragraph(), block.text)
        elif isinstance(block, Bullets):
            for item in block.items:
                _write(t, document.add_paragraph(style="List Bullet"), item)
        else:
            _grid(t, document, block)


def _grid(t: Texts, document: Docx, grid: Grid) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    table = document.add_table(rows=1, cols=len(grid.heads), style="Table Grid")
    table.autofit = False
    for cell, head in zip(table.rows[0].cells, grid.heads, strict=True):
        add_run(cell.paragraphs[0], head, is_bold=True)
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
    for row in grid.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _write(t, cell.paragraphs[0], text)
    for column, width in zip(table.columns, grid.widths, strict=True):
        column.width = Mm(_WIDTH_MM * width)
    for row in table.rows:
        whole = row._tr.get_or_add_trPr()
        whole.insert(0, whole.makeelement(qn("w:cantSplit"), {}))
        for cell, width in zip(row.cells, grid.widths, strict=True):
            cell.width = Mm(_WIDTH_MM * width)
            room = cell.paragraphs[0].paragraph_format
            room.space_before = room.space_after = Pt(2)
    document.add_paragraph()


def _write(t: Texts, paragraph: DocxParagraph, text: str) -> None:
    """Write text, its blanks highlighted."""
    from docx.enum.text import WD_COLOR_INDEX

    blank = t("procurement.blank")
    for at, part in enumerate(text.split(blank)):
        if at:
            add_run(paragraph, blank).font.highlight_color = WD_COLOR_INDEX.YELLOW
        if part:
            add_run(paragraph, part)
