"""A dossier as a document for editing: real headings, captions, alternative texts, repeated table headers, language."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from geo.output.report.dossier_pages import WIDTH_MM, basis_of, column_shares, drawing, in_order
from geo.output.report.dossier_parts import Dossier, Item, Section, TableItem
from geo.output.values import Table, one_line, printable, softened, sorted_rows
from geo.text import Texts

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.text.paragraph import Paragraph

FONT = "Arial"
"""A font that every office has or has a double of, so pages break alike."""

LOCALES = {"de": "de-DE", "en": "en-GB"}
_ACCENT, _SOFT, _MARK = "0B5C63", "4B5A5E", "9A3C0D"
_FILL = "EAF2F1"
_MARGIN_MM = 22.0
_HEADER_LENGTH = 70
_LONG_TABLE = 30
_FIRST_ANNEX = "annex"
_CELL_MARGIN = 60  # twentieths of a point


def report_docx(t: Texts, dossier: Dossier) -> bytes:
    """Return the report as a Word document with the same content as the PDF."""
    from docx import Document

    writer = _Writer(t, dossier, Document())
    writer.furnish()
    writer.opening()
    sections = dossier.sections
    for section in (one for one in sections if not one.is_annex):
        writer.chapter(section)
    writer.basis()
    for section in (one for one in sections if one.is_annex):
        writer.chapter(section)
    out = BytesIO()
    writer.document.save(out)
    return out.getvalue()


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


class _Writer:
    """Writes one document from top to bottom and counts its pictures and tables."""

    def __init__(self, t: Texts, dossier: Dossier, document: Docx) -> None:
        self.t, self.dossier, self.document = t, dossier, document
        self.counted = {"picture": 0, "table": 0}

    def furnish(self) -> None:
        """Set page, styles, language, properties, header and footer."""
        from docx.shared import Mm

        page = self.document.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.left_margin = page.right_margin = Mm(_MARGIN_MM)
        page.top_margin = page.bottom_margin = Mm(24)
        self._styles()
        self._properties()
        place = one_line(self.dossier.region.name, _HEADER_LENGTH)
        title = one_line(self.dossier.title, _HEADER_LENGTH)
        head = page.header.paragraphs[0]
        add_run(head, softened(f"{title} · {place} · {self.dossier.date}"), size=8.5, colour=_SOFT)
        if self.dossier.fictional_mark:
            add_run(head, f" · {self.dossier.fictional_mark}", size=8.5, colour=_MARK, is_bold=True)
        foot = page.footer.paragraphs[0]
        source = softened(one_line(self.dossier.source_line, 160))
        add_run(foot, f"{source} · {self.t('dossier.page')} ", size=8.5, colour=_SOFT)
        add_field(foot, "PAGE", "1")

    def _styles(self) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Pt, RGBColor

        sizes = {"Title": 22.0, "Heading 1": 16.0, "Heading 2": 12.0, "Normal": 10.0, "Caption": 9.0}
        for name, size in sizes.items():
            style: Any = self.document.styles[name]
            set_font(style, size)
            if name != "Normal":
                style.font.color.rgb = RGBColor.from_string(_SOFT if name == "Caption" else _ACCENT)
        self.document.styles["Caption"].font.bold = False
        self.document.styles["Normal"].paragraph_format.space_after = Pt(6)
        defaults = self.document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
        for owner in (defaults, self.document.styles["Normal"].element.get_or_add_rPr()):
            set_language(owner, self.dossier.language)

    def _properties(self) -> None:
        about = self.document.core_properties
        about.title, about.subject = self.dossier.title, one_line(self.dossier.subtitle, 250)
        about.author, about.last_modified_by = "Nahbar", "Nahbar"
        about.language = LOCALES[self.dossier.language]
        about.comments = ""
        about.keywords = one_line(f"{self.dossier.region.name}; {self.dossier.date}", 250)
        about.created = about.modified = dt.datetime.now(dt.UTC).replace(tzinfo=None)

    def opening(self) -> None:
        """Write title, question, key figures and the list of chapters."""
        dossier, t = self.dossier, self.t
        self.document.add_paragraph(softened(dossier.title), style="Title")
        add_run(self.document.add_paragraph(), softened(dossier.subtitle), size=11, colour=_SOFT)
        add_run(self.document.add_paragraph(), softened(dossier.question), size=12.5)
        for line in dossier.description.split("\n"):
            if line.strip():
                self.text(line)
        for fact in dossier.facts:
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.keep_together = True
            add_run(paragraph, f"{fact.number} ", size=16, colour=_ACCENT, is_bold=True)
            add_run(paragraph, softened(fact.sentence))
            add_run(paragraph, f" ({softened(fact.caveat)})", size=8.5, colour=_SOFT)
        made = t("dossier.made", date=dossier.made_at, key=dossier.scenario_key)
        add_run(self.document.add_paragraph(), made, size=9, colour=_SOFT)

    def chapter(self, section: Section) -> None:
        """Write a chapter."""
        heading = self.document.add_heading(section.heading, 1)
        heading.paragraph_format.page_break_before = section.key == _FIRST_ANNEX
        for text in section.paragraphs:
            self.text(text)
        for item in in_order(section.items):
            self.item(item)

    def basis(self) -> None:
        """Write what the document rests on."""
        self.document.add_heading(self.t("dossier.basis"), 1)
        for key, lines in basis_of(self.dossier):
            self.document.add_heading(self.t(f"dossier.{key}"), 2)
            for line in lines:
                self.document.add_paragraph(softened(line), style="List Bullet")

    def text(self, text: str) -> None:
        """Write a paragraph."""
        self.document.add_paragraph(softened(text))

    def item(self, item: Item) -> None:
        """Write a picture with its caption below, or a table with its caption above."""
        if isinstance(item, TableItem):
            self.caption(item.caption, "table", is_kept=True)
            self.table(item.table)
            if item.note:
                add_run(self.document.add_paragraph(), softened(item.note), size=9, colour=_SOFT)
            return
        from docx.shared import Mm

        picture = self.document.add_picture(
            BytesIO(drawing(self.t, self.dossier, item, "png", WIDTH_MM)), width=Mm(WIDTH_MM)
        )
        about = picture._inline.docPr
        about.set("descr", softened(item.alternative))
        about.set("title", softened(item.caption))
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        self.caption(item.caption, "picture", is_kept=False)

    def caption(self, text: str, kind: str, *, is_kept: bool) -> None:
        """Write a numbered caption."""
        self.counted[kind] += 1
        name = self.t(f"dossier.{kind}")
        paragraph = self.document.add_paragraph(f"{name} ", style="Caption")
        add_field(paragraph, f"SEQ {name} \\* ARABIC", str(self.counted[kind]))
        paragraph.add_run(f": {softened(text)}")
        paragraph.paragraph_format.keep_with_next = is_kept

    def table(self, table: Table) -> None:
        """Write a table whose header is repeated on each page and whose rows stay whole."""
        from docx.enum.table import WD_TABLE_ALIGNMENT
        from docx.shared import Mm

        rows = sorted_rows(table)
        size = 8.0 if len(rows) > _LONG_TABLE or len(table.columns) > 6 else 9.0
        grid = self.document.add_table(rows=len(rows) + 1, cols=len(table.columns))
        grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.LEFT, False
        _table_look(grid, softened(table.caption))
        widths = [Mm(share * WIDTH_MM) for share in column_shares(table)]
        for column, width in zip(grid.columns, widths, strict=True):
            column.width = width
        said = [[column.label for column in table.columns], *(list(row.cells) for row in rows)]
        for at, (line, texts) in enumerate(zip(grid.rows, said, strict=True)):
            is_strong = at == 0 or rows[at - 1].id == "sum"
            _row_look(line, is_header=at == 0)
            is_kept = len(rows) <= _LONG_TABLE // 2 and at < len(rows)
            for cell, width, column, text in zip(line.cells, widths, table.columns, texts, strict=True):
                cell.width = width
                paragraph = cell.paragraphs[0]
                paragraph.alignment = 2 if column.align == "right" else 0
                paragraph.paragraph_format.space_after = 0
                paragraph.paragraph_format.keep_with_next = is_kept
                add_run(paragraph, softened(text), size=size, is_bold=is_strong)
        self.document.add_paragraph().paragraph_format.space_after = 0


def add_run(
    paragraph: Paragraph, text: str, *, size: float | None = None, colour: str | None = None, is_bold: bool = False
) -> Any:
    """Write text in one line, without characters that Word refuses; return the run."""
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(re.sub(r"[\t\n]", " ", printable(text)))
    run.bold = is_bold or None
    if size is not None:
        run.font.size = Pt(size)
    if colour is not None:
        run.font.color.rgb = RGBColor.from_string(colour)
    return run


def add_field(paragraph: Paragraph, code: str, shown: str) -> None:
    """Put a field that Word computes, with what it shows until then."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = paragraph.add_run(shown)
    field.append(run._r)
    paragraph._p.append(field)


def set_language(properties: Any, language: str) -> None:
    """Give run properties of python-docx a language (``de``), as spelling is checked by."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    known = properties.find(qn("w:lang"))
    if known is None:
        known = OxmlElement("w:lang")
        properties.append(known)
    for kind in ("w:val", "w:eastAsia"):
        known.set(qn(kind), LOCALES[language])


def _table_look(grid: Any, description: str) -> None:
    """Give a table thin lines between its rows and a description for readers who do not see it."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = grid._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "C3CECD")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    look = properties.find(qn("w:tblLook"))
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        for key, value in (("w", str(_CELL_MARGIN)), ("type", "dxa")):
            margin.set(qn(f"w:{key}"), value)
        margins.append(margin)
    for element in (borders, margins):
        properties.append(element) if look is None else look.addprevious(element)
    described = OxmlElement("w:tblDescription")
    described.set(qn("w:val"), description)
    properties.append(described)


def _row_look(row: Any, *, is_header: bool) -> None:
    """Keep a row whole; repeat and shade it where it is the header."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if not is_header:
        return
    properties.append(OxmlElement("w:tblHeader"))
    for cell in row.cells:
        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", _FILL)):
            shade.set(qn(f"w:{key}"), value)
        cell._tc.get_or_add_tcPr().append(shade)
