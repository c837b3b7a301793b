"""``python -m geo site``: where new offices reach most people."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from geo.commands.console import add_language, print_text, tell_findings
from geo.commands.question_options import above_zero, add_question, add_ways, files_of, question_of, whole
from geo.defaults import SEARCH_SECONDS
from geo.errors import DataError
from geo.shipped import shipped

if TYPE_CHECKING:
    from geo.region.model import Region
    from geo.siting.ask import Answer
    from geo.text import Texts


def register(subparsers: Any) -> None:
    """Add the command ``site`` to the command line."""
    parser = subparsers.add_parser(
        "site",
        help="where new offices reach most people",
        description="Choose new offices so that most people are within reach, and say how sure that is.",
    )
    parser.add_argument("region", type=shipped, metavar="DIR", help="folder or zip of a region")
    add_question(parser)
    add_ways(parser)
    parser.add_argument("--seconds", type=above_zero, default=SEARCH_SECONDS, help="time limit (default %(default)g)")
    parser.add_argument("--seed", type=whole, default=0, help="equal seeds give equal answers (default 0)")
    add_language(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Answer the question on the command line; return the exit status.

    0: a plan is printed. 1: the region cannot be read, the question does not fit it, or no choice
    meets the wishes (the plan is printed all the same).
    """
    from geo.region.package import load_region
    from geo.siting.ask import answer
    from geo.text import texts

    t = texts(args.lang)
    try:
        region = load_region(args.region)
        found = answer(region, question_of(args), args.seconds, seed=args.seed, files=files_of(args))
    except DataError as fault:
        tell_findings(t, fault.findings)
        return 1
    tell_findings(t, found.posed.survey.findings)
    if args.json:
        print_text(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        print_text("\n".join(_lines(t, region, found)))
    return 0 if found.plan.message is None else 1


def _lines(t: Texts, region: Region, found: Answer) -> list[str]:
    from geo.output.sites import infeasible_text, question_lines, question_title
    from geo.output.values import measure_label, ways_sentence

    question, plan = found.posed.question, found.plan
    lines = [f"{region.name}: {question_title(t, question)}"]
    if plan.message is not None:
        return [*lines, infeasible_text(t, found)]
    lines += [
        t(
            "site.basis",
            measure=measure_label(t, region, question.measure),
            date=t.date(str(question.date)),
            demand=_people(t, found.demand),
        ),
        t("site.before", people=_people(t, found.people_before)),
        t("site.after", people=_people(t, found.people_after)),
        *question_lines(t, found),
        "",
        *_table(t, found),
        "",
        _proof(t, found),
        t("site.rounding", step=t.number(found.rounded_to)),
        ways_sentence(t, found.posed.survey.mode, found.posed.times, question.minutes),
    ]
    if question.closed:
        lines.append(t("siting.assumption_closed", n=len(question.closed)))
    if found.posed.demand.withheld_quarters:
        lines.append(t("site.withheld", n=found.posed.demand.withheld_quarters))
    return lines


def _proof(t: Texts, found: Answer) -> str:
    from geo.output.sites import proof_text
    from geo.output.values import gap_text

    plan = found.plan
    if not found.posed.question.kind.is_reach:
        return proof_text(t, found)
    if plan.status == "optimal":
        return t("proof.console.optimal")
    return t(f"proof.console.{plan.status}", gap=gap_text(t, plan.gap), bound=t.number(found.bound))


def _table(t: Texts, found: Answer) -> list[str]:
    """Return the chosen sites as aligned columns: number, name, gain, people reached so far."""
    head = ["", t("site.column.name"), t("site.column.gain"), t("site.column.cumulative")]
    rows = [
        [str(at), f"{site['name']} ({site['id']})", _people(t, site["gain"]), _people(t, site["cumulative"])]
        for at, site in enumerate(found.as_dict()["sites"], start=1)
    ]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(4)]
    return [
        f"{row[0]:>{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]:>{widths[3]}}".rstrip()
        for row in [head, *rows]
    ]


def _people(t: Texts, people: int | None) -> str:
    return t("site.few") if people is None else t.number(people)
