"""The map on screen, by folium.

The base map carries no statistics and is the same for every view of a region, so the browser keeps
it, its geometry and its zoom. A view is painted by a small script that arrives as a feature group.
Every file comes from this server: the addresses of Leaflet, our script and the geometry are given by
the caller, and a link to another host raises.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import folium
import geopandas as gpd
import pandas as pd
import shapely
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from geo.errors import ContractError
from geo.output.values import MAP_COLOURS, MapView, browser_look
from geo.region.model import Region
from geo.region.shapes import simplify_for_screen

COORDINATE_DECIMALS = 5
_LANDSCAPE_TOLERANCE_METRES = 8.0
_SIDES = ("west", "south", "east", "north")


@dataclass(frozen=True)
class Assets:
    """Addresses on this server, relative to the map's frame."""

    leaflet_script: str
    leaflet_style: str
    map_script: str
    map_style: str
    geometry: str
    font: str

    def __post_init__(self) -> None:
        for address in vars(self).values():
            if "//" in address:
                raise ContractError(f"{address} is on another host; maps load from this server only")


@dataclass(frozen=True)
class MapWords:
    """Words that the map itself shows."""

    zoom_in: str
    zoom_out: str
    failed: str


def screen_geometry(region: Region) -> bytes:
    """Return quarters, district borders and landscape of a region as JSON for the browser.

    Coordinates are longitude and latitude with 5 decimals (about one metre); borders are simplified
    together, so that neighbours keep their common line. Carries keys and names only.
    """
    quarters = simplify_for_screen(region.quarters[["name", "district", "geometry"]])
    whole = {
        "quarters": _collection(quarters, [{"id": key, "name": name} for key, name in quarters["name"].items()]),
        "districts": _district_borders(quarters),
        "landscape": _landscape(region),
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def base_map(region: Region, assets: Assets, words: MapWords) -> folium.Map:
    """Return the map without any statistics: constant for a region and a language."""
    west, south, east, north = bounds(region)
    drawn = _LocalMap(
        assets,
        location=[round((south + north) / 2, 5), round((west + east) / 2, 5)],
        zoom_start=11,
        tiles=None,
        zoom_control=False,
        prefer_canvas=False,
        min_zoom=5,
        max_zoom=18,
        zoom_snap=0.25,
    )
    options = {
        "geometry": assets.geometry,
        "font": assets.font,
        "bounds": [[south, west], [north, east]],
        "zoom_in": words.zoom_in,
        "zoom_out": words.zoom_out,
        "failed": words.failed,
        "linked": True,
        "look": browser_look(),
    }
    drawn.add_child(_Script(f"nahbarMap.start(map_div, {_script_json(options)});"), name="start")
    return drawn


def painting(view: MapView) -> folium.FeatureGroup:
    """Return the feature group whose script paints ``view`` on the base map."""
    group = folium.FeatureGroup(name="painting")
    group.add_child(_Script(f"nahbarMap.paint({_script_json(painting_data(view))});"), name="paint")
    return group


def painting_json(view: MapView) -> str:
    """Return what paints ``view`` as JSON, for a map frame that is not folium's."""
    return json.dumps(painting_data(view), ensure_ascii=False, separators=(",", ":"))


def painting_data(view: MapView) -> dict[str, Any]:
    """Return what paints ``view`` as plain values, named as in :class:`geo.output.values.MapView` and its parts."""
    colours = MAP_COLOURS[view.theme]
    return {
        "key": view.key,
        "theme": view.theme,
        "ids": view.quarter_ids,
        "classes": view.classes,
        "positions": [None if at is None else round(at, 4) for at in view.positions],
        "tooltips": view.tooltips,
        "selected": view.selected,
        "outline": colours["outline"],
        "border": colours["border"],
        "border_width": 0.4 if len(view.quarter_ids) > 1_000 else 0.9,
        "focus": None if view.focus is None else [getattr(view.focus, side) for side in _SIDES],
        "legend": asdict(view.legend),
        "places": [vars(place) for place in view.places],
        "takes_points": view.takes_points,
        "areas": [vars(area) for area in view.areas],
        "circles": [vars(circle) for circle in view.circles],
    }


def bounds(region: Region) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a region in degrees, rounded to 5 decimals."""
    box = shapely.box(*region.quarters.total_bounds)
    corners = gpd.GeoSeries([box], crs=region.quarters.crs).to_crs(4326).total_bounds
    west, south, east, north = (round(float(corner), COORDINATE_DECIMALS) for corner in corners)
    return west, south, east, north


class _LocalMap(folium.Map):  # type: ignore[misc]
    """A folium map whose files lie on this server; without the marker fonts and Bootstrap, which are not used."""

    def __init__(self, assets: Assets, **options: Any) -> None:
        self.default_js = [("leaflet", assets.leaflet_script), ("nahbar", assets.map_script)]
        self.default_css = [("leaflet_css", assets.leaflet_style), ("nahbar_css", assets.map_style)]
        super().__init__(**options)


class _Script(JSCSSMixin, MacroElement):  # type: ignore[misc]
    """A line of script in the map's frame."""

    _template = Template("{% macro script(this, kwargs) %}{{ this.line }}{% endmacro %}")

    def __init__(self, line: str) -> None:
        super().__init__()
        self._name = "script"
        self.line = line


def _script_json(value: object) -> str:
    """Return JSON that cannot end the script it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    # streamlit-folium renames names like _a1b2 and resolves {{'name'}} in scripts; data must not look like either.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("_", "\\u005f").replace("{{", "{ {")


def _collection(frame: gpd.GeoDataFrame, properties: list[dict[str, str]]) -> dict[str, Any]:
    geometries = shapely.to_geojson(frame.geometry.to_numpy())
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": facts, "geometry": json.loads(geometry)}
            for facts, geometry in zip(properties, geometries, strict=True)
        ],
    }


def _district_borders(quarters: gpd.GeoDataFrame) -> dict[str, Any] | None:
    named = quarters[quarters["district"] != ""]
    if named["district"].nunique() < 2 or named["district"].nunique() > len(named) / 2:
        return None
    # The quicker union of a coverage fails where two quarters overlap by a hair.
    districts = named[["district", "geometry"]].dissolve("district")
    lines = gpd.GeoDataFrame({"name": districts.index}, geometry=districts.boundary.to_numpy(), crs=quarters.crs)
    return _collection(lines, [{"name": str(name)} for name in lines["name"]])


def _landscape(region: Region) -> dict[str, Any] | None:
    if region.landscape is None or region.landscape.empty:
        return None
    simple = region.landscape[["kind", "geometry"]].copy()
    simple["geometry"] = simple.geometry.simplify(_LANDSCAPE_TOLERANCE_METRES)
    simple = simple[~simple.geometry.is_empty].to_crs(4326)
    simple["geometry"] = shapely.set_precision(simple.geometry.to_numpy(), 10**-COORDINATE_DECIMALS, mode="pointwise")
    return _collection(gpd.GeoDataFrame(simple), [{"kind": str(kind)} for kind in pd.Series(simple["kind"])])
