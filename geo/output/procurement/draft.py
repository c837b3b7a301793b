"""A draft specification for the awarding office: first whether anything is bought at all, then eleven chapters per lot.

A :class:`Draft` holds finished sentences with blanks; :mod:`geo.output.procurement.files` sets it as PDF and DOCX.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from geo.output.procurement.purchase import Contract, Lot, Purchase, purchase_of
from geo.output.sites import Solved, service_label
from geo.output.values import measure_label, one_line, people_text
from geo.region.model import Region
from geo.siting.costs import Parameter
from geo.text import Texts, digits_apart

_ROUTES = ("own_partner", "own_rented", "grant", "voucher", "contract", "benefits")
_ROLES = ("lead", "adviser", "replacement")
_CRITERIA = ("concept", "access", "staff", "success", "price")
_QUALITY = ("waiting", "opening", "contacts", "transfers", "satisfaction")
_NAME_LENGTH = 70


@dataclass(frozen=True)
class Paragraph:
    """A sentence or several."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table: headings, rows, and the width of the columns as parts of the whole."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


Block = Paragraph | Bullets | Grid


@dataclass(frozen=True)
class Chapter:
    """A heading and what stands below it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class LotDraft:
    """The eleven chapters of one lot."""

    number: int
    key: str
    title: str
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True)
class Draft:
    """The whole draft.

    Parameters
    ----------
    language, title, subtitle
        Language and what the document is.
    watermark
        Stands on every page.
    general
        Chapters that hold for all lots: is there a purchase, value and rules.
    lots
        One draft for each site.
    source, fictional
        For the foot; the mark of made-up data is empty for real ones.
    """

    language: str
    title: str
    subtitle: str
    watermark: str
    general: tuple[Chapter, ...]
    lots: tuple[LotDraft, ...]
    source: str
    fictional: str

    def only(self, number: int) -> Draft:
        """Return the draft with one lot only."""
        return replace(self, lots=tuple(lot for lot in self.lots if lot.number == number))


def draft_of(t: Texts, region: Region, solved: Solved, contract: Contract | None = None) -> Draft:
    """Return the draft for a plan; without a site that opens it has the general chapters only."""
    from geo.output.values import source_text

    purchase = purchase_of(region, solved, contract)
    # The key instead of the scenario's name: a name may be that of a place, and nobody's place is named here.
    key = t("procurement.scenario", key=solved.scenario.key)
    parts = [one_line(region.name, _NAME_LENGTH), key, t.date(purchase.as_of)]
    return Draft(
        language=t.language,
        title=t("procurement.title"),
        subtitle=" · ".join(parts),
        watermark=t("procurement.watermark"),
        general=(_whether(t), _value(t, purchase)),
        lots=tuple(_lot(t, region, solved, purchase, lot) for lot in purchase.lots),
        source=source_text(t, region.sources),
        fictional=t("shell.fictional", place=one_line(region.name, 40)) if region.is_fictional else "",
    )


def _whether(t: Texts) -> Chapter:
    heads = (t("procurement.route"), t("procurement.is_purchase"), t("procurement.mind"))
    rows = tuple(tuple(t(f"procurement.route_{route}{end}") for end in ("", "_is", "_mind")) for route in _ROUTES)
    blocks = (Paragraph(t("procurement.whether_lead")), Grid(heads, rows, (0.34, 0.2, 0.46)))
    return Chapter(t("procurement.whether"), blocks)


def _value(t: Texts, purchase: Purchase) -> Chapter:
    months, contract = t.number(purchase.counted_months), purchase.contract
    lots = tuple(
        (str(lot.number), lot.area, _euros(t, lot.yearly_eur), _euros(t, lot.value_eur)) for lot in purchase.lots
    )
    said = {"months": t.number(contract.months), "options": t.number(contract.option_months)}
    values = Grid(
        (t("procurement.lot"), t("procurement.area"), t("procurement.yearly"), t("procurement.value", n=months)),
        (*lots, ("", t("procurement.total"), "", _euros(t, purchase.value_eur))),
        (0.1, 0.4, 0.25, 0.25),
    )
    parameters = Grid(
        (t("procurement.parameter"), t("table.value"), t("procurement.valid"), t("procurement.source")),
        tuple(_parameter(t, one) for one in purchase.parameters),
        (0.3, 0.14, 0.18, 0.38),
    )
    blocks = (
        Paragraph(t("procurement.value_lead", counted=months, **said)),
        values,
        Paragraph(_regime(t, purchase)),
        _bullets(t, "procurement.note_", "nrw", "federal", "buyer", "staff", "internal"),
        parameters,
    )
    return Chapter(t("procurement.value_heading"), blocks)


def _regime(t: Texts, purchase: Purchase) -> str:
    threshold = purchase.parameter("threshold_social")
    told = {"value": purchase.value_eur, "threshold": None if threshold is None else threshold.value}
    digits = digits_apart((value for value in told.values() if value is not None), 0, 2)
    said = {name: t("value.none") if value is None else t.euros(value, digits) for name, value in told.items()}
    direct = purchase.parameter("direct_award_federal")
    regime = t(f"procurement.regime_{purchase.regime}", **said)
    if purchase.regime != "below" or purchase.value_eur is None or direct is None or purchase.value_eur > direct.value:
        return regime
    check = "" if direct.is_verified else f" ({t('procurement.unverified')})"
    return f"{regime} {t('procurement.regime_direct', limit=t.euros(direct.value) + check)}"


def _parameter(t: Texts, one: Parameter) -> tuple[str, ...]:
    value = t.euros(one.value) if one.unit == "eur" else t("procurement.months", n=t.number(one.value))
    since, until = (t.date(day) if day else t("procurement.open_date") for day in (one.valid_from, one.valid_to))
    check = t("procurement.verified") if one.is_verified else t("procurement.unverified")
    return (t(f"procurement.parameter_{one.key}"), value, f"{since} – {until}", f"{one.source} ({check})")


def _lot(t: Texts, region: Region, solved: Solved, purchase: Purchase, lot: Lot) -> LotDraft:
    parts = (*_service_chapters(t, region, solved, purchase, lot), *_award_chapters(t, solved, lot))
    chapters = tuple(
        Chapter(f"{number}  {t(f'procurement.chapter_{number}')}", blocks) for number, blocks in enumerate(parts, 1)
    )
    area = one_line(lot.area, _NAME_LENGTH)
    return LotDraft(lot.number, lot.quarter_id, t("procurement.lot_title", number=lot.number, area=area), chapters)


def _service_chapters(
    t: Texts, region: Region, solved: Solved, purchase: Purchase, lot: Lot
) -> tuple[tuple[Block, ...], ...]:
    """Return chapters 1 to 6: reason, target group, volume, place, content, staff."""
    outcome, costs, contract = solved.outcome, solved.scenario.costs, purchase.contract
    minutes, hours, staff = (
        t.shortest(value) for value in (outcome.minutes, costs.hours_per_week, costs.staff_at_once)
    )
    people = people_text(t, lot.people, outcome.rounded_to)
    said = {"people": people, "minutes": minutes, "who": measure_label(t, region, outcome.measure)}
    volume = (
        t("procurement.places"),
        t("procurement.term", months=t.number(contract.months)),
        t("procurement.option", months=t.number(contract.option_months)),
        t("procurement.start"),
    )
    place = _bullets(t, "procurement.site_", "access", "transit", "rooms", "safety")
    kept = ", ".join(service_label(t, key) for key in lot.kept)
    blank = t("procurement.blank")
    roles = tuple((t(f"procurement.role_{one}"), t(f"procurement.qualified_{one}"), blank) for one in _ROLES)
    heads = (t("procurement.role"), t("procurement.qualification"), t("procurement.share"))
    return (
        (
            Paragraph(t("procurement.reason_need", area=lot.area, date=t.date(outcome.date), **said)),
            Paragraph(t("procurement.reason_aim")),
            _bullets(t, "procurement.aim_", "near", "early", "stable"),
            Paragraph(t("procurement.reason_law")),
        ),
        (
            Paragraph(t("procurement.target", area=lot.area)),
            _bullets(t, "procurement.access_", "assigned", "walk_in", "referred", "languages"),
        ),
        (Bullets(volume),),
        (
            Paragraph(t("procurement.site_area", area=lot.area, minutes=minutes)),
            Bullets((*place.items, t("procurement.site_hours", hours=hours))),
        ),
        (
            Paragraph(t("procurement.content_lead")),
            _bullets(t, "procurement.service_", *lot.services),
            Paragraph(t("procurement.content_interface")),
            Paragraph(t("procurement.content_sovereign")),
            _bullets(t, "procurement.sovereign_", "benefits", "duties", "reductions", "contracts"),
            *([Paragraph(t("procurement.content_kept", services=kept))] if kept else []),
        ),
        (
            Paragraph(t("procurement.staff_lead", staff=staff)),
            Grid(heads, roles, (0.3, 0.45, 0.25)),
            Paragraph(t("procurement.staff_replacement")),
        ),
    )


def _award_chapters(t: Texts, solved: Solved, lot: Lot) -> tuple[tuple[Block, ...], ...]:
    """Return chapters 7 to 11: data, quality, suitability and award, sheets to fill in, codes."""
    blank = t("procurement.blank")
    quality = tuple((t(f"procurement.quality_{one}"), t(f"procurement.quality_{one}_how"), blank) for one in _QUALITY)
    criteria = tuple(
        (t(f"procurement.criterion_{one}"), t(f"procurement.criterion_{one}_how"), blank, "0–3–6–10")
        for one in _CRITERIA
    )
    hours = t("procurement.hours", n=t.shortest(solved.scenario.costs.hours_per_week))
    sheet = {"number": str(lot.number), "area": lot.area, "hours": hours, "places": blank, "bidder": blank}
    lot_rows = tuple((t(f"procurement.lot_sheet_{what}"), value) for what, value in sheet.items())
    price_rows = tuple(
        (t(f"procurement.price_{what}"), blank, blank) for what in ("staff", "running", "option", "total")
    )
    quality_heads = (t("procurement.indicator"), t("procurement.measured"), t("procurement.target_value"))
    award_heads = (t(f"procurement.{name}") for name in ("criterion", "judged", "weight", "points"))
    price_heads = (t("procurement.price_sheet"), t("procurement.price_net"), t("procurement.price_unit"))
    return (
        (
            Paragraph(t("procurement.data_lead")),
            _bullets(t, "procurement.data_", "contract", "minimum", "statistics", "deletion"),
            Paragraph(t("procurement.reporting")),
        ),
        (Paragraph(t("procurement.quality_lead")), Grid(quality_heads, quality, (0.34, 0.41, 0.25))),
        (
            Paragraph(t("procurement.suitability")),
            _bullets(t, "procurement.suitability_", "register", "references", "staff", "insurance", "certificate"),
            Paragraph(t("procurement.award_lead")),
            Grid(tuple(award_heads), criteria, (0.24, 0.4, 0.18, 0.18)),
        ),
        (
            Grid((t("procurement.lot_sheet"), ""), lot_rows, (0.4, 0.6)),
            Grid(price_heads, price_rows, (0.5, 0.25, 0.25)),
        ),
        (Bullets((t("procurement.cpv_social"), t("procurement.cpv_other"))), Paragraph(t("procurement.cpv_note"))),
    )


def _bullets(t: Texts, prefix: str, *ends: str) -> Bullets:
    return Bullets(tuple(t(f"{prefix}{end}") for end in ends))


def _euros(t: Texts, value: float | None) -> str:
    return t("value.none") if value is None else t.euros(value)
