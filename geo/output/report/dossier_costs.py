"""The chapter of a dossier on costs: sums, who pays, the prices they rest on."""

from __future__ import annotations

from dataclasses import replace

from geo.output.charts import bars_chart
from geo.output.report.dossier_parts import Brief, ChartItem, Item, Section, TableItem, pick
from geo.output.sites import assumed_text, freed_lines, funding_lines, parameters_table
from geo.output.values import Column, Row, Table, one_line
from geo.text import Texts

FUNDING_SAID = 3


def costs_section(brief: Brief) -> Section | None:
    """Return the chapter on costs, or None where no cost of the places is known."""
    t, outcome = brief.t, brief.outcome
    if not brief.is_open or all(site.cost_per_year_eur is None for site in outcome.sites):
        return None
    columns = (
        Column(t("siting.column_number")),
        Column(t("siting.column_site"), "left"),
        Column(t("siting.column_cost")),
        Column(t("dossier.column_one_off")),
        Column(t("dossier.column_staff")),
    )
    rows = [_cost_row(t, number, one_line(site.name, 80), site) for number, site in enumerate(outcome.sites, 1)]
    rows.append(replace(_cost_row(t, len(rows) + 1, t("dossier.cost_sum"), outcome), id="sum"))
    rows[-1] = replace(rows[-1], cells=("", *rows[-1].cells[1:]))
    caption = t("dossier.cost_table")
    paragraphs = cost_lines(brief)
    if brief.costs is not None:
        shared = funding_lines(t, brief.costs.funding, brief.costs.parameters)
        paragraphs = (*paragraphs, *freed_lines(t, brief.costs), *shared[:FUNDING_SAID], assumed_text(t, brief.costs))
    items: list[Item] = [TableItem(Table(caption, columns, tuple(rows)), caption)]
    known = [site for site in outcome.sites if site.cost_per_year_eur is not None]
    chart = bars_chart(
        t,
        [f"{number} {one_line(site.name, 40)}" for number, site in enumerate(known, 1)],
        [float(site.cost_per_year_eur or 0) for site in known],
        title=t("dossier.cost_axis"),
    )
    said = "; ".join(f"{one_line(site.name, 60)}: {t.euros(site.cost_per_year_eur or 0)}" for site in known)
    alternative = t("dossier.cost_alt", figures=said)
    items.append(ChartItem(chart, t("dossier.cost_chart"), alternative, paragraphs[0]))
    return Section("costs", t("dossier.costs"), paragraphs, tuple(items))


def _cost_row(t: Texts, number: int, name: str, costs: object) -> Row:
    values = [getattr(costs, column) for column in ("cost_per_year_eur", "one_off_cost_eur", "staff_full_time")]
    euros = [t("value.none") if value is None else t.euros(value) for value in values[:2]]
    staff = t("value.none") if values[2] is None else t.number(values[2], 2)
    return Row(str(number), (str(number), name, *euros, staff), (number, name, *values))


def cost_lines(brief: Brief) -> tuple[str, ...]:
    """Return what the plan costs in sentences; that it is not known where it is not."""
    t, outcome = brief.t, brief.outcome
    if not brief.is_open:
        return ()
    if outcome.cost_per_year_eur is None:
        return (t("dossier.cost_unknown"),)
    lines = [t("dossier.cost_year", cost=t.euros(outcome.cost_per_year_eur))]
    if outcome.cost_per_person_eur is not None:
        key = "dossier.cost_person" if brief.has_offices else "dossier.cost_person_alone"
        lines[0] += " " + t(key, cost=t.euros(outcome.cost_per_person_eur))
    if outcome.one_off_cost_eur:
        lines.append(t("dossier.cost_one_off", cost=t.euros(outcome.one_off_cost_eur)))
    if outcome.staff_full_time:
        lines.append(t("dossier.cost_staff", staff=t.number(outcome.staff_full_time, 2)))
    return tuple(lines)


def prices_annex(brief: Brief) -> Section | None:
    """Return the table of prices and shares the costs were reckoned with."""
    if brief.costs is None:
        return None
    t = brief.t
    table = parameters_table(t, brief.costs.parameters)
    item = TableItem(pick(table, (0, 1, 2, 3, 4, 5)), table.caption)
    return Section("prices", t("dossier.prices"), (assumed_text(t, brief.costs),), (item,), is_annex=True)
