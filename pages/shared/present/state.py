"""Which presentation is in view, and keeping it: in the store, or for this session where the store cannot.

Every change is kept at once and can be taken back. What a store does not take stays in the session and is said.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

import streamlit as st

from geo.decode import to_plain
from geo.errors import DataError
from geo.region.model import Region
from geo.siting.scenario import NAME_MAX, SCENES_MAX, Presentation, Scene, presentation_from_plain
from geo.store import Record, StoreConflict
from geo.text import Texts, finding_sentence
from pages.shared import state
from pages.shared.shell import store, store_fault, words

KIND = "presentation"
_SESSION = "presentations"
_VERSIONS = "presentations.versions"
_EARLIER = "presentations.earlier"
_TOLD = "presentations.told"
_STEPS_BACK = 20


@dataclass(frozen=True)
class Talk:
    """A presentation with the version that was read, None where only this session has it."""

    presentation: Presentation
    version: int | None


def talks(region: Region) -> dict[str, Talk]:
    """Return the presentations made for a region, by id, oldest first; those of this session last."""
    found: dict[str, Talk] = {}
    try:
        for record in store().records(KIND, region.id):
            made = _read(record)
            if made is not None:
                found[record.id] = Talk(made, record.version)
    except DataError as fault:
        tell(fault)
    return found | {key: Talk(one, None) for key, one in _session().items() if one.region_id == region.id}


def talk_in_view(region: Region, at_hand: dict[str, Talk]) -> str | None:
    """Return the id of the presentation in view, None where the region has none yet."""
    keys = tuple(at_hand)
    return state.setting("talk", keys, keys[-1]) if keys else None


def new_presentation(t: Texts, region: Region) -> Presentation:
    """Return a presentation without scenes."""
    return Presentation(t("present.name_usual", place=region.name)[:NAME_MAX], region.id)


def in_view(t: Texts, region: Region) -> tuple[str | None, Presentation]:
    """Return id and presentation in view; a new one without id where the region has none yet."""
    at_hand = talks(region)
    key = talk_in_view(region, at_hand)
    if key is None:
        return None, new_presentation(t, region)
    st.session_state.setdefault(_VERSIONS, {})[key] = at_hand[key].version
    return key, at_hand[key].presentation


def keep(key: str | None, presentation: Presentation, before: Presentation | None = None) -> str:
    """Keep a presentation and return its id; with ``before`` it is a step that can be taken back.

    Where somebody else saved in the meantime, theirs stays and this becomes a copy; where the store fails, the session
    keeps it. Either is said on the page.
    """
    t = words()
    try:
        kept = _write(t, key, presentation)
    except DataError as fault:
        kept = key if key is not None else secrets.token_hex(8)
        _session()[kept] = presentation
        tell(fault)
    else:
        _session().pop(key or "", None)
    if before is not None:
        st.session_state[_EARLIER] = {kept: (*_earlier(key or kept), before)[-_STEPS_BACK:]}
    state.remember("talk", kept)
    return kept


def can_undo(key: str | None) -> bool:
    """Tell whether there is a step to take back."""
    return key is not None and bool(_earlier(key))


def undo(key: str) -> None:
    """Take the last step back."""
    *rest, last = _earlier(key)
    kept = keep(key, last)
    st.session_state[_EARLIER] = {kept: tuple(rest)}


def archive(key: str, name: str) -> None:
    """Put a presentation aside; the store keeps it, a session does not."""
    t = words()
    if _session().pop(key, None) is None:
        try:
            store().archive(key, int(_version(key) or 0))
        except DataError as fault:
            tell(fault)
            return
    say(t("present.archived", name=name))
    state.remember("talk", None)


def add_scene(t: Texts, region: Region, scene: Scene) -> tuple[Presentation, int] | None:
    """Add a scene to the presentation in view; return it with the scene's number, None where it is full."""
    key, presentation = in_view(t, region)
    if len(presentation.scenes) >= SCENES_MAX:
        return None
    longer = presentation.with_scene(scene)
    keep(key, longer, presentation)
    return longer, len(longer.scenes)


def rename(key: str | None, presentation: Presentation, name: str) -> None:
    """Give a presentation another name; an empty one changes nothing."""
    plain = Scene("text", "").worded(name, "").title[:NAME_MAX].strip()
    if plain:
        keep(key, replace(presentation, name=plain), presentation)


def tell(fault: DataError) -> None:
    """Have the page say that a presentation could not be saved, and why."""
    t = words()
    why = " ".join(finding_sentence(t, fault.findings[0])[1:2])
    say(t("present.not_kept", why=why))


def say(sentence: str) -> None:
    """Have the page say a sentence once."""
    st.session_state[_TOLD] = sentence


def said() -> str | None:
    """Return what is to be said once, else that nothing is kept beyond this session."""
    sentence: str | None = st.session_state.pop(_TOLD, None)
    if sentence is None and (fault := store_fault()) is not None:
        tell(fault)
        sentence = st.session_state.pop(_TOLD)
    return sentence


def _write(t: Texts, key: str | None, presentation: Presentation) -> str:
    body = to_plain(presentation)
    version = None if key is None else _version(key)
    if key is None or version is None:
        record = store().create(KIND, presentation.region_id, presentation.name, body)
    else:
        try:
            record = store().save(key, version, name=presentation.name, body=body)
        except StoreConflict:
            name = t("present.copy_name", name=presentation.name)[-NAME_MAX:]
            copy = replace(presentation, name=name)
            record = store().create(KIND, copy.region_id, name, to_plain(copy))
            say(t("present.conflict", name=name))
    st.session_state.setdefault(_VERSIONS, {})[record.id] = record.version
    return record.id


def _read(record: Record) -> Presentation | None:
    """Return what a record holds, None where it cannot be read."""
    try:
        return presentation_from_plain(dict(record.body))
    except DataError as fault:
        tell(fault)
        return None


def _version(key: str) -> int | None:
    versions: dict[str, int | None] = st.session_state.get(_VERSIONS, {})
    return versions.get(key)


def _session() -> dict[str, Presentation]:
    return st.session_state.setdefault(_SESSION, {})  # type: ignore[no-any-return]


def _earlier(key: str) -> tuple[Presentation, ...]:
    steps: dict[str, tuple[Presentation, ...]] = st.session_state.get(_EARLIER, {})
    return steps.get(key, ())
