"""What headings of German offices say: measures, dates, keys, names, places, sums.

Headings are compared as :func:`geo.region.recipes.fold_name` folds them: lower case, no umlauts, no blanks.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence

from geo.region.recipes.keys import fold_name
from geo.region.schema import SiteKind
from geo.region.tables import parse_date

OWN_UNITS = ("percent", "per_1000", "people")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_RATE = re.compile(
    r"quote|quotient|anteil|prozent|proz$|rate|share|percent|pct|prct|perc$|promille|dichte|je1000|je100|pro1000|pro100|"
    r"proqkm|index|vonhundert|vonhdt|invh|differenz"
)
_SHORT_RATE = re.compile(r"(?<![a-zäöüß])(?:pct|proz|ant|vh|v\.\s?h\.)(?![a-zäöüß])", re.IGNORECASE)
_PEOPLE = r"(?:einwohner|bevoelkerung|residents|inhabitants|population|^ew|^einw|^bev|personenamort)"
_BELOW = r"(?:(?<!bis)(?:unter|under|u)|(?<!\d)(?:0bis(?:unter)?|bis(?:unter)?))"
_SGB_II = r"sgb(?:ii(?!i)|2)"
_MEASURES: tuple[tuple[str, str], ...] = (
    ("single_parent_units", r"^(?!.*haushalt).*alleinerziehend|singleparent"),
    ("units", r"bedarfsgemeinschaft|^(?:anzahl)?bg(?:s|sgb.*|insgesamt)?$|^units|benefitunits"),
    ("residents_under_15", rf"{_PEOPLE}.*(?:{_BELOW}15)(?!\d)"),
    ("residents_15_to_pension_age", rf"{_PEOPLE}.*15(?:bis|to)(?:unter|under)?(?:6\d|regel|renten|pension)"),
    ("residents_under_pension_age", rf"{_PEOPLE}.*(?:{_BELOW}(?:65|66|67)|(?:unter|under|bis)(?:regelalter|pension))"),
    (
        "children",
        rf"nichterwerbsf|^nef|kinder.*(?:leistung|{_SGB_II}|bezug)|(?:leistung|{_SGB_II}|bezug).*kinder|^children|^kinder$",
    ),
    ("employable", r"erwerbsf|^elb|employable"),
    (
        "recipients",
        rf"leistungsberechtigt|leistungsempf|leistungsbezie|hilfebeduerftig|^rlb|^lb(?:$|sgb|insg)|{_SGB_II}|"
        r"buergergeld|grundsicherungsgeld|recipients",
    ),
    ("residents", _PEOPLE),
)
DATE_HEADING = re.compile(
    r"jahr$|^jahr|datum$|stichtag|^zeit$|^year$|^date$|zeitpunkt|monat$|zeitraum|reportingdate|^refdate|^stand$"
)
_TOTAL = re.compile(
    r"^(?:insgesamt|gesamt|gesamtstadt|gesamtergebnis|summe|total|zusammen|alle)$|"
    r"(?:insgesamt|gesamt|zusammen|summe|total)$|^(?:summe|insgesamt|gesamtzahl|total)|"
    r"^alle(?:stadtteile|stadtbezirke|bezirke|ortsteile|quartiere|gemeinden|personen|geschlechter|altersgruppen)$"
)
_WHOLE = re.compile(
    r"^(?:(?:landes|haupt|hanse|kreisfreie\s|große\skreis)*stadt|(?:land)?kreis|städteregion|stadtregion|gemeinde|land)\s+\w",
    re.IGNORECASE,
)
_LONGEST_TOTAL = 40
DISTRICT_HEADING = re.compile(r"bezirk|kreis(?!frei)|district|borough")
KEY_HEADING = re.compile(r"schluessel|key|^id$|id$|^ags|^ars|^nr$|nummer|^rs$|code|kennung|kennziffer|^gid|^plr")
NAME_HEADING = re.compile(
    r"^name|name$|bezeichnung|^gen$|^stadtteil$|^quartier$|^bezirk$|^gemeinde$|^ortsteil$|label|title"
)
_BESIDE = re.compile(
    r"\([^)]*\)|\[[^\]]*\]|(?i:etrs\s*89|wgs\s*84|utm\s*-?\s*3[23]n?|epsg[:\s]*\d+|gau[sß]+-?kr[uü]ger|dhdn|gk\d?)"
)
_X = _words(
    "lon long lng longitude laenge laengengrad geolaenge geogrlaenge geographischelaenge gpslaenge gpslon x xcoord "
    "xkoordinate koordinatex koordx xkoord xwert rechtswert rechts ostwert ost e east easting utmx utme utmost "
    "utmostwert"
)
_Y = _words(
    "lat latitude breite breitengrad geobreite geogrbreite geographischebreite gpsbreite gpslat y ycoord ykoordinate "
    "koordinatey koordy ykoord ywert hochwert hoch nordwert nord n north northing utmy utmn utmnord utmnordwert"
)
KIND_HEADING = _words("kind art typ type kategorie status standortart standorttyp artdesstandorts")
SITE_KIND_WORDS = {
    SiteKind.MAIN: "Hauptstelle, Hauptsitz, Zentrale, Jobcenter, Hauptstandort, Hauptgeschäftsstelle, Main",
    SiteKind.BRANCH: "Nebenstelle, Außenstelle, Zweigstelle, Geschäftsstelle, Dienststelle, Standort, Bestand, "
    "Bestehend, Vorhanden, Büro, Branch, Office",
    SiteKind.OUTREACH: "Anlaufstelle, Aufsuchende Anlaufstelle, Sprechstunde, Außensprechstunde, Mobil, Outreach",
    SiteKind.HOST: "Möglicher Ort, Möglicher Standort, Kandidat, Potenziell, Potenzieller Standort, Geplant, "
    "Vorschlag, Treffpunkt, Host, Candidate, Möglich",
}
"""Words for what stands at a site, by kind; compared as names are."""
SITE_HEADINGS = {
    "carrier": _words("traeger carrier betreiber operator traegerschaft"),
    "services": _words("services leistungen dienste angebot angebote leistungsangebot"),
    "address": _words("adresse address anschrift"),
    "rooms": _words("rooms raeume raum zimmer anzahlraeume beratungsraeume"),
    "is_accessible": _words("isaccessible accessible barrierefrei stufenlos barrierefreiheit rollstuhl wheelchair"),
    "opening_days_per_week": _words("openingdaysperweek oeffnungstage tageprowoche oeffnungstageprowoche tagejewoche"),
    "opening_hours_per_week": _words(
        "openinghoursperweek oeffnungsstunden stundenprowoche oeffnungsstundenprowoche wochenstunden stundenjewoche"
    ),
    "staff_full_time": _words("stafffulltime staff personal stellen vzae vollzeitstellen vollzeitaequivalente vk"),
    "capacity_per_week": _words("capacityperweek kapazitaet termineprowoche terminejewoche termine capacity"),
    "cost_per_year_eur": _words(
        "costperyeareur kostenprojahr kostenjejahr jahreskosten kostenprojahreur kostenjahr laufendekosten"
    ),
    "one_off_cost_eur": _words(
        "oneoffcosteur einmaligekosten einmalkosten investition investitionskosten einrichtungskosten erstausstattung"
    ),
    "note": _words("note hinweis bemerkung anmerkung notiz kommentar"),
}
"""What headings say of a site, beside key, name, place and kind."""
_KIND_OF = {fold_name(word): kind.value for kind, words in SITE_KIND_WORDS.items() for word in words.split(",")}
_MONTH_AND_YEAR = r"(?:Jan|Feb|Mär|Mar|Apr|Mai|May|Jun|Jul|Aug|Sep|Okt|Oct|Nov|Dez|Dec)[a-zä]*\.?\s+(?:19|20)\d{2}"
_DATES_IN_TEXT = (
    r"\d{1,2}\.\s*\d{1,2}\.\s*(?:19|20)\d{2}",
    r"(?:19|20)\d{2}-\d{2}-\d{2}",
    rf"\d{{1,2}}\.\s*{_MONTH_AND_YEAR}",
    rf"\b{_MONTH_AND_YEAR}",
    r"(?<!\d)(?:19|20)\d{2}[-_/.]?(?:0[1-9]|1[0-2])(?!\d)",
    r"(?<!\d)(?:19|20)\d{2}(?!\d)",
)
_FULL_DATE = re.compile("|".join(_DATES_IN_TEXT[:3]), re.IGNORECASE)
_STATE = (
    r"(?<![a-zäöüß])(?:stand|stichtag|berichtsmonat|reporting date|as (?:of|at))\b(?: der daten)?\W{0,3}"
    r"(?:(?:vom|zum|am|im|per)\s)?\s*"
)
_STATE_FIRST = re.compile(rf"{_STATE}$|^\W*(?:\w+\W+){{0,2}}(?:zum|am|per)\s+$", re.IGNORECASE)
_STATED = re.compile(rf"{_STATE}({_MONTH_AND_YEAR}|(?:19|20)\d{{2}}\b(?![-.]))", re.IGNORECASE)
_NO_REFERENCE = re.compile(
    r"(?:für den|erstell|erzeugt|abgerufen|abruf|zugriff|gebiet|grenzen|download|druck|geändert|aktualis|vorjahr|"
    r"gegenüber|zensus|basis|seit|ab dem|bis|vergleich|retriev|created|since|until)[^\n]{0,30}$",
    re.IGNORECASE,
)


def guess_measure(heading: str) -> str:
    """Return the standard measure a heading means, one of ``OWN_UNITS`` for a ready-made rate, or an empty text."""
    if heading in dict(_MEASURES):
        return heading
    folded = fold_name(heading)
    if "%" in heading or "‰" in heading or _RATE.search(folded) or _SHORT_RATE.search(heading):
        about_need = re.search(r"sgb(?!viii|xi|iii|ix|v$)|leistung|buergergeld|grundsicherung|armut", folded)
        if "1000" in folded:
            return "per_1000" if about_need else ""
        return "percent" if about_need and not re.search(r"index|dichte|differenz", folded) else ""
    return next((measure for measure, pattern in _MEASURES if re.search(pattern, folded)), "")


def guess_factor(heading: str) -> float:
    """Return what the numbers of a column are multiplied with: 1000 where the heading says „in 1000" or „in Tsd."."""
    return 1000.0 if re.search(r"\b(?:in|im) (?:1[. ]?000|tsd|tausend|thousand)", heading, re.IGNORECASE) else 1.0


def is_total(text: str) -> bool:
    """Tell whether a text in a column of keys or names announces a sum."""
    return 0 < len(text) <= _LONGEST_TOTAL and not text[0].isdigit() and _TOTAL.search(fold_name(text)) is not None


def date_of(about: str, file: str) -> str:
    """Return the one reference date that stands in the notes of a file, or else in its name; nothing if in doubt."""
    said = dates_said(about)
    date = said.pop() if len(said) == 1 else guess_date(about)
    return date if date and _is_month_end(date) else guess_date(file)


def names_whole(text: str) -> bool:
    """Tell whether a text may be the name of the whole region, ``Stadt X``; a quarter may be called so too."""
    return len(text) <= _LONGEST_TOTAL and _WHOLE.search(text) is not None


def without_total(text: str) -> str:
    """Return a text without the words that announce a sum, folded: what is summed."""
    return re.sub(r"^(?:summe|insgesamt|gesamt|total)|(?:insgesamt|gesamt|zusammen|summe|total)$", "", fold_name(text))


def dates_said(text: str, *, is_title: bool = False) -> set[str]:
    """Return the reference dates (ISO) a text speaks of: ends of months, and what follows „Stand" or „Stichtag".

    Dates of making, of retrieval and of boundaries are none. A line of notes counts only where it begins with such a
    word, since notes may explain anything; a title counts whole.
    """
    said = set()
    for line in text.splitlines():
        for hit in (*_FULL_DATE.finditer(line), *_STATED.finditer(line)):
            before, date = line[: hit.start()], parse_date(hit[hit.lastindex or 0].strip())
            is_told = is_title or hit.lastindex or _STATE_FIRST.search(before)
            if date and is_told and _is_month_end(date) and not _NO_REFERENCE.search(before):
                said.add(date)
    return said


def year_said(heading: str) -> str:
    """Return the year a heading begins or ends with, or nothing."""
    hit = re.search(r"^\W*((?:19|20)\d{2})(?!\d)|(?<!\d)((?:19|20)\d{2})\W*$", heading)
    return (hit[1] or hit[2]) if hit and not _NO_REFERENCE.search(heading[: hit.start()]) else ""


def _is_month_end(date: str) -> bool:
    day = dt.date.fromisoformat(date)
    return day.day == calendar.monthrange(day.year, day.month)[1]


def guess_date(text: str) -> str:
    """Return the one date (ISO) that stands in a text, or nothing where there is none or several."""
    for pattern in _DATES_IN_TEXT:
        found = {
            date for hit in re.findall(pattern, text, re.IGNORECASE) if (date := parse_date(hit.replace("_", "-")))
        }
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def site_kind(text: str) -> str | None:
    """Return the kind of site a word means, one of :class:`geo.region.SiteKind`, or nothing.

    >>> site_kind("Möglicher Ort"), site_kind("Hauptstelle "), site_kind("Turm")
    ('host', 'main', None)
    """
    folded = fold_name(text)
    return _KIND_OF.get(folded) or _KIND_OF.get(folded.removesuffix("e").removesuffix("r"))


def coordinate_columns(headings: Sequence[str]) -> tuple[str, str] | None:
    """Return the headings of east and north, as people write them, or nothing.

    >>> coordinate_columns(["id", "X (ETRS89/UTM32)", "Y (ETRS89/UTM32)"])
    ('X (ETRS89/UTM32)', 'Y (ETRS89/UTM32)')
    """
    folded = [(fold_name(_BESIDE.sub(" ", heading)), heading) for heading in headings]
    x = next((heading for word, heading in folded if word in _X), None)
    y = next((heading for word, heading in folded if word in _Y), None)
    return None if x is None or y is None else (x, y)


def without_dates(heading: str) -> str:
    """Return a heading folded, without the dates and years in it: what stays from one year to the next."""
    return fold_name(re.sub("|".join(_DATES_IN_TEXT), " ", heading, flags=re.IGNORECASE))
