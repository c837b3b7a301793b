"""``python -m tests.attack.bystander``: how long another session waits while one session uploads heavy files.

A real server and a real browser. The bystander changes the language, which runs a whole page anew; the time is that
from the click to the changed text.
"""

from __future__ import annotations

import io
import json
import statistics
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from geo.text import texts
from tests.attack.campaign import load
from tests.attack.seeds import seeds
from tests.e2e.running import ARGUMENTS, CHROMIUM, running_app

CLICKS = 8
INPUT = '[data-testid="stFileUploaderDropzoneInput"]'
TITLES = {one: texts(key)("concentration.title") for one, key in (("English", "en"), ("Deutsch", "de"))}


def heavy() -> dict[str, tuple[str, bytes]]:
    """Return files that ask much of a reader: name and content by what they are."""
    made = seeds()
    recipe = made["recipe"].content + b'\n[[tables.left_out]]\nkey = "(F|e|l|d|[Feld ]+)+x"\n'
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("q.geojson", b" " * 380 * 1024**2)
    feature = json.loads(made["geojson"].content)["features"][0]
    feature["properties"] = {f"k{number}": 1 for number in range(400_000)}
    ring = [[7 + (place % 1000) / 1e4, 51 + place / 1e7] for place in range(1_200_000)]
    shape = {
        "type": "Feature",
        "properties": {"key": "1"},
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    }
    table = "nr;name;n\n" + "".join(f"{number};Ort {number};{number % 997}\n" for number in range(290_000))
    return {
        "none": ("none", b""),
        "slow pattern": ("r.toml", recipe),
        "zip bomb": ("q.zip", bomb.getvalue()),
        "400,000 keys": ("k.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()),
        "1.2 million vertices": ("v.geojson", json.dumps({"type": "FeatureCollection", "features": [shape]}).encode()),
        "290,000 rows": ("t.csv", table.encode()),
    }


def waits(page: Any) -> list[float]:
    """Return the seconds of some changes of language."""
    taken = []
    for number in range(CLICKS):
        language = ("English", "Deutsch")[number % 2]
        began = time.perf_counter()
        page.get_by_text(language, exact=True).first.click()
        page.get_by_role("heading", name=TITLES[language], level=1).wait_for(timeout=120_000)
        taken.append(time.perf_counter() - began)
        page.wait_for_timeout(300)
    return taken


def main() -> int:
    """Print a table: what was uploaded meanwhile, the middle and the longest wait; status 1 where one is over 1 s."""
    print("| uploaded meanwhile | middle wait, s | longest wait, s |\n| --- | --- | --- |")
    is_slow = False
    with tempfile.TemporaryDirectory() as scratch, running_app() as app, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        bystander, attacker = (browser.new_context(locale="de-DE").new_page() for _ in range(2))
        bystander.goto(f"{app.address}/concentration")
        bystander.get_by_role("heading", name=TITLES["Deutsch"], level=1).wait_for(timeout=120_000)
        waits(bystander)
        for what, (name, content) in heavy().items():
            if content:
                attacker.goto(f"{app.address}/data")
                attacker.locator(INPUT).wait_for(state="attached", timeout=120_000)
                (Path(scratch) / name).write_bytes(content)
                attacker.locator(INPUT).set_input_files(str(Path(scratch) / name))
                attacker.wait_for_timeout(1_500)
            taken = waits(bystander)
            is_slow = is_slow or max(taken) > 1
            print(f"| {what} | {statistics.median(taken):.2f} | {max(taken):.2f} |", flush=True)
        browser.close()
    print(f"\nload of the machine at the end: {load():.1f}")
    return int(is_slow)


if __name__ == "__main__":
    sys.exit(main())
