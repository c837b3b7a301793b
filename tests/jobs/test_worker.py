"""Searches in processes of their own: their plans, their standing, their end."""

from __future__ import annotations

import io
import logging
import os
import pickle
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from geo.jobs import worker
from geo.jobs.worker import WAITING_MAX, Job, Workshop
from geo.siting.explain.curves import curve
from geo.siting.problem.problem import SitingProblem
from geo.siting.solvers.solver import solve
from tests.waiting import PATIENCE_SECONDS, wait_until


def problem(points: int, sites: int, new: int, seed: int = 1) -> SitingProblem:
    random = np.random.default_rng(seed)
    side = 100.0 * points**0.5
    return SitingProblem.from_points(
        random.uniform(0, side, (points, 2)),
        random.integers(1, 100, points).astype(float),
        random.uniform(0, side, (sites, 2)),
        reach=side / 12,
        new=new,
    )


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    shop = Workshop(1)
    yield shop
    shop.close()


def test_a_plan_made_elsewhere_is_the_plan_made_here(workshop: Workshop) -> None:
    asked = problem(300, 40, 4)
    job = workshop.submit(asked, seconds=20.0)
    assert job is not None
    assert job.done.wait(PATIENCE_SECONDS)
    here = solve(asked, seconds=20.0)
    assert job.plan is not None
    assert (job.plan.selected, job.plan.value, job.plan.status) == (here.selected, here.value, here.status)
    assert job.best() is job.plan


class Loud:
    """Twenty seconds that print where they are read, as a library does that greets."""

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return eval, ("print('hello from a library') or 20.0",)


def test_what_is_printed_beside_the_answer_does_not_break_it(workshop: Workshop) -> None:
    job = workshop.submit(problem(300, 40, 4), seconds=Loud())
    assert job is not None
    assert job.done.wait(PATIENCE_SECONDS)
    assert job.plan is not None


def test_a_search_tells_how_far_it_is_and_stops_when_asked(workshop: Workshop) -> None:
    job = workshop.submit(problem(3000, 600, 25), seconds=60.0, objective="median")
    assert job is not None
    wait_until(lambda: job.standing is not None, "what the search has found so far")
    job.stop()
    assert job.done.wait(PATIENCE_SECONDS)
    plan = job.best()
    assert plan is not None
    assert plan.status in ("stopped", "optimal")
    assert len(plan.selected) == 25
    assert plan.bound <= plan.value


def test_the_next_job_runs_after_a_stop(workshop: Workshop) -> None:
    job = workshop.submit(problem(100, 20, 2), seconds=10.0)
    assert job is not None
    assert job.done.wait(PATIENCE_SECONDS)
    assert job.plan is not None
    assert not job.has_failed


def test_what_cannot_be_solved_ends_without_a_plan(workshop: Workshop) -> None:
    job = workshop.submit(problem(100, 20, 2), seconds=10.0, objective="beauty")
    assert job is not None
    assert job.done.wait(PATIENCE_SECONDS)
    assert job.has_failed
    assert job.best() is None


def test_no_more_jobs_wait_than_may(workshop: Workshop) -> None:
    asked = problem(3000, 600, 25, seed=2)
    jobs = [workshop.submit(asked, seconds=2.0, objective="median") for _ in range(WAITING_MAX + 4)]
    assert jobs[-1] is None
    for job in jobs:
        if job is not None:
            job.stop()
    for job in jobs:
        assert job is None or job.done.wait(PATIENCE_SECONDS)


def test_people_against_number_and_money_are_worked_out_elsewhere_too(workshop: Workshop) -> None:
    asked = problem(300, 40, 4)
    priced = asked.changed(costs=np.linspace(1.0, 5.0, 40))
    by_number = workshop.submit(asked, up_to=5, seconds=20.0)
    by_money = workshop.submit(priced, budgets=[0.0, 4.0, 8.0], seconds=20.0)
    assert by_number is not None
    assert by_money is not None
    for job in (by_number, by_money):
        assert job.done.wait(PATIENCE_SECONDS)
        assert not job.has_failed
        assert job.plan is None
    here, there = curve(asked, 5, seconds=20.0), by_number.line
    assert (there.new, there.reached, there.is_proven) == (here.new, here.reached, here.is_proven)
    spent = by_money.line
    assert list(spent.budget) == [0.0, 4.0, 8.0]
    assert all(cost <= budget + 1e-9 for cost, budget in zip(spent.cost, spent.budget, strict=True))
    assert list(spent.reached) == sorted(spent.reached)


def taken_up(job: Job) -> Job:
    """Wait until a process has been asked for a job."""
    wait_until(lambda: job.tell is not None or job.is_done, "a process takes up the job")
    assert job.tell is not None
    return job


def test_a_stop_that_comes_late_ends_no_other_job(workshop: Workshop) -> None:
    first = workshop.submit(problem(3000, 600, 25), seconds=2.0, objective="median")
    assert first is not None
    tell, end = taken_up(first).tell, first.end  # what a stop holds in its hands while the job ends
    assert first.done.wait(PATIENCE_SECONDS)
    second = workshop.submit(problem(3000, 600, 25, seed=3), seconds=3.0, objective="median")
    assert second is not None
    taken_up(second)
    assert tell is not None
    assert end is not None
    tell()
    end()
    assert second.done.wait(PATIENCE_SECONDS)
    assert not second.has_failed
    assert second.plan is not None
    assert second.plan.status in ("feasible", "optimal")
    third = workshop.submit(problem(100, 20, 2), seconds=10.0)
    assert third is not None
    assert third.done.wait(PATIENCE_SECONDS)
    assert third.plan is not None


class ReadToItsEnd(io.BytesIO):
    """A stream that tells when the last message has been read, and is then still open."""

    def __init__(self, messages: bytes) -> None:
        super().__init__(messages)
        self.is_read = threading.Event()

    def readinto(self, buffer: Any) -> int:
        return self._noted(super().readinto(buffer))

    def read(self, size: int | None = -1) -> bytes:
        return self._noted(super().read(size))

    def readline(self, size: int | None = -1) -> bytes:
        return self._noted(super().readline(size))

    def _noted(self, got: Any) -> Any:
        if not got:
            self.is_read.set()
            threading.Event().wait()
        return got


def test_a_process_stops_the_job_that_is_named_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both jobs and all stops are read before the first job has begun."""
    stopped: list[bool] = []
    messages = (
        ("solve", 1, pickle.dumps(("first", {"up_to": 1}))),
        ("solve", 2, pickle.dumps(("second", {"up_to": 1}))),
        ("stop", 1, b""),
        ("stop", 2, b""),
        ("solve", 3, pickle.dumps(("third", {"up_to": 1}))),
        ("stop", 2, b""),
    )
    source = ReadToItsEnd(b"".join(map(pickle.dumps, messages)))

    def curve(problem: str, stop: Any, up_to: int) -> str:
        assert source.is_read.wait(PATIENCE_SECONDS)
        stopped.append(stop())
        return problem

    monkeypatch.setattr("geo.siting.explain.curve", curve)
    told = os.pipe()
    with os.fdopen(told[0], "rb") as answers:
        threading.Thread(target=worker.main, args=(source, os.fdopen(told[1], "wb")), daemon=True).start()
        assert [pickle.load(answers) for _ in range(3)] == [("line", one) for one in ("first", "second", "third")]
    assert stopped == [False, True, False]


class CannotBeRead:
    """Something that can be sent, but not be read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return int, ("no number",)


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"progress": lambda *_: None}, "AttributeError|PicklingError"),  # cannot be sent
        ({"seed": CannotBeRead()}, "ValueError"),
        ({"colour": "SECRET"}, "TypeError"),
        ({"objective": "SECRET"}, "ContractError"),
    ],
)
def test_what_cannot_be_asked_fails_and_is_logged_without_values(
    options: dict[str, Any], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop = Workshop(1)
    with caplog.at_level(logging.ERROR, logger="nahbar.jobs"):
        for _ in range(2):
            job = shop.submit(problem(100, 20, 2), **{"seconds": 10.0, **options})
            assert job is not None
            assert job.done.wait(PATIENCE_SECONDS)
            assert job.has_failed
            assert job.best() is None
    sound = shop.submit(problem(100, 20, 2), seconds=10.0)
    assert sound is not None
    assert sound.done.wait(PATIENCE_SECONDS)
    assert sound.plan is not None
    shop.close()
    said = [record.getMessage() for record in caplog.records if record.name == "nahbar.jobs"]
    assert len(said) == 2
    for one in said:
        assert any(name in one for name in kind.split("|"))
        assert "worker.py:" in one
        assert "SECRET" not in one
        assert "no number" not in one


def test_a_process_that_dies_is_logged_and_another_takes_its_place(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    job = workshop.submit(problem(3000, 600, 25), seconds=60.0, objective="median")
    assert job is not None
    with caplog.at_level(logging.ERROR, logger="nahbar.jobs"):
        end = taken_up(job).end
        assert end is not None
        end()
        assert job.done.wait(PATIENCE_SECONDS)
    assert job.has_failed
    assert [record.name for record in caplog.records] == ["nahbar.jobs"]
    again = workshop.submit(problem(100, 20, 2), seconds=10.0)
    assert again is not None
    assert again.done.wait(PATIENCE_SECONDS)
    assert again.plan is not None
