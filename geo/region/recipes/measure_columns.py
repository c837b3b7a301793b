"""Which columns of a table hold which measures: one column each, parts to be added, or all in one long column."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from geo.region.recipes.heading_words import OWN_UNITS, guess_date, guess_factor, guess_measure, is_total
from geo.region.recipes.keys import fold_name
from geo.region.recipes.rules import ColumnNames, ColumnRule

Texts = Mapping[str, Sequence[str]]

_RATE_CELL = re.compile(r"\d{1,2}[.,]\d{1,2}|0[.,]\d+|\d+(?:[.,]\d+)?\s*%")
_NUMBER_CELL = re.compile(r"[-+]?\d[\d.,\s]*%?|[.\-–*xX/]|")
_YEAR_CELL = re.compile(r"(?:19|20)\d{2}")
_VALUE_HEADING = re.compile(r"^(?:wert|value|zahl|anzahl|bestand|ergebnis|personen|count)")
_MALE, _FEMALE = re.compile(r"maennlich|maenner|\bm\b"), re.compile(r"weiblich|frauen|\bw\b")
_GERMAN, _FOREIGN = re.compile(r"\bdeutsche?|germans"), re.compile(r"auslaend|nicht ?deutsch|foreign")
_MIGRATION = re.compile(r"migration")
_GROUP = re.compile("|".join(one.pattern for one in (_MALE, _FEMALE, _GERMAN, _FOREIGN, _MIGRATION)) + "|divers")
_AGE = re.compile(
    r"(?<!\d)\d{1,2} (?:bis|unter|und|jahre|plus)|(?:unter|ueber|ab|bis|u|ue) ?\d{1,2}(?!\d)|"
    r"(?<!\d)\d{1,2} \d{1,2}(?! ?\d)"
)
_OF_AN_AGE = ("children", "residents_under_15", "residents_15_to_pension_age", "residents_under_pension_age")
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_MOST_MEASURES, _MOST_GROUPS = 200, 20


@dataclass(frozen=True)
class Meaning:
    """What the columns of a table mean.

    Parameters
    ----------
    columns, measure_column, keep_where
        As in :class:`geo.region.recipes.recipe.TableSource`.
    units
        Units of ready-made rates by heading, in a long table by the text that announces them.
    """

    columns: tuple[ColumnRule, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    measure_column: str = ""
    keep_where: Mapping[str, str] = field(default_factory=dict)


def meaning_of(texts: Texts, keys: Sequence[object], date_column: str, skipped: Collection[str]) -> Meaning:
    """Return what columns probably mean; those a person has to decide on are left out.

    Parameters
    ----------
    keys
        Key of each row.
    skipped
        Columns of keys and dates.
    """
    rest = {heading: cells for heading, cells in texts.items() if heading not in skipped}
    dates = texts.get(date_column, [""] * len(keys))
    rows = list(zip(keys, dates, strict=True))
    if len(set(rows)) < len(rows) and (long := _long(rest, rows)):
        return long
    found = {heading: measure for heading, cells in rest.items() if (measure := _measure(heading, cells))}
    columns, units = _chosen(found, has_date=bool(date_column))
    rules = tuple(
        ColumnRule(one, measure, date=date, factor=guess_factor(str(one))) for one, (measure, date) in columns.items()
    )
    return Meaning(rules, units, keep_where=_of_all(rest, rows))


def _measure(heading: str, cells: Sequence[str]) -> str:
    """Return the measure of a column; numbers that read like rates are no people."""
    measure = guess_measure(heading)
    filled = [cell for cell in cells[:1000] if any(sign.isdigit() for sign in cell)]
    if not measure or measure in OWN_UNITS or 2 * sum(map(_is_rate, filled)) <= len(filled):
        return measure
    return "" if measure.startswith("residents") else "percent"


def _is_rate(cell: str) -> bool:
    return _RATE_CELL.fullmatch(cell) is not None


def _chosen(found: Mapping[str, str], *, has_date: bool) -> tuple[dict[ColumnNames, tuple[str, str]], dict[str, str]]:
    """Return measure and date by column, and units of rates; rates are left aside where the counts are there."""
    units = {heading: unit for heading, unit in found.items() if unit in OWN_UNITS}
    if "recipients" in found.values():
        units = {}
    groups: dict[tuple[str, str], list[str]] = {}
    for heading, measure in found.items():
        if measure not in OWN_UNITS:
            groups.setdefault((measure, guess_date(heading)), []).append(heading)
    wholes = {one: whole for one, headings in groups.items() if (whole := _whole(one[0], headings))}
    measures = {measure for measure, _ in wholes}
    is_wide = len(measures) < len(wholes) and not has_date and len({date for _, date in wholes} - {""}) > 1
    columns: dict[ColumnNames, tuple[str, str]] = {}
    for (measure, date), whole in wholes.items():
        if is_wide or measure in measures:
            columns[whole] = (measure, date if is_wide else "")
            measures.discard(measure)
    return columns, units


def _whole(measure: str, headings: Sequence[str]) -> ColumnNames:
    """Return the column about all people, or those whose sum is about all; nothing if neither is there."""
    spaced = {one: re.sub(r"[\W_]+", " ", one.lower().translate(_LETTERS)).strip() for one in headings}
    if measure not in _OF_AN_AGE:
        spaced = {one: text for one, text in spaced.items() if not _AGE.search(text)}
    whole = next((one for one in headings if is_total(one.rsplit("|", 1)[-1].strip())), "")
    whole = whole or next((one for one, text in spaced.items() if not _GROUP.search(text)), "")
    for kinds in ((_MALE, _FEMALE), (_GERMAN, _FOREIGN)):
        parts = [next((one for one, text in spaced.items() if kind.search(text)), "") for kind in kinds]
        if not whole and all(parts):
            others = [one for one, text in spaced.items() if "divers" in text]
            return tuple(dict.fromkeys([*parts, *others]))
    return whole


def _long(texts: Texts, rows: Sequence[tuple[object, str]]) -> Meaning | None:
    """Return what a table means in which one column says what another one counts."""
    numbers = [
        heading
        for heading, cells in texts.items()
        if all(map(_NUMBER_CELL.fullmatch, cells)) and not all(map(_YEAR_CELL.fullmatch, cells))
    ]
    if not numbers:
        return None
    value = next((heading for heading in numbers if _VALUE_HEADING.search(fold_name(heading))), numbers[-1])
    for heading, cells in texts.items():
        announced = dict.fromkeys(filter(None, cells))
        if heading in numbers or not 2 <= len(announced) <= _MOST_MEASURES:
            continue
        found = {text: measure for text in announced if (measure := guess_measure(text))}
        columns, units = _chosen(found, has_date=True)
        rules = tuple(
            ColumnRule(value, measure, when=text) for text, (measure, _) in columns.items() if isinstance(text, str)
        )
        if rules or units:
            others = {other: texts[other] for other in texts if other not in (heading, *numbers)}
            cut = [(*row, cell) for row, cell in zip(rows, cells, strict=True)]
            return Meaning(rules, units, heading, _of_all(others, cut))
    return None


def _of_all(texts: Texts, rows: Sequence[tuple[object, ...]]) -> dict[str, str]:
    """Return the filter for rows about all people where rows repeat because they are parted by sex or age."""
    if len(set(rows)) == len(rows):
        return {}
    chosen = {}
    for heading, cells in texts.items():
        groups = set(cells)
        whole = [text for text in groups if is_total(text)]
        if 1 < len(groups) <= _MOST_GROUPS and len(whole) == 1:
            chosen[heading] = re.escape(whole[0])
    return chosen
