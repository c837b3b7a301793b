"""The map frame: streamlit-folium, fed from this server alone."""

from __future__ import annotations

import atexit
import hashlib
import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
import streamlit.components.v1 as components
import xstatic.pkg.leaflet

from geo.output.screen import Assets, MapWords, base_map, bounds, painting, screen_geometry
from geo.output.values import MapView, browser_look
from geo.region.model import Region
from geo.temporary import new_folder
from pages.shared import state
from pages.shared.frontend import FOLDER
from pages.shared.kept import kept
from pages.shared.shell import words

_GEOMETRY = new_folder("geometry")
atexit.register(shutil.rmtree, _GEOMETRY, ignore_errors=True)
_GEOMETRY_FILES = 48

# Streamlit serves a component's folder; no component is ever shown from these three.
_LEAFLET = components.declare_component("leaflet", path=xstatic.pkg.leaflet.BASE_DIR)
_MAP = components.declare_component("map", path=str(FOLDER))
_QUARTERS = components.declare_component("quarters", path=str(_GEOMETRY))


def show_map(
    region: Region,
    view: MapView,
    *,
    key: str,
    on_choose: Callable[[str, str], None],
    height: int,
    on_point: Callable[[str, float, float], None] | None = None,
) -> None:
    """Show ``view``; call ``on_choose(kind, id)`` when a quarter or a site is clicked.

    ``kind`` is ``quarter`` or ``site``. ``on_point(id, lon, lat)`` is called when a place was dragged, or, with an
    empty id, when a view that takes points was clicked. The call comes before the page runs again, so the page
    shows one consistent state.
    """
    from streamlit_folium import st_folium

    t = words()
    base = base_map(region, _assets(region), MapWords(t("map.zoom_in"), t("map.zoom_out"), t("map.failed")))

    def chosen() -> None:
        click = (st.session_state.get(key) or {}).get("chosen")
        if not isinstance(click, dict):
            return
        if click.get("kind") in ("point", "moved"):
            lon, lat = _degree(click.get("lon"), 180), _degree(click.get("lat"), 90)
            if on_point is not None and lon is not None and lat is not None:
                on_point(str(click.get("id") or ""), lon, lat)
        else:
            on_choose(str(click.get("kind")), str(click.get("id")))

    st_folium(
        base,
        key=key,
        height=height,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=painting(view),
        on_change=chosen,
    )


def take_quarter(kind: str, key: str) -> None:
    """Bring the quarter that was clicked into view: the usual ``on_choose`` of :func:`show_map`."""
    if kind == "quarter":
        state.remember("quarter", key)


def bare_frame(region: Region) -> dict[str, object]:
    """Return what a page's own script needs to put a region's map into a frame of its own, without folium."""
    t, assets = words(), _assets(region)
    west, south, east, north = bounds(region)
    return {
        "page": f"component/{_MAP.name}/show-map.html?{_version('show-map.html')}",
        "begin": {
            "styles": [assets.leaflet_style, assets.map_style],
            "scripts": [assets.leaflet_script, assets.map_script],
            "geometry": assets.geometry,
            "font": assets.font,
            "bounds": [[south, west], [north, east]],
            "zoom_in": t("map.zoom_in"),
            "zoom_out": t("map.zoom_out"),
            "failed": t("map.failed"),
            "look": browser_look(),
        },
    }


def _degree(value: object, most: float) -> float | None:
    """Return a coordinate the browser sent, None where it is none."""
    return float(value) if isinstance(value, int | float) and abs(value) <= most else None


def _assets(region: Region) -> Assets:
    return Assets(
        leaflet_script=_address(_LEAFLET, "leaflet.js"),
        leaflet_style=_address(_LEAFLET, "leaflet.css"),
        map_script=_address(_MAP, f"nahbar-map.js?{_version('nahbar-map.js')}"),
        map_style=_address(_MAP, f"nahbar-map.css?{_version('nahbar-map.css')}"),
        geometry=_address(_QUARTERS, _serve(region)),
        font=_font(),
    )


def _address(component: Any, file: str) -> str:
    """Return the address of a served file as the map's frame sees it."""
    return f"../{component.name}/{file}"


@lru_cache(maxsize=1)
def _font() -> str:
    """Return the address of the typeface that Streamlit itself serves, so that map and page look alike."""
    media = Path(st.__file__).parent / "static" / "static" / "media"
    found = sorted(media.glob("SourceSansVF-Upright*.woff2"))
    return f"../../static/media/{found[0].name}" if found else ""


@lru_cache(maxsize=8)
def _version(file: str) -> str:
    return hashlib.sha256((FOLDER / file).read_bytes()).hexdigest()[:8]


def _serve(region: Region) -> str:
    """Put a region's geometry where the browser finds it; the oldest files make room."""
    name = f"{region.fingerprint[:32]}.json"
    path = _GEOMETRY / name
    if not path.exists():
        files = sorted(_GEOMETRY.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for old in files[: max(0, len(files) - _GEOMETRY_FILES + 1)]:
            old.unlink(missing_ok=True)
        waiting = path.with_suffix(".part")
        waiting.write_bytes(_geometry(region))
        waiting.replace(path)
    return name


@kept(12)
def _geometry(region: Region) -> bytes:
    """Return the geometry of a region for the browser."""
    return screen_geometry(region)
