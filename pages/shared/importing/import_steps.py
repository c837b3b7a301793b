"""The import in four steps: files, mapping, check, result. Nothing entered is lost on the way."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from geo.findings import has_errors
from geo.text import Texts
from pages.shared.importing.build import Outcome
from pages.shared.importing.check import check_mapping, check_package, mapping_stamp, outcome_of, show_result
from pages.shared.importing.file_view import FileView
from pages.shared.importing.files import are_readable, choose_files, stamp_of, use_of
from pages.shared.importing.mapping import Mapping, map_files, recipe_of_file
from pages.shared.importing.parts import step_head
from pages.shared.shell import paragraph
from pages.shared.widgets import apply_import_look


def show_import(t: Texts) -> None:
    """Show the four steps with their state."""
    apply_import_look(t)
    st.header(t("import.title"), anchor=False)
    paragraph(t("import.lead"))
    head = st.empty()
    views = choose_files(t)
    with head:
        _files_head(t, views)
    package = next((view for view in views if use_of(view) == "package"), None)
    if package is not None:
        _package_steps(t, package)
        return
    _mapping_steps(t, views)


def _files_head(t: Texts, views: Sequence[FileView]) -> None:
    state = "open" if not views else "done" if are_readable(tuple(views)) else "faulty"
    told = t("import.files_told", n=len(views)) if state == "done" else ""
    step_head(t, 1, "files", state, told)


def _package_steps(t: Texts, package: FileView) -> None:
    step_head(t, 2, "map", "done", t("import.map_package"))
    outcome = outcome_of(stamp_of(package.name))
    head = st.empty()
    check_package(t, package.name)
    outcome = outcome_of(stamp_of(package.name))
    with head:
        step_head(t, 3, "check", _check_state(outcome, is_ready=True), _check_told(t, outcome))
    _result_step(t, outcome)


def _mapping_steps(t: Texts, views: Sequence[FileView]) -> None:
    used = [view for view in views if use_of(view) not in ("none", "package")]
    head = st.empty()
    mapping = Mapping(None, ())
    if used:
        recipe = next((view for view in used if use_of(view) == "recipe"), None)
        mapping = recipe_of_file(t, recipe, views) if recipe is not None else map_files(t, used)
    with head:
        step_head(t, 2, "map", "waiting" if not used else "done" if mapping.is_ready else "open")
    head = st.empty()
    outcome = None
    if used:
        check_mapping(t, mapping)
        outcome = outcome_of(mapping_stamp(mapping))
    with head:
        step_head(t, 3, "check", _check_state(outcome, is_ready=mapping.is_ready), _check_told(t, outcome))
    _result_step(t, outcome)


def _check_state(outcome: Outcome | None, *, is_ready: bool) -> str:
    if outcome is None:
        return "open" if is_ready else "waiting"
    return "faulty" if outcome.region is None or has_errors(outcome.findings) else "done"


def _check_told(t: Texts, outcome: Outcome | None) -> str:
    return "" if outcome is None else t("import.findings_told", n=len(outcome.findings))


def _result_step(t: Texts, outcome: Outcome | None) -> None:
    has_region = outcome is not None and outcome.region is not None
    step_head(t, 4, "result", "done" if has_region else "waiting")
    if outcome is not None and has_region:
        show_result(t, outcome)
