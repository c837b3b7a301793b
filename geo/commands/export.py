"""``python -m geo scenario`` and ``export``: a question becomes a file, a scenario becomes everything to take away."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.commands.console import add_language, print_text, tell_findings, tell_unwritten, write_whole
from geo.commands.question_options import (
    above_zero,
    add_question,
    add_running,
    add_ways,
    files_of,
    question_of,
    running_of,
    whole,
)
from geo.errors import DataError
from geo.shipped import shipped

if TYPE_CHECKING:
    from geo.output.files import FileOptions
    from geo.output.sites import Solved
    from geo.region.model import Region
    from geo.siting.scenario import Scenario
    from geo.text import Texts

DONE, FAULTY = 0, 1
DPI_LEAST, DPI_MOST = 96, 600
KINDS = ("report", "slides", "maps", "data", "sheets", "procurement")
_LOGO_BYTES_MOST = 5 * 1024**2


def register(subparsers: Any) -> None:
    """Add the commands ``scenario`` and ``export``."""
    scenario = subparsers.add_parser(
        "scenario",
        help="write a question with its costs as a scenario file",
        description="Write a question about a region, with how new offices are run, as a scenario file (JSON).",
    )
    scenario.add_argument("region", type=shipped, metavar="DIR", help="folder or zip of a region")
    scenario.add_argument("--name", required=True, help="name of the scenario")
    scenario.add_argument("--description", default="", help="what it is for")
    add_question(scenario)
    add_running(scenario)
    scenario.add_argument("--out", type=Path, required=True, metavar="FILE", help="file to write")
    add_language(scenario)
    scenario.set_defaults(run=run_scenario)

    export = subparsers.add_parser(
        "export",
        help="report, slides, maps, data, sheets and drafts of a scenario",
        description="Solve a scenario and write what can be taken away of it; the same files as in the app.",
    )
    export.add_argument("region", type=shipped, metavar="DIR", help="folder or zip of a region")
    export.add_argument("--scenario", type=Path, required=True, metavar="FILE", help="scenario file (JSON)")
    export.add_argument(
        "--what", choices=(*KINDS, "all"), action="append", help="what to write, may be given again (default all)"
    )
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    export.add_argument("--seconds", type=above_zero, default=20.0, help="time limit of the search (default 20)")
    export.add_argument("--logo", type=Path, metavar="PNG", help="logo for maps, PNG or JPEG")
    export.add_argument("--dpi", type=_dpi, default=300, help="pixels per inch of pictures, 96 to 600 (default 300)")
    add_ways(export)
    export.add_argument(
        "--numbers", choices=("german", "international"), help="CSV with ; and decimal comma, or with , and point"
    )
    add_language(export)
    export.set_defaults(run=run_export)


def run_scenario(args: argparse.Namespace) -> int:
    """Write a scenario file; return the exit status."""
    from geo.labels import clean_description, clean_name
    from geo.region.package import load_region
    from geo.siting.scenario import Scenario, completed, write_scenario
    from geo.text import texts

    t = texts(args.lang)
    try:
        name, description = clean_name(args.name), clean_description(args.description)
        region = load_region(args.region)
        wished = Scenario(name, region.id, question_of(args), description, running_of(args))
        scenario = completed(region, wished)
        write_whole(args.out, write_scenario(scenario))
    except DataError as fault:
        tell_findings(t, fault.findings)
        return FAULTY
    except OSError as fault:
        tell_unwritten(t, args.out, fault)
        return FAULTY
    print_text(t("export.scenario_written", place=str(args.out), name=scenario.name, key=scenario.key))
    return DONE


def run_export(args: argparse.Namespace) -> int:
    """Solve a scenario and write its files; return the exit status.

    0: everything asked for is written. 1: something cannot be read, solved or written.
    """
    from geo.findings import error
    from geo.output.files import FileOptions
    from geo.region.package import load_region
    from geo.siting.scenario import read_scenario
    from geo.text import texts

    t = texts(args.lang)
    began = time.perf_counter()
    try:
        region = load_region(args.region)
        saved = read_scenario(_scenario_bytes(args.scenario), region.id)
        tell_findings(t, saved.findings)
        logo = None if args.logo is None else _logo_bytes(args.logo)
        solved = _solved(args, region, saved.scenario)
        if solved.outcome.message is not None:
            return _infeasible(t, solved)
        if _asks_for_nothing(args, solved):
            raise DataError((error("sheets_none"),))
        args.out.mkdir(parents=True, exist_ok=True)
        count = _write_all(t, args, region, solved, FileOptions(logo, args.dpi, args.numbers, args.cache))
    except DataError as fault:
        tell_findings(t, fault.findings)
        return FAULTY
    except OSError as fault:
        tell_unwritten(t, Path(fault.filename) if fault.filename else args.out, fault)
        return FAULTY
    print_text(t("export.done", n=count, place=str(args.out), seconds=t.number(time.perf_counter() - began, 1)))
    return DONE


def _solved(args: argparse.Namespace, region: Region, scenario: Scenario) -> Solved:
    from geo.output.sites import Solved
    from geo.siting.scenario import completed, run

    asked = completed(region, scenario)
    answer, outcome = run(region, asked, args.seconds, files_of(args))
    return Solved(asked, answer, outcome)


def _infeasible(t: Texts, solved: Solved) -> int:
    from geo.output.sites import infeasible_text

    sys.stderr.write(infeasible_text(t, solved.answer) + "\n")
    return FAULTY


def _write_all(t: Texts, args: argparse.Namespace, region: Region, solved: Solved, options: FileOptions) -> int:
    """Write everything that is asked for and return how many files that were."""
    from geo.output.files import WHATS, FileMaker, parts_of

    wanted = WHATS if not args.what or "all" in args.what else args.what
    maker = FileMaker(t, region, solved, options)
    count = 0
    for part in parts_of(solved, wanted):
        start = time.perf_counter()
        files = maker.make(part)
        count += len(files)
        _write(t, args.out, files, time.perf_counter() - start)
    return count


def _asks_for_nothing(args: argparse.Namespace, solved: Solved) -> bool:
    """Tell whether only such files are asked for as there are none where no site opens."""
    from geo.output.files import NEEDS_SITES

    return bool(args.what) and not solved.outcome.sites and set(args.what) <= set(NEEDS_SITES)


def _dpi(text: str) -> int:
    number = whole(text)
    if not DPI_LEAST <= number <= DPI_MOST:
        raise argparse.ArgumentTypeError(f"{text} is not between {DPI_LEAST} and {DPI_MOST}")
    return number


def _write(t: Texts, folder: Path, files: Mapping[str, bytes], seconds: float) -> None:
    """Write files that were made together and say how large they are; the seconds are for all of them."""
    for name, data in files.items():
        place = folder / name
        write_whole(place, data)
        size = t("export.kilobytes", n=t.number(max(len(data) / 1000, 0.1), 0 if len(data) >= 10_000 else 1))
        print_text(f"{place}  {size}  {t('export.seconds', seconds=t.number(seconds, 1))}")


def _scenario_bytes(path: Path) -> bytes:
    from geo.findings import error

    try:
        return path.read_bytes()
    except OSError as fault:
        raise DataError((error("scenario_absent", file=str(path)),)) from fault


def _logo_bytes(path: Path) -> bytes:
    """Return a logo; of a file that is too large only so much that it is refused."""
    from geo.findings import error

    try:
        with path.open("rb") as file:
            return file.read(_LOGO_BYTES_MOST + 1)
    except OSError as fault:
        raise DataError((error("logo_absent", file=str(path)),)) from fault
