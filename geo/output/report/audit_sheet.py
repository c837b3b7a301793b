"""The audit of a region on one page, for the data protection officer."""

from __future__ import annotations

from pathlib import Path

from geo.output.paper import COUNTRIES, typeset
from geo.output.values import Price, audit_told, one_line, source_text
from geo.region.disclosure import Audit
from geo.region.model import Region
from geo.text import Texts

ROWS = 14
MEASURES_MOST = 12

_TEMPLATE = Path(__file__).with_name("audit_sheet.typ")


def audit_pdf(t: Texts, region: Region, found: Audit, price: Price | None) -> bytes:
    """Return an audit as a tagged PDF (PDF/UA-1) of one A4 page."""
    told = audit_told(t, region, found, price, rows=ROWS)
    rule = region.disclosure
    place = one_line(region.name, 60)
    return typeset(
        _TEMPLATE,
        {
            "language": t.language,
            "country": COUNTRIES[t.language],
            "title": t("audit.title", place=place),
            "fictional": t("shell.fictional", place=place) if region.is_fictional else "",
            "verdict": told.verdict,
            "holds": told.holds,
            "basis": list(told.basis),
            "rule": t(
                "data.rule_told",
                numerator=rule.numerator_min,
                denominator=t.number(rule.denominator_min),
                residents=t.number(rule.residents_min),
                source=rule.source,
                since=t.date(rule.valid_from),
            ),
            "labels": {name: t(f"audit.{name}") for name in ("rule", "by_measure", "assumed")}
            | {"narrowest": t("audit.narrowest", n=len(told.narrowest))},
            "assumed": [t(f"audit.assumed_{name}") for name in ("totals", "relations", "algorithm", "time")],
            "measures": [list(row) for row in told.by_measure[:MEASURES_MOST]],
            "measure_heads": [t(f"audit.{name}") for name in ("measure", "withheld", "least_width")],
            "rows": [[one_line(cell, 48) for cell in row] for row in told.narrowest],
            "row_heads": [t(f"audit.{name}") for name in ("quarter", "date", "measure", "interval", "used")],
            "source": one_line(source_text(t, region.sources), 200),
            "fingerprint": t("audit.fingerprint", key=region.fingerprint[:16]),
        },
    )
