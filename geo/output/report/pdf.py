"""A dossier as a report: tagged PDF (PDF/UA-1) set by typst, in memory and without a network.

The template (``report.typ``) is filled by :mod:`geo.output.paper.typesetting`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geo.output.paper import COUNTRIES, typeset
from geo.output.report.dossier_pages import LONGEST_HEADING, WIDTH_MM, basis_of, column_shares, drawing, in_order
from geo.output.report.dossier_parts import Dossier, Item, Section, TableItem
from geo.output.values import one_line, sorted_rows
from geo.text import Texts

_TEMPLATE = Path(__file__).with_name("report.typ")
_WHOLE_TABLE = 16
_LONG_TABLE = 30
_HEADER_LENGTH = 70
_FIRST_ON_PAGE = ("need", "annex")


def report_pdf(t: Texts, dossier: Dossier) -> bytes:
    """Return the report as a PDF file with tags, alternative texts, outline, language and title (PDF/UA-1)."""
    return typeset(_TEMPLATE, _values(t, dossier))


def _values(t: Texts, dossier: Dossier) -> dict[str, Any]:
    chapters = [_chapter(t, dossier, section) for section in dossier.sections if not section.is_annex]
    chapters.append(_basis(t, dossier))
    chapters += [_chapter(t, dossier, section) for section in dossier.sections if section.is_annex]
    place = one_line(dossier.region.name, _HEADER_LENGTH)
    made = t("dossier.made", date=dossier.made_at, key=dossier.scenario_key)
    return {
        "title": dossier.title,
        "subtitle": dossier.subtitle,
        "author": "Nahbar",
        "keywords": [place, dossier.date],
        "language": dossier.language,
        "country": COUNTRIES[dossier.language],
        "header": f"{one_line(dossier.title, _HEADER_LENGTH)} · {place} · {dossier.date}",
        "footer": one_line(dossier.source_line, 160),
        "page": t("dossier.page"),
        "contents": t("dossier.contents"),
        "fictional": dossier.fictional_mark,
        "question": dossier.question,
        "meta": made,
        "description": [line for line in dossier.description.split("\n") if line.strip()],
        "facts": [{"number": fact.number, "sentence": fact.sentence, "caveat": fact.caveat} for fact in dossier.facts],
        "facts-columns": 2 if len(dossier.facts) in (2, 4) else 3,
        "chapters": chapters,
    }


def _chapter(t: Texts, dossier: Dossier, section: Section) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"kind": "paragraph", "text": text} for text in section.paragraphs]
    parts += [_part(t, dossier, item) for item in in_order(section.items)]
    return {"heading": section.heading, "breaks": section.key in _FIRST_ON_PAGE, "parts": parts}


def _part(t: Texts, dossier: Dossier, item: Item) -> dict[str, Any]:
    if isinstance(item, TableItem):
        return _table(item)
    return {
        "kind": "picture",
        "svg": drawing(t, dossier, item, "svg", WIDTH_MM).decode("utf-8"),
        "caption": item.caption,
        "alternative": item.alternative,
    }


def _table(item: TableItem) -> dict[str, Any]:
    table = item.table
    rows = [{"cells": list(row.cells), "strong": row.id == "sum"} for row in sorted_rows(table)]
    is_long = len(rows) > _LONG_TABLE
    return {
        "kind": "table",
        "caption": item.caption,
        "note": item.note,
        "size": 8.5 if is_long or len(table.columns) > 6 else 9.5,
        "inset": 2.6 if is_long else 4,
        "columns": [
            {
                "label": column.label,
                "right": column.align == "right",
                "share": share,
                "hyphenate": any(len(word) > LONGEST_HEADING for word in column.label.split()),
            }
            for column, share in zip(table.columns, column_shares(table), strict=True)
        ],
        "breaks": len(rows) > _WHOLE_TABLE,
        "rows": rows,
    }


def _basis(t: Texts, dossier: Dossier) -> dict[str, Any]:
    """Return the chapter on methods, assumptions, disclosure, sources and open points."""
    parts: list[dict[str, Any]] = []
    for key, lines in basis_of(dossier):
        parts.append({"kind": "heading", "text": t(f"dossier.{key}")})
        parts.append({"kind": "list", "items": list(lines)})
    return {"heading": t("dossier.basis"), "breaks": False, "parts": parts}
