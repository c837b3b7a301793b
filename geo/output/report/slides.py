"""A dossier as slides: one message each, native charts, maps with their legend, notes, source and slide number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from geo.findings import Finding
from geo.output.paper import Sheet, map_file
from geo.output.report.dossier_pages import basis_of, column_shares
from geo.output.report.dossier_parts import ChartItem, Dossier, Item, MapItem, Section, TableItem
from geo.output.report.slides_charts import LANGUAGES, add_chart
from geo.output.report.slides_master import ACCENT, MARK, SOFT, Master, master_of
from geo.output.values import one_line, softened, sorted_rows
from geo.text import Texts

if TYPE_CHECKING:
    from geo.output.values import Row

Box = tuple[int, int, int, int]

TABLE_ROWS = 11
_EMU_MM = 36_000
_DPI = 160
_LONG_TITLE = 105
_BULLET_LINES = 13
_BULLET_LETTERS = 105
_FOOT_MM = 14.0
_SOURCE_LENGTH = 200
_TABLE_NOTE_MM = 9.0


@dataclass(frozen=True)
class Slides:
    """A file of slides, and what was remarkable about the master it was made from."""

    data: bytes
    findings: tuple[Finding, ...] = ()


def slides_pptx(t: Texts, dossier: Dossier, master: bytes | None = None) -> bytes:
    """Return the slides of a dossier.

    Parameters
    ----------
    master
        A .pptx or .potx whose layouts are used; our own plain one where None.

    Raises
    ------
    DataError
        The master cannot be read.
    """
    return slides_of(t, dossier, master).data


def slides_of(t: Texts, dossier: Dossier, master: bytes | None = None) -> Slides:
    """Return the slides of a dossier with findings on the master; as :func:`slides_pptx`."""
    found = master_of(master)
    writer = _Writer(t, dossier, found)
    writer.furnish()
    writer.opening()
    writer.facts()
    for section in dossier.sections:
        for item in section.items:
            if item.message and not section.is_annex:
                writer.item(section, item)
    for key, lines in basis_of(dossier):
        if key != "disclosure":
            writer.bullets(t(f"dossier.{key}"), lines)
    out = BytesIO()
    found.deck.save(out)
    return Slides(out.getvalue(), found.findings)


class _Writer:
    """Writes one deck, slide after slide."""

    def __init__(self, t: Texts, dossier: Dossier, master: Master) -> None:
        self.t, self.dossier, self.master = t, dossier, master
        self.deck = master.deck
        self.language = LANGUAGES[dossier.language]

    def furnish(self) -> None:
        """Set title, author and language of the file."""
        about = self.deck.core_properties
        about.title, about.subject = self.dossier.title, one_line(self.dossier.subtitle, 250)
        about.author = about.last_modified_by = "Nahbar"
        about.language = self.language
        about.comments = about.keywords = ""
        about.created = about.modified = dt.datetime.now(dt.UTC).replace(tzinfo=None)

    def opening(self) -> None:
        """Write the first slide: name, question, place and date."""
        dossier = self.dossier
        slide = self._slide(self.master.opening, dossier.title)
        lines = [dossier.subtitle, dossier.question, dossier.date]
        holder = _holder(slide, ("SUBTITLE", "BODY", "OBJECT"))
        if holder is None:
            left, top, width, height = self._area(slide)
            holder = slide.shapes.add_textbox(left, top, width, height)
        self._lines(holder.text_frame, lines, size=18, is_left=self.master.is_own)
        self._foot(slide)
        self._notes(
            slide, [dossier.description, self.t("dossier.made", date=dossier.made_at, key=dossier.scenario_key)]
        )

    def facts(self) -> None:
        """Write the slide with the big numbers; its message is the first sentence of the summary."""
        from pptx.util import Pt

        dossier = self.dossier
        summary = dossier.section("summary")
        said = summary.paragraphs if summary is not None else ()
        slide = self._slide(self.master.picture, (said or (dossier.question,))[0])
        left, top, width, height = self._area(slide)
        across = 3 if len(dossier.facts) > 4 else 2
        down = -(-len(dossier.facts) // across) or 1
        wide, high = width // across, min(height // down, round(62 * _EMU_MM))
        for at, fact in enumerate(dossier.facts):
            box = slide.shapes.add_textbox(
                left + at % across * wide, top + at // across * high, wide - 8 * _EMU_MM, high - 4 * _EMU_MM
            )
            frame = box.text_frame
            frame.word_wrap = True
            for place, (text, size, colour, is_bold) in enumerate(
                ((fact.number, 36, ACCENT, True), (fact.sentence, 16, None, False), (fact.caveat, 11, SOFT, False))
            ):
                paragraph = frame.paragraphs[0] if not place else frame.add_paragraph()
                self._run(paragraph, text, size=size, colour=colour, is_bold=is_bold)
                paragraph.space_after = Pt(3)
        self._foot(slide)
        self._notes(slide, said)

    def item(self, section: Section, item: Item) -> None:
        """Write a slide with a map, a chart or a table below the sentence it proves."""
        slide = self._slide(self.master.picture, item.message)
        box = self._area(slide)
        if isinstance(item, MapItem):
            self._map(slide, item, box)
        elif isinstance(item, ChartItem):
            add_chart(self.t, slide, item.chart, box, softened(item.alternative))
        else:
            self._table(slide, item, box)
        self._foot(slide)
        alternative = "" if isinstance(item, TableItem) else item.alternative
        self._notes(slide, [item.caption, alternative, *section.paragraphs, *self.dossier.methods])

    def bullets(self, title: str, lines: Sequence[str]) -> None:
        """Write sentences as a list, on as many slides as they need."""
        for part in _parts(lines):
            slide = self._slide(self.master.text, title)
            holder = _holder(slide, ("BODY", "OBJECT"))
            if holder is None:
                holder = slide.shapes.add_textbox(*self._area(slide))
                holder.text_frame.word_wrap = True
            elif self.master.is_own:
                left, top, width, height = self._area(slide)
                holder.left, holder.top, holder.width, holder.height = left, top, width, height
            self._lines(holder.text_frame, part, size=16 if self.master.is_own else None)
            self._foot(slide)
            self._notes(slide, lines if len(lines) > len(part) else ())

    def _slide(self, layout: Any, title: str) -> Any:
        from pptx.util import Pt

        slide = self.deck.slides.add_slide(layout)
        holder = slide.shapes.title
        if holder is not None:
            self._lines(holder.text_frame, [one_line(title, 240).removesuffix(".")], size=None)
            if len(title) > _LONG_TITLE:
                for run in holder.text_frame.paragraphs[0].runs:
                    run.font.size = Pt(20)
        return slide

    def _size(self) -> tuple[int, int]:
        """Return width and height of the slides in EMU."""
        return int(self.deck.slide_width or 12_192_000), int(self.deck.slide_height or 6_858_000)

    def _area(self, slide: Any) -> Box:
        """Return where content stands: where the layout has a place for it, else between title and foot."""
        body = _holder(slide, ("OBJECT", "BODY"))
        if body is not None and not self.master.is_own and body.width and body.height:
            box = (body.left, body.top, body.width, body.height)
            body._element.getparent().remove(body._element)
            return box
        wide, high = self._size()
        title = slide.shapes.title
        left = title.left if title is not None else wide // 20
        top = (title.top + title.height if title is not None else 0) + 4 * _EMU_MM
        top = min(top, high // 2)
        return left, top, wide - 2 * left, high - round(_FOOT_MM * _EMU_MM) - top

    def _map(self, slide: Any, item: MapItem, box: Box) -> None:
        """Put a map with its legend on a slide, as large as it fits."""
        left, top, width, height = box
        sheet = Sheet(
            width_mm=min(max(width / _EMU_MM, 120.0), 400.0), height_mm=min(max(height / _EMU_MM, 80.0), 300.0),
            dpi=_DPI, legend="right", text_scale=1.5,
        )  # fmt: skip
        data = map_file(self.t, self.dossier.region, item.view, sheet, "png")
        ratio = min(width / (sheet.width_mm * _EMU_MM), height / (sheet.height_mm * _EMU_MM), 1.0)
        wide, high = round(sheet.width_mm * _EMU_MM * ratio), round(sheet.height_mm * _EMU_MM * ratio)
        picture = slide.shapes.add_picture(BytesIO(data), left + (width - wide) // 2, top, wide, high)
        about = picture._element.nvPicPr.cNvPr
        about.set("descr", softened(item.alternative))
        about.set("name", one_line(item.caption, 80))

    def _table(self, slide: Any, item: TableItem, box: Box) -> None:
        """Put a table on a slide; beyond eleven rows it says how many there are."""
        from pptx.util import Emu, Pt

        left, top, width, height = box
        rows = sorted_rows(item.table)
        shown = rows if len(rows) <= TABLE_ROWS else rows[: TABLE_ROWS - 1]
        columns = item.table.columns
        line = min(round(11 * _EMU_MM), height // (len(shown) + 2))
        frame = slide.shapes.add_table(len(shown) + 1, len(columns), left, top, width, line * (len(shown) + 1))
        frame._element.nvGraphicFramePr.cNvPr.set("descr", softened(item.caption))
        table = frame.table
        for at, share in enumerate(column_shares(item.table)):
            table.columns[at].width = Emu(round(share * width))
        self._cells(table, [column.label for column in columns], shown, [column.align for column in columns])
        notes = [self.t("dossier.more_rows", n=len(rows) - len(shown))] if len(rows) > len(shown) else []
        notes += [item.note] if item.note else []
        if notes:
            note = slide.shapes.add_textbox(left, top + line * (len(shown) + 1), width, round(_TABLE_NOTE_MM * _EMU_MM))
            note.text_frame.word_wrap = True
            self._run(note.text_frame.paragraphs[0], " ".join(notes), size=11, colour=SOFT)
            note.text_frame.paragraphs[0].space_before = Pt(4)

    def _cells(self, table: Any, labels: Sequence[str], rows: Sequence[Row], sides: Sequence[str]) -> None:
        from pptx.dml.color import RGBColor
        from pptx.enum.text import MSO_ANCHOR, PP_ALIGN

        table.horz_banding = False
        for at, texts in enumerate([list(labels), *(list(row.cells) for row in rows)]):
            is_strong = at == 0 or rows[at - 1].id == "sum"
            for place, (text, side) in enumerate(zip(texts, sides, strict=True)):
                cell = table.cell(at, place)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                cell.fill.solid()
                cell.fill.fore_color.rgb = RGBColor.from_string("EAF2F1" if not at else "FFFFFF")
                paragraph = cell.text_frame.paragraphs[0]
                paragraph.alignment = PP_ALIGN.RIGHT if side == "right" else PP_ALIGN.LEFT
                self._run(paragraph, text, size=13 if len(rows) > 5 else 16, colour="17262B", is_bold=is_strong)

    def _foot(self, slide: Any) -> None:
        """Write source, mark on made-up data and slide number below the content."""
        from pptx.enum.text import PP_ALIGN

        for holder in list(slide.placeholders):
            if holder.placeholder_format.type.name in ("DATE", "FOOTER", "SLIDE_NUMBER"):
                holder._element.getparent().remove(holder._element)
        wide, high = self._size()
        edge = wide // 22
        top, tall = high - round((_FOOT_MM - 3) * _EMU_MM), round(8 * _EMU_MM)
        source = slide.shapes.add_textbox(edge, top, round((wide - 2 * edge) * 0.7), tall)
        source.text_frame.word_wrap = True
        self._run(
            source.text_frame.paragraphs[0], one_line(self.dossier.source_line, _SOURCE_LENGTH), size=10, colour=SOFT
        )
        left = edge + round((wide - 2 * edge) * 0.7)
        number = slide.shapes.add_textbox(left, top, wide - edge - left, tall)
        paragraph = number.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT
        if self.dossier.fictional_mark:
            self._run(paragraph, f"{self.dossier.fictional_mark}   ", size=11, colour=MARK, is_bold=True)
        _number_field(paragraph, str(len(self.deck.slides)), self.language)

    def _notes(self, slide: Any, lines: Sequence[str]) -> None:
        """Write what a speaker may need: what is shown, how it came about, where from."""
        said = [softened(line) for line in (*lines, self.dossier.source_line) if line]
        slide.notes_slide.notes_text_frame.text = "\n".join(dict.fromkeys(said))

    def _lines(self, frame: Any, lines: Sequence[str], *, size: float | None, is_left: bool = False) -> None:
        from pptx.enum.text import PP_ALIGN

        frame.word_wrap = True
        for at, line in enumerate(line for line in lines if line):
            paragraph = frame.paragraphs[0] if not at else frame.add_paragraph()
            self._run(paragraph, line, size=size)
            if is_left:
                paragraph.alignment = PP_ALIGN.LEFT

    def _run(
        self, paragraph: Any, text: str, *, size: float | None = None, colour: str | None = None, is_bold: bool = False
    ) -> None:
        from pptx.dml.color import RGBColor
        from pptx.util import Pt

        run = paragraph.add_run()
        run.text = softened(" ".join(text.split("\n")))
        run._r.get_or_add_rPr().set("lang", self.language)
        if size is not None:
            run.font.size = Pt(size)
        if is_bold:
            run.font.bold = True
        if colour is not None:
            run.font.color.rgb = RGBColor.from_string(colour)


def _holder(slide: Any, kinds: tuple[str, ...]) -> Any | None:
    """Return the first placeholder of one of these kinds."""
    for kind in kinds:
        for holder in slide.placeholders:
            if holder.placeholder_format.type.name == kind:
                return holder
    return None


def _parts(lines: Sequence[str]) -> list[list[str]]:
    """Return lines in portions that fit on a slide."""
    parts: list[list[str]] = [[]]
    room = 0
    for line in lines:
        needs = 1 + len(line) // _BULLET_LETTERS
        if parts[-1] and room + needs > _BULLET_LINES:
            parts.append([])
            room = 0
        parts[-1].append(line)
        room += needs
    return [part for part in parts if part]


def _number_field(paragraph: Any, shown: str, language: str) -> None:
    """Put the number of the slide, which the program keeps."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    field = parse_xml(
        f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
        f'<a:rPr lang="{language}" sz="1000"><a:solidFill><a:srgbClr val="{SOFT}"/></a:solidFill></a:rPr>'
        f"<a:t>{shown}</a:t></a:fld>"
    )
    paragraph._p.append(field)
