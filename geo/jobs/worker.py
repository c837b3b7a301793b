"""Long searches beside the server: processes of their own, told of every improvement, stopped on request.

A page must not wait for a proof. It shows the first good plan and hands the problem to a :class:`Workshop`, which
keeps a few processes and a short queue. Problems and plans travel through the pipes of these processes as pickles;
nobody else writes to them. Jobs of a process are numbered, so that a stop that comes late ends no other job.

What fails is logged with the kind of the fault and the lines it came through. Messages of faults may hold values of a
region, so they are left out.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from geo.errors import fault_lines

if TYPE_CHECKING:
    from geo.siting.explain import Curve, Frontier
    from geo.siting.problem import Plan, SitingProblem

_LOG = logging.getLogger("nahbar.jobs")
WAITING_MAX = 12
PATIENCE_SECONDS = 1.5
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Standing:
    """How far a search is: value and bound in the unit of its objective, ``gap`` a fraction."""

    value: float
    bound: float
    gap: float
    seconds: float
    selected: tuple[int, ...]


@dataclass(eq=False)
class Job:
    """A problem that is being solved; what is told of it changes until ``is_done``.

    It ends with a ``plan``, or with a ``line`` where people against number or money were asked for. Where it
    ``has_failed``, there is neither, but maybe a ``standing``.
    """

    problem: SitingProblem
    options: dict[str, Any]
    standing: Standing | None = None
    plan: Plan | None = None
    line: Curve | Frontier | None = None
    has_failed: bool = False
    wants_stop: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    tell: Callable[[], None] | None = None
    end: Callable[[], None] | None = None

    @property
    def is_done(self) -> bool:
        """Whether there is a plan, or never will be."""
        return self.done.is_set()

    def stop(self) -> None:
        """Ask for the best plan so far; a process that does not answer soon is ended, and what it told is kept."""
        self.wants_stop.set()
        tell, end = self.tell, self.end
        if tell is not None:
            tell()
        if end is not None:
            timer = threading.Timer(PATIENCE_SECONDS, lambda: None if self.is_done else end())
            timer.daemon = True
            timer.start()

    def best(self) -> Plan | None:
        """Return the plan, or as long as there is none, the best choice told so far as a plan."""
        from geo.siting.problem import make_plan

        standing = self.standing
        if self.plan is not None or standing is None or not standing.selected:
            return self.plan
        return make_plan(
            self.problem,
            standing.selected,
            standing.value,
            standing.bound,
            is_proven=False,
            is_stopped=self.wants_stop.is_set(),
            seconds=standing.seconds,
            seed=int(self.options.get("seed", 0)),
            objective=str(self.options.get("objective", "coverage")),
        )


class Workshop:
    """A few processes that solve, and the jobs that wait for them.

    Parameters
    ----------
    processes
        How many; default one less than there are cores.
    """

    def __init__(self, processes: int | None = None) -> None:
        count = max(1, (os.cpu_count() or 2) - 1) if processes is None else processes
        self._waiting: queue.Queue[Job | None] = queue.Queue(maxsize=WAITING_MAX)
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, problem: SitingProblem, **options: Any) -> Job | None:
        """Hand over a problem with the options of :func:`geo.siting.solve`; None where too many wait.

        With ``up_to`` or ``budgets`` among the options it is asked for :func:`geo.siting.explain.curve` or
        :func:`geo.siting.explain.frontier` instead.
        """
        job = Job(problem, options)
        try:
            self._waiting.put_nowait(job)
        except queue.Full:
            return None
        return job

    def close(self) -> None:
        """End all processes once their jobs are done."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join(timeout=10)

    def _serve(self) -> None:
        helper: subprocess.Popen[bytes] | None = None
        number = 0
        while (job := self._waiting.get()) is not None:
            number += 1
            try:
                if helper is None or helper.poll() is not None:
                    helper = _start()
                _follow(helper, job, number)
            except Exception as fault:  # noqa: BLE001  whatever it is, the next job must find somebody to serve it
                job.has_failed = not job.wants_stop.is_set()  # a process that does not answer a stop is ended
                if job.has_failed:
                    log_fault("a job was lost", fault)
                if helper is not None:
                    helper.kill()
                    helper.wait()
                helper = None
            finally:
                job.tell = job.end = None
                job.done.set()
        if helper is not None and helper.stdin is not None:
            helper.stdin.close()
            helper.wait(timeout=10)


def _start() -> subprocess.Popen[bytes]:
    paths = [str(_ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "geo.jobs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )


def log_fault(what: str, fault: BaseException) -> None:
    """Log that something failed beside the pages, without the fault's message, which may hold values of a region."""
    _LOG.error("%s: %s", what, fault_lines(fault))


def _follow(helper: subprocess.Popen[bytes], job: Job, number: int) -> None:
    """Send a job to a process and keep what it tells, until it is done."""
    if helper.stdin is None or helper.stdout is None:
        raise EOFError
    stream = helper.stdin
    try:
        packed = pickle.dumps((job.problem, job.options), protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as fault:  # noqa: BLE001  anything may be asked for; the process has not heard of it
        job.has_failed = True
        log_fault("a job cannot be sent", fault)
        return
    lock = threading.Lock()
    is_over = False

    def tell() -> None:
        with lock:
            if not is_over:
                _send(stream, ("stop", number, b""))

    def end() -> None:
        with lock:
            if not is_over:
                helper.kill()
                helper.wait()  # so that nobody takes it for one that lives

    _send(stream, ("solve", number, packed))
    job.tell, job.end = tell, end
    if job.wants_stop.is_set():
        job.stop()
    try:
        _listen_to(helper.stdout, job)
    finally:
        with lock:
            is_over = True


def _listen_to(stream: IO[bytes], job: Job) -> None:
    """Keep what a process tells of a job, until it is done."""
    while True:
        kind, told = pickle.load(stream)  # noqa: S301  (our own process wrote it)
        if kind == "better":
            job.standing = Standing(*told)
            continue
        if kind == "line":
            job.line = told
        elif kind == "plan":
            job.plan = told
        else:
            job.has_failed = True
            _LOG.error("a job failed: %s", told)
        return


def _send(stream: IO[bytes], message: Any) -> None:
    try:
        pickle.dump(message, stream, protocol=pickle.HIGHEST_PROTOCOL)
        stream.flush()
    except (OSError, ValueError):  # the process has ended (EINVAL on Windows); whoever reads from it finds out
        return


def main(source: IO[bytes], target: IO[bytes]) -> int:
    """Solve what comes in until the stream ends; told are improvements, then the plan."""
    jobs: queue.Queue[tuple[bytes, threading.Event] | None] = queue.Queue()
    threading.Thread(target=_listen, args=(source, jobs), daemon=True).start()
    while (job := jobs.get()) is not None:
        _send(target, _solve(*job, target))
    return 0


def _listen(source: IO[bytes], jobs: queue.Queue[tuple[bytes, threading.Event] | None]) -> None:
    number, wants_stop = 0, threading.Event()
    while True:
        try:
            kind, concerned, packed = pickle.load(source)  # noqa: S301  (the server that started us wrote it)
        except (EOFError, OSError, pickle.UnpicklingError):
            wants_stop.set()
            jobs.put(None)
            return
        if kind == "solve":
            number, wants_stop = concerned, threading.Event()
            jobs.put((packed, wants_stop))
        elif concerned == number:
            wants_stop.set()


def _solve(packed: bytes, wants_stop: threading.Event, target: IO[bytes]) -> tuple[str, Any]:
    from geo.siting.explain import curve, frontier
    from geo.siting.solvers import solve

    def tell(*standing: Any) -> None:
        _send(target, ("better", standing))

    try:
        problem, options = pickle.loads(packed)  # noqa: S301  (the server that started us packed it)
        if "up_to" in options:
            return "line", curve(problem, stop=wants_stop.is_set, **options)
        if "budgets" in options:
            return "line", frontier(problem, stop=wants_stop.is_set, **options)
        return "plan", solve(problem, stop=wants_stop.is_set, progress=tell, **options)
    except Exception as fault:  # noqa: BLE001  the server logs it, and asks for the next job
        return "fault", fault_lines(fault)
