"""``python -m geo need``: where need is concentrated, and where it lasts."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from geo.commands.console import add_language, print_text, tell_findings
from geo.errors import DataError
from geo.shipped import shipped

if TYPE_CHECKING:
    from geo.findings import Finding
    from geo.need import Concentration, Indicator, Persistence
    from geo.region.model import Region
    from geo.text import Texts

_DATES = ("date", "last", "latest", "earlier")
_COLUMNS = ("name", "value", "dates_met", "standing", "course", "direction", "hint")


def register(subparsers: Any) -> None:
    """Add the command ``need`` to the command line."""
    parser = subparsers.add_parser(
        "need",
        help="where need is concentrated, and where it lasts",
        description="Say how far recipients are concentrated in few quarters, and in which quarters need lasts.",
    )
    parser.add_argument("region", type=shipped, metavar="DIR", help="folder or zip of a region")
    parser.add_argument("--indicator", metavar="KEY", help="which indicator (default: the first of the region)")
    parser.add_argument("--date", help="latest reporting date to use, e.g. 2025-12-31 (default: the latest)")
    add_language(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print concentration and lasting need; return the exit status.

    0: something is said, be it why a part cannot be said. 1: the region cannot be read, or has no such indicator or
    date.
    """
    from geo.need import find_persistence, measure_concentration
    from geo.region.package import load_region
    from geo.text import texts

    t = texts(args.lang)
    try:
        region = load_region(args.region)
        indicator, date = _asked(region, args.indicator, args.date)
    except DataError as fault:
        tell_findings(t, fault.findings)
        return 1
    where = measure_concentration(region, indicator, date)
    lasts = find_persistence(region, indicator, [one for one in region.dates if one <= date])
    if args.json:
        print_text(json.dumps(_as_dict(region, where, lasts), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print_text("\n".join(_lines(t, region, indicator, where, lasts)))
    return 0


def _asked(region: Region, key: str | None, date: str | None) -> tuple[Indicator, str]:
    """Return indicator and date; ``DataError`` names those at hand if one is not."""
    from geo.findings import error
    from geo.need import indicators_of

    found = {indicator.key: indicator for indicator in indicators_of(region)}
    dates = region.dates
    if not found or not dates:
        raise DataError((error("indicators_none", region=region.id),))
    chosen = key or next(iter(found))
    if chosen not in found:
        raise DataError((error("indicator_unknown", given=chosen, known=", ".join(found)),))
    if date is not None and date not in dates:
        raise DataError((error("date_unknown", date=date, known=", ".join(dates)),))
    return found[chosen], date or dates[-1]


def _as_dict(region: Region, where: Concentration, lasts: Persistence) -> dict[str, Any]:
    from geo.need import as_records

    quotients = where.quotients
    concentrated: dict[str, Any] = {
        "unit_size": asdict(where.unit_size) if where.unit_size else None,
        "reason": where.reason.as_dict() if where.reason else None,
        "recipients": where.recipients,
        "residents": where.residents,
        "rate": where.rate,
        "top": [asdict(one) for one in where.top],
        "half": asdict(where.half) if where.half else None,
        "lorenz": where.lorenz,
        "gini": where.gini,
        "gini_residents": where.gini_residents,
        "dissimilarity": asdict(where.dissimilarity) if where.dissimilarity else None,
        "isolation": where.isolation,
        "location_quotients": {} if quotients is None else {str(key): float(one) for key, one in quotients.items()},
        "left_out": {one.quarter_id: one.state for one in where.left_out},
    }
    quarters = lasts.quarters.copy()
    quarters.insert(0, "name", region.quarters["name"].reindex(quarters.index))
    lasting: dict[str, Any] = {
        "rule": asdict(lasts.rule),
        "dates": lasts.dates,
        "window": lasts.window,
        "upper_limit": lasts.upper_limit,
        "reference": dict(lasts.reference),
        "reference_kind": lasts.reference_kind,
        "reason": lasts.reason.as_dict() if lasts.reason else None,
        "findings": [one.as_dict() for one in lasts.findings],
        "quarters": as_records(quarters),
    }
    return {
        "region": region.id,
        "is_fictional": region.is_fictional,
        "indicator": where.indicator_key,
        "date": where.date,
        "concentration": concentrated,
        "persistence": lasting,
    }


def _lines(t: Texts, region: Region, indicator: Indicator, where: Concentration, lasts: Persistence) -> list[str]:
    from geo.output.values import indicator_label

    lines = [
        t("need.heading", region=region.name, indicator=indicator_label(t, indicator), date=t.date(where.date)),
        "",
    ]
    lines += _about_concentration(t, region, indicator, where)
    lines += ["", *_about_lasting(t, region, indicator, lasts)]
    withheld = sum(1 for one in where.left_out if one.state == "suppressed")
    others = len(where.left_out) - withheld
    lines += [t("need.withheld", n=withheld)] if withheld else []
    lines += [t("need.missing", n=others)] if others else []
    return lines


def _about_concentration(t: Texts, region: Region, indicator: Indicator, where: Concentration) -> list[str]:
    if where.reason is not None or where.half is None or where.dissimilarity is None or where.unit_size is None:
        return _because(t, "concentration.cannot_be_said", where.reason, indicator)
    from geo.output.need import half_sentence

    apart = where.dissimilarity
    lines = [half_sentence(t, region, indicator, where)]
    for one in where.top:
        shares = {"residents": t.percent(100 * one.resident_share, 0), "share": t.percent(100 * one.recipient_share)}
        lines.append(t("concentration.top", **shares))
    lines += [
        t(
            "concentration.dissimilarity",
            value=t.number(apart.corrected, 3),
            low=t.number(apart.low, 3),
            high=t.number(apart.high, 3),
            plain=t.number(apart.value, 3),
        ),
        t("concentration.gini", value=t.number(where.gini or 0.0, 3)),
        t("concentration.isolation", value=t.percent(100 * (where.isolation or 0.0))),
        t(
            "concentration.unit_size",
            quarters=t.number(where.unit_size.units),
            people=t.number(where.unit_size.mean_residents),
        ),
    ]
    return lines


def _about_lasting(t: Texts, region: Region, indicator: Indicator, lasts: Persistence) -> list[str]:
    if lasts.reason is not None:
        return [
            *_because(t, "persistence.cannot_be_said", lasts.reason, indicator),
            *_found(t, lasts.findings, indicator),
        ]
    rule, table = lasts.rule, lasts.quarters
    has_bounds = rule.needs_lower_bound and all(one.code != "lower_bound_not_possible" for one in lasts.findings)
    from geo.output.need import lead

    lines = [
        *lead(t, region, lasts),
        t(
            "persistence.rule" if has_bounds else "persistence.rule.without_lower_bound",
            needed=rule.dates_needed,
            looked_at=len(lasts.window),
            limit=_value(t, indicator, lasts.upper_limit),
        ),
    ]
    remarkable = table["course"].isin(["staying", "entering", "leaving", "changing"])
    remarkable |= table["direction"].isin(["rising", "falling"]) | table["hint"].notna()
    shown = table[remarkable].sort_values(["dates_met", "value"], ascending=False, na_position="last")
    if len(shown):
        rows = [_row(t, region, indicator, str(key), shown.loc[key]) for key in shown.index]
        lines += ["", *_aligned([[t(f"persistence.column.{one}") for one in _COLUMNS], *rows]), ""]
    return [*lines, *_found(t, lasts.findings, indicator)]


def _row(t: Texts, region: Region, indicator: Indicator, key: str, row: Any) -> list[str]:
    hint = row["hint"]
    return [
        f"{region.quarters.loc[key, 'name']} ({key})",
        _value(t, indicator, row["value"]),
        t("persistence.met", met=int(row["dates_met"]), known=int(row["dates_known"])),
        *(t(f"{name}.{row[name]}.label") for name in ("standing", "course", "direction")),
        t(f"hint.{hint}.label", date=t.date(row["hint_date"])) if isinstance(hint, str) else "",
    ]


def _value(t: Texts, indicator: Indicator, value: Any) -> str:
    import pandas as pd

    if value is None or pd.isna(value):
        return t("value.none")
    if indicator.unit == "percent":
        return t.percent(float(value))
    return t.number(float(value), 0 if indicator.unit == "count" else 1)


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _because(t: Texts, key: str, reason: Finding | None, indicator: Indicator) -> list[str]:
    return [" ".join([t(key), *(_found(t, (reason,), indicator) if reason is not None else [])])]


def _found(t: Texts, findings: tuple[Finding, ...], indicator: Indicator) -> list[str]:
    """Return findings as sentences, with the indicator's name and dates as they are read."""
    from geo.output.values import indicator_label
    from geo.text import finding_sentence

    told = {"indicator": indicator_label(t, indicator)}
    lines = []
    for one in findings:
        said = {key: t.date(str(value)) for key, value in one.parameters.items() if key in _DATES}
        said |= {key: name for key, name in told.items() if key in one.parameters}
        spoken = replace(one, parameters={**one.parameters, **said})
        lines.append(" ".join(part for part in finding_sentence(t, spoken) if part))
    return lines
