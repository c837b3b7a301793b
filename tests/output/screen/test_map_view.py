"""Map views and the screen renderer: true legends, nothing withheld, nothing from elsewhere."""

from __future__ import annotations

import csv
import json
import re

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import ContractError
from geo.need.classes import classify, classify_change
from geo.need.indicators import change_values, indicator_named, indicator_values, indicators_of
from geo.output.files.csv import table_csv
from geo.output.need.atlas import Picture, atlas_data, atlas_table, atlas_view, legend_positions
from geo.output.screen.folium_map import Assets, MapWords, _district_borders, base_map, painting, screen_geometry
from geo.output.values.map_colours import paler
from geo.output.values.map_view import WITHHELD, MapView
from geo.output.values.value_format import digits_of
from geo.region.model.region import Region
from geo.text import LANGUAGES, texts
from tests.conftest import demo_region

ASSETS = Assets("../a/leaflet.js", "../a/leaflet.css", "../b/map.js", "../b/map.css", "../c/x.json", "../d/font.woff2")


@pytest.fixture(scope="module")
def region() -> Region:
    return demo_region("musterstadt")


def picture(region: Region, classes: int = 5) -> Picture:
    indicator = indicators_of(region)[0]
    date = region.dates[-1]
    values = indicator_values(region, indicator, date)
    return Picture(
        region, indicator, date, None, values, classify(values["value"].to_numpy(), "quantiles", classes), "light"
    )


@pytest.fixture(scope="module")
def view(region: Region) -> MapView:
    return atlas_view(texts("de"), picture(region))


def test_colour_of_each_quarter_is_that_of_its_class(region: Region, view: MapView) -> None:
    shown = picture(region)
    limits = shown.classes.limits
    for key, value in shown.values["value"].items():
        colour = view.colour_of(str(key))
        if not np.isfinite(value):
            assert colour is None
            continue
        at = view.legend.colours.index(str(colour))
        said = round(value, shown.classes.digits)
        assert limits[at] - 1e-9 <= said <= limits[at + 1] + 1e-9


def test_withheld_quarters_are_hatched_and_say_so(region: Region, view: MapView) -> None:
    withheld = [at for at, kind in enumerate(view.classes) if kind == WITHHELD]
    assert withheld
    for at in withheld:
        assert view.positions[at] is None
        assert view.tooltips[at] == (
            f"{texts('de')('indicator.share_of_residents.label')}: {texts('de')('map.withheld')}",
        )
    assert "withheld" in [extra.look for extra in view.legend.extras]


def test_legend_has_one_limit_more_than_colours(view: MapView) -> None:
    assert len(view.legend.limits) == len(view.legend.colours) + 1


def test_pointer_lies_inside_its_class() -> None:
    classes = classify(np.array([0.0, 1, 2, 3, 10, 20, 40]), "own", 3, own_limits=(0.0, 10.0, 20.0, 40.0))
    values = np.array([0.0, 15.0, 30.0, 40.0, np.nan])
    *inside, nowhere = legend_positions(classes, values, classes.index_of(values))
    assert inside == pytest.approx([0, 0.5, 2.5 / 3, 1.0])
    assert nowhere is None


def test_table_says_what_the_map_says(region: Region, view: MapView) -> None:
    t = texts("de")
    shown = picture(region)
    table = atlas_table(t, shown, view)
    assert len(table.rows) == len(region.quarters)
    for row in table.rows:
        at = view.quarter_ids.index(row.id)
        assert row.colour == (view.colour_of(row.id) or ("withheld" if view.classes[at] == WITHHELD else None))
        value = shown.values.loc[row.id, "value"]
        if np.isfinite(value):
            assert t.percent(value) in row.cells
            assert any(t.percent(value) in line for line in view.tooltips[at])


def test_no_withheld_number_is_sent(region: Region, view: MapView) -> None:
    script = script_of(view)
    for at, kind in enumerate(view.classes):
        if kind == WITHHELD:
            assert not re.search(r"\d", view.tooltips[at][0])
    assert "NaN" not in script
    text = table_csv(texts("en"), region, atlas_data(texts("en"), picture(region))).decode("utf-8-sig")
    rows = [row for row in csv.reader(text.splitlines()) if "suppressed" in row]
    assert rows
    assert all(row[4] == "" for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["share_of_residents", "recipients"])
def test_a_change_is_called_a_change_wherever_it_is_told(region: Region, key: str, language: str) -> None:
    t = texts(language)
    indicator, before, date = indicator_named(region, key), region.dates[0], region.dates[-1]
    values = change_values(region, indicator, before, date)
    shown = Picture(region, indicator, date, before, values, classify_change(values["value"].to_numpy()), "light")
    view = atlas_view(t, shown)
    change = t("table.change").lower()
    caption = atlas_table(t, shown, view).caption
    lines = table_csv(t, shown.region, atlas_data(t, shown), "german").decode("utf-8-sig").splitlines()
    heading, *rows, source = csv.reader(lines, delimiter=";")
    value = next(one for one in heading if t("indicator." + key + ".label") in one)
    for said in (caption, value, view.legend.title, view.tooltips[0][0]):
        assert change in said.lower()
    for said in (caption, view.legend.title, " ".join(source)):
        assert t.date(before) in said
        assert t.date(date) in said
    assert {(row[3], row[4]) for row in rows} == {(date, before)}
    # The limits that changes are sorted by are the ones that are read.
    assert [t.number(limit, digits_of(shown.unit)) for limit in shown.classes.limits] == list(view.legend.limits)
    assert all(limit == round(limit, digits_of(shown.unit)) for limit in shown.classes.limits)


def script_of(view: MapView) -> str:
    group = painting(view)
    return "".join(child.line for child in group._children.values())


def test_scripts_cannot_be_broken_out_of(region: Region) -> None:
    nasty = region.quarters["name"].copy()
    nasty.iloc[0] = "</script><img src=x onerror=alert(1)>{{'map_div'}}_a1b2"
    quarters = region.quarters.assign(name=nasty)
    bad = object.__new__(Region)
    for field in Region.__dataclass_fields__:
        object.__setattr__(bad, field, getattr(region, field))
    object.__setattr__(bad, "quarters", quarters)
    script = script_of(atlas_view(texts("de"), picture(bad)))
    assert "<" not in script
    assert "{{" not in script
    assert json.loads(screen_geometry(bad))["quarters"]["features"][0]["properties"]["name"] == nasty.iloc[0]


def test_base_map_is_constant_and_loads_from_here_only(region: Region) -> None:
    words = MapWords("+", "-", "failed")
    first, second = (base_map(region, ASSETS, words) for _ in range(2))
    links = [href for _, href in (*first.default_js, *first.default_css)]
    assert links
    assert all(href.startswith("../") for href in links)
    scripts = [child.line for one in (first, second) for child in one._children.values() if hasattr(child, "line")]
    assert scripts[0] == scripts[1]
    assert "http" not in scripts[0]


def test_an_address_on_another_host_is_refused() -> None:
    with pytest.raises(ContractError, match="another host"):
        Assets("https://cdn.example/leaflet.js", "a", "b", "c", "d", "e")


def test_geometry_keeps_common_borders_and_carries_names_only(region: Region) -> None:
    whole = json.loads(screen_geometry(region))
    features = whole["quarters"]["features"]
    assert [feature["properties"]["id"] for feature in features] == list(region.quarters.index)
    assert all(set(feature["properties"]) == {"id", "name"} for feature in features)
    assert {feature["properties"]["kind"] for feature in whole["landscape"]["features"]} >= {"water", "rail"}
    assert len(screen_geometry(region)) < 600_000


def test_paler_mixes_towards_the_ground() -> None:
    assert paler("#000000", "#ffffff", 0.5) == "#808080"
    assert paler("#0b5c63", "#ffffff", 0.0) == "#0b5c63"


def test_districts_of_quarters_that_overlap_by_a_hair_are_drawn() -> None:
    boxes = [(0, 0, 1, 1), (0.99, 0.4, 2, 1.6), (5, 0, 6, 1), (6, 0, 7, 1)]
    quarters = gpd.GeoDataFrame(
        {"district": ["West", "West", "Ost", "Ost"]}, geometry=[shapely.box(*box) for box in boxes], crs="EPSG:4326"
    )
    drawn = _district_borders(quarters)
    assert drawn is not None
    assert [one["properties"]["name"] for one in drawn["features"]] == ["Ost", "West"]
