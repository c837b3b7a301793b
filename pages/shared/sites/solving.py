"""Plans while one looks: the first good one at once, the proof beside the server.

A question is answered in place for a third of a second. What is not proven then goes to a process of its own; the
page looks in on it, shows value, bound and a Stop button, and takes the better plan when there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from geo.jobs import Job
from geo.region.model import Region
from geo.siting.ask import Answer, Posed, Question, tell
from geo.siting.problem import OBJECTIVES, Plan, Status
from pages.shared.sites import cache

WORK_SECONDS = 30.0
LOOK_SECONDS = 0.5
_JOB = "solving.job"


@dataclass(frozen=True, eq=False)
class Search:
    """A search of this session: the question, its job, and the plan that came of it."""

    key: tuple[str, Question]
    job: Job | None
    plan: Plan | None = None
    has_failed: bool = False


def current_answer(region: Region, question: Question) -> Answer:
    """Return the best answer known; start or take up the search for a better one.

    Raises
    ------
    DataError
        As :func:`geo.siting.ask.pose`.
    """
    posed, first = cache.first_plan(region, question)
    key = (region.fingerprint, posed.question)
    plan = cache.better_plans().get(key, first)
    search: Search | None = st.session_state.get(_JOB)
    if search is not None and search.key != key:
        _leave(search)
        search = None
    if plan.status is Status.FEASIBLE and key not in cache.better_plans():
        search = _take_up(search, key, posed)
        plan = search.plan or (search.job and search.job.best()) or plan
    return tell(region, posed, plan, None, seconds=plan.seconds)


def running() -> Job | None:
    """Return the job of this session that is still at work."""
    search: Search | None = st.session_state.get(_JOB)
    return None if search is None or search.job is None or search.job.is_done else search.job


def is_queue_full() -> bool:
    """Return whether the search for the question in view found no room among those that wait."""
    search: Search | None = st.session_state.get(_JOB)
    return search is not None and search.job is None and search.plan is None and not search.has_failed


def has_failed() -> bool:
    """Return whether the search for the question in view has ended by a fault."""
    search: Search | None = st.session_state.get(_JOB)
    return search is not None and search.has_failed


def is_better(job: Job, plan: Plan) -> bool:
    """Return whether a search has found a better choice than the one on the page."""
    standing = job.standing
    if standing is None or not standing.selected:
        return False
    sign = OBJECTIVES[plan.objective].sign
    return sign * (standing.value - plan.value) > 1e-6 * max(abs(plan.value), 1.0)


def go_on() -> None:
    """Search on after a stop."""
    st.session_state.pop(_JOB, None)


def _take_up(search: Search | None, key: tuple[str, Question], posed: Posed) -> Search:
    if search is None:
        options: dict[str, Any] = {"seconds": WORK_SECONDS, "objective": posed.question.objective}
        search = Search(key, cache.workshop().submit(posed.problem, **options))
    elif search.job is not None and search.job.is_done and search.plan is None:
        plan = search.job.best()
        has_failed = search.job.has_failed or plan is None
        search = replace(search, plan=plan, job=None, has_failed=has_failed)
        if plan is not None and plan.status is not Status.STOPPED and not has_failed:
            cache.better_plans()[key] = plan
    st.session_state[_JOB] = search
    return search


def _leave(search: Search) -> None:
    if search.job is not None:
        search.job.stop()
    st.session_state.pop(_JOB, None)
