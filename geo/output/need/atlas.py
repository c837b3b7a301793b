"""The choropleth of an indicator, or of its change, as map view and as table.

Both are made from one frame of values and one classification, so the table says what the map shows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.need import Classification, Indicator
from geo.output.values import (
    MAP_COLOURS,
    NO_DATA,
    WITHHELD,
    Column,
    DataTable,
    Field,
    Legend,
    MapView,
    Row,
    Table,
    cell_text,
    change_text,
    counts_text,
    digits_of,
    indicator_label,
    interval_text,
    lacking,
    number_or_none,
    palette,
    quarter_heads,
    signed_text,
    source_text,
    unit_text,
)
from geo.region import ValueState
from geo.region.model import Region
from geo.text import Texts


@dataclass(frozen=True)
class Picture:
    """What is painted: an indicator at a date, or its change since an earlier one.

    ``values`` has the columns of :func:`geo.need.indicator_values`, for a change those of
    :func:`geo.need.change_values`.
    """

    region: Region
    indicator: Indicator
    date: str
    compared_with: str | None
    values: pd.DataFrame
    classes: Classification
    theme: str

    @property
    def unit(self) -> str:
        """Unit of what is painted."""
        if self.compared_with is not None and self.indicator.unit == "percent":
            return "percentage_points"
        return self.indicator.unit

    def label(self, t: Texts) -> str:
        """Return the name of what is painted: of an indicator, or of its change."""
        label = indicator_label(t, self.indicator)
        return label if self.compared_with is None else t("table.change_of", indicator=label)

    @property
    def colours(self) -> tuple[str, ...]:
        """Colours of the classes, lowest first."""
        kind = "sequential" if self.compared_with is None else "diverging"
        count = max(len(self.classes.limits) - 1, 0)
        return palette(count, kind=kind, theme=self.theme) if count else ()


def atlas_view(t: Texts, picture: Picture, selected: str | None = None) -> MapView:
    """Return the map of a picture."""
    values = picture.values
    index = picture.classes.index_of(values["value"].to_numpy())
    states = values["state"].to_numpy()
    classes = np.where(index >= 0, index, np.where(states == ValueState.SUPPRESSED.value, WITHHELD, NO_DATA))
    return MapView(
        quarter_ids=tuple(values.index),
        classes=tuple(classes.tolist()),
        positions=legend_positions(picture.classes, values["value"].to_numpy(), index),
        tooltips=tuple(_tooltip(t, picture, row) for row in values.to_dict("records")),
        legend=_legend(t, picture, classes),
        selected=selected if selected in values.index else None,
        theme=picture.theme,
    )


def category_view(
    t: Texts,
    region: Region,
    painted: tuple[tuple[int, ...], tuple[tuple[str, ...], ...]],
    *,
    colours: tuple[str, ...],
    labels: tuple[str, ...],
    title: str,
    date: str,
    theme: str,
) -> MapView:
    """Return a map of classes without an order; ``painted`` is class and tooltip of each quarter of the region."""
    classes, tooltips = painted
    keys = tuple(str(key) for key in region.quarters.index)
    source = t("map.source", date=t.date(date), source=source_text(t, region.sources))
    return MapView(
        quarter_ids=keys,
        classes=classes,
        positions=(None,) * len(keys),
        tooltips=tooltips,
        legend=Legend(title, colours, (), lacking(t, classes), MAP_COLOURS[theme]["no_data"], source, labels),
        theme=theme,
    )


def atlas_table(t: Texts, picture: Picture, view: MapView) -> Table:
    """Return the table that equals the map, in alphabetical order."""
    region, indicator = picture.region, picture.indicator
    columns, names = quarter_heads(t, region)
    has_counts = indicator.denominator is not None and picture.compared_with is None
    what = indicator_label(t, indicator) if picture.compared_with is None else t("table.change")
    columns += [Column(f"{what} ({unit_text(t, picture.unit)})"), Column(t("table.interval"))]
    columns += [Column(t("table.numerator")), Column(t("table.denominator"))] if has_counts else []

    rows = []
    for at, (key, row) in enumerate(zip(view.quarter_ids, picture.values.to_dict("records"), strict=True)):
        cells = list(names[key])
        sort: list[str | float | None] = list(cells)
        cells += [_table_cell(t, picture, row), interval_text(t, row["low"], row["high"], picture.unit)]
        sort += [number_or_none(row["value"]), number_or_none(row["low"])]
        if has_counts:
            cells += [t.number(row["numerator"]), t.number(row["denominator"])]
            sort += [number_or_none(row["numerator"]), number_or_none(row["denominator"])]
        rows.append(Row(key, tuple(cells), tuple(sort), view.table_colour(at)))
    said = {"indicator": indicator_label(t, indicator), "place": region.name, "date": t.date(picture.date)}
    if picture.compared_with is None:
        caption = t("table.caption", **said)
    else:
        caption = t("table.caption_change", before=t.date(picture.compared_with), **said)
    return Table(caption, tuple(columns), tuple(rows))


def atlas_data(t: Texts, picture: Picture) -> DataTable:
    """Return the values of a picture to take away, a row for each quarter.

    Changes name both dates: ``compared_with`` stands beside ``date``.
    """
    region, values, before = picture.region, picture.values, picture.compared_with
    quarters = region.quarters.reindex(values.index)
    fields = (
        Field("quarter_id", "quarter_id", "key"),
        Field("name", t("table.quarter")),
        Field("district", t("table.district")),
        Field("date", t("atlas.date")),
        *([] if before is None else [Field("compared_with", t("table.compared_with"))]),
        Field("value", f"{picture.label(t)} ({unit_text(t, picture.unit)})", "number"),
        Field("value_state", "state"),
    )
    shown = [number_or_none(value) for value in values["value"]]
    dates = [[picture.date] * len(values), *([] if before is None else [[before] * len(values)])]
    columns = [values.index.astype(str), quarters["name"], quarters["district"], *dates, shown]
    rows = tuple(zip(*columns, values["state"].astype(str), strict=True))
    return DataTable("atlas", picture.label(t), fields, rows, source=_source(t, picture))


def legend_positions(
    classes: Classification, values: NDArray[np.float64], index: NDArray[np.int64]
) -> tuple[float | None, ...]:
    """Return where values lie on a bar of equally wide classes, 0 left to 1 right; None without a class.

    ``index`` is the class of each value, -1 for none.
    """
    if not classes.count:
        return (None,) * len(values)
    limits = np.asarray(classes.limits)
    low, high = limits[:-1][index], limits[1:][index]
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(high > low, np.clip((values - low) / (high - low), 0.0, 1.0), 0.5)
    where = (index + inside) / classes.count
    return tuple(float(at) if kind >= 0 else None for at, kind in zip(where, index, strict=True))


def _legend(t: Texts, picture: Picture, classes: np.ndarray) -> Legend:
    indicator, place = indicator_label(t, picture.indicator), picture.region.name
    if picture.compared_with is None:
        unit = unit_text(t, picture.unit)
        title = t("map.legend", indicator=indicator, unit=unit, place=place, date=t.date(picture.date))
    else:
        before, date = t.date(picture.compared_with), t.date(picture.date)
        key = "map.legend_change" if picture.unit == "percentage_points" else "map.legend_change_count"
        title = t(key, indicator=indicator, place=place, before=before, date=date)
    return Legend(
        title=title,
        colours=picture.colours,
        limits=tuple(t.number(limit, digits_of(picture.unit)) for limit in picture.classes.limits),
        extras=lacking(t, classes),
        no_data_colour=MAP_COLOURS[picture.theme]["no_data"],
        source=_source(t, picture),
    )


def _source(t: Texts, picture: Picture) -> str:
    date, sources = t.date(picture.date), source_text(t, picture.region.sources)
    if picture.compared_with is None:
        return t("map.source", date=date, source=sources)
    return t("map.source_change", before=t.date(picture.compared_with), date=date, source=sources)


def _tooltip(t: Texts, picture: Picture, row: Any) -> tuple[str, ...]:
    lines = [t("map.tooltip_value", label=picture.label(t), value=_cell(t, picture, row))]
    if picture.compared_with is None:
        lines.append(counts_text(t, row, picture.indicator))
    if math.isfinite(row["low"]):
        low, high = t.number(row["low"], digits_of(picture.unit)), t.number(row["high"], digits_of(picture.unit))
        lines.append(t("map.interval", low=low, high=high))
    if bool(row.get("is_uncertain", False)) and math.isfinite(row["value"]):
        lines.append(t("map.uncertain"))
    return tuple(line for line in lines if line)


def _cell(t: Texts, picture: Picture, row: Any) -> str:
    say = cell_text if picture.compared_with is None else change_text
    return say(t, row["value"], row["state"], picture.unit)


def _table_cell(t: Texts, picture: Picture, row: Any) -> str:
    """Return a cell below a heading that names the unit: a change goes without it."""
    if picture.compared_with is None or not math.isfinite(row["value"]):
        return _cell(t, picture, row)
    return signed_text(t, row["value"], digits_of(picture.unit))
