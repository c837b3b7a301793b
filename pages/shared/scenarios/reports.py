"""Report and slides of a scenario: made beside the page when asked for, with progress, a way to stop, then the file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import streamlit as st

from geo.errors import DataError
from geo.findings import Finding
from geo.output.files import stem_of
from geo.output.report import Dossier, clean_master, dossier_of, slides_of
from geo.region.model import Region
from geo.siting.ask import Answer
from geo.siting.scenario import Scenario, outcome_of, run
from geo.text import Texts
from pages.shared.shell import act_button, paragraph, warn
from pages.shared.sites import catchments
from pages.shared.widgets import SeriesJob, given_file, hand_out

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

Kind = Literal["pdf", "docx", "pptx"]
KINDS: tuple[Kind, ...] = ("pdf", "docx", "pptx")
LOOK_SECONDS = 0.4
SOLVE_SECONDS = 20.0
STEPS = 3
"""Solving, telling, setting."""

_JOB, _MASTER, _FOUND = "report.job", "report.master", "report.findings"
_ICONS = {"pdf": "picture_as_pdf", "docx": "description", "pptx": "slideshow"}


def report_buttons(t: Texts, region: Region, scenario: Scenario, answer: Answer | None) -> None:
    """Show a button for each kind of file and, once one is pressed, how far it is and the file.

    Parameters
    ----------
    answer
        The answer to the scenario's question; None has it solved first.
    """
    st.header(t("report.title"), anchor=False)
    paragraph(t("report.note"))
    master = _choose_master(t)
    plan = () if answer is None else answer.plan.selected
    about = (region.fingerprint, scenario, t.language, plan, None if master is None else _digest(master))
    job = _job()
    if job is not None and job.of[1:] != about:  # type: ignore[index]
        _leave()
    with st.container(horizontal=True):
        for kind in KINDS:
            given = (t, region, (scenario, answer), (kind, *about), master)
            act_button(t(f"report.make_{kind}"), _ICONS[kind], _start, *given, key=f"report_{kind}")
    job = _job()
    if job is not None and job.is_running:
        _watch(t, job)
    elif job is not None:
        _show_made(t, job, stem_of(region, scenario))


@st.fragment(run_every=LOOK_SECONDS)
def _watch(t: Texts, job: SeriesJob) -> None:
    """Show how far a file is; the page runs again once it is made."""
    if not job.is_running:
        st.rerun()
    st.progress(job.done / STEPS, t(f"report.step_{min(job.done, STEPS - 1)}"))
    st.button(t("report.cancel"), on_click=_leave, key="report_stop", icon=":material/stop_circle:")


def _show_made(t: Texts, job: SeriesJob, stem: str) -> None:
    """Show the way to a file, or why there is none."""
    kind = job.of[0]  # type: ignore[index]
    findings = tuple(st.session_state.get(_FOUND, ()))
    if isinstance(job.fault, DataError):
        findings = job.fault.findings
    warn(t, findings)
    if job.file:
        hand_out(t(f"report.save_{kind}"), job.file, f"{stem}.{kind}", type="primary", key="report_save")
    elif not findings:
        st.error(t("report.failed"), icon=":material/error:")


def _start(
    t: Texts, region: Region, solved: tuple[Scenario, Answer | None], of: tuple[object, ...], master: bytes | None
) -> None:
    _leave()
    answer = solved[1]
    # Areas come from the caches of the page, which a thread of its own does not reach.
    areas = None if answer is None else catchments(region, answer)
    found: list[Finding] = []
    st.session_state[_FOUND] = found
    draw = _drawer(t, region, solved, areas, lambda dossier: _file(t, dossier, str(of[0]), master, found))
    st.session_state[_JOB] = SeriesJob(of, STEPS, draw)


def _drawer(
    t: Texts,
    region: Region,
    solved: tuple[Scenario, Answer | None],
    areas: Mapping[str, BaseGeometry] | None,
    make: Callable[[Dossier], bytes],
) -> Callable[[Callable[[int, int], None], Callable[[], bool]], bytes | None]:
    """Return what makes a file without the page: it asks after each step whether to go on."""
    scenario, known = solved

    def draw(tell: Callable[[int, int], None], is_stopped: Callable[[], bool]) -> bytes | None:
        if known is None:
            answer, outcome = run(region, scenario, SOLVE_SECONDS, stop=is_stopped)
        else:
            answer, outcome = known, outcome_of(region, scenario, known)
        tell(1, STEPS)
        if is_stopped():
            return None
        dossier = dossier_of(t, region, scenario, answer, outcome, catchments=areas)
        tell(2, STEPS)
        return None if is_stopped() else make(dossier)

    return draw


def _file(t: Texts, dossier: Dossier, kind: str, master: bytes | None, found: list[Finding]) -> bytes:
    if kind == "pdf":
        from geo.output.report import report_pdf

        return report_pdf(t, dossier)
    if kind == "docx":
        from geo.output.report import report_docx

        return report_docx(t, dossier)
    made = slides_of(t, dossier, master)
    found.extend(made.findings)
    return made.data


def _choose_master(t: Texts) -> bytes | None:
    """Show where an office's own slide master is given; it is kept from page to page."""
    with st.expander(t("report.master"), icon=":material/palette:"):
        given = st.file_uploader(t("report.master_file"), type=["pptx", "potx"], help=t("report.master_help"))
        kept = given_file(t, _MASTER, given, clean_master)
        if kept is not None and given is None:
            st.button(t("report.master_forget"), on_click=_forget_master, icon=":material/close:")
    return kept


def _forget_master() -> None:
    st.session_state.pop(_MASTER, None)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _job() -> SeriesJob | None:
    job = st.session_state.get(_JOB)
    return job if isinstance(job, SeriesJob) and not job.is_stopped else None


def _leave() -> None:
    job = st.session_state.pop(_JOB, None)
    if isinstance(job, SeriesJob):
        job.stop()
