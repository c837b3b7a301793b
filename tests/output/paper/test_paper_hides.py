"""What is withheld is in no file: raw tables that differ in withheld counts only give the same bytes."""

from __future__ import annotations

import functools
import re
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from geo.need.indicators import indicators_of, region_value, trend
from geo.output.charts.trend import trend_chart
from geo.output.need.atlas import atlas_table
from geo.output.paper.print_files import chart_file, map_file
from geo.output.paper.series import Step, series_pdf, series_zip
from geo.output.paper.sheet import KINDS, Sheet
from geo.output.screen.standalone import standalone_map
from geo.output.sites.plan_map import sites_view
from geo.output.values.map_view import WITHHELD
from geo.region.model.region import Region
from geo.siting.ask.answers import answer
from geo.siting.ask.question import Question
from geo.text import texts
from tests.output.paper.printed import pdf_words, picture_of, view_of
from tests.output.test_nothing_hidden import DATES, assembled, hidden, raw_statistics, with_other_secrets

T = texts("de")
SHEET = Sheet(title="{region}", subtitle="{date}", date=DATES[-1], dpi=96)
SEEDS = (1, 2, 3)


@functools.lru_cache(maxsize=8)
def pair(seed: int) -> tuple[Region, Region]:
    """Return a region and one whose withheld counts are others."""
    raw = raw_statistics(seed)
    region = assembled(raw)
    return region, assembled(with_other_secrets(raw, hidden(region), seed))


def alike() -> list[int]:
    return [seed for seed in SEEDS if hidden(pair(seed)[0]).equals(hidden(pair(seed)[1]))]


def files(region: Region) -> dict[str, bytes]:
    """Return every kind of file that is made of a region's maps and charts."""
    picture, view = picture_of(region), view_of(region)
    plan = sites_view(T, picture, answer(region, Question(minutes=15.0, new=3, mode="line"), 5.0))
    key = view.quarter_ids[view.classes.index(WITHHELD)]
    indicator = indicators_of(region)[0]
    chart = trend_chart(T, region, indicator, trend(region, indicator, key), key)
    steps = [Step(date, lambda date=date: view_of(region, date=date), date) for date in DATES]
    out = {f"map.{kind}": map_file(T, region, view, SHEET, kind) for kind in KINDS}
    out |= {f"plan.{kind}": map_file(T, region, plan, SHEET, kind) for kind in KINDS}
    out |= {f"chart.{kind}": chart_file(T, chart, SHEET, kind) for kind in KINDS}
    out["map.html"] = standalone_map(T, region, view, SHEET, atlas_table(T, picture, view))
    out["plan.html"] = standalone_map(T, region, plan, SHEET)
    out["series.zip"] = series_zip(T, region, steps, SHEET, "svg") or b""
    out["series.pdf"] = series_pdf(T, region, steps, SHEET) or b""
    return out


def test_other_secrets_give_the_same_files() -> None:
    seeds = alike()
    assert seeds, "no pair hides the same cells, so nothing would be compared"
    one, other = (files(region) for region in pair(seeds[0]))
    assert all(one.values())
    assert {name for name in one if one[name] != other[name]} == set()


def test_a_shown_count_does_matter() -> None:
    """The comparison above can fail: another count in a quarter that is shown changes every file with its map."""
    raw = raw_statistics(1)
    region = assembled(raw)
    view = view_of(region)
    key = next(key for key, kind in zip(view.quarter_ids, view.classes, strict=True) if kind >= 0)
    other = raw.copy()
    own = (other["quarter_id"] == key) & other["measure"].isin(["recipients", "employable"])
    other.loc[own, "value"] += 200
    one, two = files(region), files(assembled(other))
    assert all(one[name] != two[name] for name in ("map.png", "map.svg", "map.pdf", "map.html", "series.zip"))


def test_no_withheld_number_is_in_words(tmp_path: Path) -> None:
    """The row of a withheld quarter has no figure of its own; a PDF has no figures but limits, dates and scale."""
    region = pair(1)[0]
    view, made = view_of(region), files(region)
    kinds = dict(zip(view.quarter_ids, view.classes, strict=True))
    names = [str(region.quarters["name"][key]) for key, kind in kinds.items() if kind == WITHHELD]
    rows = re.findall(r"<tr>(<td.*?)</tr>", made["map.html"].decode())
    split = ([re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td.*?</td>", row)] for row in rows)
    cells = {row[0]: row for row in split}
    assert len(names) > 2
    for name in names:
        value, interval, counted = cells[name][2:5]
        assert not re.search(r"\d", value + interval + counted)
    said = pdf_words(made["map.pdf"], tmp_path)
    known = {*view.legend.limits, *T.date(DATES[-1]).split("."), T.number(region.disclosure.numerator_min)}
    figures = set(re.findall(r"\d+(?:,\d+)?", said)) - known
    assert figures <= {"0", "1", "2"}  # the ends of the scale bar
    with zipfile.ZipFile(BytesIO(made["series.zip"])) as archive:
        assert len(archive.namelist()) == len(DATES)


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_tooltips_stay_on_screen(kind: str) -> None:
    """A drawing carries colours only: the numbers of single quarters are not hidden inside."""
    region = pair(1)[0]
    view = view_of(region)
    blank = replace(view, tooltips=tuple(("",) for _ in view.tooltips))
    assert map_file(T, region, view, SHEET, kind) == map_file(T, region, blank, SHEET, kind)
    assert region_value(region, indicators_of(region)[0], DATES[-1]).value > 0
