"""An audit told: a verdict, what it stands on, the narrowest intervals, and the price of protection."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from geo.output.values.value_format import measure_label
from geo.region.disclosure import Audit
from geo.region.model import Region
from geo.text import Texts

Price = tuple[float, float]
"""People expected in the counts withheld for others' sake, and the least that any pattern withholds."""


@dataclass(frozen=True)
class AuditTold:
    """Finished sentences and tables.

    Parameters
    ----------
    by_measure
        Measure, number of withheld counts, narrowest interval.
    narrowest
        Quarter, date, measure, interval, what it rests on.
    """

    verdict: str
    holds: bool
    basis: tuple[str, ...]
    by_measure: tuple[tuple[str, str, str], ...]
    narrowest: tuple[tuple[str, str, str, str, str], ...]


def audit_told(t: Texts, region: Region, found: Audit, price: Price | None, *, rows: int) -> AuditTold:
    """Return an audit in words; ``rows`` is how many intervals are listed."""
    return AuditTold(
        verdict=_verdict(t, found),
        holds=found.holds,
        basis=tuple(_basis(t, found, price)),
        by_measure=tuple(_by_measure(t, region, found)),
        narrowest=tuple(_narrowest(t, region, found, rows)),
    )


def audit_lines(t: Texts, region: Region, found: Audit, price: Price | None, *, rows: int) -> list[str]:
    """Return an audit as lines of text."""
    told = audit_told(t, region, found, price, rows=rows)
    lines = [t("audit.title", place=region.name), told.verdict, *told.basis]
    if told.by_measure:
        lines += ["", *_aligned([(t("audit.measure"), t("audit.withheld"), t("audit.least_width")), *told.by_measure])]
    if told.narrowest:
        heads = tuple(t(f"audit.{name}") for name in ("quarter", "date", "measure", "interval", "used"))
        lines += ["", t("audit.narrowest", n=len(told.narrowest)), *_aligned([heads, *told.narrowest])]
    return lines


def audit_as_dict(region: Region, found: Audit, price: Price | None) -> dict[str, Any]:
    """Return an audit as plain values; a bound that nothing gives is None."""
    width = found.intervals["high"] - found.intervals["low"]
    return {
        "region": region.id,
        "fingerprint": region.fingerprint,
        "holds": found.holds,
        "interval_min": found.rule.interval_min,
        "withheld": len(found.intervals),
        "narrower": len(found.narrow),
        "shown_by_other_package": found.told,
        "narrowest": _finite(float(width.min())) if len(width) else None,
        "totals": found.totals,
        "packages": found.packages,
        "people_expected": {"withheld": round(found.people[0]), "all": round(found.people[1])},
        "price": None if price is None else {"people_expected": round(price[0]), "least": round(price[1])},
        "intervals": [
            {
                "quarter": line.quarter_id,
                "date": line.date,
                "measure": line.measure,
                "low": _finite(_settled(float(line.low))),  # type: ignore[arg-type]
                "high": _finite(_settled(float(line.high))),  # type: ignore[arg-type]
                "used": str(line.used).split(",") if line.used else [],
            }
            for line in found.intervals.itertuples()
        ],
    }


def _verdict(t: Texts, found: Audit) -> str:
    if found.told:
        return t("audit.told", n=found.told)
    if not found.holds:
        return t("audit.broken", n=len(found.narrow), least=t.number(found.rule.interval_min))
    if found.intervals.empty:
        return t("audit.nothing_withheld")
    return t("audit.holds", least=t.number(found.rule.interval_min))


def _basis(t: Texts, found: Audit, price: Price | None) -> list[str]:
    known = t("audit.known", totals=t.number(found.totals), packages=t.number(found.packages))
    lines = [known if found.totals else t("audit.known_no_totals", packages=t.number(found.packages))]
    withheld, every = found.people
    if every > 0 and len(found.intervals):
        cells = t.number(len(found.intervals))
        lines.append(
            t("audit.people", cells=cells, people=t.number(round(withheld)), share=t.percent(100 * withheld / every))
        )
    if price is not None and price[1] > 0:
        lines.append(t("audit.price", people=t.number(round(price[0])), ratio=t.percent(100 * price[0] / price[1])))
    lines.append(t("audit.not_checked"))
    return lines


def _by_measure(t: Texts, region: Region, found: Audit) -> list[tuple[str, str, str]]:
    lines = found.intervals.assign(width=found.intervals["high"] - found.intervals["low"])
    rows = []
    for key in region.measure_keys:
        part = lines[lines["measure"] == key]
        if len(part):
            rows.append((measure_label(t, region, key), t.number(len(part)), _number(t, float(part["width"].min()))))
    return rows


def _narrowest(t: Texts, region: Region, found: Audit, rows: int) -> list[tuple[str, str, str, str, str]]:
    names = region.quarters["name"].to_dict()
    return [
        (
            str(names.get(line.quarter_id, line.quarter_id)),
            t.date(str(line.date)),
            measure_label(t, region, str(line.measure)),
            t("audit.from_to", low=_number(t, float(line.low)), high=_number(t, float(line.high))),  # type: ignore[arg-type]
            ", ".join(t(f"audit.used_{one}") for one in str(line.used).split(",") if one) or t("audit.used_nothing"),
        )
        for line in found.intervals.head(rows).itertuples()
    ]


def _number(t: Texts, number: float) -> str:
    settled = _settled(number)
    if math.isinf(settled):
        return t("audit.open")
    return t.number(settled, 0 if settled == round(settled) else 1)


def _settled(number: float) -> float:
    """Return a number without the last digits of a solver."""
    return round(number, 6) + 0.0


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
