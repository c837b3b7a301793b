"""The import in four steps: files, mapping, check, result. Nothing entered is lost on the way.

Steps 3 and 4 are here: the files are checked as a whole, and what came of it is shown and handed out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from geo.findings import Level, has_errors
from geo.region import ValueState
from geo.region.model import Region
from geo.region.recipes import FileView, Recipe, recipe_text
from geo.text import Texts
from pages.shared.importing.build import Outcome, build_from, load_from, package_bytes
from pages.shared.importing.files import LIMITS, are_readable, choose_files, contents, stamp_of, use_of
from pages.shared.importing.look_over import (
    CHECK_NOW,
    show_corrections,
    show_first_map,
    show_overview,
    show_to_check,
    show_verdict,
    with_corrections,
)
from pages.shared.importing.mapping import map_files
from pages.shared.importing.new_year import tables_among
from pages.shared.importing.parts import BY_RECIPE, measure_names, plain_table, show_findings, show_keys, step_head
from pages.shared.importing.ready import MappedFiles, map_new_year, recipe_of_file
from pages.shared.shell import paragraph, published_packages, regions
from pages.shared.uploads import session_files
from pages.shared.widgets import apply_import_look, hand_out

_OUTCOME = "import.outcome"
_CHECKED = "import.checked"
_RECIPES = "own_recipes"


def show_import(t: Texts) -> None:
    """Show the four steps with their state."""
    apply_import_look(t)
    st.header(t("import.title"), anchor=False)
    paragraph(t("import.lead"))
    head = st.empty()
    views = choose_files(t)
    state = "open" if not views else "done" if are_readable(views) else "faulty"
    with head:
        step_head(t, 1, "files", state, t("import.files_told", n=len(views)) if state == "done" else "")
    seen = st.container()
    package = next((view for view in views if use_of(view) == "package"), None)
    is_whole = package is not None and not tables_among(views)
    outcome = _package_steps(t, package) if package is not None and is_whole else _mapping_steps(t, views, package)
    region = outcome.region if outcome is not None else None
    step_head(t, 4, "result", "done" if region is not None else "waiting")
    if outcome is not None and region is not None:
        with seen:
            show_verdict(t, outcome.findings)
            show_first_map(t, region)
        show_overview(t, region, outcome.recipe)
        show_result(t, outcome)


def _package_steps(t: Texts, package: FileView) -> Outcome | None:
    step_head(t, 2, "map", "done", t("import.map_package"))
    head = st.empty()
    check_package(t, package.name)
    outcome = outcome_of(stamp_of(package.name))
    if outcome is not None and outcome.region is not None:
        paragraph(t("import.new_year_none"))
    with head:
        step_head(t, 3, "check", _check_state(outcome, is_ready=True), _check_told(t, outcome))
    return outcome


def _mapping_steps(t: Texts, views: Sequence[FileView], package: FileView | None) -> Outcome | None:
    used = [view for view in views if use_of(view) not in ("none", "package")]
    head = st.empty()
    mapping = MappedFiles(None, ())
    if used:
        recipe = next((view for view in used if use_of(view) == "recipe"), None)
        st.session_state[BY_RECIPE] = recipe is not None
        if package is not None:
            mapping = map_new_year(t, package, views)
        else:
            mapping = recipe_of_file(t, recipe, views) if recipe is not None else map_files(t, used)
        mapping = replace(mapping, recipe=with_corrections(mapping.recipe))
    with head:
        step_head(t, 2, "map", "waiting" if not used else "done" if mapping.is_ready else "open")
    head = st.empty()
    outcome = None
    if used:
        check_mapping(t, mapping)
        outcome = outcome_of(mapping_stamp(mapping))
    with head:
        step_head(t, 3, "check", _check_state(outcome, is_ready=mapping.is_ready), _check_told(t, outcome))
    return outcome


def _check_state(outcome: Outcome | None, *, is_ready: bool) -> str:
    if outcome is None:
        return "open" if is_ready else "waiting"
    return "faulty" if outcome.region is None or has_errors(outcome.findings) else "done"


def _check_told(t: Texts, outcome: Outcome | None) -> str:
    return "" if outcome is None else t("import.findings_told", n=len(outcome.findings))


def outcome_of(stamp: str) -> Outcome | None:
    """Return the outcome of the last check if it is about what stands there now."""
    kept = st.session_state.get(_OUTCOME)
    return kept if isinstance(kept, Outcome) and kept.stamp == stamp else None


def mapping_stamp(mapping: MappedFiles) -> str:
    """Return what tells one set of files and entries from another."""
    return stamp_of(repr(mapping.recipe))


def check_mapping(t: Texts, mapping: MappedFiles) -> None:
    """Check files and entries, again where the button asks for it, and show what was found."""
    recipe = mapping.recipe
    stamp = mapping_stamp(mapping)
    is_asked = st.button(t("import.check"), icon=":material/fact_check:", disabled=not mapping.is_ready)
    if recipe is not None and mapping.is_ready and (_is_due() or is_asked):
        with st.spinner(t("import.checking")):
            st.session_state[_OUTCOME] = build_from(recipe, contents(), stamp, LIMITS, published_packages(recipe.id))
    if not mapping.is_ready:
        paragraph(t("import.check_wanting"))
    _show_check(t, stamp)


def _is_due() -> bool:
    """Tell whether a check is to run by itself: for files that were not checked yet, and after a correction."""
    files = stamp_of("")
    is_new = st.session_state.get(_CHECKED) != files
    st.session_state[_CHECKED] = files
    return bool(st.session_state.pop(CHECK_NOW, False)) or is_new


def check_package(t: Texts, name: str) -> None:
    """Read a ready region package, again where the button asks for it, and show what was found."""
    stamp = stamp_of(name)
    is_asked = st.button(t("import.check_package"), icon=":material/fact_check:")
    if _is_due() or is_asked:
        with st.spinner(t("import.checking")):
            st.session_state[_OUTCOME] = load_from(name, session_files()[name].content, stamp, LIMITS)
    _show_check(t, stamp)


def show_result(t: Texts, outcome: Outcome) -> None:
    """Show the region that came of the check, and hand it out."""
    region = outcome.region
    assert region is not None
    rows = [
        (t("data.name"), f"{region.name} ({region.id})"),
        (t("data.quarters"), t.number(len(region.quarters))),
        (t("data.dates"), ", ".join(t.date(date) for date in region.dates)),
        (t("data.measures"), ", ".join(measure_names(t, region).values())),
        (t("data.withheld"), withheld_text(t, region)),
    ]
    plain_table((t("data.what"), t("data.value")), rows, caption=t("import.step_result"))
    if st.button(t("import.open_atlas"), type="primary", icon=":material/map:"):
        regions.keep_own(region)
        st.session_state.setdefault(_RECIPES, {})[region.id] = outcome.recipe
        st.switch_page("pages/atlas.py")
    downloads(t, region, outcome.recipe)
    paragraph(t("import.session_only"))


def recipe_kept(region: Region) -> Recipe | None:
    """Return the recipe of a region that was imported in this session."""
    if regions.own_regions().get(region.id) is not region:
        return None
    kept = st.session_state.get(_RECIPES, {}).get(region.id)
    return kept if isinstance(kept, Recipe) else None


def downloads(t: Texts, region: Region, recipe: Recipe | None, key: str = "import") -> None:
    """Show the downloads of a region and of its recipe."""
    make = partial(package_bytes, region)
    hand_out(t("data.download_region"), make, f"{region.id}.zip", key=f"{key}.download.region")
    if recipe is not None:
        text = recipe_text(recipe, t("import.recipe_comment", name=recipe.name))
        hand_out(t("data.download_recipe"), text, f"{recipe.id}.toml", key=f"{key}.download.recipe")


def withheld_text(t: Texts, region: Region) -> str:
    """Return how many cells are withheld."""
    hidden = int((region.statistics["state"] == ValueState.SUPPRESSED.value).sum())
    return t("data.withheld_cells", n=hidden) if hidden else t("data.withheld_none")


def _show_check(t: Texts, stamp: str) -> None:
    kept = st.session_state.get(_OUTCOME)
    if not isinstance(kept, Outcome):
        return
    if kept.stamp != stamp:
        paragraph(t("import.outdated"), "nb-join nb-join-open")
        return
    if has_errors(kept.findings):
        paragraph(t("import.failed"), "nb-join nb-join-open")
    elif kept.region is not None:
        paragraph(t("import.passed"), "nb-join")
    show_findings(t, [finding for finding in kept.findings if finding.level is Level.ERROR])
    show_to_check(t, kept.findings)
    if kept.region is not None and kept.recipe is not None:
        show_corrections(t, kept.region, kept.findings)
    _show_joins(t, kept)


def _show_joins(t: Texts, outcome: Outcome) -> None:
    if not outcome.joins:
        return
    headings = [t(f"import.join_{name}") for name in ("file", "matched", "only_table", "only_boundaries")]
    rows = [
        (join.file, t.number(join.matched), t.number(len(join.only_in_table)), t.number(len(join.only_in_boundaries)))
        for join in outcome.joins
    ]
    plain_table(headings, rows, caption=t("import.joins"))
    for join in outcome.joins:
        show_keys(t, t("import.keys_only_table", file=join.file, n=len(join.only_in_table)), join.only_in_table)
        show_keys(
            t, t("import.keys_only_boundaries", file=join.file, n=len(join.only_in_boundaries)), join.only_in_boundaries
        )
