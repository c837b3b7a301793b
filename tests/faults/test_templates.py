"""Table styles of publishers: invented samples in each are drafted right, from the form as from the library."""

from __future__ import annotations

import pytest

from geo.defaults import ReadLimits
from geo.region.recipes.draft import Columns, draft_table
from geo.region.recipes.file_view import view_file
from geo.region.recipes.recipe import BoundarySource, TableSource
from geo.region.recipes.templates import all_templates
from geo.region.tables import TableSpec

KEYS = ("05515000", "05554004", "05554008", "05554012", "05558004")
NAMES = ("Münster", "Ahaus", "Bocholt", "Borken", "Ascheberg")
DRAWN = Columns("grenzen.geojson", {"ags": KEYS, "gen": NAMES})
SOURCE = BoundarySource("grenzen.geojson", "ags", "gen")


def lines(*cells: str | int, sign: str = ";") -> str:
    """Return a row for each quarter: K its key, N its name, numbers that grow."""
    rows = []
    for place, (key, name) in enumerate(zip(KEYS, NAMES, strict=True)):
        said = {"K": key, "N": name}
        rows.append(
            sign.join(said.get(str(cell), str(cell + place if isinstance(cell, int) else cell)) for cell in cells)
        )
    return "\n".join(rows)


def draft(text: str) -> TableSource:
    view = view_file("datei.csv", {"datei.csv": (text + "\n").encode()}, TableSpec(), "", ReadLimits())
    assert view.columns is not None, view.findings
    return draft_table(view.columns, DRAWN, SOURCE)[0]


BA_HEAD = (
    "Gemeindeschlüssel;Gemeinde;Bedarfsgemeinschaften (BG);Personen in Bedarfsgemeinschaften (PERS);"
    "Leistungsberechtigte (LB);Regelleistungsberechtigte (RLB);erwerbsfähige Leistungsberechtigte (ELB);"
    "nicht erwerbsfähige Leistungsberechtigte (NEF)"
)
BA = {"units": 3, "recipients": 5, "employable": 7, "children": 8}


@pytest.mark.parametrize("first", ["LB", "RLB"])
def test_ba_key_figures_take_all_entitled_and_not_those_in_benefit_units(first: str) -> None:
    names = BA_HEAD.split(";")
    if first == "RLB":  # in whichever order they stand
        names[4], names[5] = names[5], names[4]
    head = "Eckwerte der Grundsicherung SGB II;;;;;;;\nBerichtsmonat: Dezember 2024, Datenstand: März 2025;;;;;;;\n"
    source = draft(head + ";".join(names) + "\n" + lines("K", "N", 400, 900, 880, 850, 600, 250))
    found = {rule.measure: str(rule.column) for rule in source.columns}
    assert found["recipients"] == "Leistungsberechtigte (LB)"
    assert found.keys() == BA.keys()
    assert (source.key, source.date) == ("Gemeindeschlüssel", "2024-12-31")


@pytest.mark.parametrize("rest", ["Nicht zuordenbar", "ohne Angabe"])
def test_ba_small_areas_leave_out_who_cannot_be_placed(rest: str) -> None:
    head = "Personen in Bedarfsgemeinschaften, kleinräumig;;;;;;\nStichtag: 31.12.2024;;;;;;\n"
    head += "Gebietskennung;PERS;RLB;ELB;NEF;BG;dar. Alleinerziehende-BG\n"
    source = draft(head + lines("K", 900, 850, 600, 250, 400, 70) + f"\n{rest};12;11;8;3;5;*")
    assert {rule.measure: rule.column for rule in source.columns} == {
        "recipients": "RLB",
        "employable": "ELB",
        "children": "NEF",
        "units": "BG",
        "single_parent_units": "dar. Alleinerziehende-BG",
    }
    assert [(rule.from_row, rule.to_row, rule.reason) for rule in source.left_out] == [(9, 9, rest)]
    assert source.date == "2024-12-31"


def test_it_nrw_has_dates_in_a_column_without_heading() -> None:
    head = "Tabelle: 22811-05i;;;;\nEmpfänger/innen von sozialen Mindestsicherungsleistungen;;;;\n"
    head += ";;;Empfänger/innen;Empfänger/innen\n"
    head += ";;;Gesamtregelleistung (ALG II/Sozialgeld) nach dem SGB II;Insgesamt\n;;;Anzahl;Anzahl\n"
    source = draft(head + lines("31.12.2024", "K", "N", 850, 1000))
    assert (source.date_column, source.key, source.date) == ("column_1", "column_2", "")
    assert [rule.measure for rule in source.columns] == ["recipients"]


def test_statistikamt_nord_profiles() -> None:
    head = "Stadtteil;Bevölkerung;Unter 18-Jährige;Anteil der unter 18-Jährigen in %;"
    head += "Leistungsempfänger/-innen nach SGB II (Dez 2024);Arbeitslose (Dez 2024)\n"
    source = draft(head + lines("N", 8000, 900, "11,2", 850, 300))
    assert {rule.measure for rule in source.columns} == {"residents", "recipients"}
    assert (source.key, source.keys.fold, source.date) == ("Stadtteil", True, "2024-12-31")


@pytest.mark.parametrize(
    ("head", "measure", "what", "sign"),
    [
        ("Kennziffer,Gebiet,Sachmerkmal,2022,2023,2024", "residents", "Einwohner insgesamt", ","),
        ("Kennziffer,Gebiet,Sachmerkmal,2022,2023,2024", "recipients", "Leistungsempfänger SGB II", ","),
        ("GKZ;Kommune;Indikator;2022;2023;2024", "residents", "Bevölkerung (Anzahl)", ";"),
    ],
)
def test_years_that_stand_as_columns_are_dates(head: str, measure: str, what: str, sign: str) -> None:
    rows = [lines("K", "N", what, 8000, 8010, 8020, sign=sign), lines("K", "N", "Arbeitslose", 30, 31, 32, sign=sign)]
    source = draft("\n".join([head, *rows]))
    assert [(rule.column, rule.measure, rule.date, rule.when) for rule in source.columns] == [
        (str(year), measure, f"{year}-12-31", what) for year in (2022, 2023, 2024)
    ]
    assert source.date == ""


def test_kosis_abbreviations() -> None:
    head = "STATRAUM;RAUMNAME;STICHTAG;EINW_HW;EINW_HW_U15;SGB2_LB;SGB2_BG\n"
    source = draft(head + lines("K", "N", "31.12.2024", 8000, 900, 850, 400))
    assert {rule.measure: rule.column for rule in source.columns} == {
        "residents": "EINW_HW",
        "residents_under_15": "EINW_HW_U15",
        "recipients": "SGB2_LB",
        "units": "SGB2_BG",
    }
    assert (source.key, source.date_column) == ("STATRAUM", "STICHTAG")


@pytest.mark.parametrize(("said", "date"), [("Zensus 2022: Bevölkerung;;;", "2022-05-15"), ("Bevölkerung;;;", "")])
def test_the_census_has_its_own_day_and_only_the_census(said: str, date: str) -> None:
    source = draft(f"{said}\n_RS;Name;Regionalebene;Bevölkerungszahl\n" + lines("K", "N", "Gemeinde", 8000))
    assert source.date == date
    assert [rule.measure for rule in source.columns] == ["residents"]


def test_every_style_is_asked_for_by_something() -> None:
    assert len(all_templates()) == 8
    for template in all_templates():
        assert template.headings or template.title, template.name
        assert not template.fits(("id", "wert"), ""), template.name
