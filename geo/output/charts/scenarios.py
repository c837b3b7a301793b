"""Charts of scenarios side by side: people over minutes, people against money and against number of sites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from geo.output.charts.labels import Spot, label_sides
from geo.output.charts.look import GREY, GROUND, INK, MARK, dress, plain
from geo.output.values import people_text
from geo.siting.scenario import TODAY, Compared
from geo.text import Texts

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LINES = {
    "light": ("#0b5c63", "#b4460f", "#3b5fa8", "#8a6d00", "#7a3e86", "#2c7a3d", "#a33b54", "#5a6468"),
    "dark": ("#5cc2c0", "#ffae6b", "#93b4f2", "#e0c04c", "#d3a0dd", "#86cf95", "#f29bb0", "#b4c0c4"),
}
_DASHES = ("solid", "dash", "dot")
_PLOT = (300.0, 260.0)
"""Pixels of the plot of a frontier, as narrow as a phone or half a page has it."""


def minutes_chart(t: Texts, compared: Sequence[Compared], *, theme: str, threshold: float | None = None) -> go.Figure:
    """Return people reached over minutes, one line for each solved scenario, today's state dashed.

    Numbers too small to be shown leave a gap.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    drawn = 0
    for one in compared:
        if one.outcome is None or not one.outcome.curve:
            continue
        outcome, name = one.outcome, plain(one.name)
        is_today = one.key == TODAY
        line = {"color": GREY[theme], "width": 2.5, "dash": "dash"} if is_today else _line(theme, drawn)
        drawn += not is_today
        minutes = list(range(len(outcome.curve)))
        figure.add_scatter(
            x=minutes,
            y=list(outcome.curve),
            name=name,
            mode="lines",
            line=line,
            connectgaps=False,
            text=[
                t("compare.curve_point", minutes=minute, people=people_text(t, people, outcome.rounded_to))
                for minute, people in zip(minutes, outcome.curve, strict=True)
            ],
            hovertemplate="%{text}<extra>" + name + "</extra>",
        )
    if threshold is not None:
        figure.add_vline(
            x=threshold,
            line={"color": GREY[theme], "width": 1, "dash": "dot"},
            annotation={"text": t("compare.threshold", minutes=t.number(threshold)), "font": {"size": 12}},
            annotation_position="top",
        )
    dress(t, figure, theme)
    figure.update_xaxes(title=t("compare.axis_minutes"), rangemode="tozero")
    figure.update_yaxes(title=t("compare.axis_people"), rangemode="tozero", tickformat=",.0f")
    figure.update_layout(
        height=400 + 16 * drawn, legend={"orientation": "h", "y": -0.32, "yanchor": "top", "x": 0}, margin={"t": 28}
    )
    return figure


def frontier_chart(
    t: Texts,
    line: Sequence[tuple[float, float | None, float | None]],
    compared: Sequence[Compared],
    against: str,
    *,
    theme: str,
) -> go.Figure:
    """Return the frontier of people against ``cost`` or ``sites``, with the scenarios as points.

    Parameters
    ----------
    line
        Euro or number, people reached at best, and what no choice exceeds, both rounded as people are shown; empty
        where no frontier was computed.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    at = [x for x, _, _ in line]
    if any(low is not None and high is not None and high > low for _, low, high in line):
        figure.add_scatter(
            x=at,
            y=[high for _, _, high in line],
            name=t("chart.bound"),
            mode="lines",
            line={"color": GREY[theme], "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
        )
    if line:
        figure.add_scatter(
            x=at,
            y=[low for _, low, _ in line],
            name=t("compare.frontier"),
            mode="lines+markers",
            line={"color": _LINES[theme][0], "width": 3, "shape": "hv" if against == "cost" else "linear"},
            marker={"size": 6},
            text=[_told(t, against, x, low) for x, low, _ in line],
            hovertemplate="%{text}<extra></extra>",
        )
    spots = _spots(compared, against)
    names = [_short(called) for called in spots.values()]
    most = (max([*at, *(x for x, _ in spots)], default=0.0), _highest(line, spots))
    sides = label_sides(list(spots), names, _drawn(line, against), size=_PLOT, most=most)
    figure.add_scatter(
        x=[x for x, _ in spots],
        y=[y for _, y in spots],
        name=t("compare.scenarios"),
        mode="markers+text",
        text=["" if side is None else plain(name) for name, side in zip(names, sides, strict=True)],
        customdata=[[plain(", ".join(called)), _told(t, against, *spot)] for spot, called in spots.items()],
        textposition=[side or "middle right" for side in sides],
        textfont={"color": INK[theme], "size": 12, "shadow": ", ".join([f"0 0 3px {GROUND[theme]}"] * 4)},
        marker={"size": 12, "color": MARK[theme], "symbol": "diamond"},
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
        cliponaxis=False,
    )
    dress(t, figure, theme)
    figure.update_xaxes(title=t(f"compare.axis_{against}"), rangemode="tozero", tickformat=",.0f")
    figure.update_yaxes(title=t("compare.axis_people"), rangemode="tozero", tickformat=",.0f")
    figure.update_layout(height=420, margin={"t": 60, "r": 24})
    return figure


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


def _line(theme: str, number: int) -> dict[str, object]:
    colours = _LINES[theme]
    return {
        "color": colours[number % len(colours)],
        "width": 2.5,
        "dash": _DASHES[number // len(colours) % len(_DASHES)],
    }


def _short(names: list[str], most: int = 26) -> str:
    """Return the names at a point, shortened to the first and how many more there are."""
    more = f" (+{len(names) - 1})" if len(names) > 1 else ""
    first = names[0]
    return (first if len(first) <= most else f"{first[: most - 1]}…") + more
