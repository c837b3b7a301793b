"""Values, classes and pictures of the atlas, kept for all sessions."""

from __future__ import annotations

from geo.need import (
    Classification,
    Indicator,
    RegionValue,
    change_values,
    classify,
    classify_over,
    indicator_values,
    region_value,
    trend,
)
from geo.output.need import Picture, atlas_table, atlas_view, latest_date, main_indicator
from geo.output.values import MapView, Table
from geo.region.model import Region
from geo.text import texts
from pages.shared.kept import kept


@kept(256)
def values(region: Region, indicator: Indicator, date: str):  # type: ignore[no-untyped-def]
    """Return the values of an indicator at a date; see :func:`geo.need.indicator_values`."""
    return indicator_values(region, indicator, date)


@kept(128)
def changes(region: Region, indicator: Indicator, date_from: str, date_to: str):  # type: ignore[no-untyped-def]
    """Return the change of an indicator between two dates; see :func:`geo.need.change_values`."""
    return change_values(region, indicator, date_from, date_to)


@kept(256)
def whole(region: Region, indicator: Indicator, date: str) -> RegionValue:
    """Return the value of the whole region over its disclosed quarters."""
    return region_value(region, indicator, date)


@kept(256)
def quarter_trend(region: Region, indicator: Indicator, quarter_id: str):  # type: ignore[no-untyped-def]
    """Return an indicator of one quarter over all dates, beside the region's."""
    return trend(region, indicator, quarter_id)


@kept(64)
def held_classes(region: Region, indicator: Indicator, scheme: str, classes: int) -> Classification:
    """Return classes that hold over all dates of a region."""
    return classify_over(region, indicator, region.dates, scheme, classes)


@kept(128)
def dated_classes(region: Region, indicator: Indicator, date: str, scheme: str, classes: int) -> Classification:
    """Return classes of one date."""
    return classify(values(region, indicator, date)["value"].to_numpy(), scheme, classes)


@kept(24)
def atlas(
    region: Region, indicator: Indicator, when: tuple[str, str | None], classes: Classification, look: tuple[str, str]
) -> tuple[Picture, MapView, Table]:
    """Return picture, map and table of the atlas; ``when`` is date and earlier date, ``look`` theme and language."""
    date, before = when
    theme, language = look
    t = texts(language)
    shown = values(region, indicator, date) if before is None else changes(region, indicator, before, date)
    picture = Picture(region, indicator, date, before, shown, classes, theme)
    view = atlas_view(t, picture)
    return picture, view, atlas_table(t, picture, view)


@kept(64)
def usual_date(region: Region) -> str:
    """Return the latest date at which the main indicator of a region is told."""
    return latest_date(region, main_indicator(region))
