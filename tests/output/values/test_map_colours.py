"""Screen, stand-alone file and paper draw with one set of colours, so they cannot differ."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from geo.output.paper.print_files import map_file
from geo.output.paper.sheet import Sheet
from geo.output.screen.folium_map import Assets, MapWords, base_map
from geo.output.screen.standalone import standalone_map
from geo.output.values.map_colours import LANDSCAPE, MAP_COLOURS, PLACE_COLOURS, browser_look
from geo.text import texts
from tests.conftest import ROOT
from tests.output.paper.printed import demo, view_of, with_plan

ASSETS = Assets("../a/l.js", "../a/l.css", "../b/m.js", "../b/m.css", "../c/x.json", "../d/f.woff2")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\((?!0 0 0)")
STYLES = [ROOT / "pages/shared/frontend/nahbar-map.css", ROOT / "geo/output/screen/standalone_map.css"]
SCRIPTS = [ROOT / "pages/shared/frontend/nahbar-map.js", ROOT / "geo/output/screen/standalone_map.js"]
RENDERERS = [
    *ROOT.glob("geo/output/screen/*map.py"),
    *(ROOT / "geo/output/paper" / name for name in ("map.py", "marks.py", "map_legend.py", "page.py")),
]


@pytest.mark.parametrize("path", [*STYLES, *SCRIPTS, *RENDERERS], ids=lambda path: path.name)
def test_no_renderer_has_a_colour_of_its_own(path: Path) -> None:
    assert COLOUR.findall(path.read_text(encoding="utf-8")) == []


def test_style_sheets_use_what_they_are_given_in_both_themes() -> None:
    given = browser_look()["variables"]
    assert set(given["light"]) == set(given["dark"])
    for path in STYLES:
        assert set(re.findall(r"var\((--[\w-]+)\)", path.read_text(encoding="utf-8"))) <= set(given["light"])


def test_screen_and_stand_alone_file_are_given_the_same_look() -> None:
    region, given = demo(), browser_look()
    page = base_map(region, ASSETS, MapWords("+", "-", "!")).get_root().render()
    options = json.loads(re.search(r"nahbarMap\.start\(map_div, (\{.*?\})\);", page)[1])
    assert options["look"] == json.loads(json.dumps(given))
    alone = standalone_map(texts("de"), region, view_of(region), Sheet()).decode()
    told = json.loads(re.search(r'id="told">(.*?)</script>', alone, re.DOTALL)[1])
    assert told["look"] == {"landscape": options["look"]["landscape"], "opacity": options["look"]["opacity"]}
    for name, colour in given["variables"]["light"].items():
        assert f"{name}: {colour};" in alone


def test_paper_draws_with_the_colours_of_the_screen() -> None:
    region = demo()
    drawn = map_file(texts("de"), region, with_plan(region, view_of(region), 2), Sheet(), "svg").decode()
    kinds = set(region.landscape["kind"])
    wanted = {style.fill or style.line for kind, style in LANDSCAPE.items() if kind in kinds}
    wanted |= {MAP_COLOURS["light"][name] for name in ("sea", "withheld_ground", "withheld_line", "line", "ink")}
    wanted |= {PLACE_COLOURS["plan"]}
    assert {colour for colour in wanted if colour not in drawn} == set()
