"""The data page as a reader uses it, with nine squares and a table about them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from streamlit.testing.v1 import AppTest

from geo.text import texts
from pages.shared.uploads import StoredFile, server_uploads
from tests.conftest import ROOT

HEAD = "Schlüssel;Name;Einwohner;Leistungsberechtigte (SGB II)"


def boundaries(**changes: Any) -> dict[str, Any]:
    """Return nine squares as GeoJSON; ``changes`` are further members."""
    features = []
    for number in range(9):
        x, y = 7.0 + number % 3 * 0.02, 51.4 + number // 3 * 0.013
        ring = [[x, y], [x + 0.02, y], [x + 0.02, y + 0.013], [x, y + 0.013], [x, y]]
        properties = {"schluessel": f"{number + 1:02d}", "name": f"Quartier {number + 1:02d}"}
        features.append(
            {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        )
    return {"type": "FeatureCollection", "features": features, **changes}


def rows(**changes: str) -> list[str]:
    """Return nine rows of a table; ``changes`` replace the row of a key (``q3="…"``)."""
    usual = {f"q{n}": f"{n:02d};Quartier {n:02d};{1000 + n};{100 + n}" for n in range(1, 10)}
    return [row for row in (usual | changes).values() if row]


def csv(lines: list[str] | None = None, head: str = HEAD, foot: str = "Stand: 31.12.2024") -> bytes:
    return "\r\n".join([head, *(lines or rows()), foot]).encode()


GOOD_DRAWN = ("grenzen.geojson", json.dumps(boundaries()).encode(), "")
GOOD_TABLE = ("zahlen.csv", csv(), "")


class Page:
    """The data page as a reader uses it."""

    def __init__(self, language: str = "de") -> None:
        self.t = texts(language)
        self.app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        self.app.session_state["language"] = language
        self.app.run()
        self.app.switch_page("pages/data.py").run()

    def upload(self, *files: tuple[str, bytes, str]) -> Page:
        self.app.file_uploader[0].set_value(list(files))
        self.app.run()
        return self

    def press(self, key: str) -> Page:
        next(button for button in self.app.button if button.label == self.t(key)).click()
        self.app.run()
        return self

    def choose(self, label: str, value: object, place: int = 0) -> Page:
        boxes = [box for box in self.app.selectbox if box.label == label]
        boxes[place].set_value(value)
        self.app.run()
        return self

    def files(self) -> dict[str, StoredFile]:
        mark = self.app.session_state["uploads"]
        return next(files for (_, one), files in server_uploads()._files.items() if one == mark)

    @property
    def html(self) -> str:
        assert not self.app.exception, [error.message for error in self.app.exception]
        return "\n".join(re.sub(r"<style>.*?</style>", "", body, flags=re.S) for body in bodies(self.app.main))

    def states(self) -> list[str]:
        return re.findall(r'class="nb-step" data-state="(\w+)"', self.html)

    def labels(self) -> list[str]:
        return [button.label for button in self.app.button]


def bodies(node: Any) -> Iterator[str]:
    for child in getattr(node, "children", {}).values():
        if child.type == "html":
            yield child.proto.body
        yield from bodies(child)
