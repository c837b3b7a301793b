"""What a person looks over before using a region: totals, extremes, change. Over the cells that are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.region.model.region import Region
from geo.region.schema import STATES_WITH_NUMBER, Measure

if TYPE_CHECKING:
    import pandas as pd

HIGHEST, MOVED = 5, 3


@dataclass(frozen=True)
class MeasureOverview:
    """One measure at its latest date.

    Parameters
    ----------
    total
        Sum over the quarters that show a number; None for a rate.
    counted
        How many these are.
    lowest, highest
        Key of a quarter and its value.
    before, change_percent
        The date before, and how the sum over the quarters shown at both dates changed; None if there is none.
    moved
        Quarters with the largest change since then: key, value before, value now.
    """

    measure: Measure
    date: str
    total: float | None
    counted: int
    lowest: tuple[str, float]
    highest: tuple[str, float]
    before: str | None = None
    moved: tuple[tuple[str, float, float], ...] = ()
    change_percent: float | None = None


@dataclass(frozen=True)
class Overview:
    """A region before it is used.

    Parameters
    ----------
    measures
        Those that show a number.
    top
        Quarters with the highest shares of recipients, or the highest ready-made rate: keys and percent or per mille.
    top_measure
        The rate that ``top`` is by, None for recipients per residents.
    density, densest
        People per km² over the quarters that show residents, and the quarter with most; None without residents.
    """

    measures: tuple[MeasureOverview, ...]
    top: tuple[tuple[str, float], ...] = ()
    top_measure: Measure | None = None
    density: float | None = None
    densest: tuple[str, float] | None = None


def overview_of(region: Region) -> Overview:
    """Return what to look over in a region; withheld numbers count nowhere."""
    shown = region.statistics[region.statistics["state"].isin(STATES_WITH_NUMBER)]
    tables = {str(key): part for key, part in shown.groupby("measure")}
    measures = tuple(_overview(one, tables[one.key]) for one in region.measures if one.key in tables)
    latest = {one.measure.key: _at(tables[one.measure.key], one.date) for one in measures}
    dates = {one.measure.key: one.date for one in measures}
    share, by = None, None
    if "recipients" in latest and "residents" in latest:
        residents = _at(tables["residents"], dates["recipients"])
        share = (100 * latest["recipients"] / residents[residents > 0]).dropna()
    elif rate := next((one.measure for one in measures if one.measure.is_rate), None):
        share, by = latest[rate.key], rate
    top = () if share is None else _pairs(share.nlargest(HIGHEST))
    if "residents" not in latest:
        return Overview(measures, top, by)
    area = region.quarters.geometry.area.reindex(latest["residents"].index) / 1e6
    dense = latest["residents"] / area
    return Overview(
        measures, top, by, float(latest["residents"].sum() / area.sum()), (str(dense.idxmax()), float(dense.max()))
    )


def _overview(measure: Measure, shown: pd.DataFrame) -> MeasureOverview:
    dates = sorted(shown["date"].unique())
    values = _at(shown, dates[-1])
    before, change = None, None
    moved: tuple[tuple[str, float, float], ...] = ()
    if len(dates) > 1:
        both = _at(shown, dates[-2]).to_frame("old").join(values.rename("new"), how="inner")
        before = str(dates[-2])
        if not measure.is_rate and both["old"].sum() > 0:
            change = float(100 * (both["new"].sum() / both["old"].sum() - 1))
        most = (both["new"] - both["old"]).abs().nlargest(MOVED)
        moved = tuple((str(key), float(both["old"][key]), float(both["new"][key])) for key in most[most > 0].index)
    lowest, highest = _pairs(values.nsmallest(1))[0], _pairs(values.nlargest(1))[0]
    total = None if measure.is_rate else float(values.sum())
    return MeasureOverview(measure, str(dates[-1]), total, len(values), lowest, highest, before, moved, change)


def _at(shown: pd.DataFrame, date: str) -> pd.Series[float]:
    return shown[shown["date"] == date].set_index("quarter_id")["value"]


def _pairs(values: pd.Series[float]) -> tuple[tuple[str, float], ...]:
    return tuple((str(key), float(value)) for key, value in values.items())
