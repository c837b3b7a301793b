"""From parts to a region: tidied, checked, plausible, under disclosure control, with a fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, fields, replace
from typing import Any

import pandas as pd

from geo.errors import ContractError, DataError
from geo.findings import Finding, Level, has_errors
from geo.region.disclosure import Disclosed, Release, disclose
from geo.region.model.contract import check_id, tidy_statistics
from geo.region.model.fingerprint import region_fingerprint
from geo.region.model.parts import PARTS, Parts
from geo.region.model.plausibility import check_shown
from geo.region.model.region import Region
from geo.region.schema import STATES_WITH_NUMBER

_DEFAULTS = {
    field.name: field.default_factory() if field.default is MISSING else field.default  # type: ignore[operator]
    for field in fields(Region)
    if field.default is not MISSING or field.default_factory is not MISSING
}
_DEFAULTS |= {"sites": None, "travel_mode": "car"}


def assemble_region(**given: Any) -> Region:
    """Check the parts, withhold what must not be shown, and return the region.

    Parameters
    ----------
    given
        The fields of :class:`geo.region.model.Region` except ``fingerprint``, not yet disclosure-controlled. Sites
        and fields with a default may be left out; ``values_of`` rows that are absent count as missing; sites may lack
        columns of which nothing is known. ``findings`` are what was found before; they are kept with the region
        together with what is found here.

    Raises
    ------
    DataError
        With every error found, if the parts do not meet the contract.
    ContractError
        A field is unknown or absent.
    """
    region, found = try_assemble(given)
    if region is None:
        raise DataError(found)
    return region


def try_assemble(
    given: Parts,
    *,
    arrange: Callable[[list[Finding]], tuple[Finding, ...]] = tuple,
    disclosed: frozenset[str] = frozenset(),
    releases: Sequence[Release] = (),
    tell: Callable[[Disclosed], None] | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[Region | None, tuple[Finding, ...]]:
    """Return the region and all findings, or None and the findings if any of them is an error.

    ``given`` as in :func:`assemble_region`; ``arrange`` puts the findings into their final order and form; figures of
    the dates ``disclosed`` come from a region, passed disclosure control there and stay as they are; ``releases`` are
    what was published before. ``tell`` is given what an audit has to know, ``progress`` the share of disclosure control
    that is done.
    """
    parts = _whole(given)
    found = [*parts["findings"], *check_id(parts["id"]), *check_parts(parts)]
    if has_errors(found):
        return None, arrange(found)
    is_new = ~parts["statistics"]["date"].isin(disclosed)
    done = disclose(
        parts["statistics"][is_new],
        parts["quarters"],
        parts["measures"],
        parts["disclosure"],
        groupings=parts["groupings"],
        releases=releases,
        progress=progress,
    )
    if tell is not None:
        tell(done)
    shown, withheld = done.statistics, done.findings
    statistics = pd.concat([parts["statistics"][~is_new], shown]) if disclosed else shown
    odd = check_shown(statistics, parts["quarters"], parts["measures"])
    found = [*_about_shown(found, statistics), *odd, *withheld]
    if has_errors(found):
        return None, arrange(found)
    parts |= {"statistics": tidy_statistics(statistics), "findings": arrange(found)}
    return Region(**parts, fingerprint=region_fingerprint(parts)), parts["findings"]


def check_parts(parts: Parts, *, unedited: Iterable[str] = ()) -> list[Finding]:
    """Return what is wrong with the tidy parts of a region.

    ``unedited`` names parts that are whole files and were checked when they were written.
    """
    passed = set(unedited)
    return [
        finding
        for part in PARTS
        if parts[part.name] is not None and part.name not in passed
        for finding in part.check(parts[part.name], parts)
    ]


def _whole(given: Parts) -> dict[str, Any]:
    """Return every field of a region but its fingerprint, tidied, with defaults where nothing is given."""
    names = [field.name for field in fields(Region) if field.name != "fingerprint"]
    wrong = sorted(given.keys() - set(names)) or [name for name in names if name not in {*given, *_DEFAULTS}]
    if wrong:
        raise ContractError(f"a region is made of {', '.join(names)}: {wrong[0]} is unknown or absent")
    parts = {name: given[name] if name in given else _DEFAULTS[name] for name in names}
    for part in PARTS:  # quarters first: others are tidied beside them
        parts[part.name] = part.tidy(parts[part.name], parts["quarters"])
    present = set(parts["statistics"]["measure"].unique())
    parts |= {name: tuple(parts[name]) for name in ("measures", "sources", "breaks", "findings")}
    parts["measures"] = tuple(measure for measure in parts["measures"] if measure.key in present)
    parts["disclosure"] = parts["disclosure"] or _DEFAULTS["disclosure"]
    parts["travel_mode"] = parts["travel_mode"] if parts["travel_table"] is not None else ""
    return parts


def _about_shown(found: list[Finding], statistics: pd.DataFrame) -> list[Finding]:
    """Leave out what was said of single values that are now withheld: even a hint narrows a hidden count.

    What was said of a cell of a table by its place alone (a number in parentheses, say) is said without the place, of
    all cells of that column, as soon as one of them lies in a quarter with gaps: its shown neighbours must not
    stand out against it.
    """
    hidden = statistics[~statistics["state"].isin(STATES_WITH_NUMBER)]
    values = set(zip(hidden["quarter_id"], hidden["date"], hidden["measure"], strict=True))
    gaps = set(hidden["quarter_id"])
    kept = [
        one for one in found if (one.quarter, one.parameters.get("date"), one.parameters.get("measure")) not in values
    ]
    marked = {_kind_of(one) for one in kept if _is_of_a_cell(one) and one.quarter in gaps}
    told: dict[tuple[str, str | None, str | None], Finding] = {}
    out: list[Finding] = []
    for one in kept:
        if not _is_of_a_cell(one) or _kind_of(one) not in marked:
            out.append(one)
            continue
        before = told.get(_kind_of(one))
        count = sum(int(part.parameters.get("count", 0)) for part in (one, before) if part is not None)
        parameters = {**one.parameters, **({"count": count} if "count" in one.parameters else {})}
        told[_kind_of(one)] = replace(one, row=None, quarter=None, parameters=parameters)
    return [*out, *told.values()]


def _kind_of(finding: Finding) -> tuple[str, str | None, str | None]:
    return finding.code, finding.file, finding.column


def _is_of_a_cell(finding: Finding) -> bool:
    return finding.level is not Level.ERROR and finding.row is not None and finding.column is not None
