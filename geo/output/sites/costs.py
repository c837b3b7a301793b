"""Costs of new offices as sentences, tables and a chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from geo.output.values import Column, DataTable, Field, Row, Table, number_or_none, region_source
from geo.region.model import Region
from geo.siting.costs import (
    COMPONENTS,
    ONCE,
    PRESETS,
    CostPlan,
    CostSums,
    Funding,
    Parameter,
    Parameters,
    cost_sums,
    funding,
    parameters_at,
    people_to_match,
    preset_of,
    rise_within,
    site_costs,
    staff_full_time,
    with_own,
)
from geo.text import Texts, digits_apart


@dataclass(frozen=True)
class CostPicture:
    """What the page of costs tells: places that open, their costs, and how they were reckoned.

    Parameters
    ----------
    names
        Of the places, in the order of the rows of ``costs``.
    costs
        As :func:`geo.siting.costs.site_costs`.
    sums, funding
        Over all of them.
    plan, parameters
        How offices are run; prices in force, the reader's own among them.
    added
        People newly reached, rounded; None where that is not shown.
    rounded_to
        Step of rounding.
    """

    names: tuple[str, ...]
    costs: pd.DataFrame
    sums: CostSums
    funding: Funding
    plan: CostPlan
    parameters: Parameters
    added: int | None
    rounded_to: int


def cost_picture(
    region: Region, opened: Sequence[tuple[str, str]], closed: Sequence[str], plan: CostPlan, *, added: int | None
) -> CostPicture:
    """Return what new offices cost.

    Parameters
    ----------
    region
        Whose parameters and sites are read.
    opened
        Key and name of each place that opens.
    closed
        Keys of offices that close.
    plan
        How new offices are run.
    added
        People newly reached, rounded.
    """
    known = region.sites.reindex([key for key, _ in opened])
    parameters = with_own(parameters_at(plan.as_of, region), plan.prices)
    costs = site_costs(pd.DataFrame(known.drop(columns="geometry")), plan, parameters)
    freed = region.offices.reindex(list(closed))["cost_per_year_eur"] if closed else ()
    sums = cost_sums(costs, freed)
    return CostPicture(
        names=tuple(name for _, name in opened),
        costs=costs,
        sums=sums,
        funding=funding(sums.cost_per_year_eur, parameters),
        plan=plan,
        parameters=parameters,
        added=added,
        rounded_to=region.disclosure.reached_round_to,
    )


def euros_or_unknown(t: Texts, value: float | None) -> str:
    """Return an amount, or that it is not known; never zero for what is not known."""
    return t("costs.unknown") if value is None or not math.isfinite(value) else t.euros(value)


def sites_cost_table(t: Texts, picture: CostPicture) -> Table:
    """Return the costs of each place by component, with their sum on top."""
    names = [*(f"{name}_eur" for name in COMPONENTS), "cost_per_year_eur"]
    names += [*(f"{name}_eur" for name in ONCE), "one_off_cost_eur", "spread_per_year_eur"]
    columns = (
        Column(t("costs.column_site"), "left"),
        *(Column(t(f"costs.column_{name.removesuffix('_eur')}")) for name in names),
        Column(t("costs.column_staff_full_time")),
    )
    whole = {name: _total(picture.costs[name]) for name in names}
    rows = [_row(t, "total", t("costs.total"), whole, picture.sums.staff_full_time, is_pinned=True)]
    for number, (label, values) in enumerate(zip(picture.names, picture.costs.to_dict("records"), strict=True), 1):
        amounts = {name: number_or_none(values[name]) for name in names}
        rows.append(_row(t, str(number), label, amounts, number_or_none(values["staff_full_time"])))
    return Table(t("costs.table_caption"), columns, tuple(rows), sort=len(COMPONENTS) + 1, is_descending=True)


def _row(
    t: Texts, key: str, label: str, amounts: dict[str, float | None], staff: float | None, *, is_pinned: bool = False
) -> Row:
    posts = t("costs.unknown") if staff is None else t.number(staff, 2)
    cells = (label, *(euros_or_unknown(t, value) for value in amounts.values()), posts)
    return Row(key, cells, (label, *amounts.values(), staff), is_pinned=is_pinned)


def costs_data(t: Texts, region: Region, picture: CostPicture) -> DataTable:
    """Return the same costs to take away, a row for each place and one for all."""
    names = [name for name in picture.costs.columns if name != "staff_full_time"]
    fields = (
        Field("site", t("costs.column_site")),
        *(Field(name, t(f"costs.column_{name.removesuffix('_eur')}"), "euros") for name in names),
        Field("staff_full_time", t("costs.column_staff_full_time"), "number"),
    )
    every = [*names, "staff_full_time"]
    rows = [
        (label, *(number_or_none(values[name]) for name in every))
        for label, values in zip(picture.names, picture.costs.to_dict("records"), strict=True)
    ]
    rows.append((t("costs.total"), *(_total(picture.costs[name]) for name in every)))
    source = f"{assumed_text(t, picture)} {region_source(t, region)}".replace("\n", " ")
    return DataTable("costs", t("costs.table_caption"), fields, tuple(rows), source=source)


def parameters_table(t: Texts, parameters: Parameters) -> Table:
    """Return every parameter with value, unit, date, source and how far it can be trusted."""
    columns = (
        Column(t("costs.parameter"), "left"),
        Column(t("costs.value")),
        Column(t("costs.unit"), "left"),
        Column(t("costs.valid_from"), "left"),
        Column(t("costs.source"), "left"),
        Column(t("costs.standing"), "left"),
    )
    rows = []
    for key, one in parameters.items():
        label = parameter_label(t, key)
        cells = (label, value_text(t, one), t(f"costs.unit_{one.unit}"), valid_text(t, one), source_of(t, one),
                 standing_text(t, one))  # fmt: skip
        rows.append(Row(key, cells, (label, one.value, cells[2], one.valid_from, *cells[4:])))
    return Table(t("costs.parameters_caption"), columns, tuple(rows))


def parameters_data(t: Texts, parameters: Parameters) -> DataTable:
    """Return the same table to take away, values as numbers."""
    fields = (
        Field("parameter", t("costs.parameter")),
        Field("key", "key", "key"),
        Field("value", t("costs.value"), "number"),
        Field("unit", t("costs.unit")),
        Field("valid_from", t("costs.valid_from"), "date"),
        Field("valid_to", t("costs.valid_to"), "date"),
        Field("source", t("costs.source")),
        Field("source_url", "URL"),
        Field("standing", t("costs.standing")),
    )
    rows = tuple(
        (
            parameter_label(t, key),
            key,
            one.value,
            t(f"costs.unit_{one.unit}"),
            one.valid_from,
            one.valid_to,
            source_of(t, one),
            one.source_url,
            standing_text(t, one),
        )
        for key, one in parameters.items()
    )
    return DataTable("parameters", t("costs.parameters"), fields, rows)


def parameter_label(t: Texts, key: str) -> str:
    """Return the name of a parameter."""
    return t(f"costs.parameter_{key}")


def value_text(t: Texts, parameter: Parameter) -> str:
    """Return the value of a parameter without its unit, with as many decimals as it has, two at most."""
    digits = next((digits for digits in (0, 1) if math.isclose(round(parameter.value, digits), parameter.value)), 2)
    return t.number(parameter.value, digits)


def valid_text(t: Texts, parameter: Parameter) -> str:
    """Return from when, and until when, a value holds."""
    if parameter.valid_from is None:
        return t("costs.own_date") if parameter.is_own else t("costs.no_date")
    first = t.date(parameter.valid_from)
    return first if parameter.valid_to is None else t("costs.from_to", first=first, last=t.date(parameter.valid_to))


def source_of(t: Texts, parameter: Parameter) -> str:
    """Return who says so."""
    if parameter.is_own:
        return t("costs.source_own")
    if parameter.is_fictional:
        return t("costs.source_fictional")
    return parameter.source or t("costs.source_assumed")


def standing_text(t: Texts, parameter: Parameter) -> str:
    """Return how far a value can be trusted: verified, unverified, an assumption, made up, or the reader's own."""
    if parameter.is_own:
        return t("costs.standing_own")
    if parameter.is_fictional:
        return t("costs.standing_fictional")
    if parameter.is_verified:
        return t("costs.standing_verified")
    return t("costs.standing_unverified") if parameter.source else t("costs.standing_assumed")


def assumed_text(t: Texts, picture: CostPicture) -> str:
    """Return how many of the values are verified, assumed, made up and the reader's own, in one sentence."""
    values = picture.parameters.values()
    told = {
        "verified": sum(one.is_verified for one in values),
        "fictional": sum(one.is_fictional for one in values),
        "own": sum(one.is_own for one in values),
    }
    told["open"] = len(values) - sum(told.values())
    key = "costs.assumed_fictional" if told["fictional"] else "costs.assumed"
    return t(key, all=t.number(len(values)), **{name: t.number(number) for name, number in told.items()})


def standing_short(t: Texts, picture: CostPicture) -> str:
    """Return in a few words how far the prices can be trusted."""
    made_up = sum(one.is_fictional for one in picture.parameters.values())
    if made_up:
        return t("costs.standing_short_fictional", n=t.number(made_up))
    unsure = sum(not one.is_verified and not one.is_own for one in picture.parameters.values())
    return t("costs.standing_short", n=t.number(unsure))


def freed_lines(t: Texts, picture: CostPicture) -> tuple[str, ...]:
    """Return what closing saves; nothing where nothing closes."""
    freed, net = picture.sums.freed_per_year_eur, picture.sums.net_per_year_eur
    if freed is None:
        return (t("costs.freed_unknown"),)
    return (t("costs.freed", euro=t.euros(freed), net=euros_or_unknown(t, net)),) if freed else ()


def plan_text(t: Texts, plan: CostPlan) -> str:
    """Return how an office is run in a few words."""
    return t(
        "costs.plan",
        preset=t(f"costs.preset_{preset_of(plan) or 'own'}"),
        hours=t.shortest(plan.hours_per_week),
        staff=t.shortest(plan.staff_at_once),
    )


def funding_lines(t: Texts, shared: Funding, parameters: Parameters) -> tuple[str, ...]:
    """Return who pays, and what a reader must know of that, one sentence each."""
    if shared.federal_percent is None:
        return (t("costs.funding_unknown"),)
    share = {
        "federal": t.percent(shared.federal_percent, 1),
        "municipal": t.percent(100 - shared.federal_percent, 1),
        "source": source_of(t, parameters["share_federal"]),
        "date": valid_text(t, parameters["share_federal"]),
    }
    lead = t("costs.funding_split", **share)
    if shared.federal_eur is not None:
        amounts = {"federal_eur": t.euros(shared.federal_eur), "municipal_eur": t.euros(shared.municipal_eur or 0.0)}
        lead = f"{lead} {t('costs.funding_amounts', **amounts)}"
    return (lead, *(t(f"costs.caveat_{name}") for name in CAVEATS))


CAVEATS = ("administration", "integration", "municipal_licensed", "urban", "one_off")


def break_even_lines(t: Texts, picture: CostPicture, budget_eur: float | None = None) -> tuple[str, ...]:
    """Return break-even points, one sentence each; those that need something unknown are left out."""
    lines = []
    total = picture.sums.cost_per_year_eur
    if total is None or not len(picture.names):
        return ()
    if picture.added:
        per_person = total / picture.added
        lines.append(t("costs.per_person", euro=t.euros(per_person), people=t.number(picture.added)))
    if budget_eur is not None:
        lines += _within_budget(t, picture, total, budget_eur)
    lines += _preset_lines(t, picture, total / len(picture.names))
    return tuple(lines)


def _within_budget(t: Texts, picture: CostPicture, total: float, budget_eur: float) -> list[str]:
    rise = rise_within(picture.sums, "staff", budget_eur, picture.plan, picture.parameters)
    if rise is None:
        return []
    key = "costs.budget_room" if total <= budget_eur else "costs.budget_over"
    percent = 100 * abs(rise)
    return [t(key, budget=t.euros(budget_eur), rise=t.percent(percent, digits_apart((percent, 0.0), 0, 2)))]


def _preset_lines(t: Texts, picture: CostPicture, mean_eur: float) -> list[str]:
    """Return how many of these offices cost as much as one of each other preset, its rooms priced by area."""
    lines = []
    mine = preset_of(picture.plan)
    bare = pd.DataFrame(index=[0])
    for name, preset in PRESETS.items():
        if name == mine:
            continue
        other = CostPlan(**{**vars(preset), "as_of": picture.plan.as_of, "prices": picture.plan.prices})
        cost = float(site_costs(bare, other, picture.parameters)["cost_per_year_eur"].iloc[0])
        if math.isfinite(cost) and mean_eur > 0:
            told = {"preset": t(f"costs.preset_{name}"), "euro": t.euros(cost), "number": t.number(cost / mean_eur, 1)}
            lines.append(t("costs.preset_equal", **told))
            people = people_to_match(cost, mean_eur, (picture.added or 0) / len(picture.names))
            if people is not None:
                step = picture.rounded_to
                lines.append(
                    t("costs.preset_people", preset=told["preset"], people=t.number(math.ceil(people / step) * step))
                )
    return lines


def posts_text(t: Texts, plan: CostPlan, parameters: Parameters) -> str:
    """Return how many full-time posts an office takes."""
    posts = staff_full_time(plan, with_own(parameters, plan.prices))
    return t("costs.unknown") if math.isnan(posts) else t.number(posts, 2)


def _total(values: pd.Series[float]) -> float | None:
    return number_or_none(float(values.sum(skipna=False))) if len(values) else 0.0
