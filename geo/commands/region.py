"""``python -m geo build``, ``check`` and ``describe``: recipes become regions, regions are told."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.commands.console import add_language, print_text, tell_unwritten
from geo.errors import DataError
from geo.shipped import shipped

if TYPE_CHECKING:
    from geo.findings import Finding
    from geo.region.model import Region
    from geo.region.recipes import JoinReport
    from geo.text import Texts

DONE, FAULTY = 0, 1
_PROGRESS_STEP = 5


def register(subparsers: Any) -> None:
    """Add the commands ``build``, ``check`` and ``describe``."""
    build = subparsers.add_parser(
        "build",
        help="build a region from files",
        description="Build a region from the files a recipe names. Nothing is written if there are errors.",
    )
    _add_recipe(build)
    build.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder (or .zip) the region is written to"
    )
    build.add_argument(
        "--fresh", action="store_true",
        help="what was built for this place before was never published: take no account of it, and forget it",
    )  # fmt: skip
    build.set_defaults(run=run_build)

    check = subparsers.add_parser(
        "check", help="check the files of a recipe", description="Do all that build does, but write nothing."
    )
    _add_recipe(check)
    check.set_defaults(run=run_build, out=None, fresh=False)

    describe = subparsers.add_parser(
        "describe",
        help="say what a region holds",
        description="Say what a region holds. Sums are over the quarters whose numbers are shown.",
    )
    describe.add_argument("region", type=shipped, metavar="DIR", help="folder or .zip of a region")
    describe.add_argument("--json", action="store_true", help="print one JSON object")
    add_language(describe, _spoken())
    describe.set_defaults(run=run_describe)


def run_describe(args: argparse.Namespace) -> int:
    """Say what a region holds; return the exit status."""
    from geo.region.model import describe_region
    from geo.region.package import load_region
    from geo.text import texts

    t = texts(args.lang)
    try:
        region = load_region(args.region)
    except DataError as fault:
        _tell(t, fault.findings, sys.stderr)
        return FAULTY
    told = describe_region(region)
    if args.json:
        print_text(json.dumps(told, ensure_ascii=False, indent=2))
        return DONE
    print_text("\n".join(_description(t, region, told)))
    _tell(t, region.findings, sys.stdout)
    return DONE


def run_build(args: argparse.Namespace) -> int:
    """Build a region and, unless it is only checked, write it; return the exit status."""
    from geo.temporary import own_folder

    with own_folder("build") as work:
        return _run_build(args, work)


def _run_build(args: argparse.Namespace, work: Path) -> int:
    from geo.bounded import call_bounded
    from geo.defaults import TRAVEL_BOUNDS
    from geo.region.package import write_region
    from geo.region.recipes import paths_of, read_recipe
    from geo.region.renewal import PROGRESS, build_recipe, keep_release
    from geo.text import texts

    t = texts(args.lang)
    try:
        recipe = read_recipe(args.recipe)
        files = args.files or args.recipe.parent
        named = [files / path for _, path in paths_of(recipe)]
        linked = {
            other.resolve() for path in named for other in path.parent.glob(f"{path.stem}*") if other.is_symlink()
        }
        before = (*args.packages, *_remembered(args, recipe.id))
        build = partial(build_recipe, recipe, files, work=work, releases=before)
        reads = [files, *linked, *before]
        with telling_progress(t, work / PROGRESS):
            result = call_bounded(build, reads=reads, folders=[work], bounds=TRAVEL_BOUNDS)
        _tell(t, result.findings, sys.stdout if result.region else sys.stderr)
        print_text("\n".join(_joins(t, result.joins)))
        if result.region is None:
            sys.stderr.write(t("cli.not_built", name=recipe.name) + "\n")
            return FAULTY
        if args.out is None:
            print_text(t("cli.checked", name=recipe.name))
            return DONE
        write_region(result.region, args.out)
        keep_release(result.region, args.out)
    except DataError as fault:
        _tell(t, fault.findings, sys.stderr)
        return FAULTY
    except OSError as fault:
        tell_unwritten(t, args.out or Path(), fault)
        return FAULTY
    print_text(t("cli.built", name=recipe.name, place=str(args.out), quarters=t.number(len(result.region.quarters))))
    return DONE


@contextmanager
def telling_progress(t: Texts, path: Path) -> Iterator[None]:
    """Tell how far disclosure control has come, in steps, as soon as a second has gone by."""
    done = threading.Event()

    def watch() -> None:
        told = 0
        while not done.wait(1.0):
            try:
                share = int(100 * float(path.read_text(encoding="ascii") or 0))
            except (OSError, ValueError):  # not begun yet, or half written
                continue
            if told + _PROGRESS_STEP <= share < 100:
                told = share
                sys.stderr.write(t("cli.progress", share=t.percent(share, 0)) + "\n")
                sys.stderr.flush()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _remembered(args: argparse.Namespace, region_id: str) -> tuple[Path, ...]:
    """Return what was published where the region is to be written; nothing where that is to be forgotten."""
    from geo.region.renewal import releases_at

    if args.out is None:
        return ()
    found = releases_at(args.out, region_id)
    if not args.fresh:
        return found
    for path in found:
        if path != args.out:
            path.unlink()
    return ()


def _description(t: Texts, region: Region, told: dict[str, Any]) -> list[str]:
    from geo.output.values import measure_label

    lines = [t("cli.region", name=told["name"], id=told["id"])]
    if told["is_fictional"]:
        lines.append(t("cli.fictional"))
    lines += [
        t("cli.quarters", number=t.number(told["quarters"])),
        t("cli.dates", dates=", ".join(t.date(date) for date in told["dates"])),
        t("cli.measures", measures=", ".join(measure_label(t, region, key) for key in told["measures"])),
    ]
    if told["recipients"] is not None:
        numbers = {name: t.number(told[name]) for name in ("recipients", "residents", "quarters_counted")}
        share = t.percent(told["share_percent"])
        lines.append(t("cli.share", date=t.date(told["date"]), share=share, **numbers))
    lines.append(t("cli.withheld", number=t.number(told["withheld"])))
    return lines


def _joins(t: Texts, joins: Iterable[JoinReport]) -> list[str]:
    return [
        t(
            "cli.join",
            file=join.file,
            matched=t.number(join.matched),
            table=t.number(len(join.only_in_table)),
            boundaries=t.number(len(join.only_in_boundaries)),
        )
        for join in joins
    ]


def _tell(t: Texts, findings: Iterable[Finding], stream: Any) -> None:
    for finding in findings:
        stream.write(_sentence(t, finding) + "\n")


def _sentence(t: Texts, finding: Finding) -> str:
    from geo.text import finding_sentence

    level = t(f"cli.level.{finding.level}")
    if not t.has(f"finding.{finding.code}"):
        return f"{level}: {finding.brief()}"
    place, sentence, remedy = finding_sentence(t, finding)
    return " ".join(part for part in (f"{level}:", f"{place}:" if place else "", sentence, remedy) if part)


def _add_recipe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", type=shipped, metavar="RECIPE.toml", help="recipe")
    parser.add_argument("--files", type=Path, metavar="DIR", help="folder of the files (default: folder of the recipe)")
    parser.add_argument(
        "--with", dest="packages", type=Path, nargs="+", default=[], metavar="PACKAGE",
        help="packages of the place that were published before",
    )  # fmt: skip
    add_language(parser, _spoken())


def _spoken() -> str:
    return "en" if os.environ.get("LANG", "").lower().startswith("en") else "de"
