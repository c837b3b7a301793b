"""Pieces of the import page: step headings, tables, findings, and fields that outlast a change of page.

Everything in them is escaped, but for the labels of fields: they are read as Markdown, so one that comes from a file
has to be escaped by the caller.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from geo.findings import Finding, Level
from geo.region.model import Region
from geo.text import Texts, finding_sentence
from pages.shared import state

BY_RECIPE = "import.by_recipe"
"""Whether a recipe stands in place of the fields."""
_SHOWN_AT_ONCE = 5
T = TypeVar("T")


def step_head(t: Texts, number: int, key: str, state: str, told: str = "") -> None:
    """Show the heading of a step: its number, its name, how it stands.

    Parameters
    ----------
    state
        ``open``, ``done``, ``faulty`` or ``waiting`` (for an earlier step).
    told
        What to say in place of the state's own words.
    """
    said = html.escape(told or t(f"import.state_{state}"))
    st.html(
        f'<div class="nb-step" data-state="{state}"><span class="nb-step-number" aria-hidden="true">{number}</span>'
        f"<h3>{html.escape(t('import.step', number=number, name=t(f'import.step_{key}')))}</h3>"
        f'<span class="nb-step-state">{said}</span></div>'
    )


def plain_table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str, note: str = "", is_data: bool = False
) -> None:
    """Show a small table that needs no sorting; ``is_data`` for a look into a file."""
    head = "".join(f'<th scope="col">{html.escape(heading)}</th>' for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    look = "nb-plain nb-plain-data" if is_data else "nb-plain"
    foot = f'<p class="nb-note">{html.escape(note)}</p>' if note else ""
    st.html(
        f'<div class="{look}" role="region" tabindex="0" aria-label="{html.escape(caption)}"><table>'
        f"<caption>{html.escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{foot}"
    )


def sentence_of(t: Texts, finding: Finding) -> tuple[str, str, str]:
    """Return place, sentence and remedy of a finding, also of one that another version wrote.

    The remedy speaks of the fields of the form, unless a recipe stands in their place.
    """
    try:
        place, sentence, remedy = finding_sentence(t, finding)
    except (KeyError, IndexError):
        return "", t("import.finding_other", text=finding.brief()), ""
    in_form = f"finding.{finding.code}.remedy_form"
    return place, sentence, remedy if st.session_state.get(BY_RECIPE) or not t.has(in_form) else t(in_form)


def show_findings(t: Texts, findings: Sequence[Finding]) -> None:
    """Show all findings, grouped by level and kind: errors first."""
    for level in Level:
        part = [finding for finding in findings if finding.level is level]
        if not part:
            continue
        kinds: dict[str, list[Finding]] = {}
        for finding in part:
            kinds.setdefault(finding.code, []).append(finding)
        groups = "".join(_group(t, members) for members in kinds.values())
        title = html.escape(t(f"import.level_{level}", n=len(part)))
        st.html(f'<section class="nb-findings" data-level="{level}"><h4>{title}</h4>{groups}</section>')


def show_keys(t: Texts, label: str, keys: Sequence[str]) -> None:
    """Show all keys without partner, folded away where there are many."""
    if not keys:
        return
    told = html.escape(", ".join(keys))
    st.html(
        f'<details class="nb-keys"{" open" if len(keys) <= 12 else ""}><summary>{html.escape(label)}</summary>'
        f"<p>{told}</p></details>"
    )


def measure_name(t: Texts, key: str, own: Mapping[str, str] | None = None) -> str:
    """Return the name of a measure."""
    own = own or {}
    if t.language in own:
        return own[t.language]
    return t(f"measure.{key}.label") if t.has(f"measure.{key}.label") else next(iter(own.values()), key)


def measure_names(t: Texts, region: Region) -> dict[str, str]:
    """Return the names of a region's measures by key."""
    return {measure.key: measure_name(t, measure.key, measure.label) for measure in region.measures}


def _group(t: Texts, members: Sequence[Finding]) -> str:
    lines = []
    for finding in members:
        place, sentence, _ = sentence_of(t, finding)
        where = f"<b>{html.escape(place)}:</b> " if place else ""
        lines.append(f"<li>{where}{html.escape(sentence)}</li>")
    remedies = dict.fromkeys(remedy for finding in members if (remedy := sentence_of(t, finding)[2]))
    mend = "".join(f'<p class="nb-remedy">{html.escape(remedy)}</p>' for remedy in list(remedies)[:3])
    shown, rest = lines[:_SHOWN_AT_ONCE], lines[_SHOWN_AT_ONCE:]
    more = html.escape(t("import.more", n=len(rest)))
    folded = f"<details><summary>{more}</summary><ul>{''.join(rest)}</ul></details>" if rest else ""
    return f'<div class="nb-finding"><ul>{"".join(shown)}</ul>{folded}{mend}</div>'


def pick(
    place: Any, label: str, name: str, options: Sequence[T], guess: T, *, told: Callable[[T], str] = str, **more: Any
) -> T:
    """Show a choice and return it; ``guess`` counts until something else is chosen."""
    setting = f"import.{name}"
    return state.choose(place.selectbox, label, setting, tuple(options), guess, words=told, filter_mode=None, **more)


def write(place: Any, label: str, name: str, guess: str = "", *, is_trimmed: bool = True, **more: Any) -> str:
    """Show a line of text and return it, without blanks at its ends if ``is_trimmed``."""
    kept = state.recall(f"import.{name}")
    text = str(_kept(place.text_input, label, name, guess if kept is None else kept, **more))
    return text.strip() if is_trimmed else text


def count(place: Any, label: str, name: str, guess: int, least: int, **more: Any) -> int:
    """Show a whole number and return it."""
    kept = state.recall(f"import.{name}")
    value = guess if not isinstance(kept, int) else kept
    return int(_kept(place.number_input, label, name, max(value, least), min_value=least, step=1, **more))


def tick(place: Any, label: str, name: str, *, guess: bool = False, **more: Any) -> bool:
    """Show a box to tick and return whether it is."""
    kept = state.recall(f"import.{name}")
    return bool(_kept(place.checkbox, label, name, guess if kept is None else bool(kept), **more))


def choose_some(
    place: Any, label: str, name: str, options: Sequence[T], guess: Sequence[T] = (), *, told: Callable[[T], str] = str
) -> tuple[T, ...]:
    """Show a choice of several and return them; ``guess`` counts until something else is chosen."""
    chosen = state.recall(f"import.{name}")
    kept = [one for one in (guess if chosen is None else chosen) if one in options]
    return tuple(_kept(place.multiselect, label, name, kept, options=options, format_func=told, placeholder=""))


def section(label: str, name: str, *, is_sure: bool) -> Any:
    """Return a place for fields that is folded away while the guess in them is sure; once opened, it stays open."""
    key = f"import.open.{name}"
    st.session_state[key] = st.session_state.get(key, False) or not is_sure
    return st.expander(label, expanded=st.session_state[key])


def _kept(widget: Callable[..., Any], label: str, name: str, value: Any, **more: Any) -> Any:
    shown = state.bind(f"widget.import.{name}", value, partial(state.remember, f"import.{name}"))
    return widget(label, **shown, **more)
