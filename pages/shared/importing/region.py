"""The region in view on the data page: what it holds, where it comes from, what was found when it was built."""

from __future__ import annotations

import streamlit as st

from geo.findings import Level
from geo.output.values import Column, Row, Table, mode_label, zone_reason
from geo.region import ValueState
from geo.region.model import Region
from geo.siting.ask import modes_of
from geo.text import Texts
from pages.shared.importing.confidentiality import show_confidentiality
from pages.shared.importing.import_steps import downloads, recipe_kept, withheld_text
from pages.shared.importing.parts import measure_names, plain_table, sentence_of
from pages.shared.shell import paragraph
from pages.shared.widgets import show_table


def show_region(t: Texts, region: Region) -> None:
    """Show what a region holds, its sources and findings, and its download."""
    st.header(t("data.region", place=region.name), anchor=False)
    _summary(t, region)
    _measures(t, region)
    _sources(t, region)
    _findings(t, region)
    show_confidentiality(t, region)
    paragraph(t("data.download_note"))
    downloads(t, region, recipe_kept(region), key="region")


def _summary(t: Texts, region: Region) -> None:
    dates = region.dates
    several = t("data.span", first=t.date(dates[0]), last=t.date(dates[-1]), n=len(dates))
    span = several if len(dates) > 1 else t.date(dates[0])
    rule = region.disclosure
    rows = [
        (t("data.quarters"), t.number(len(region.quarters))),
        (t("data.dates"), span),
        (t("data.sites"), t(
            "data.sites_told", offices=t.number(len(region.offices)), hosts=t.number(len(region.hosts))
        )),
        *_ways(t, region),
        (t("data.withheld"), withheld_text(t, region)),
        (t("data.rule"), t(
            "data.rule_told", numerator=rule.numerator_min, denominator=t.number(rule.denominator_min),
            residents=t.number(rule.residents_min), source=rule.source, since=t.date(rule.valid_from),
        )),
    ]  # fmt: skip
    plain_table((t("data.what"), t("data.value")), rows, caption=t("data.region", place=region.name))


def _ways(t: Texts, region: Region) -> list[tuple[str, str]]:
    """Return rows about streets, timetable, table of minutes and forbidden zones, as far as a region has them."""
    rows = [(t("data.ways"), ", ".join(mode_label(t, mode) for mode in modes_of(region)))]
    if region.zones is not None:
        named = zip(region.zones["name"], region.zones["reason"], strict=True)
        told = ", ".join(t("data.zone", name=name, reason=zone_reason(t, reason)) for name, reason in named)
        rows.append((t("data.zones"), told))
    return rows


def _measures(t: Texts, region: Region) -> None:
    names = measure_names(t, region)
    rows = []
    for key, name in names.items():
        part = region.statistics[region.statistics["measure"] == key]
        hidden = int((part["state"] == ValueState.SUPPRESSED.value).sum())
        rows.append(
            (name, t(f"data.unit_{region.measure(key).unit}"), t.number(part["date"].nunique()), t.number(hidden))
        )
    headings = [t(f"data.column_{name}") for name in ("measure", "unit", "dates", "withheld")]
    with st.expander(t("data.measures_n", n=len(rows))):
        plain_table(headings, rows, caption=t("data.measures"))


def _sources(t: Texts, region: Region) -> None:
    rows = [
        (one.title, one.publisher, f"{one.licence} {one.licence_url}".strip(), one.url, one.changes)
        for one in region.sources
    ]
    headings = [t(f"data.source_{name}") for name in ("title", "publisher", "licence", "url", "changes")]
    kept = [place for place in range(len(headings)) if place == 0 or any(row[place] for row in rows)]
    with st.expander(t("data.sources_n", n=len(rows))):
        shown = [[row[place] for place in kept] for row in (headings, *rows)]
        plain_table(shown[0], shown[1:], caption=t("data.sources"))


def _findings(t: Texts, region: Region) -> None:
    with st.expander(t("data.findings_n", n=len(region.findings))):
        if not region.findings:
            paragraph(t("data.findings_none"))
            return
        order = {level: place for place, level in enumerate(Level)}
        rows = []
        for number, finding in enumerate(region.findings):
            place, sentence, remedy = sentence_of(t, finding)
            level = t(f"data.level_{finding.level}")
            cells = (level, place, sentence, remedy)
            rows.append(Row(str(number), cells, (float(order[finding.level]), place, sentence, remedy)))
        labels = [t(f"data.finding_{name}") for name in ("level", "place", "sentence", "remedy")]
        columns = tuple(Column(label, "left") for label in labels)
        table = Table(t("data.findings"), columns, tuple(rows))
        show_table(table, key="data_findings", height=320, counted="data.findings_count")
