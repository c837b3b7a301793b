"""Saved scenarios as the pages use them: read from the store, changed with the version that was seen.

A fault of the store is said on the page. Where somebody else has saved in the meantime, theirs stays, and what was
wanted here waits as a :class:`Clash` until the reader has decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from geo.bounded import call_bounded
from geo.errors import DataError
from geo.labels import copy_name
from geo.region.model import Region
from geo.siting.scenario import Compared, Outcome, Scenario, body_of, is_still_disclosed, read_scenario
from geo.store import Record, StoreConflict
from pages.shared import state
from pages.shared.scenarios import cache as scenarios_cache
from pages.shared.shell import sentences, store, words

KIND = "scenario"
_TOLD = "scenarios.told"
_CLASH = "scenarios.clash"


@dataclass(frozen=True)
class Saved:
    """A record of the store with the scenario and outcome it holds."""

    record: Record
    scenario: Scenario
    outcome: Outcome | None

    def compared(self, region: Region) -> Compared:
        """Return it as the comparison takes it."""
        is_old = self.outcome is not None and self.outcome.region_fingerprint != region.fingerprint
        return Compared(self.record.id, self.scenario.name, self.scenario, self.outcome, is_old=is_old)


@dataclass(frozen=True)
class Clash:
    """What could not be saved since somebody else had: theirs, and the scenario that was wanted here."""

    current: Record
    name: str
    body: dict[str, Any]


def saved(region: Region, *, archived: bool = False) -> tuple[Saved, ...]:
    """Return the scenarios of a region, oldest first; none, and why, where the store cannot be read."""
    try:
        records = store().records(KIND, region.id, archived=archived)
    except DataError as fault:
        tell(fault)
        return ()
    found = []
    for record in records:
        made = scenarios_cache.parsed(record, region.id)
        if made is not None:
            scenario, outcome = made
            # An outcome that counts people who are withheld by now stands as not solved yet.
            is_shown = outcome is not None and is_still_disclosed(outcome, region)
            found.append(Saved(record, scenario, outcome if is_shown else None))
    if lost := len(records) - len(found):
        say(words()("compare.unreadable", n=lost))
    return tuple(found)


def create(scenario: Scenario, outcome: Outcome | None = None) -> str | None:
    """Keep a new scenario and return its id, None where the store did not take it."""
    record = _done(lambda: store().create(KIND, scenario.region_id, scenario.name, body_of(scenario, outcome)))
    if record is not None:
        state.remember("scenario", record.id)
    return None if record is None else record.id


def save(one: Saved, scenario: Scenario, outcome: Outcome | None) -> None:
    """Keep a new version; a conflict waits as a clash."""
    _write(one, scenario.name, body_of(scenario, outcome))


def rename(one: Saved, name: str, description: str) -> None:
    """Give a scenario another name and description."""
    changed = one.scenario.renamed(name, description)
    if (changed.name, changed.description) != (one.scenario.name, one.scenario.description):
        _write(one, name, body_of(changed, one.outcome))


def copy(one: Saved) -> None:
    """Keep a scenario once more, under a name that says so."""
    name = copy_name(one.scenario.name, words()("compare.copy_suffix"))
    create(one.scenario.renamed(name), one.outcome)


def archive(one: Saved) -> None:
    """Put a scenario aside."""
    _guarded(one, store().archive)


def restore(one: Saved) -> None:
    """Bring a scenario back."""
    _guarded(one, store().restore)


def undo(one: Saved) -> None:
    """Take the last change of a scenario back."""
    _guarded(one, store().undo)


def read_file(region: Region, data: bytes) -> None:
    """Keep the scenario a file holds; say what keeps it from being read."""
    try:
        found = call_bounded(read_scenario, data, region.id)
    except DataError as fault:
        tell(fault)
        return
    create(found.scenario, found.outcome)


def clash() -> Clash | None:
    """Return what waits for a decision."""
    waiting = st.session_state.get(_CLASH)
    return waiting if isinstance(waiting, Clash) else None


def keep_as_copy() -> None:
    """Keep what could not be saved as a scenario of its own."""
    waiting = clash()
    if waiting is None:
        return
    name = copy_name(waiting.name, words()("compare.copy_suffix"))
    body = {**waiting.body, "scenario": {**waiting.body["scenario"], "name": name}}
    record = _done(lambda: store().create(KIND, waiting.current.region_id, name, body))
    if record is not None:
        state.remember("scenario", record.id)
        drop_clash()


def drop_clash() -> None:
    """Leave what somebody else saved as it is."""
    st.session_state.pop(_CLASH, None)


def tell(fault: DataError) -> None:
    """Have the page say what went wrong, with the remedy."""
    say(sentences(words(), fault.findings[:3]))


def say(sentence: str) -> None:
    """Have the page say a sentence once."""
    st.session_state[_TOLD] = sentence


def say_key(key: str, **values: Any) -> None:
    """Have the page say a sentence of the catalogue once."""
    say(words()(key, **values))


def said() -> str | None:
    """Return what is to be said, once."""
    sentence: str | None = st.session_state.pop(_TOLD, None)
    return sentence


def _write(one: Saved, name: str, body: dict[str, Any]) -> None:
    try:
        store().save(one.record.id, one.record.version, name=name, body=body)
    except StoreConflict as fault:
        st.session_state[_CLASH] = Clash(fault.current, name, body)
    except DataError as fault:
        tell(fault)


def _guarded(one: Saved, act: Callable[[str, int], Record]) -> None:
    """Do something to a record; a conflict offers what was seen as a copy."""
    try:
        act(one.record.id, one.record.version)
    except StoreConflict as fault:
        st.session_state[_CLASH] = Clash(fault.current, one.scenario.name, body_of(one.scenario, one.outcome))
    except DataError as fault:
        tell(fault)


def _done(act: Callable[[], Record]) -> Record | None:
    try:
        return act()
    except DataError as fault:
        tell(fault)
        return None
