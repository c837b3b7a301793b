"""The map as one file: opened in a browser without a network, read as a table, with names that look like markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

from geo.output.need.atlas import atlas_table, atlas_view
from geo.output.paper.sheet import Sheet
from geo.output.screen.standalone import standalone_map
from geo.output.values.map_view import WITHHELD
from geo.text import texts
from tests.output.paper.printed import demo, picture_of, view_of, with_plan
from tests.output.test_nothing_hidden import assembled, quarters, raw_statistics

T = texts("de")
HOSTILE = '<img src=x onerror="alert(1)">"\'</script><script>alert(2)</script>&amp; [[told]] {{x}}'


class Tags(HTMLParser):
    """Counts elements and collects their words."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: dict[str, int] = {}
        self.words: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.addresses += [str(value) for name, value in attrs if name in ("src", "href", "action")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(page: bytes) -> Tags:
    tags = Tags()
    tags.feed(page.decode())
    return tags


def hostile_page() -> bytes:
    region = assembled(raw_statistics(1))
    named = quarters().assign(name=[f"{HOSTILE} {at}" for at in range(len(region.quarters))])
    region = replace(region, quarters=named)
    view = with_plan(region, view_of(region), 2)
    places = tuple(replace(place, lines=(HOSTILE, HOSTILE)) for place in view.places)
    legend = replace(view.legend, title=HOSTILE, source=HOSTILE)
    sheet = Sheet(title=HOSTILE, subtitle=HOSTILE, footer=HOSTILE, notes=(HOSTILE,))
    return standalone_map(T, region, replace(view, places=places, legend=legend), sheet)


def test_names_stay_names() -> None:
    tags = read(hostile_page())
    assert tags.counts["script"] == 3
    assert "img" not in tags.counts
    assert sum(HOSTILE in words for words in tags.words) >= 49 + 2 + 6


def test_nothing_is_loaded_from_anywhere() -> None:
    page = standalone_map(T, demo(), view_of(demo()), Sheet())
    tags = read(page)
    assert tags.addresses == []
    assert "link" not in tags.counts
    assert b"default-src 'none'" in page
    assert not re.findall(rb"url\((?!#)", page)
    assert b"sourceMappingURL" not in page
    assert page == standalone_map(T, demo(), view_of(demo()), Sheet())


def test_the_table_says_what_the_map_shows() -> None:
    picture = picture_of(demo())
    view = atlas_view(T, picture)
    table = atlas_table(T, picture, view)
    words = read(standalone_map(T, demo(), view, Sheet(), table)).words
    for row in table.rows:
        assert row.cells[0] in words
    assert table.caption in words
    plain = read(standalone_map(T, demo(), view, Sheet())).words
    assert all("; ".join(lines) in plain for lines in view.tooltips)


def test_a_withheld_quarter_has_no_number() -> None:
    view = view_of(demo())
    page = standalone_map(T, demo(), view, Sheet()).decode()
    told = json.loads(re.search(r'id="told">(.*?)</script>', page)[1])  # type: ignore[index]
    hidden = [at for at, kind in enumerate(view.classes) if kind == WITHHELD]
    assert len(hidden) > 5
    assert all(not re.search(r"\d", " ".join(told["tooltips"][at])) for at in hidden)
