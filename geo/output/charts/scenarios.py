"""Charts of scenarios side by side: people over minutes, people against money and against number of sites."""

from __future__ import annotations

from collections.abc import Sequence

from geo.output.charts.chart import GREY, INK, MAIN, MARK, Axis, Chart, Dash, Line, Rule, Tone
from geo.output.charts.labels import Spot, label_sides
from geo.output.charts.trend import bound_line
from geo.output.values import people_text
from geo.siting.scenario import TODAY, Compared
from geo.text import Texts

_TONES: tuple[Tone, ...] = (
    MAIN, MARK, ("#3b5fa8", "#93b4f2"), ("#8a6d00", "#e0c04c"), ("#7a3e86", "#d3a0dd"), ("#2c7a3d", "#86cf95"),
    ("#a33b54", "#f29bb0"), ("#5a6468", "#b4c0c4"),
)  # fmt: skip
_DASHES: tuple[Dash, ...] = ("solid", "dash", "dot")
_PLOT = (300.0, 260.0)
"""Pixels of the plot of a frontier, as narrow as a phone or half a page has it."""


def minutes_chart(t: Texts, compared: Sequence[Compared], *, threshold: float | None = None) -> Chart:
    """Return people reached over minutes, one line for each solved scenario, today's state dashed.

    Numbers too small to be shown leave a gap.
    """
    parts: list[Line] = []
    drawn = 0
    for one in compared:
        if one.outcome is None or not one.outcome.curve:
            continue
        curve, step = one.outcome.curve, one.outcome.rounded_to
        tone, dash = _TONES[drawn % len(_TONES)], _DASHES[drawn // len(_TONES) % len(_DASHES)]
        if one.key == TODAY:
            tone, dash = GREY, "dash"
        drawn += one.key != TODAY
        says = tuple(
            t("compare.curve_point", minutes=at, people=people_text(t, people, step)) for at, people in enumerate(curve)
        )
        parts.append(Line(one.name, tuple(range(len(curve))), curve, tone, says, says_name=True, width=2.5, dash=dash))
    rules = () if threshold is None else (Rule(threshold, text=t("compare.threshold", minutes=t.number(threshold))),)
    x, y = Axis(t("compare.axis_minutes"), low=0), Axis(t("compare.axis_people"), low=0)
    return Chart(tuple(parts), x, y, rules, height=400 + 16 * drawn, legend="below")


def curves_chart(t: Texts, curves: Sequence[tuple[str, Sequence[float]]], *, demand: float, within: float) -> Chart:
    """Return the share of people reached by minutes, one line for each (name, people at 0, 1, 2, ... minutes).

    People, ``demand`` too, are rounded as they may be shown.
    """
    parts = []
    looks: tuple[tuple[Tone, Dash], ...] = ((GREY, "dash"), (MARK, "solid")) if len(curves) > 1 else ((MAIN, "solid"),)
    for (name, people), (tone, dash) in zip(curves, looks, strict=False):
        share = tuple(100 * value / demand if demand else 0.0 for value in people)
        says = tuple(
            t("reach.curve_point", minutes=t.number(at), people=t.number(value), share=t.percent(part, 0))
            for at, (value, part) in enumerate(zip(people, share, strict=True))
        )
        parts.append(Line(name, tuple(range(len(share))), share, tone, says, dash=dash))
    last = max((len(people) for _, people in curves), default=1) - 1
    x, y = Axis(t("reach.axis_minutes"), 0, last, step=10), Axis(t("reach.axis_share"), 0, 100)
    return Chart(tuple(parts), x, y, (Rule(within, INK),))


def frontier_chart(
    t: Texts, line: Sequence[tuple[float, float | None, float | None]], compared: Sequence[Compared], against: str
) -> Chart:
    """Return the frontier of people against ``cost`` or ``sites``, with the scenarios as points.

    Parameters
    ----------
    line
        Euro or number, people reached at best, and what no choice exceeds, both rounded as people are shown; empty
        where no frontier was computed.
    """
    parts: list[Line] = []
    at, reached, bound = zip(*line, strict=True) if line else ((), (), ())
    if any(low is not None and high is not None and high > low for low, high in zip(reached, bound, strict=True)):
        parts.append(bound_line(t("chart.bound"), at, bound))
    if line:
        says = tuple(_told(t, against, x, low) for x, low, _ in line)
        is_stepped = against == "cost"
        name = t("compare.frontier")
        parts.append(Line(name, at, reached, MAIN, says, is_stepped=is_stepped, mark="circle", size=6))
    spots = _spots(compared, against)
    names = [_short(called) for called in spots.values()]
    most = (max([*at, *(x for x, _ in spots)], default=0.0), _highest(line, spots))
    sides = label_sides(list(spots), names, _drawn(line, against), size=_PLOT, most=most)
    parts.append(
        Line(
            t("compare.scenarios"),
            tuple(x for x, _ in spots),
            tuple(y for _, y in spots),
            MARK,
            tuple(f"{', '.join(called)}\n{_told(t, against, *spot)}" for spot, called in spots.items()),
            width=0,
            mark="diamond",
            size=12,
            labels=tuple("" if side is None else name for name, side in zip(names, sides, strict=True)),
            sides=tuple(side or "middle right" for side in sides),
        )
    )
    x, y = Axis(t(f"compare.axis_{against}"), low=0), Axis(t("compare.axis_people"), low=0)
    return Chart(tuple(parts), x, y, height=420)


def _spots(compared: Sequence[Compared], against: str) -> dict[tuple[float, float], list[str]]:
    """Return the names of the scenarios at each point, from left to right."""
    found: dict[tuple[float, float], list[str]] = {}
    for one in compared:
        spot = _where(one, against)
        if spot is not None:
            found.setdefault(spot, []).append(one.name)
    return dict(sorted(found.items()))


def _highest(line: Sequence[tuple[float, float | None, float | None]], spots: dict[Spot, list[str]]) -> float:
    """Return the most people drawn."""
    drawn = [people for _, low, high in line for people in (low, high) if people is not None]
    return max([*drawn, *(y for _, y in spots)], default=0.0)


def _drawn(line: Sequence[tuple[float, float | None, float | None]], against: str) -> list[list[Spot]]:
    """Return the frontier as corner points: steps against cost, straight lines against sites."""
    known = [(x, low) for x, low, _ in line if low is not None]
    if against != "cost" or not known:
        return [known]
    steps = [known[0]]
    for x, low in known[1:]:
        steps += [(x, steps[-1][1]), (x, low)]
    return [steps]


def _where(one: Compared, against: str) -> tuple[float, float] | None:
    outcome = one.outcome
    if outcome is None or outcome.people_after is None:
        return None
    x = outcome.cost_per_year_eur if against == "cost" else float(len(outcome.sites))
    return None if x is None else (x, float(outcome.people_after))


def _told(t: Texts, against: str, x: float, people: float | None) -> str:
    said = t.euros(x) if against == "cost" else t.number(x)
    return t(f"compare.point_{against}", x=said, people=t("value.none") if people is None else t.number(people))


def _short(names: list[str], most: int = 26) -> str:
    """Return the names at a point, shortened to the first and how many more there are."""
    more = f" (+{len(names) - 1})" if len(names) > 1 else ""
    first = names[0]
    return (first if len(first) <= most else f"{first[: most - 1]}…") + more
