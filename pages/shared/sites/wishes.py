"""What a reader wishes for single places: required, excluded, closed, and places of their own.

Wishes belong to a region. They are kept over page changes and stand in the link; what comes from a link is compared
with the places at hand, and numbers are read as numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import streamlit as st

from geo.defaults import NEW_OFFICES
from geo.errors import DataError
from geo.region.model import Region
from geo.siting.ask import CANDIDATE_KINDS, ON_STREETS, OWN_PLACES_MAX, OwnPlace, Question, own_faults
from geo.text import Texts
from pages.shared import state
from pages.shared.shell import network, sentences
from pages.shared.sites import cache

NUMBERS = tuple(range(1, 21))
NUMBERS_FEW = 10
NUMBER_USUAL = NEW_OFFICES
_NUMBER = re.compile(r"-?\d{1,3}(?:\.\d{1,8})?")
_REFUSED = "own_refused"


@dataclass(frozen=True)
class Wishes:
    """Keys of places, and own places as (number, longitude, latitude)."""

    forced: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    own: tuple[tuple[int, float, float], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is wished for."""
        return self == Wishes()


def wishes_of(region: Region) -> Wishes:
    """Return the wishes for a region: those of this session, else those of the link."""
    kept = state.recall(_key(region))
    if isinstance(kept, Wishes):
        return kept
    asked = _from_link(region) if st.query_params.get("region", region.id) == region.id else Wishes()
    state.remember(_key(region), asked)
    return asked


def link_of(wishes: Wishes) -> dict[str, str | None]:
    """Return wishes as they stand in a link."""
    own = ";".join(f"{lon:.5f},{lat:.5f}" for _, lon, lat in wishes.own)
    lists = {"force": wishes.forced, "forbid": wishes.forbidden, "close": wishes.closed}
    return {name: ",".join(keys) or None for name, keys in lists.items()} | {"own": own or None}


def with_wishes(t: Texts, region: Region, question: Question) -> Question:
    """Return the question with the reader's wishes, as far as they name places it may choose."""
    wishes = wishes_of(region)
    possible = cache.candidate_keys(region, question.candidates) if wishes.forced or wishes.forbidden else ()
    return replace(
        question,
        forced=tuple(key for key in wishes.forced if key in possible),
        forbidden=tuple(key for key in wishes.forbidden if key in possible),
        closed=wishes.closed,
        own=_own(t, wishes),
    )


def wish(region: Region, key: str, wanted: str) -> None:
    """Keep a wish: ``forced``, ``forbidden`` or ``free`` for a candidate, ``closed`` or ``open`` for an office."""
    now = wishes_of(region)
    lists = {name: tuple(one for one in getattr(now, name) if one != key) for name in ("forced", "forbidden", "closed")}
    if wanted in lists:
        lists[wanted] = (*lists[wanted], key)
    _keep(region, replace(now, **lists))


def place_own(
    t: Texts, region: Region, question: Question, spot: tuple[float, float], number: int | None = None
) -> None:
    """Keep a place of the reader's, or move the one with ``number``; refuse it with a sentence where it cannot be.

    ``spot`` is longitude and latitude.
    """
    lon, lat = spot
    now = wishes_of(region)
    used = number if number is not None else max((one for one, _, _ in now.own), default=0) + 1
    others = tuple(one for one in now.own if one[0] != used)
    fault = _fault(t, region, question, OwnPlace(own_key(used), own_name(t, used), lon, lat))
    if fault is None and len(others) >= OWN_PLACES_MAX:
        fault = t("siting.own_full", n=OWN_PLACES_MAX)
    state.remember(_REFUSED, fault)
    if fault is None:
        _keep(region, replace(now, own=tuple(sorted((*others, (used, round(lon, 6), round(lat, 6)))))))
        state.remember("placing", value=False)
        state.remember("place", own_key(used))


def remove_own(region: Region, key: str) -> None:
    """Forget a place of the reader's."""
    now = wishes_of(region)
    state.remember(_REFUSED, None)
    _keep(region, replace(now, own=tuple(one for one in now.own if own_key(one[0]) != key)))


def take(region: Region, wanted: Wishes) -> None:
    """Put other wishes in the place of those for a region."""
    state.remember(_REFUSED, None)
    state.remember(_key(region), wanted)


def forget(region: Region) -> None:
    """Forget every wish for a region."""
    state.remember(_REFUSED, None)
    state.remember(_key(region), Wishes())


def refusal() -> str | None:
    """Return why the last place was refused, once."""
    said = state.recall(_REFUSED)
    state.remember(_REFUSED, None)
    return said if isinstance(said, str) else None


def own_key(number: int) -> str:
    """Return the key of the reader's place with a number."""
    return f"own-{number}"


def own_name(t: Texts, number: int) -> str:
    """Return the name of the reader's place with a number."""
    return t("siting.own_name", number=number)


def own_number(key: str) -> int | None:
    """Return the number of a place of the reader's, None for any other place."""
    head, _, tail = key.rpartition("-")
    return int(tail) if head == "own" and tail.isdecimal() else None


def _own(t: Texts, wishes: Wishes) -> tuple[OwnPlace, ...]:
    return tuple(OwnPlace(own_key(number), own_name(t, number), lon, lat) for number, lon, lat in wishes.own)


def _fault(t: Texts, region: Region, question: Question, place: OwnPlace) -> str | None:
    try:
        streets = network(region) if question.mode in ON_STREETS else None
    except DataError:  # said beside the plan, where it keeps ways from being measured at all
        streets = None
    found = own_faults(region, (place,), streets)
    return sentences(t, found[:1]) or None


def _keep(region: Region, wishes: Wishes) -> None:
    state.remember(_key(region), wishes)
    least = min(len(wishes.forced) + len(wishes.own), NUMBERS[-1])
    if state.setting("new", NUMBERS, NUMBER_USUAL) < least:
        state.remember("new", least)


def _key(region: Region) -> str:
    return f"wishes@{region.id}"


def _from_link(region: Region) -> Wishes:
    possible = {key for kind in CANDIDATE_KINDS for key in cache.candidate_keys(region, kind)}
    open_today = set(region.offices.index.astype(str))
    return Wishes(
        forced=_listed("force", possible),
        forbidden=_listed("forbid", possible),
        closed=_listed("close", open_today),
        own=tuple(spot for spot in _spots(st.query_params.get("own", "")) if _is_inside(region, spot)),
    )


def _is_inside(region: Region, spot: tuple[int, float, float]) -> bool:
    return not own_faults(region, (OwnPlace("", "", *spot[1:]),), None)


def _listed(name: str, known: set[str] | frozenset[str]) -> tuple[str, ...]:
    asked = dict.fromkeys(key for key in st.query_params.get(name, "").split(",") if key)
    if absent := [key for key in asked if key not in known]:
        state.miss(name, ", ".join(absent))
    return tuple(key for key in asked if key in known)


def _spots(text: str) -> tuple[tuple[int, float, float], ...]:
    pairs = [part.split(",") for part in text.split(";") if part][:OWN_PLACES_MAX]
    spots = [(float(pair[0]), float(pair[1])) for pair in pairs if len(pair) == 2 and all(map(_NUMBER.fullmatch, pair))]
    return tuple((number, lon, lat) for number, (lon, lat) in enumerate(spots, 1) if abs(lon) <= 180 and abs(lat) <= 90)
