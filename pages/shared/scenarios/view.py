"""The parts of the page that compares scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from geo.labels import DESCRIPTION_MOST, NAME_MOST
from geo.output.charts import minutes_chart
from geo.output.files import table_csv
from geo.output.sites import (
    DIFFERENCES_SHOWN,
    difference_data,
    difference_lines,
    difference_table,
    difference_view,
    mismatch_lines,
    reading_lines,
    scenarios_data,
    scenarios_table,
    warning_lines,
)
from geo.region.model import Region
from geo.siting.scenario import FILE_BYTES_MOST, TODAY, Compared, Scenario, today_of, write_scenario
from geo.text import Texts
from pages.shared import state
from pages.shared.present import add_scene_button, scene_of_pair
from pages.shared.scenarios import panel as scenarios_panel
from pages.shared.scenarios import solve as scenarios_solve
from pages.shared.scenarios import state as scenarios_state
from pages.shared.scenarios.reports import report_buttons
from pages.shared.scenarios.state import Saved
from pages.shared.shell import act_button, bullets, paragraph, sentences, store_fault, theme
from pages.shared.sites import cost_settings as costs_state
from pages.shared.sites import question_in_view
from pages.shared.widgets import (
    Paper,
    apply_import_look,
    export_map,
    hand_out,
    show_chart,
    show_map,
    show_table,
    take_quarter,
)

if TYPE_CHECKING:
    from geo.output.values import MapView

_NAME = "widget.scenario_name"
_DESCRIPTION = "widget.scenario_description"
_UPLOAD = "scenarios.upload"


def compared_of(t: Texts, region: Region, saved: Sequence[Saved]) -> tuple[Compared, ...]:
    """Return today's state first, then all saved scenarios.

    Today's state is told by the first scenario that was solved on today's data, else worked out from the question of
    the sites page.
    """
    rows = [one.compared(region) for one in saved]
    solved = next((one for one in rows if one.outcome is not None and not one.is_old), None)
    if solved is not None and solved.outcome is not None:
        return (Compared(TODAY, t("compare.today"), solved.scenario, today_of(solved.outcome)), *rows)
    question = question_in_view(t, region)
    if question is None:
        return tuple(rows)
    scenario = Scenario(t("compare.today"), region.id, question)
    return (Compared(TODAY, scenario.name, scenario, scenarios_solve.today_outcome(region, scenario)), *rows)


def show_news(t: Texts) -> None:
    """Say what went wrong or waits for a decision; names are shown as they are, never as markup."""
    fault = store_fault()
    if fault is not None:
        paragraph(sentences(t, fault.findings[:3]), "nb-banner")
        paragraph(t("scenario.session_only"))
    said = scenarios_state.said()
    if said:
        paragraph(said, "nb-banner")
    waiting = scenarios_state.clash()
    if waiting is not None:
        paragraph(t("compare.conflict", name=waiting.current.name), "nb-banner")
        with st.container(horizontal=True):
            st.button(t("compare.conflict_copy"), on_click=scenarios_state.keep_as_copy, icon=":material/content_copy:")
            st.button(t("compare.conflict_drop"), on_click=scenarios_state.drop_clash, icon=":material/undo:")


def show_making(t: Texts, region: Region, *, is_open: bool) -> None:
    """Show how a scenario is made from the question of the sites page, or read from a file."""
    most = FILE_BYTES_MOST // 1024**2
    apply_import_look(t, t("compare.upload_limit", megabytes=t.number(most)))
    with st.expander(t("compare.manage"), expanded=is_open):
        here, there = st.columns(2, gap="large")
        with here:
            st.text_input(t("compare.new_name"), key=_NAME, max_chars=NAME_MOST)
            st.text_area(t("compare.new_description"), key=_DESCRIPTION, max_chars=DESCRIPTION_MOST, height=80)
            question = question_in_view(t, region)
            act_button(t("compare.create"), "add", _create, t, region, disabled=question is None)
        with there:
            number = st.session_state.get(_UPLOAD, 0)
            key = f"widget.scenario_file.{number}"
            st.file_uploader(t("compare.import"), ["json"], key=key, max_upload_size=most)
            is_empty = st.session_state.get(key) is None
            act_button(t("compare.import_do"), "upload_file", _read, region, key, disabled=is_empty)
            _show_archived(t, region)


def _create(t: Texts, region: Region) -> None:
    question = question_in_view(t, region)
    if question is None:
        return
    name = st.session_state.get(_NAME, "")
    description = st.session_state.get(_DESCRIPTION, "")
    made = Scenario(name, region.id, question, description, costs_state.plan_in_view())
    if scenarios_state.create(made) is not None:
        st.session_state[_NAME] = st.session_state[_DESCRIPTION] = ""
        kept = [one for one in scenarios_state.saved(region) if one.record.id == state.recall("scenario")]
        scenarios_solve.start(region, kept)


def _read(region: Region, key: str) -> None:
    file = st.session_state.get(key)
    if file is not None:
        scenarios_state.read_file(region, file.getvalue())
        st.session_state[_UPLOAD] = st.session_state.get(_UPLOAD, 0) + 1


def _show_archived(t: Texts, region: Region) -> None:
    aside = {one.record.id: one for one in scenarios_state.saved(region, archived=True)}
    if not aside:
        return
    which, act = st.columns([2, 1], vertical_alignment="bottom")
    key = which.selectbox(
        t("compare.archived"), tuple(aside), format_func=lambda one: aside[one].scenario.name, key="widget.archived"
    )
    if key in aside:
        act_button(t("compare.restore"), "unarchive", scenarios_state.restore, aside[key], place=act)


def show_scenarios(t: Texts, region: Region, saved: Sequence[Saved], compared: Sequence[Compared]) -> None:
    """Show the table of all scenarios, what must be known before comparing them, and the download."""
    show_table(
        scenarios_table(t, compared),
        key="scenarios_table",
        counted="compare.count",
        height=560,
        selected=state.recall("scenario"),
        on_choose=_choose,
    )
    paragraph(" ".join(reading_lines(t, region, compared)))
    lines = warning_lines(t, region, compared)
    if lines:
        st.warning(t("compare.warning"))
        bullets(lines)
    with st.container(horizontal=True):
        data = table_csv(t, region, scenarios_data(t, compared))
        hand_out(t("compare.download"), data, f"{region.id}-scenarios.csv")
        open_ones = [one for one in saved if one.outcome is None or one.compared(region).is_old]
        if open_ones:
            label = t("compare.solve_all", n=len(open_ones))
            act_button(label, "play_arrow", scenarios_solve.start, region, open_ones)


def _choose(key: str) -> None:
    if key != TODAY:
        state.remember("scenario", key)


def show_one(t: Texts, region: Region, saved: Sequence[Saved]) -> None:
    """Show what can be done with one scenario."""
    by_key = {one.record.id: one for one in saved}
    keys = tuple(by_key)
    one = by_key[
        state.choose(
            st.selectbox, t("compare.which"), "scenario", keys, keys[-1], words=lambda key: by_key[key].scenario.name
        )
    ]
    is_old = one.compared(region).is_old
    if one.scenario.description:
        paragraph(one.scenario.description)
    if is_old:
        st.warning(t("compare.old_data"))
    with st.container(horizontal=True):
        again = "compare.solve" if one.outcome is None else "compare.solve_again"
        act_button(t(again), "play_arrow", scenarios_solve.start, region, [one])
        if st.button(t("compare.open"), icon=":material/open_in_new:"):
            scenarios_panel.open_saved(t, region, one)
            st.switch_page("pages/siting.py")
        act_button(t("compare.copy"), "content_copy", scenarios_state.copy, one)
        act_button(t("compare.archive"), "archive", scenarios_state.archive, one)
        act_button(t("compare.undo"), "undo", scenarios_state.undo, one, disabled=one.record.version < 2)
        data = write_scenario(one.scenario, one.outcome)
        hand_out(t("compare.export"), data, f"{region.id}-scenario-{one.scenario.key}.json")
    _show_renaming(t, one)
    report_buttons(t, region, one.scenario, None)


def _show_renaming(t: Texts, one: Saved) -> None:
    with st.expander(t("compare.rename")):
        name_key = f"widget.rename.{one.record.id}.{one.record.version}"
        text_key = f"widget.redescribe.{one.record.id}.{one.record.version}"
        st.text_input(t("compare.name"), value=one.scenario.name, key=name_key, max_chars=NAME_MOST)
        st.text_area(
            t("compare.description"),
            value=one.scenario.description,
            key=text_key,
            max_chars=DESCRIPTION_MOST,
            height=80,
        )

        def keep() -> None:
            scenarios_state.rename(one, st.session_state[name_key], st.session_state[text_key])

        st.button(t("compare.rename"), key="rename", on_click=keep, icon=":material/edit:")


def show_curves(t: Texts, region: Region, compared: Sequence[Compared]) -> None:
    """Show people over minutes, a line for each solved scenario."""
    minutes = {one.outcome.minutes for one in compared if one.outcome is not None}
    threshold = minutes.pop() if len(minutes) == 1 else None
    paper = Paper("scenario_curves", f"{t('compare.curves')}, {region.name}")
    show_chart(t, region, minutes_chart(t, compared, threshold=threshold), paper, key="scenario_curves")


def show_difference(t: Texts, region: Region, compared: Sequence[Compared]) -> None:
    """Show A minus B: sentences, map, table and download."""
    solved = {one.key: one for one in compared if one.outcome is not None}
    if len(solved) < 2:
        st.info(t("compare.same_chosen"))
        return
    keys = tuple(solved)
    best = max((key for key in keys if key != TODAY), key=lambda key: _people(solved[key]))
    columns = st.columns(3, gap="medium")
    for column, name, usual in ((columns[0], "a", best), (columns[1], "b", keys[0])):
        label, say = t(f"compare.choose_{name}"), lambda key: solved[key].name
        state.choose(column.selectbox, label, f"compare_{name}", keys, usual, words=say)
    one, other = solved[state.setting("compare_a", keys, best)], solved[state.setting("compare_b", keys, keys[0])]
    label, say = t("compare.shown"), lambda key: t(f"compare.shown_{key}")
    shown = state.choose(
        columns[2].selectbox, label, "compare_shown", DIFFERENCES_SHOWN, DIFFERENCES_SHOWN[0], words=say
    )
    if one.key == other.key:
        st.info(t("compare.same_chosen"))
        return
    lines = mismatch_lines(t, region, one, other)
    if lines:
        st.warning(t("compare.cautious"))
        bullets(lines)
    bullets(difference_lines(t, one, other))
    quarter = state.recall("quarter")
    map_side, table_side = st.columns([1.3, 1], gap="medium")
    with map_side:

        def drawn() -> MapView:
            return difference_view(t, region, (one, other), shown, theme=theme(), selected=quarter)

        show_map(region, drawn(), key="difference_map", height=560, on_choose=take_quarter)
        paper = Paper("difference_map", f"{one.name} − {other.name}", region.name, notes=tuple(lines))
        export_map(t, region, paper, drawn)
        add_scene_button(t, region, scene_of_pair(t, region, one.scenario, other.scenario, shown))
    with table_side:
        show_table(
            difference_table(t, region, one, other, shown),
            key="difference_table",
            height=500,
            selected=quarter,
            on_choose=lambda key: state.remember("quarter", key),
        )
        data = table_csv(t, region, difference_data(t, region, one, other))
        hand_out(t("compare.difference_download"), data, f"{region.id}-difference.csv")


def _people(one: Compared) -> float:
    return float(one.outcome.people_after or 0) if one.outcome is not None else -1.0
