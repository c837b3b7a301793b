"""Chapters of a dossier on need: where it is, how it is spread, where it lasts, who reaches an office today."""

from __future__ import annotations

import numpy as np

from geo.need import (
    Concentration,
    Indicator,
    LastingRule,
    Persistence,
    classify_over,
    find_persistence,
    indicator_values,
    measure_concentration,
    region_value,
)
from geo.output.charts import lorenz_chart, region_chart
from geo.output.need import (
    Picture,
    atlas_table,
    atlas_view,
    because,
    converted_lines,
    half_sentence,
    lasting_table,
    lasting_view,
    lead,
    left_out_lines,
    measures,
    remarks,
    rule_text,
)
from geo.output.report.dossier_parts import Brief, ChartItem, Item, MapItem, Section, TableItem, pick, unmarked
from geo.output.sites import LIMITS, Access, access_lead, access_view, equity_lines
from geo.output.values import WITHHELD, Column, Row, Table, indicator_label, measure_label, shown_share_text, value_text
from geo.region.disclosure import round_people
from geo.region.model import Region
from geo.siting.ask import by_district, by_quarter, nearest_minutes, offices_open, spread

THEME = "light"
CLASSES = 5
LASTING_ROWS = 24
ANNEX_QUARTERS = 160
"""Regions with more quarters have them in the workbook, not in a report."""


def picture_of(region: Region, indicator: Indicator, date: str) -> Picture:
    """Return the choropleth of an indicator in classes that hold over all dates."""
    classes = classify_over(region, indicator, region.dates, "natural", CLASSES)
    return Picture(region, indicator, date, None, indicator_values(region, indicator, date), classes, THEME)


def region_level(brief: Brief) -> tuple[str, str] | None:
    """Return the value of the whole region and the sentence that goes on from it; None where it has none."""
    t, indicator = brief.t, brief.indicator
    whole = float(region_value(brief.region, indicator, brief.date).value)
    if not np.isfinite(whole):
        return None
    key = f"indicator.{indicator.key}.sentence"
    told = {"indicator": indicator_label(t, indicator), "place": brief.region.name}
    sentence = t(key, share="", place=brief.region.name).strip() if t.has(key) else t("dossier.level", **told)
    return value_text(t, whole, indicator.unit), sentence


def need_section(brief: Brief) -> Section:
    """Return the chapter on where need is: level, spread between quarters, map, course over the dates."""
    t, region, indicator = brief.t, brief.region, brief.indicator
    picture = brief.picture
    values = picture.values
    if not np.isfinite(values["value"]).any():
        return Section("need", t("dossier.need"), (t("start.nothing", indicator=indicator_label(t, indicator)),))
    level = region_level(brief)
    paragraphs = [f"{level[0]} {level[1]}"] if level is not None else []
    low, high = (
        value_text(t, float(value), indicator.unit) for value in (values["value"].min(), values["value"].max())
    )
    shown = t.number(int(values["value"].notna().sum()))
    paragraphs.append(t("dossier.need_range", low=low, high=high, shown=shown, n=len(region.quarters)))
    if t.has(f"indicator.{indicator.key}.definition"):
        paragraphs.append(t("dossier.need_definition", definition=t(f"indicator.{indicator.key}.definition")))
    view = atlas_view(t, picture)
    told = {"indicator": indicator_label(t, indicator), "place": region.name, "date": t.date(brief.date)}
    message = t("dossier.need_message", low=low, high=high, place=region.name)
    alternative = t("dossier.need_map_alt", **told, low=low, high=high, withheld=view.classes.count(WITHHELD))
    items: list[Item] = [MapItem(view, t("dossier.need_map", **told), alternative, message)]
    items += _course_of_region(brief)
    return Section("need", t("dossier.need"), tuple(paragraphs), tuple(items))


def _course_of_region(brief: Brief) -> list[Item]:
    """Return the indicator of the whole region over the dates, where it has a value at two dates or more."""
    import pandas as pd

    t, region, indicator = brief.t, brief.region, brief.indicator
    values = {date: region_value(region, indicator, date).value for date in region.dates}
    known = pd.Series({date: value for date, value in values.items() if np.isfinite(value)}, dtype=float)
    if len(known) < 2:
        return []
    chart = region_chart(t, region, indicator, known)
    first, last = (value_text(t, float(known.iloc[at]), indicator.unit) for at in (0, -1))
    told = {
        "indicator": indicator_label(t, indicator),
        "place": region.name,
        "first": first,
        "last": last,
        "begin": t.date(str(known.index[0])),
        "end": t.date(str(known.index[-1])),
    }
    message = t("dossier.course_message", **told)
    return [ChartItem(chart, t("dossier.course_chart", **told), t("dossier.course_alt", **told), message)]


def concentration_section(brief: Brief) -> Section:
    """Return the chapter on how unevenly need is spread."""
    t, region, indicator = brief.t, brief.region, brief.indicator
    found = measure_concentration(region, indicator, brief.date)
    heading = t("dossier.concentration")
    if found.half is None or indicator.denominator is None:
        said = because(t, "concentration.cannot_be_said", found.reason, indicator) if found.reason else ""
        return Section("concentration", heading, (said or t("concentration.cannot_be_said"),))
    sentence = half_sentence(t, region, indicator, found)
    paragraphs = (sentence, t("dossier.concentration_text"), *left_out_lines(t, found.left_out))
    return Section("concentration", heading, paragraphs, (_lorenz(brief, found, sentence), _measures(brief, found)))


def _lorenz(brief: Brief, found: Concentration, sentence: str) -> ChartItem:
    t, indicator = brief.t, brief.indicator
    counted = measure_label(t, brief.region, indicator.numerator)
    among = measure_label(t, brief.region, str(indicator.denominator))
    chart = lorenz_chart(t, found, counted=counted, among=among)
    caption = t("dossier.lorenz", counted=counted, among=among, date=t.date(brief.date))
    return ChartItem(chart, caption, t("dossier.lorenz_alt", sentence=sentence), sentence)


def _measures(brief: Brief, found: Concentration) -> TableItem:
    t = brief.t
    columns = [Column(t("dossier.column_measure"), "left"), Column(t("dossier.column_value"))]
    columns.append(Column(t("dossier.column_meaning"), "left"))
    rows = []
    for at, said in enumerate(measures(t, found, None)):
        cells = (t(f"concentration.measure.{said.key}"), said.number, f"{said.meaning} {said.range}")
        rows.append(Row(said.key, cells, (at, at, at)))
    caption = t("dossier.measures", date=t.date(brief.date))
    return TableItem(Table(caption, tuple(columns), tuple(rows)), caption)


def lasting_section(brief: Brief) -> Section:
    """Return the chapter on where need lasts."""
    t, region, indicator = brief.t, brief.region, brief.indicator
    dates = [date for date in region.dates if date <= brief.date]
    found = find_persistence(region, indicator, dates, rule=LastingRule())
    heading = t("dossier.lasting")
    if found.reason is not None:
        return Section("lasting", heading, (because(t, "dossier.lasting_unknown", found.reason, indicator),))
    told = lead(t, region, found)
    notes = (*remarks(t, indicator, found), *converted_lines(t, region, found.window))
    view = lasting_view(t, region, indicator, found, "course", theme=THEME)
    caption = t("dossier.lasting_map", place=region.name, date=t.date(found.dates[-1]))
    counts = [f"{label} {view.classes.count(at)}" for at, label in enumerate(view.legend.labels) if at in view.classes]
    alternative = t("dossier.lasting_map_alt", place=region.name, counts=", ".join(counts))
    items: list[Item] = [MapItem(view, caption, alternative, told[0]), *_lasting_list(brief, found)]
    return Section("lasting", heading, (*told, rule_text(t, indicator, found), *notes), tuple(items))


def _lasting_list(brief: Brief, found: Persistence) -> list[Item]:
    """Return the quarters with lasting need, those with most dates above the limit first."""
    t = brief.t
    standing = found.quarters["standing"]
    is_lasting = standing.isin(["lasting", "lasting_single_cause", "lasting_to_check"])
    keys = [str(key) for key in found.quarters.index[is_lasting]]
    if not keys:
        return []
    table = lasting_table(t, brief.region, brief.indicator, found, (keys, None))
    names = len(table.columns) - 6
    wanted = [*range(names), *(names + at for at in (0, 1, 2, 4))]
    caption = t("dossier.lasting_table", n=len(keys))
    note = t("dossier.rows_left_out", n=len(keys) - LASTING_ROWS) if len(keys) > LASTING_ROWS else ""
    return [TableItem(pick(table, wanted, LASTING_ROWS), caption, "", note)]


def today_section(brief: Brief) -> Section:
    """Return the chapter on who reaches an office today."""
    t, region, answer = brief.t, brief.region, brief.answer
    survey, within = answer.posed.survey, answer.posed.question.minutes
    offices = offices_open(survey)
    heading = t("dossier.today")
    if not offices or not survey.demand.total:
        return Section("today", heading, (t("reach.no_offices"),))
    minutes = nearest_minutes(survey, offices)
    access = Access(
        region=region,
        survey=survey,
        within=within,
        quarters=by_quarter(region, survey, minutes, within),
        districts=by_district(region, survey, minutes, within),
        spread=spread(minutes, survey.demand.people, within),
    )
    said = access_lead(t, access)
    view = access_view(t, access, "share", THEME)
    told = {"minutes": t.number(within), "place": region.name, "date": t.date(survey.demand.date)}
    far = sum(1 for kind in view.classes if kind == len(LIMITS["share"]) - 2)
    alternative = t("dossier.today_map_alt", **told, far=t.number(far), n=t.number(len(view.classes)))
    reached, people = (round_people(each, region.disclosure) for each in (access.spread.reached, access.spread.people))
    share = shown_share_text(t, reached, people, region.disclosure.reached_round_to)
    message = t("dossier.today_message", share=share, minutes=told["minutes"])
    paragraphs = (said, " ".join(unmarked(equity_lines(t, access.spread, survey.times.limit_minutes))))
    return Section("today", heading, paragraphs, (MapItem(view, t("dossier.today_map", **told), alternative, message),))


def quarters_annex(brief: Brief) -> Section:
    """Return the table that equals the map of need; in large regions only where it is to be had."""
    t = brief.t
    heading = t("dossier.annex")
    if len(brief.region.quarters) > ANNEX_QUARTERS:
        return Section("annex", heading, (t("dossier.annex_elsewhere", n=len(brief.region.quarters)),), is_annex=True)
    table = atlas_table(t, brief.picture, atlas_view(t, brief.picture))
    item = TableItem(table, table.caption)
    return Section("annex", heading, (t("dossier.annex_text"),), (item,), is_annex=True)
