"""The process that reads: takes one call, gives up everything else, answers, ends.

A call is ``(function, arguments, reads, folders, bounds)`` as a pickle, written by the server. An answer is a pickle of
``("value", value)``, ``("findings", findings)``, ``("contract", text)`` or ``("failed", kind and lines of the fault)``;
the server takes it apart with an allow-list (:mod:`geo.bounded.answers`).
"""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
from pathlib import Path
from typing import Any

from geo.bounded.isolation import isolate
from geo.errors import DataError, GeoError, fault_lines
from geo.findings import error

ROOT = Path(__file__).resolve().parents[2]
_GDAL_DRIVERS = frozenset({"ESRI Shapefile", "GPKG", "GeoJSON"})
# What a process needs of the environment: where programs and words are. No address, no secret.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE")
_is_child = False


def is_child() -> bool:
    """Tell whether this process was made to read one file and end."""
    return _is_child


def answer(source: Any, target: Any) -> None:
    """Take one call from the stream ``source``, carry it out isolated, write the answer to the stream ``target``."""
    global _is_child  # noqa: PLW0603  one process, one call
    _is_child = True
    function, arguments, reads, folders, bounds = pickle.load(source)  # noqa: S301  the server wrote it
    tempfile.tempdir = str(folders[0])
    isolate(bounds, reads, folders)
    pickle.dump(_said(function, arguments), target, protocol=pickle.HIGHEST_PROTOCOL)
    target.flush()


def _said(function: Any, arguments: Any) -> tuple[str, Any]:
    try:
        return "value", function(*arguments)
    except DataError as fault:
        return "findings", fault.findings
    except GeoError as fault:
        return "contract", str(fault)
    except MemoryError:
        return "findings", (error("reading_too_large"),)
    except Exception as fault:  # noqa: BLE001  whatever it is, the server says a sentence and logs the lines
        return "failed", fault_lines(fault)


def answer_once() -> None:
    """Answer the call on standard input: for systems that cannot fork."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    answer(sys.stdin.buffer, answers)


def environment() -> dict[str, str]:
    """Return the environment of a process that reads: no secret, no foreign format, one thread for each library."""
    import pyogrio

    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    skipped = ",".join(sorted(set(pyogrio.list_drivers()) - _GDAL_DRIVERS))
    return kept | {
        "PYTHONPATH": str(ROOT),
        "GDAL_SKIP": skipped,
        "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
        "CPL_CURL_ENABLE_VSIMEM": "NO",
        "PROJ_NETWORK": "OFF",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "GDAL_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
