"""A map as one file that opens in any browser without a network.

Everything is inside: Leaflet from its wheel, geometry in simple lines, values that passed disclosure control. A content
policy in the file forbids it to load anything, so it cannot ask another host even by mistake.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from geo.output.paper import Sheet
from geo.output.values import MAP_COLOURS, WITHHELD, Legend, MapView, Place, Table, browser_look, sorted_rows
from geo.region.model import Region
from geo.text import Texts

_HERE = Path(__file__).parent
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
_Row = tuple[str, tuple[str, ...], tuple[str, ...]]
_ROUND = ("reach", "reach-today")
_MARKS = {"office": "place", "host": "place place-host", "plan": "place place-plan"}
_WISHES = {
    "forced": "place place-host wish-forced",
    "forbidden": "place place-host wish-forbidden",
    "closed": "place wish-closed",
}


def standalone_map(t: Texts, region: Region, view: MapView, sheet: Sheet, table: Table | None = None) -> bytes:
    """Return a map with legend, source and table as one HTML file.

    Parameters
    ----------
    view
        What is shown; made for the light theme.
    sheet
        Title, subtitle, footer and notes; sizes do not matter on a screen.
    table
        The figures of the map. Without one, the table says what the tooltips say.
    """
    told = sheet.for_region(t, region).filled(t)
    title = told.title or view.legend.title or region.name
    names = {str(key): str(name) for key, name in region.quarters["name"].items()}
    figures = _figures(t, table) if table is not None else _tooltips(t, view, names)
    notes = [
        *told.notes,
        *([t("print.disclosure", least=t.number(region.disclosure.numerator_min))] if WITHHELD in view.classes else []),
    ]
    variables = " ".join(f"{name}: {colour};" for name, colour in browser_look()["variables"]["light"].items())
    parts = {
        "language": t.language,
        "title": html.escape(title),
        "policy": _POLICY,
        "style": f"{_leaflet_style()}:root {{ {variables} }}\n{_file('standalone_map.css')}",
        "subtitle": f'<p class="subtitle">{html.escape(told.subtitle)}</p>' if told.subtitle else "",
        "fictional": f'<p class="fictional">{html.escape(told.fictional)}</p>' if told.fictional else "",
        "map": html.escape(t("standalone.map")),
        "legend": _legend(t, view),
        "source": html.escape(view.legend.source),
        "notes": "".join(f'<p class="note">{html.escape(note)}</p>' for note in notes if note),
        "quarters": figures,
        "places": _places(t, view.places),
        "footer": html.escape(told.footer),
        "made": html.escape(t("standalone.made")),
        "told": _script_json(_payload(t, region, view)),
        "leaflet": _leaflet_script(),
        "script": _file("standalone_map.js"),
    }
    # One pass: what stands in a name is never taken for a place in the page.
    page = re.sub(r"\[\[(\w+)\]\]", lambda found: parts[found[1]], _PAGE)
    return page.encode()


_PAGE = """<!DOCTYPE html>
<html lang="[[language]]">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="[[policy]]">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>[[title]]</title>
<style>[[style]]</style>
</head>
<body>
<header><h1>[[title]]</h1>[[subtitle]][[fictional]]</header>
<main>
<div class="sheet">
<div><div id="map" role="application" aria-label="[[map]]"></div></div>
<div class="legend">[[legend]]</div>
</div>
<p class="source">[[source]]</p>[[notes]]
[[quarters]]
[[places]]
</main>
<footer>[[footer]] <span>[[made]]</span></footer>
<script type="application/json" id="told">[[told]]</script>
<script>[[leaflet]]</script>
<script>[[script]]</script>
</body>
</html>
"""


def _payload(t: Texts, region: Region, view: MapView) -> dict[str, Any]:
    from geo.output.screen.folium_map import painting_data, screen_geometry

    return {
        "geometry": json.loads(screen_geometry(region)),
        "look": {name: part for name, part in browser_look().items() if name != "variables"},
        "words": {"zoomIn": t("map.zoom_in"), "zoomOut": t("map.zoom_out")},
        **painting_data(view),
    }


def _script_json(value: object) -> str:
    """Return JSON that cannot end the element it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _legend(t: Texts, view: MapView) -> str:
    legend = view.legend
    pairs = zip(legend.labels, legend.colours, strict=False)
    entries = [
        _entry(f'<span class="swatch" style="background:{_colour(colour)}"></span>', label) for label, colour in pairs
    ]
    entries += [_entry(_swatch(legend, one.look, one.mark), one.label) for one in legend.extras]
    numbered = [one for one in view.places if one.kind == "plan" and one.mark]
    shown = f'<h2>{html.escape(legend.title)}</h2>{_bar(legend)}<ul class="entries">{"".join(entries)}</ul>'
    if numbered:
        rows = (_entry(_swatch(legend, "plan", one.mark), one.name, one.about) for one in numbered)
        shown += f'<h2>{html.escape(t("print.suggested"))}</h2><ul class="entries">{"".join(rows)}</ul>'
    return shown


def _bar(legend: Legend) -> str:
    if legend.labels or not legend.colours:
        return ""
    colours = "".join(f'<i style="background:{_colour(colour)}"></i>' for colour in reversed(legend.colours))
    limits = "".join(f"<span>{html.escape(limit)}</span>" for limit in reversed(legend.limits))
    return f'<div class="bar"><div class="colours">{colours}</div><div class="limits">{limits}</div></div>'


def _entry(swatch: str, label: str, below: str = "") -> str:
    small = f"<small>{html.escape(below)}</small>" if below else ""
    return f"<li>{swatch}<span>{html.escape(label)}{small}</span></li>"


def _swatch(legend: Legend, look: str, mark: str) -> str:
    if look == "no-data":
        return f'<span class="swatch" style="background:{_colour(legend.no_data_colour)}"></span>'
    if look in _ROUND:
        return f'<span class="swatch round {look}"></span>'
    kind = _MARKS.get(look) or _WISHES.get(look)
    if kind is None:
        return '<span class="swatch withheld"></span>'
    said = mark or ("JC" if look == "office" else "")
    return f'<span class="swatch mark"><span class="{kind}" style="font-size:10px">{html.escape(said)}</span></span>'


def _colour(text: str) -> str:
    """Return a colour as it stands in a style; anything else than ``#rrggbb`` becomes that of no data."""
    return text if re.fullmatch(r"#[0-9a-fA-F]{6}", text) else MAP_COLOURS["light"]["no_data"]


def _figures(t: Texts, table: Table) -> str:
    heads = [(column.label, column.align == "right") for column in table.columns]
    rows = [
        (row.id, row.cells, tuple("" if one is None else str(one) for one in row.sort)) for row in sorted_rows(table)
    ]
    return _table(t("standalone.table"), table.caption, heads, rows, "quarter")


def _tooltips(t: Texts, view: MapView, names: dict[str, str]) -> str:
    rows = []
    for key, lines in zip(view.quarter_ids, view.tooltips, strict=True):
        cells = (names.get(key, key), "; ".join(lines))
        rows.append((key, cells, cells))
    rows.sort(key=lambda row: row[1][0])
    heads = [(t("table.quarter"), False), (t("standalone.said"), False)]
    return _table(t("standalone.table"), view.legend.title, heads, rows, "quarter")


def _places(t: Texts, places: Sequence[Place]) -> str:
    if not places:
        return ""
    rows = []
    for place in places:
        cells = (place.lines[0] if place.lines else place.id, "; ".join(place.lines[1:]))
        rows.append((place.id, cells, cells))
    heads = [(t("siting.column_site"), False), (t("standalone.said"), False)]
    return _table(t("standalone.places"), "", heads, rows, "place")


def _table(title: str, caption: str, heads: Sequence[tuple[str, bool]], rows: Sequence[_Row], kind: str) -> str:
    """Return a table whose first column shows a quarter or a place on the map and whose headings sort."""
    head = "".join(
        f'<th scope="col"{_number(is_right)}>'
        f'<button type="button" data-column="{at}">{html.escape(label)}</button></th>'
        for at, (label, is_right) in enumerate(heads)
    )
    body = []
    for key, cells, sort in rows:
        line = []
        for at, ((_, is_right), cell, value) in enumerate(zip(heads, cells, sort, strict=True)):
            said = html.escape(cell)
            if at == 0:
                said = f'<button type="button" data-{kind}="{html.escape(key)}">{said}</button>'
            line.append(f'<td{_number(is_right)} data-sort="{html.escape(value)}">{said}</td>')
        body.append(f"<tr>{''.join(line)}</tr>")
    named = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    return (
        f'<h2>{html.escape(title)}</h2><div class="table" tabindex="0" role="region" aria-label="{html.escape(title)}">'
        f"<table>{named}<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _number(is_right: bool) -> str:
    return ' class="number"' if is_right else ""


@lru_cache(maxsize=4)
def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _leaflet_script() -> str:
    text = _leaflet("leaflet.js")
    # A browser's tools would ask for the map of the source; a script in a page must not hold the end of one.
    return re.sub(r"//# sourceMappingURL=\S*", "", text).replace("</script", "<\\/script")


@lru_cache(maxsize=1)
def _leaflet_style() -> str:
    """Return Leaflet's style without the rules that would load pictures, none of which is shown."""
    return re.sub(r"[^{}]*\{[^{}]*url\([^{}]*\}", "", _leaflet("leaflet.css"))


def _leaflet(name: str) -> str:
    import xstatic.pkg.leaflet

    return (Path(xstatic.pkg.leaflet.BASE_DIR) / name).read_text(encoding="utf-8")
