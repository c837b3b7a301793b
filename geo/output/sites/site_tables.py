"""A plan and its places as tables."""

from __future__ import annotations

from geo.output.sites.question_text import state_text
from geo.output.values import Column, Row, Table, number_or_none, people_text, yes_no
from geo.region.disclosure import round_people
from geo.region.model import Region
from geo.siting.ask import Answer, known_costs
from geo.siting.problem import OBJECTIVES, added_alone
from geo.text import Texts


def sites_table(t: Texts, region: Region, answer: Answer) -> Table:
    """Return the suggested places in order of gain."""
    kind = OBJECTIVES[answer.plan.objective]
    own = f"_{kind.key}" if kind.has_own_people else ""
    columns = (
        Column(t("siting.column_number")),
        Column(t("siting.column_site"), "left"),
        Column(t("siting.column_gain")),
        Column(t(f"siting.column_cumulative{own}")),
        Column(t("siting.column_share")),
        _cost_column(t, answer),
        Column(t("siting.column_access"), "left"),
    )
    costs = _costs(region, answer)
    rows = []
    for number, site in enumerate(answer.sites.to_dict("records"), 1):
        gain, cumulative = number_or_none(site["gain"]), number_or_none(site["cumulative"])
        share = 100 * cumulative / answer.demand if cumulative is not None and answer.demand else None
        known = region.sites.loc[site["id"]] if site["id"] in region.sites.index else None
        cost = costs[str(site["id"])]
        cells = (
            str(number),
            str(site["name"]),
            people_text(t, gain, answer.rounded_to),
            people_text(t, cumulative, answer.rounded_to),
            t("value.none") if share is None else t.percent(share, 0),
            t("value.none") if cost is None else t.euros(cost),
            yes_no(t, known["is_accessible"] if known is not None else None, t("siting.unknown")),
        )
        sort = (number, str(site["name"]), gain, cumulative, share, cost, cells[-1])
        rows.append(Row(str(site["id"]), cells, sort))
    return Table(t("siting.table_caption"), columns, tuple(rows))


def places_table(t: Texts, region: Region, answer: Answer) -> Table:
    """Return every place with its state and the people it would add on its own."""
    posed = answer.posed
    columns = (
        Column(t("siting.column_site"), "left"),
        Column(t("siting.column_state"), "left"),
        Column(t("siting.column_alone")),
        _cost_column(t, answer),
        Column(t("siting.column_access"), "left"),
    )
    alone, costs = added_alone(posed.problem), _costs(region, answer)
    rows = []
    for at, place in enumerate(posed.places.to_dict("records")):
        key = str(place["id"])
        people = round_people(float(alone[at]), region.disclosure)
        cost = costs[key]
        known = region.sites.loc[key] if key in region.sites.index else None
        cells = (
            str(place["name"]),
            state_text(t, answer, key),
            t("value.none") if place["is_office"] else people_text(t, people, answer.rounded_to),
            t("value.none") if cost is None else t.euros(cost),
            yes_no(t, known["is_accessible"] if known is not None else None, t("siting.unknown")),
        )
        sort = (cells[0], cells[1], None if place["is_office"] else float(people or 0), cost, cells[4])
        rows.append(Row(key, cells, sort))
    return Table(t("siting.places_caption"), columns, tuple(rows), sort=2, is_descending=True)


def _costs(region: Region, answer: Answer) -> dict[str, float | None]:
    """Return euro in a year by place: as new offices are run where the question says so, else what places name."""
    posed = answer.posed
    if posed.question.costs is None:
        values = posed.places["cost_per_year_eur"].to_numpy(dtype=float)
    else:
        values = known_costs(posed.survey, posed.question.costs, region)
    return {str(key): number_or_none(value) for key, value in zip(posed.places["id"], values.tolist(), strict=True)}


def _cost_column(t: Texts, answer: Answer) -> Column:
    return Column(t("siting.column_cost_place" if answer.posed.question.costs is None else "siting.column_cost"))
