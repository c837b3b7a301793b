"""The master slides are made from: a plain one of our own, or an office's by its placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, warning
from geo.region import check_zip

if TYPE_CHECKING:
    from pptx.presentation import Presentation as Deck

ACCENT, INK, SOFT, MARK, LINE = "0B5C63", "17262B", "4B5A5E", "9A3C0D", "C3CECD"
FONT = "Arial"
_MASTER_BYTES = 60_000_000
_UNPACKED_BYTES = 400_000_000
_TEMPLATE = b"application/vnd.openxmlformats-officedocument.presentationml.template.main+xml"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DECK = b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_LAYOUTS = {"Title Slide": "opening", "Title and Content": "text", "Title Only": "picture"}
_COLOURS = {
    "dk2": INK, "accent1": ACCENT, "accent2": "B4460F", "accent3": "5A4A9C",
    "accent4": "6F7D80", "accent5": "2F6EA8", "accent6": "8A7FC0",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Master:
    """An empty deck with its layouts for an opening, for text and for pictures, and what was remarkable about it."""

    deck: Deck
    opening: Any
    text: Any
    picture: Any
    findings: tuple[Finding, ...] = ()
    is_own: bool = True


def master_of(data: bytes | None) -> Master:
    """Return the master in ``data`` (.pptx or .potx), or our own where there is none or its layouts do not do.

    Raises
    ------
    DataError
        ``master_unreadable`` or ``master_too_large``.
    """
    if data is None:
        return _own_master()
    deck = _opened(data)
    opening, text, picture = (_layout(deck, *wanted) for wanted in (_OPENING, _TEXT, _PICTURE))
    if text is None and picture is None:
        own = _own_master()
        return Master(own.deck, own.opening, own.text, own.picture, (warning("master_without_layouts"),))
    lacking = [name for name, layout in (("opening", opening), ("text", text)) if layout is None]
    some = picture or text
    _empty(deck)
    found = (warning("master_layout_missing", layouts=", ".join(lacking)),) if lacking else ()
    return Master(deck, opening or some, text or some, some, found, is_own=False)


_OPENING = (("TITLE", "CENTER_TITLE"), ("SUBTITLE",), ())
_TEXT = (("TITLE",), ("OBJECT", "BODY"), ())
_PICTURE = (("TITLE",), (), ("OBJECT", "BODY", "SUBTITLE", "PICTURE", "CHART", "TABLE"))


def clean_master(data: bytes) -> tuple[bytes, tuple[Finding, ...]]:
    """Return an office's master without slides and without links to anything outside it, and what was taken out.

    Raises
    ------
    DataError
        As :func:`master_of`.
    """
    with _refusing_damage():
        deck = _opened(data)
        _empty(deck)
        count = sum(_without_links(part) for part in deck.part.package.iter_parts())
        out = BytesIO()
        deck.save(out)
    return out.getvalue(), (warning("master_links_removed", count=count),) if count else ()


@contextmanager
def _refusing_damage() -> Iterator[None]:
    """Turn what a damaged deck brings up into ``master_unreadable``; findings of our own pass."""
    from pptx.exc import PythonPptxError

    damage = (BadZipFile, PythonPptxError, KeyError, IndexError, ValueError, AttributeError, TypeError, OSError)
    try:
        yield
    except (*damage, SyntaxError, NotImplementedError, RuntimeError, AssertionError) as fault:
        if isinstance(fault, DataError) and fault.findings[0].code.startswith("master_"):
            raise
        raise DataError((error("master_unreadable"),)) from fault


def _without_links(part: Any) -> int:
    """Take the external relationships out of a part with what refers to them; return how many there were."""
    from pptx.opc.oxml import serialize_part_xml
    from pptx.oxml import parse_xml

    gone = {key for key, relation in part.rels.items() if relation.is_external}
    if not gone:
        return 0
    is_parsed = hasattr(part, "_element")
    root = part._element if is_parsed else parse_xml(part.blob)
    for element in list(root.iter("*")):
        for name in [name for name, value in element.attrib.items() if name.startswith(_RELATION) and value in gone]:
            if element.tag.rpartition("}")[2].startswith("hlink"):
                element.getparent().remove(element)
                break
            del element.attrib[name]
    if not is_parsed:
        part._blob = serialize_part_xml(root)
    for key in gone:
        part.rels.pop(key)
    return len(gone)


def kinds_of(layout: Any) -> list[str]:
    """Return the kinds of a layout's placeholders, without date, footer and number."""
    kinds = [holder.placeholder_format.type.name for holder in layout.placeholders]
    return [kind for kind in kinds if kind not in ("DATE", "FOOTER", "SLIDE_NUMBER", "HEADER")]


def _layout(deck: Deck, titles: tuple[str, ...], wanted: tuple[str, ...], unwanted: tuple[str, ...]) -> Any | None:
    """Return the layout with a title, one placeholder of ``wanted`` (if any) and as few others as there are."""
    fitting = []
    for place, layout in enumerate(deck.slide_layouts):
        kinds = kinds_of(layout)
        has_title = any(kind in titles for kind in kinds)
        has_wanted = not wanted or any(kind in wanted for kind in kinds)
        if has_title and has_wanted and not any(kind in unwanted for kind in kinds):
            fitting.append((len(kinds), place, layout))
    return min(fitting, key=lambda one: one[:2])[2] if fitting else None


def _opened(data: bytes) -> Deck:
    from pptx import Presentation

    if len(data) > _MASTER_BYTES:
        raise DataError((error("master_too_large", megabytes=_MASTER_BYTES // 1_000_000),))
    with _refusing_damage():
        deck = Presentation(BytesIO(_as_deck(data)))
        if not len(deck.slide_layouts):
            raise DataError((error("master_unreadable"),))
    return deck


def _as_deck(data: bytes) -> bytes:
    """Return a template (.potx) as a presentation: only its content type differs."""
    out = BytesIO()
    check_zip(data, name="", limits=ReadLimits(unpacked_bytes=_UNPACKED_BYTES))
    with ZipFile(BytesIO(data)) as packed, ZipFile(out, "w") as unpacked:
        types = packed.read("[Content_Types].xml")
        if _TEMPLATE not in types:
            return data
        for part in packed.infolist():
            content = packed.read(part.filename)
            is_types = part.filename == "[Content_Types].xml"
            unpacked.writestr(part, content.replace(_TEMPLATE, _DECK) if is_types else content)
    return out.getvalue()


def _empty(deck: Deck) -> None:
    """Take all slides out of a deck, their parts too."""
    slides = deck.slides._sldIdLst
    for slide in list(slides):
        deck.part.drop_rel(slide.rId)
        slides.remove(slide)


def _own_master() -> Master:
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    master = deck.slide_master
    for layout in list(deck.slide_layouts):
        if layout.name not in _LAYOUTS:
            deck.slide_layouts.remove(layout)
    _theme(master)
    _styles(master)
    _bar(master, deck.slide_width)
    places = {
        "TITLE": (0.6, 0.35, 12.13, 1.05),
        "CENTER_TITLE": (0.9, 2.1, 11.5, 1.6),
        "SUBTITLE": (0.9, 3.85, 11.5, 1.9),
        "BODY": (0.6, 1.55, 12.13, 5.2),
        "OBJECT": (0.6, 1.55, 12.13, 5.2),
        "DATE": (0.6, 6.95, 2.0, 0.35),
        "FOOTER": (2.8, 6.95, 7.6, 0.35),
        "SLIDE_NUMBER": (11.4, 6.95, 1.33, 0.35),
    }
    for owner in (master, *deck.slide_layouts):
        for holder in owner.placeholders:
            left, top, width, height = (Inches(length) for length in places[holder.placeholder_format.type.name])
            holder.left, holder.top, holder.width, holder.height = left, top, width, height
    by_use = {_LAYOUTS[layout.name]: layout for layout in deck.slide_layouts}
    return Master(deck, by_use["opening"], by_use["text"], by_use["picture"])


def _theme(master: Any) -> None:
    """Set the colours and the font of the theme."""
    from pptx.opc.constants import RELATIONSHIP_TYPE

    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    text = part.blob.decode("utf-8")
    for name, colour in _COLOURS.items():
        text = re.sub(rf"(<a:{name}>).*?(</a:{name}>)", rf'\1<a:srgbClr val="{colour}"/>\2', text, flags=re.DOTALL)
    part._blob = re.sub(r'<a:latin typeface="[^"]*"', f'<a:latin typeface="{FONT}"', text).encode("utf-8")


def _styles(master: Any) -> None:
    """Titles stand left, are dark and no larger than two lines need; text is set in a readable size."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    styles = master._element.find(qn("p:txStyles"))
    title = styles.find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
    title.set("algn", "l")
    letters = title.find(qn("a:defRPr"))
    letters.set("sz", "2600")
    letters.set("b", "1")
    for fill in letters.findall(qn("a:solidFill")):
        letters.remove(fill)
    letters.insert(0, parse_xml(f'<a:solidFill {nsdecls("a")}><a:srgbClr val="{ACCENT}"/></a:solidFill>'))
    for level, size in enumerate((1800, 1600, 1400, 1400, 1400), 1):
        found = styles.find(qn("p:bodyStyle")).find(qn(f"a:lvl{level}pPr"))
        found.find(qn("a:defRPr")).set("sz", str(size))


def _bar(master: Any, width: int) -> None:
    """Put a thin bar of the accent colour on the upper edge of every slide."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    shape = parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="99" name="bar" descr=""/><p:cNvSpPr/><p:nvPr userDrawn="1"/>'
        f'</p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{int(width)}" cy="91440"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val="{ACCENT}"/></a:solidFill>'
        "<a:ln><a:noFill/></a:ln></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody></p:sp>"
    )
    master.shapes._spTree.insert(2, shape)
