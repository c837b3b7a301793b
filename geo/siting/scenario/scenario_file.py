"""Scenarios as JSON: what the store keeps and what people hand on.

The form bears a version. An older one is brought up to today's step by step; a newer one is refused, since nobody can
know what its fields mean. Nothing of a file is evaluated: it is parsed, held against the types of
:mod:`geo.siting.scenario.scenario`, and every fault is told at once.

Version 0 had the question's fields beside name and region, and no costs. Version 1 has ``scenario`` (with ``question``
and ``costs``) and ``outcome`` (or null).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from geo.decode import from_plain, to_plain
from geo.errors import DataError
from geo.findings import Finding, error, megabytes, warning
from geo.labels import clean_description, clean_name, description_faults, has_unseen, name_faults
from geo.siting.ask import Question
from geo.siting.scenario.scenario import SCHEMA_VERSION, Outcome, Scenario

FILE_BYTES_MOST = 8 * 1024**2
KEY_MOST = 200
"""Longest text of any other field, such as the key of a place."""


@dataclass(frozen=True)
class SavedScenario:
    """A scenario as it was read.

    Parameters
    ----------
    scenario
        Its name and description are clean (:mod:`geo.labels`).
    outcome
        What came of it when it was saved; None where nothing was saved, or what was saved no longer fits.
    version
        Version of the form it was read from.
    findings
        What was left out; no errors.
    """

    scenario: Scenario
    outcome: Outcome | None = None
    version: int = SCHEMA_VERSION
    findings: tuple[Finding, ...] = ()


def write_scenario(scenario: Scenario, outcome: Outcome | None = None) -> bytes:
    """Return a scenario as a JSON file in UTF-8."""
    body = body_of(scenario, outcome)
    return (json.dumps(body, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def read_scenario(data: bytes, region_id: str | None = None) -> SavedScenario:
    """Read a scenario from a JSON file.

    Parameters
    ----------
    data
        Contents of the file.
    region_id
        The region it must be for; None takes any.

    Raises
    ------
    DataError
        ``scenario_too_large``, ``json_damaged``, ``json_key_twice``, and everything :func:`from_body` finds.
    """
    return from_body(parsed(data), region_id)


def body_of(scenario: Scenario, outcome: Outcome | None = None) -> dict[str, Any]:
    """Return a scenario and what came of it as plain values, as the store keeps them."""
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": to_plain(scenario),
        "outcome": None if outcome is None else to_plain(outcome),
    }


def from_body(body: Any, region_id: str | None = None) -> SavedScenario:
    """Return the scenario that plain values hold.

    An outcome that does not fit, or belongs to other settings, is left out and said so: it can be worked out again.

    Raises
    ------
    DataError
        ``scenario_not_one``, ``scenario_newer``, ``scenario_other_region``, ``name_empty``, ``name_too_long``,
        ``description_too_long``, ``text_too_long``, or what :func:`geo.decode.from_plain` finds.
    """
    version = _version(body)
    for step in range(version, SCHEMA_VERSION):
        body = _UPGRADES[step](body)
    scenario = _scenario(body.get("scenario"))
    if region_id is not None and scenario.region_id != region_id:
        raise DataError((error("scenario_other_region", made_for=scenario.region_id, region=region_id),))
    outcome, findings = _outcome(body.get("outcome"), scenario)
    return SavedScenario(scenario, outcome, version, findings)


def parsed(data: bytes) -> Any:
    """Return what a JSON file holds; nothing is taken twice or for a number that is none.

    Raises
    ------
    DataError
        ``scenario_too_large``, ``json_damaged`` with the line, ``json_key_twice``.
    """
    if len(data) > FILE_BYTES_MOST:
        raise DataError((error("scenario_too_large", **megabytes(len(data), FILE_BYTES_MOST)),))
    try:
        return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except DataError:
        raise
    except json.JSONDecodeError as fault:
        raise DataError((error("json_damaged", line=fault.lineno, position=fault.colno),)) from fault
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise DataError((error("json_damaged", line=1, position=1),)) from fault


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise DataError(tuple(error("json_key_twice", field=name[:KEY_MOST]) for name in twice))
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise DataError((error("value_unfit", field=name, expected="number"),))


def _version(body: Any) -> int:
    if not isinstance(body, dict) or "schema_version" not in body:
        raise DataError((error("scenario_not_one"),))
    version = body["schema_version"]
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        raise DataError((error("value_unfit", field="schema_version", expected="int"),))
    if version > SCHEMA_VERSION:
        raise DataError((error("scenario_newer", found=min(version, 10**9), known=SCHEMA_VERSION),))
    return version


def _from_0(body: Mapping[str, Any]) -> dict[str, Any]:
    """Bring version 0 up to 1: the question's fields lay beside name and region, and nothing was said of costs."""
    asked = {one.name for one in fields(Question)}
    about = {name: value for name, value in body.items() if name not in asked and name != "schema_version"}
    return {
        "schema_version": 1,
        "scenario": {**about, "question": {name: value for name, value in body.items() if name in asked}},
        "outcome": None,
    }


_UPGRADES: Mapping[int, Callable[[Mapping[str, Any]], dict[str, Any]]] = {0: _from_0}


def _scenario(plain: Any) -> Scenario:
    made: Scenario = from_plain(Scenario, plain, "scenario")
    own = [place.name for place in made.question.own if place.name.strip()]
    faults = (
        *name_faults(made.name),
        *description_faults(made.description),
        *(fault for name in own for fault in name_faults(name)),
        *_text_faults(made),
    )
    if faults:
        raise DataError(faults)
    places = (replace(place, name=clean_name(place.name.strip() or place.id)) for place in made.question.own)
    return replace(
        made,
        name=clean_name(made.name),
        description=clean_description(made.description),
        question=replace(made.question, own=tuple(places)),
    )


def _text_faults(scenario: Scenario) -> tuple[Finding, ...]:
    """Tell which texts other than names and description are no keys: too long, or with unseen characters."""
    question = replace(scenario.question, own=tuple(replace(place, name="") for place in scenario.question.own))
    found: list[Finding] = []

    def look(value: Any, where: str) -> None:
        if isinstance(value, str) and len(value) > KEY_MOST:
            found.append(error("text_too_long", field=where, length=len(value), most=KEY_MOST))
        elif isinstance(value, str) and has_unseen(value):
            found.append(error("value_unfit", field=where, expected="str"))
        elif isinstance(value, dict):
            for name, inner in value.items():
                look(inner, f"{where}.{name}")
        elif isinstance(value, list):
            for at, inner in enumerate(value):
                look(inner, f"{where}[{at}]")

    look(scenario.region_id, "scenario.region_id")
    look(to_plain(question), "scenario.question")
    look(to_plain(scenario.costs), "scenario.costs")
    return tuple(found)


def _outcome(plain: Any, scenario: Scenario) -> tuple[Outcome | None, tuple[Finding, ...]]:
    if plain is None:
        return None, ()
    try:
        outcome: Outcome = from_plain(Outcome, plain, "outcome")
    except DataError:
        return None, (warning("outcome_unfit"),)
    if outcome.scenario_key != scenario.key:
        return None, (warning("outcome_of_other_settings"),)
    return outcome, ()
