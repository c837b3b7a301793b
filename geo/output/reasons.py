"""Why these places: what each is there for, what another would cost, and who gains, as tables and sentences."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from geo.output.access import minutes_text
from geo.output.tables import Column, Row, Table
from geo.output.telling import people_text
from geo.region.region import Region
from geo.siting.access import by_district, nearest_minutes, spread
from geo.siting.answer import Answer, shown_people
from geo.siting.explain import ReachTable, SiteReason, WhyNot
from geo.siting.near import NearPlan
from geo.siting.plan import Status
from geo.text import Texts


def open_sites(answer: Answer) -> list[int]:
    """Return the sites that are open under a plan: offices that stay, and new ones."""
    return [*answer.posed.problem.fixed, *answer.plan.selected]


def name_of(answer: Answer, site: int) -> str:
    """Return the name of a site of the problem."""
    return str(answer.posed.places["name"].iloc[site])


def reasons_table(t: Texts, answer: Answer, reasons: tuple[SiteReason, ...]) -> Table:
    """Return what each open site is there for: people in reach, those with no other open site, those with one."""
    columns = (
        Column(t("siting.column_number")),
        Column(t("siting.column_site"), "left"),
        Column(t("siting.column_reached")),
        Column(t("siting.column_only")),
        Column(t("siting.column_shared")),
        Column(t("siting.column_only_share")),
    )
    rows = []
    chosen = len(answer.plan.selected)
    for place, reason in enumerate(reasons, 1):
        said = [_people(t, answer, people) for people in (reason.reached, reason.alone, reason.shared)]
        share = 100 * reason.alone / reason.reached if reason.reached > 0 else math.nan
        number = t.number(place) if place <= chosen else "JC"
        name = name_of(answer, reason.site)
        rows.append(
            Row(
                str(answer.posed.places["id"].iloc[reason.site]),
                (number, name, *said, t.percent(share, 0) if math.isfinite(share) else t("value.none")),
                (place, name, reason.reached, reason.alone, reason.shared, share if math.isfinite(share) else None),
            )
        )
    return Table(t("siting.reasons_caption"), columns, tuple(rows))


def why_not_text(t: Texts, answer: Answer, told: WhyNot) -> str:
    """Return what would be lost by opening a place that the plan leaves out, and whose place it would take."""
    name = name_of(answer, told.site)
    if told.site in answer.plan.selected:
        return t("siting.why_chosen", site=name)
    if told.loss is None:
        return t("siting.why_impossible", site=name)
    without = [name_of(answer, site) for site in answer.plan.selected if site not in told.plan.selected]
    lost = t("siting.why_instead", sites=", ".join(without)) if without else ""
    loss = _loss_text(t, answer, told.loss)
    certain = "" if told.plan.status is Status.OPTIMAL else t("siting.why_unsure")
    return " ".join(part for part in (t("siting.why_loss", site=name, loss=loss), lost, certain) if part)


def near_text(t: Texts, answer: Answer, near: NearPlan) -> str:
    """Return one exchange that is nearly as good."""
    return t(
        "siting.near",
        closed=name_of(answer, near.closed),
        opened=name_of(answer, near.opened),
        loss=t.percent(max(100 * near.loss, 0.0), 1),
    )


def minutes_table(t: Texts, answer: Answer, told: ReachTable) -> Table:
    """Return people within reach by minutes (rows) and number of new offices (columns), as shares."""
    demand = answer.plan.total
    columns = (Column(t("siting.column_minutes")), *(Column(t("siting.column_new", n=n)) for n in told.new))
    rows = []
    for minutes, reached, proven in zip(told.reaches, told.reached, told.is_proven, strict=True):
        people = [float(shown_people(value, answer.rule) or 0) for value in reached]
        cells = [
            f"{t.percent(100 * value / demand if demand else 0.0, 0)}{'' if sure else ' *'}"
            for value, sure in zip(people, proven, strict=True)
        ]
        rows.append(Row(f"{minutes:g}", (t.number(minutes), *cells), (minutes, *people)))
    return Table(t("siting.minutes_caption"), columns, tuple(rows))


def equity_table(t: Texts, region: Region, answer: Answer) -> Table:
    """Return who reaches an office before and after, for the region and each district."""
    ground, within = answer.posed.ground, answer.posed.question.minutes
    before = nearest_minutes(ground, answer.posed.offices_today)
    after = nearest_minutes(ground, open_sites(answer))
    columns = (
        Column(t("siting.column_area"), "left"),
        Column(t("siting.column_people")),
        Column(t("siting.column_before")),
        Column(t("siting.column_after")),
        Column(t("siting.column_median_before")),
        Column(t("siting.column_median_after")),
    )
    rows = []
    people = ground.demand.people
    whole = [spread(minutes, people, within) for minutes in (before, after)]
    rows.append(_equity_row(t, answer, region.name, [(s.people, s.people - s.reached, s.median) for s in whole]))
    tables = [by_district(region, ground, minutes, within) for minutes in (before, after)]
    for name in tables[0].index if len(tables[0]) > 1 else ():
        parts = [tuple(table.loc[name, ["people", "beyond", "median"]].astype(float)) for table in tables]
        rows.append(_equity_row(t, answer, str(name), parts))
    return Table(t("siting.equity_caption"), columns, tuple(rows), sort=1, is_descending=True)


def equity_text(t: Texts, answer: Answer) -> tuple[str, str]:
    """Return how the median and the way of the farthest tenth change."""
    ground, within = answer.posed.ground, answer.posed.question.minutes
    limit = ground.times.limit_minutes
    before, after = (
        spread(nearest_minutes(ground, sites), ground.demand.people, within)
        for sites in (answer.posed.offices_today, open_sites(answer))
    )
    return (
        t(
            "siting.equity_median",
            before=minutes_text(t, before.median, limit),
            after=minutes_text(t, after.median, limit),
        ),
        t(
            "siting.equity_worst",
            before=minutes_text(t, before.worst, limit),
            after=minutes_text(t, after.worst, limit),
        ),
    )


def _equity_row(t: Texts, answer: Answer, name: str, parts: Any) -> Row:
    limit = answer.posed.ground.times.limit_minutes
    (people, beyond, median), (_, beyond_after, median_after) = parts
    shares = [100 * (people - far) / people if people else math.nan for far in (beyond, beyond_after)]
    cells = (
        name,
        _people(t, answer, people),
        *(t.percent(share, 0) if math.isfinite(share) else t("value.none") for share in shares),
        minutes_text(t, median, limit),
        minutes_text(t, median_after, limit),
    )
    far = limit + 1
    sort = (name, people, *shares, *(far if math.isinf(value) else value for value in (median, median_after)))
    return Row(name, cells, tuple(None if isinstance(v, float) and np.isnan(v) else v for v in sort))


def _people(t: Texts, answer: Answer, people: float) -> str:
    return people_text(t, shown_people(people, answer.rule), answer.rounded_to)


def _loss_text(t: Texts, answer: Answer, loss: float) -> str:
    question = answer.plan.question
    if question == "cover-all":
        return t("siting.loss_sites", n=round(loss))
    if question == "median":
        return t("siting.loss_mean", minutes=t.number(max(loss, 0.0) / max(answer.plan.total, 1e-9), 1))
    if question == "center":
        return t("siting.loss_longest", minutes=t.number(max(loss, 0.0), 1))
    return t("siting.loss_people", people=_people(t, answer, max(loss, 0.0)))
