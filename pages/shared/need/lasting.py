"""The controls of the page on lasting need, and the parts that are more than one call."""

from __future__ import annotations

import html
from itertools import pairwise

import streamlit as st

from geo.need import (
    CAUSES,
    DYNAMICS_CLASSES,
    STATUS_CLASSES,
    Classification,
    Component,
    Indicator,
    LastingRule,
    Persistence,
    StatusDynamics,
    indicators_of,
)
from geo.output.charts import heat_chart, readable_on
from geo.output.need import (
    HEAT_ROWS,
    SHOWN,
    Shown,
    finding_text,
    group_label,
    group_sizes,
    heat_table,
    lasting_view,
    left_out_lines,
    limit_of,
    status_key,
    status_view,
)
from geo.output.values import MapView, digits_of, indicator_label, palette, unit_text
from geo.region.model import Region
from geo.text import Texts
from pages.shared import state
from pages.shared.atlas import cache as atlas_cache
from pages.shared.need import cache as need_cache
from pages.shared.need.view import cannot_be_said, notes
from pages.shared.shell import paragraph, theme
from pages.shared.widgets import Paper, export_chart, export_map, show_chart

_PARTS = "index_parts"
_STATUS_PARTS = ("share_of_residents", "child_rate", "single_parent_share")
_WEIGHTS = (1, 2, 3)
_YES_NO = (True, False)


def choose_rule(t: Texts, dates: int) -> LastingRule:
    """Show the rule's parts and return the rule."""
    lengths = tuple(range(2, max(dates, 5) + 1))
    looked_at = state.setting("lasting_dates", lengths, 5)
    needs = tuple(range(1, looked_at + 1))
    with st.expander(t("persistence.settings"), icon=":material/rule:"):
        least, most, above = st.columns(3, gap="medium", vertical_alignment="bottom")
        state.choose(least.selectbox, t("persistence.needed"), "lasting_needed", needs, min(4, looked_at), words=str)
        state.choose(most.selectbox, t("persistence.looked_at"), "lasting_dates", lengths, 5)
        text = above.text_input(
            t("persistence.limit"),
            value=state.recall("lasting_limit") or "",
            placeholder=t("persistence.limit_none"),
            help=t("persistence.limit_help"),
        )
        state.remember("lasting_limit", text)
        state.switch(st.toggle, t("persistence.sure"), "lasting_sure", default=True)
        limit = limit_of(text)
        if text.strip() and limit is None:
            st.warning(t("persistence.limit_bad", text=text, example=t.number(12.5, 1)))
        st.caption(t("persistence.own_definition"))
    needed = state.setting("lasting_needed", needs, min(4, looked_at))
    sure_too = state.setting("lasting_sure", _YES_NO, default=True)
    return LastingRule(needed, looked_at, limit, needs_lower_bound=sure_too)


def causes_of(region: Region) -> dict[str, str]:
    """Return the single causes that were marked in this session."""
    kept = state.recall(f"causes@{region.id}")
    known = set(region.quarters.index)
    return {key: cause for key, cause in (kept or {}).items() if key in known and cause in CAUSES}


def mark_cause(t: Texts, region: Region, found: Persistence, quarter: str | None) -> None:
    """Let a user say that a single house is behind a quarter's value, or that it was looked into."""
    marked = causes_of(region)
    names = region.quarters["name"]
    hints = [str(key) for key in found.quarters.index[found.quarters["hint"].notna()]]
    rest = sorted((str(key) for key in names.index if key not in hints), key=lambda key: str(names[key]))
    keys = (*hints, *rest)

    def say(key: str) -> str:
        told = t("persistence.mark_hint", quarter=names[key]) if key in hints else str(names[key])
        return f"{told} · {t(f'cause.{marked[key]}.label')}" if key in marked else told

    opened = f"{t('persistence.mark')} ({len(marked)})" if marked else t("persistence.mark")
    with st.expander(opened, icon=":material/flag:"):
        paragraph(t("persistence.mark_text"))
        which, what = st.columns([1.4, 1], gap="medium")
        first = quarter if quarter in keys and quarter not in hints and not hints else keys[0]
        key = which.selectbox(t("table.quarter"), keys, index=keys.index(first), format_func=say, key="cause_quarter")
        options = ("", *CAUSES)
        widget = f"cause_{region.id}_{key}"

        def keep(said: str) -> None:
            others = {one: cause for one, cause in marked.items() if one != key}
            state.remember(f"causes@{region.id}", {**others, key: said} if said else others)

        what.selectbox(
            t("persistence.mark_cause"),
            options,
            format_func=lambda cause: t(f"cause.{cause}.label") if cause else t("persistence.mark_none"),
            **state.bind(widget, marked.get(key, ""), keep),
        )


def choose_groups(t: Texts, found: Persistence) -> tuple[str, ...]:
    """Show the groups with their sizes and return those chosen; none means all that ever qualified or move."""
    sizes = group_sizes(found)
    groups = tuple(sizes)
    kept = [group for group in state.recall("lasting_groups") or () if group in groups]
    st.pills(
        t("persistence.groups"),
        groups,
        selection_mode="multi",
        format_func=lambda group: f"{group_label(t, group)} ({t.number(sizes[group])})",
        **state.bind("widget.lasting_groups", kept, lambda now: state.remember("lasting_groups", tuple(now))),
    )
    return tuple(kept)


def show_heat(t: Texts, region: Region, indicator: Indicator, found: Persistence, keys: tuple[str, ...]) -> None:
    """Show quarters × dates in classes that hold over all dates."""
    if not keys:
        st.info(t("persistence.nobody"), icon=":material/info:")
        return
    classes = atlas_cache.held_classes(region, indicator, "natural", 5)
    table = heat_table(t, region, indicator, found, (need_cache.figures(region, indicator), classes, keys))
    chart = heat_chart(t, table, classes.count, region=region)
    told = (t("persistence.heat_text"),)
    paper = Paper(
        "heat", f"{t('persistence.heat')}, {region.name}", indicator_label(t, indicator), found.dates[-1], told
    )
    with st.container(key="nb_heat"):
        show_chart(t, region, chart, None, key="heat", alt=t("persistence.heat"), saves=True)
    _show_classes(t, indicator, classes, palette(classes.count, theme=theme()) if classes.count else ())
    export_chart(t, region, paper, chart)
    lines = [t("persistence.heat_text")]
    if len(keys) > HEAT_ROWS:
        lines.append(t("persistence.heat_more", shown=HEAT_ROWS, all=t.number(len(keys))))
    notes(lines)


def _show_classes(t: Texts, indicator: Indicator, classes: Classification, colours: tuple[str, ...]) -> None:
    limits = [t.number(limit, digits_of(indicator.unit)) for limit in classes.limits]
    parts = "".join(
        f'<span><i style="background:{colour}"></i>{html.escape(f"{low}–{high}")}</span>'
        for colour, (low, high) in zip(colours, pairwise(limits), strict=True)
    )
    title = t("persistence.heat_classes", unit=unit_text(t, indicator.unit))
    st.html(f'<p class="nb-classes"><b>{html.escape(title)}</b>{parts}</p>')


def choose_map(t: Texts) -> Shown:
    """Show what the map may show and return what it shows."""
    label, words = t("persistence.map"), lambda key: t(f"persistence.map.{key}")
    return state.choose(st.segmented_control, label, "lasting_map", SHOWN, "course", words=words, required=True)


def choose_components(t: Texts, region: Region) -> tuple[Component, ...]:
    """Show the indicators of the index with weights and directions; return them."""
    indicators = {one.key: one for one in indicators_of(region) if one.unit != "count"}
    first = [key for key in _STATUS_PARTS if key in indicators] or list(indicators)[:3]
    wanted = state.recall(f"index@{region.id}")
    kept = [key for key in (first if wanted is None else wanted) if key in indicators]
    with st.expander(t("status.settings"), icon=":material/tune:"):
        st.pills(
            t("status.indicators"),
            tuple(indicators),
            selection_mode="multi",
            format_func=lambda key: indicator_label(t, indicators[key]),
            **state.bind("widget.index", kept, lambda now: state.remember(f"index@{region.id}", tuple(now))),
        )
        parts = []
        for key in kept:
            weigh, turn = st.columns([1, 1.4], gap="medium", vertical_alignment="bottom")
            label = indicator_label(t, indicators[key])
            state.choose(weigh.select_slider, t("status.weight", indicator=label), f"weight@{key}", _WEIGHTS, 1)
            is_reversed = state.switch(turn.toggle, t("status.reversed"), f"reversed@{key}", default=False)
            parts.append(Component(key, float(state.setting(f"weight@{key}", _WEIGHTS, 1)), -1 if is_reversed else 1))
        st.caption(t("status.method"))
    return tuple(parts)


def status_side(t: Texts, region: Region, indicator: Indicator, date: str) -> MapView | None:
    """Show index and key of status × dynamics; return the map, or None after saying why there is none."""
    components = choose_components(t, region)
    if not components:
        st.info(t("status.choose"), icon=":material/info:")
        return None
    state.remember(_PARTS, components)
    found = need_cache.status(region, components, date)
    if found.reason is not None:
        cannot_be_said(t, "status.cannot_be_said", found.reason, indicator)
        return None
    _show_key(t, found)
    attention = int(found.quarters["needs_attention"].fillna(value=False).sum())
    lines = [t("status.attention", n=attention)] if found.dynamics is not None else []
    if found.earlier is not None and found.dynamics is not None:
        lines.append(t("status.since", earlier=t.date(found.earlier), date=t.date(found.date)))
    notes(
        [
            *lines,
            *(finding_text(t, one, indicator) for one in found.findings),
            *left_out_lines(t, found.status.left_out),
        ]
    )
    return status_view(t, region, found, theme=theme())


def export_lasting(t: Texts, region: Region, indicator: Indicator, found: Persistence, shown: Shown) -> None:
    """Show the button for the map of courses, trends, or status and dynamics."""

    def view() -> MapView:
        if shown != "status":
            return map_of(t, region, indicator, found, shown)
        parts = tuple(state.recall(_PARTS) or ())
        return status_view(t, region, need_cache.status(region, parts, found.dates[-1]), theme=theme())

    title = f"{t(f'persistence.map.{shown}')}, {{region}}"
    paper = Paper(f"lasting_{shown}", title, f"{indicator_label(t, indicator)}, {t('paper.stand')}", found.dates[-1])
    export_map(t, region, paper, view)


def map_of(t: Texts, region: Region, indicator: Indicator, found: Persistence, shown: Shown) -> MapView:
    """Return the map of courses or of trends."""
    return lasting_view(t, region, indicator, found, shown, theme=theme())


def _show_key(t: Texts, found: StatusDynamics) -> None:
    cells = status_key(found, theme=theme())
    heads = DYNAMICS_CLASSES if found.dynamics is not None else ()
    top = "".join(f'<th scope="col">{html.escape(t(f"dynamics.{name}.label"))}</th>' for name in heads)
    rows = []
    for name, row in zip(STATUS_CLASSES, cells, strict=True):
        fields = "".join(
            f'<td style="background:{cell.colour};color:{readable_on(cell.colour)}"'
            f' class="{"nb-attention" if cell.needs_attention else ""}">{t.number(cell.quarters)}</td>'
            for cell in row
        )
        rows.append(f'<tr><th scope="row">{html.escape(t(f"status.{name}.label"))}</th>{fields}</tr>')
    head = (
        f'<tr><td></td><th colspan="3" scope="colgroup">{html.escape(t("status.dynamics"))}</th></tr>' if heads else ""
    )
    st.html(
        f'<table class="nb-key"><caption>{html.escape(t("status.key"))}</caption>'
        f"<thead>{head}<tr><th>{html.escape(t('status.status'))}</th>{top}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
