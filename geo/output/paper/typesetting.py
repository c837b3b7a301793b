"""Pages set by typst, in memory and without a network: tagged PDF (PDF/UA-1).

A template reads one JSON value; text of a user is never part of its source, so nothing in a name can be taken for a
command. Fonts come with typst and with matplotlib, so every machine sets the same pages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.output.values import printable, softened

if TYPE_CHECKING:
    import typst

COUNTRIES = {"de": "DE", "en": "GB"}


def typeset(template: Path, values: Mapping[str, Any]) -> bytes:
    """Return a template filled with plain values as PDF/UA-1.

    Parameters
    ----------
    template
        A ``.typ`` file that reads ``json(bytes(sys.inputs.at("told")))``.
    values
        JSON-ready values; long words are made to break, characters that no page shows are left out; drawings stand
        under the key ``svg``.
    """
    import typst

    text = json.dumps(_softened(values), ensure_ascii=False)
    compiler = typst.Compiler(
        template.read_bytes(), font_paths=_fonts(), ignore_system_fonts=True, sys_inputs={"told": text}
    )
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    assert isinstance(made, bytes)  # one document, no output path
    return made


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    import typst

    found = find_spec("matplotlib")
    folder = Path(str(found.origin)).parent / "mpl-data" / "fonts" / "ttf" if found is not None else None
    return typst.Fonts(include_system_fonts=False, font_paths=[folder] if folder is not None else [])


def _softened(value: Any) -> Any:
    if isinstance(value, str):
        return softened(value)
    if isinstance(value, Mapping):
        return {key: printable(part) if key == "svg" else _softened(part) for key, part in value.items()}
    return [_softened(part) for part in value] if isinstance(value, list | tuple) else value
