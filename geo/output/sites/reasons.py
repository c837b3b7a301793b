"""Why these places: what each is there for, what another would cost, and who gains, as tables and sentences."""

from __future__ import annotations

import math
from typing import Any

from geo.output.sites.access import minutes_text
from geo.output.values import Column, Row, Table, people_text, shown_share, shown_share_text
from geo.region.disclosure import round_people
from geo.region.model import Region
from geo.siting.ask import Answer, by_district, nearest_minutes, spread
from geo.siting.explain import NearPlan, ReachTable, SiteReason, WhyNot
from geo.siting.problem import OBJECTIVES, Status
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
        people = [round_people(each, answer.rule) for each in (reason.reached, reason.alone, reason.shared)]
        said = [people_text(t, each, answer.rounded_to) for each in people]
        number = t.number(place) if place <= chosen else "JC"
        name = name_of(answer, reason.site)
        rows.append(
            Row(
                str(answer.posed.places["id"].iloc[reason.site]),
                (number, name, *said, shown_share_text(t, people[1], people[0], answer.rounded_to)),
                (place, name, *(float(each or 0) for each in people), _sorted_share(answer, people[1], people[0])),
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
    certain = "" if told.plan.status is Status.OPTIMAL else t("proof.why_unsure")
    return " ".join(part for part in (t("siting.why_loss", site=name, loss=loss), lost, certain) if part)


def near_text(t: Texts, answer: Answer, near: NearPlan) -> str:
    """Return one exchange that is nearly as good."""
    return t(
        "siting.near",
        closed=name_of(answer, near.closed),
        opened=name_of(answer, near.opened),
        loss=loss_share_text(t, answer, max(near.loss, 0.0), answer.plan.value),
    )


def loss_share_text(t: Texts, answer: Answer, loss: float, among: float) -> str:
    """Return a lost fraction of a value in percent; of people as rounded as they are shown."""
    if OBJECTIVES[answer.plan.objective].counts_travel:
        return t.percent(100 * loss, 1)
    lost, whole = (round_people(people, answer.rule) for people in (loss * among, among))
    return shown_share_text(t, lost, whole, answer.rounded_to, 1)


def minutes_table(t: Texts, answer: Answer, told: ReachTable) -> Table:
    """Return people within reach by minutes (rows) and number of new offices (columns), as shares."""
    demand = answer.demand
    columns = (Column(t("siting.column_minutes")), *(Column(t("siting.column_new", n=n)) for n in told.new))
    rows = []
    for minutes, reached, proven in zip(told.reaches, told.reached, told.is_proven, strict=True):
        people = [float(round_people(value, answer.rule) or 0) for value in reached]
        cells = [
            f"{t.percent(100 * value / demand if demand else 0.0, 0)}{'' if sure else ' *'}"
            for value, sure in zip(people, proven, strict=True)
        ]
        rows.append(Row(f"{minutes:g}", (t.number(minutes), *cells), (minutes, *people)))
    return Table(t("siting.minutes_caption"), columns, tuple(rows))


def equity_table(t: Texts, region: Region, answer: Answer) -> Table:
    """Return who reaches an office before and after, for the region and each district."""
    survey, within = answer.posed.survey, answer.posed.question.minutes
    before = nearest_minutes(survey, answer.posed.offices_today)
    after = nearest_minutes(survey, open_sites(answer))
    columns = (
        Column(t("siting.column_area"), "left"),
        Column(t("siting.column_people")),
        Column(t("siting.column_before")),
        Column(t("siting.column_after")),
        Column(t("siting.column_median_before")),
        Column(t("siting.column_median_after")),
    )
    rows = []
    people = survey.demand.people
    whole = [spread(minutes, people, within) for minutes in (before, after)]
    rows.append(_equity_row(t, answer, region.name, [(s.people, s.people - s.reached, s.median) for s in whole]))
    tables = [by_district(region, survey, minutes, within) for minutes in (before, after)]
    for name in tables[0].index if len(tables[0]) > 1 else ():
        parts = [tuple(table.loc[name, ["people", "beyond", "median"]].astype(float)) for table in tables]
        rows.append(_equity_row(t, answer, str(name), parts))
    return Table(t("siting.equity_caption"), columns, tuple(rows), sort=1, is_descending=True)


def equity_text(t: Texts, answer: Answer) -> tuple[str, str]:
    """Return how the median and the way of the farthest tenth change."""
    survey, within = answer.posed.survey, answer.posed.question.minutes
    limit = survey.times.limit_minutes
    before, after = (
        spread(nearest_minutes(survey, sites), survey.demand.people, within)
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
    limit = answer.posed.survey.times.limit_minutes
    (people, beyond, median), (_, beyond_after, median_after) = parts
    whole = round_people(people, answer.rule)
    reached = [round_people(max(people - far, 0.0), answer.rule) for far in (beyond, beyond_after)]
    cells = (
        name,
        people_text(t, whole, answer.rounded_to),
        *(shown_share_text(t, part, whole, answer.rounded_to) for part in reached),
        minutes_text(t, median, limit),
        minutes_text(t, median_after, limit),
    )
    far = limit + 1
    shares = (_sorted_share(answer, part, whole) for part in reached)
    ways = (far if math.isinf(value) else value for value in (median, median_after))
    return Row(name, cells, (name, float(whole or 0), *shares, *(None if math.isnan(way) else way for way in ways)))


def _sorted_share(answer: Answer, part: int | None, whole: int | None) -> float | None:
    share = shown_share(part, whole, answer.rounded_to)
    return share if math.isfinite(share) else None


def exact_people_text(t: Texts, answer: Answer, people: float) -> str:
    """Return an exact number of people, rounded as the region's rule says."""
    return people_text(t, round_people(people, answer.rule), answer.rounded_to)


def _loss_text(t: Texts, answer: Answer, loss: float) -> str:
    kind = OBJECTIVES[answer.plan.objective]
    if kind.counts_sites:
        return t("siting.loss_sites", n=round(loss))
    if kind.counts_travel:
        minutes = t.number(kind.per_person(max(loss, 0.0), answer.plan.total), 1)
        return t("siting.loss_longest" if kind.unit == "travel cost" else "siting.loss_mean", minutes=minutes)
    return t("siting.loss_people", people=exact_people_text(t, answer, max(loss, 0.0)))
