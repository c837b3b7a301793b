"""Step 2 of the import, keys: which columns meet, how they are brought together, and what is left on either side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import streamlit as st

from geo.region.recipes import (
    BoundarySource,
    ColumnNames,
    Columns,
    KeyPair,
    KeyRule,
    MergedUnit,
    QuarterNames,
    TableSource,
    TotalRule,
    compose_keys,
    fold_name,
    guess_totals,
    key_pairs,
    map_key,
    map_keys,
    nearest,
    nested_sums,
    parts_of,
    strip_pattern,
    stripped_by,
    total_rules,
)
from geo.text import Texts
from pages.shared import state
from pages.shared.importing.files import escaped, once
from pages.shared.importing.parts import choose_some, pick, plain_table, section, tick, write
from pages.shared.shell import paragraph

_ASKED_MOST = 20
_OFFERED_MOST = 200


@dataclass(frozen=True)
class Drawn:
    """The boundaries a table is joined to: their columns and how these are used.

    Parameters
    ----------
    wanted, beginning
        Cells by column that a polygon of the region has; what its key begins with.
    """

    columns: Columns
    source: BoundarySource
    wanted: Mapping[str, str] = field(default_factory=dict)
    beginning: str = ""

    @cached_property
    def _names(self) -> tuple[dict[str, str], dict[str, str]]:
        """Names by key of the quarters of the region, and of those that are left out of it."""
        texts, source = self.columns.texts, self.source
        keys = map_keys(texts.get(source.key, ()), source.keys)
        names = texts.get(source.name) or keys
        chosen = [(texts[column], wanted) for column, wanted in self.wanted.items() if column in texts]
        kept: dict[str, str] = {}
        outside: dict[str, str] = {}
        for row, (key, name) in enumerate(zip(keys, names, strict=True)):
            is_kept = key.startswith(self.beginning) and all(cells[row] == wanted for cells, wanted in chosen)
            (kept if is_kept else outside).setdefault(key, name or key)
        return kept, {key: name for key, name in outside.items() if key not in kept}

    @property
    def names(self) -> dict[str, str]:
        """Names of the quarters by key."""
        return self._names[0]

    @cached_property
    def known(self) -> QuarterNames:
        """What a table may call the polygons, those outside the region among them."""
        kept, outside = self._names
        return QuarterNames(outside | kept)


@dataclass(frozen=True)
class Joining:
    """How a table meets the boundaries.

    Parameters
    ----------
    totals, nested
        What rows that are sums are called; keys that are the beginning of others, and so sums of these.
    ignored, absent
        Keys that belong to no quarter, and quarters that have no row, each with the reason.
    merged
        Units of the table that are several polygons.
    """

    key: ColumnNames
    rule: KeyRule
    totals: tuple[str, ...]
    nested: tuple[str, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    merged: tuple[MergedUnit, ...] = ()

    @property
    def no_quarters(self) -> tuple[str, ...]:
        """Keys of rows that are sums."""
        return (*self.totals, *self.nested)

    def sums(self, columns: Columns) -> tuple[TotalRule, ...]:
        """Return the rules for rows that are sums."""
        nested = (TotalRule(key="|".join(self.nested), sums="prefix"),) if self.nested else ()
        return (*total_rules(self.totals, self.cells(columns)), *nested)

    def cells(self, columns: Columns) -> list[str]:
        """Return the key of each row as the table writes it."""
        return _cells(columns, self.key, self.rule)


def zeros_field(t: Texts, place: Any, name: str, guess: KeyRule, **more: Any) -> KeyRule:
    """Show the field for zeros that keys have lost, in front or behind, and return the rule."""
    lengths = (0, *range(2, 13), *range(-12, -1))
    length = pick(
        place, t("import.zeros"), name, lengths, guess.pad or -guess.complete, told=lambda n: _zeros(t, n), **more
    )  # fmt: skip
    return KeyRule(pad=max(length, 0), complete=max(-length, 0))


def join_fields(t: Texts, columns: Columns, guess: TableSource, drawn: Drawn) -> Joining:
    """Show how keys meet and the fields for it, folded away where all of them do; return what they say."""
    name, texts = columns.file, columns.texts
    raw = _cells(columns, guess.key, guess.keys)
    called = {fold_name(text) for pair in drawn.names.items() for text in pair}
    sums = guess_totals(raw, texts.get(str(guess.name), ()), known=called)
    is_sure = not _open(raw, Joining(guess.key, guess.keys, sums), drawn)[0]
    told = st.empty()
    with section(t("import.part_keys"), f"keys.{name}", is_sure=is_sure):
        pairs = st.container()
        left, middle, right = st.columns(3)
        guessed = [*(str(part) for part in parts_of(guess.key)), ""]
        one = pick(left, t("import.key"), f"key.{name}", columns.headings, guessed[0])
        more = guessed[1] if one == guessed[0] else ""
        other = pick(
            middle, t("import.key_second"), f"key2.{name}", ("", *columns.headings), more,
            told=lambda heading: heading or t("import.none"),
        )  # fmt: skip
        key = (one, other) if other else one
        how = pick(
            right, t("import.compare"), f"compare.{name}", ("key", "name"), "name" if guess.keys.fold else "key",
            told=lambda one: t(f"import.compare_{one}"),
        )  # fmt: skip
        by_name = how == "name"
        first, second, third, fourth = st.columns(4)
        zeros = zeros_field(t, first, f"zeros.{name}", guess.keys, disabled=by_name)
        strip = write(second, t("import.strip"), f"strip.{name}", stripped_by(guess.keys.extract), disabled=by_name)
        prefix = write(
            third, t("import.prefix"), f"prefix.{name}", guess.keys.prefix, is_trimmed=False, disabled=by_name
        )
        text = write(fourth, t("import.totals"), f"totals.{name}", ", ".join(sums), help=t("import.totals_help"))
        composed = guess.keys if key == guess.key else KeyRule()
        rule = KeyRule(fold=True, part_lengths=composed.part_lengths, joint=composed.joint)
        if not by_name:
            # A pattern of the guess that no field can show is kept as long as nothing is entered.
            extract = strip_pattern(strip) if strip else "" if stripped_by(guess.keys.extract) else guess.keys.extract
            rule = replace(rule, fold=False, pad=zeros.pad, complete=zeros.complete, prefix=prefix, extract=extract)
        totals = tuple(part.strip() for part in text.split(",") if part.strip())
        cells = _cells(columns, key, rule)
        joining = Joining(key, rule, totals)
        lost, nested = _open(cells, joining, drawn)
        joining = replace(joining, nested=nested)
        if lost:
            with pairs:
                _show_pairs(t, columns, one, drawn)
        if len(lost) <= max(_ASKED_MOST, len(set(cells)) / 2):
            joining = _leftovers(t, columns, joining, drawn, str(guess.name))
    with told:
        _tell_join(t, cells, joining, drawn)
    return joining


def _cells(columns: Columns, key: ColumnNames, rule: KeyRule) -> list[str]:
    return compose_keys([columns.texts.get(str(part), ()) for part in parts_of(key)], rule)


def _open(cells: Sequence[str], joining: Joining, drawn: Drawn) -> tuple[list[str], tuple[str, ...]]:
    """Return the cells that no polygon goes by, and apart from them those that are sums by their beginning."""
    lost = _lost(cells, joining.rule, joining.totals, drawn)
    nested = nested_sums(lost, {cell for cell in cells if cell}.difference(lost, joining.totals))
    return [cell for cell in lost if cell not in nested], nested


def _lost(cells: Sequence[str], rule: KeyRule, totals: Sequence[str], drawn: Drawn) -> list[str]:
    """Return the cells that no polygon goes by, sorted."""
    raw = sorted({cell for cell in cells if cell} - set(totals))
    known = drawn.known
    if rule.fold:
        return [cell for cell, text in zip(raw, map_keys(raw, rule), strict=True) if len(known.find(text)) != 1]
    return [cell for cell, mapped in zip(raw, map_keys(raw, rule), strict=True) if mapped not in known.names]


def _tell_join(t: Texts, cells: Sequence[str], joining: Joining, drawn: Drawn) -> None:
    """Say how many keys have a partner, with some that have none."""
    settled = {*joining.ignored, *(unit.key for unit in joining.merged)}
    lost = [
        cell
        for cell in _lost(cells, joining.rule, joining.no_quarters, drawn)
        if map_key(cell, joining.rule) not in settled
    ]
    count = len({cell for cell in cells if cell} - set(joining.no_quarters))
    told = t("import.join_told", found=t.number(count - len(lost)), all=t.number(count))
    if lost:
        told += " " + t("import.join_lost", keys=", ".join(lost[:8]) + (" …" if len(lost) > 8 else ""))
    if joining.nested:
        told += " " + t("import.join_nested", n=len(joining.nested))
    paragraph(told, "nb-join" if not lost else "nb-join nb-join-open")


def _show_pairs(t: Texts, columns: Columns, key: str, drawn: Drawn) -> None:
    """Show which columns meet best, with samples, and a button to take each pair."""
    pairs = once(f"pairs.{columns.file}", (columns, drawn.columns), lambda: key_pairs(columns, drawn.columns))
    if not pairs:
        return
    rows = []
    for pair in pairs:
        shares = (t.percent(100 * share, 0) for share in pair.shares)
        samples = "; ".join(f"{cell} → {partner}" for cell, partner in pair.samples)
        rows.append((pair.heading, pair.boundary_heading, *shares, samples))
    headings = [t(f"import.pair_{name}") for name in ("table", "boundaries", "of_table", "of_boundaries", "samples")]
    plain_table(headings, rows, caption=t("import.pairs"))
    for number, pair in enumerate(pairs):
        if (pair.heading, pair.boundary_heading) == (key, drawn.source.key):
            continue
        label = t("import.pair_take", table=escaped(pair.heading), boundaries=escaped(pair.boundary_heading))
        take = partial(_take, pair, columns.file, drawn.columns.file)
        st.button(label, key=f"import.pair.{number}.{columns.file}", on_click=take)


def _take(pair: KeyPair, table: str, boundaries: str) -> None:
    """Enter a pair of columns into the fields."""
    rule, other = pair.match.rule, pair.match.boundary_rule
    entries: dict[str, object] = {
        f"key.{table}": pair.heading,
        f"key2.{table}": "",
        f"compare.{table}": "name" if rule.fold else "key",
        f"zeros.{table}": rule.pad or -rule.complete,
        f"strip.{table}": stripped_by(rule.extract),
        f"prefix.{table}": rule.prefix,
        f"{'bname' if rule.fold else 'bkey'}.{boundaries}": pair.boundary_heading,
    }
    if not rule.fold:
        entries[f"bzeros.{boundaries}"] = other.pad or -other.complete
    for name, value in entries.items():
        state.remember(f"import.{name}", value)


def _leftovers(t: Texts, columns: Columns, joining: Joining, drawn: Drawn, name_column: str) -> Joining:
    """Show a choice for each key without quarter, beside the nearest names; return the joining with what was chosen."""
    file, rule = columns.file, joining.rule
    cells = joining.cells(columns)
    lost = _lost(cells, rule, joining.no_quarters, drawn)
    used = (
        set(map_keys(cells, rule)) if not rule.fold else {key for cell in set(cells) for key in drawn.known.find(cell)}
    )
    free = {key: name for key, name in drawn.names.items() if key not in used}
    named = dict(zip(cells, columns.texts.get(name_column, cells), strict=True))
    given = (tuple(lost[:_ASKED_MOST]), tuple(free), joining.key)
    near = once(f"near.{file}", given, lambda: {one: nearest(named.get(one) or one, free) for one in given[0]})
    if lost:
        paragraph(t("import.left", n=len(lost)), "nb-label")
    if lost and free:
        paragraph(t("import.left_free", list=", ".join(f"{name} ({key})" for key, name in list(free.items())[:12])))
    corrections: dict[str, str] = {}
    ignored: dict[str, str] = {}
    merged: list[MergedUnit] = []
    totals = list(joining.totals)
    places = [place for _ in range(0, len(given[0]), 2) for place in st.columns(2)]
    for one, place in zip(given[0], places, strict=False):
        others = [key for key in free if key not in near[one]][:_OFFERED_MOST]
        options = ("", "sum", "outside", "merge", *(f"={key}" for key in (*near[one], *others)))
        title = named.get(one, one)
        label = escaped(one if title == one else f"{one} · {title}")
        # "Neuland und Gut Moor" names the areas it is made of.
        within = tuple(key for key, name in free.items() if fold_name(name) and fold_name(name) in fold_name(title))
        guess = "merge" if len(within) > 1 else ""
        choice = pick(place, label, f"left.{file}.{one}", options, guess, told=partial(_left_text, t, free))
        mapped = map_key(one, rule)
        if choice.startswith("="):
            corrections[mapped] = choice[1:]
        elif choice == "sum":
            totals.append(one)
        elif choice == "outside":
            ignored[mapped] = t("import.left_outside_reason")
        elif choice == "merge":
            parts = choose_some(
                place, t("import.left_parts", unit=label), f"parts.{file}.{one}", tuple(free), within,
                told=lambda key: f"{free.get(key, key)} ({key})",
            )  # fmt: skip
            if parts:
                merged.append(MergedUnit(mapped, title, parts))
    settled = {*corrections.values(), *(part for unit in merged for part in unit.parts)}
    absent = _absent(t, file, {key: name for key, name in free.items() if key not in settled})
    return replace(
        joining, rule=replace(rule, corrections=corrections), totals=tuple(totals), ignored=ignored, absent=absent,
        merged=tuple(merged),
    )  # fmt: skip


def _absent(t: Texts, file: str, rest: Mapping[str, str]) -> dict[str, str]:
    """Show the box that confirms quarters without a row; return them with that reason."""
    if not 0 < len(rest) <= _ASKED_MOST:
        return {}
    names = ", ".join(f"{name} ({key})" for key, name in rest.items())
    is_right = tick(st, t("import.left_absent", list=escaped(names)), f"absent.{file}")
    return dict.fromkeys(rest, t("import.left_absent_reason")) if is_right else {}


def _left_text(t: Texts, free: Mapping[str, str], choice: str) -> str:
    if choice.startswith("="):
        return t("import.left_same", name=f"{free.get(choice[1:], '')} ({choice[1:]})")
    return t(f"import.left_{choice or 'open'}")


def _zeros(t: Texts, length: int) -> str:
    if length == 0:
        return t("import.zeros_none")
    return t("import.zeros_before", n=length) if length > 0 else t("import.zeros_behind", n=-length)
