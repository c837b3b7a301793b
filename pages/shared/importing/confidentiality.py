"""What somebody can work out about withheld counts: the audit of the region in view, in words and as a page."""

from __future__ import annotations

from functools import partial

import streamlit as st

from geo.output.values import audit_told
from geo.region.disclosure import Audit, audit
from geo.region.model import Region
from geo.text import Texts
from pages.shared.importing.parts import plain_table
from pages.shared.kept import kept
from pages.shared.shell import paragraph
from pages.shared.widgets import hand_out

ROWS = 10
MOST_AT_ONCE = 2_000
"""Withheld counts up to which the audit is worked out without being asked for."""


def show_confidentiality(t: Texts, region: Region) -> None:
    """Show the audit of a region and its download."""
    with st.expander(t("audit.page_title")):
        paragraph(t("audit.lead"))
        hidden = int((region.statistics["state"] == "suppressed").sum())
        if hidden > MOST_AT_ONCE and not st.toggle(t("audit.work_out", n=hidden), key="audit.work_out"):
            return
        found = _audit(region)
        told = audit_told(t, region, found, None, rows=ROWS)
        paragraph(told.verdict, "nb-join" if told.holds else "nb-join nb-join-open")
        for line in told.basis:
            paragraph(line)
        if told.by_measure:
            heads = [t(f"audit.{name}") for name in ("measure", "withheld", "least_width")]
            plain_table(heads, told.by_measure, caption=t("audit.by_measure"))
        if told.narrowest:
            heads = [t(f"audit.{name}") for name in ("quarter", "date", "measure", "interval", "used")]
            plain_table(heads, told.narrowest, caption=t("audit.narrowest", n=len(told.narrowest)))
        hand_out(t("audit.download"), partial(_pdf, t, region, found), f"{region.id}_audit.pdf", key="audit.pdf")


@kept(4)
def _audit(region: Region) -> Audit:
    return audit(region.statistics, region.quarters, region.measures, region.disclosure, groupings=region.groupings)


def _pdf(t: Texts, region: Region, found: Audit) -> bytes:
    from geo.output.report import audit_pdf

    return audit_pdf(t, region, found, None)
