"""Cells as a person sees them: formats, months, marks, hidden parts, signs of old systems, code pages."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from geo.errors import DataError
from geo.region.recipes import build_region, read_recipe
from geo.region.shapes import read_boundaries
from geo.region.tables import TableSpec, read_table
from geo.region.tables.workbook_look import kind_of_format
from tests.region.nine_quarters import squares

Fault = Callable[[str], Path]
Rows = Sequence[Sequence[Any]]


def workbook(rows: Rows, change: Callable[[Any], None] = lambda _: None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def shown(rows: Rows, column: str, format_: str) -> bytes:
    def change(sheet: Any) -> None:
        for cell in sheet[column][1:]:
            cell.number_format = format_

    return workbook(rows, change)


def ods(rows: str, styles: str = "", columns: str = "") -> bytes:
    names = {"office": "office", "table": "table", "text": "text", "style": "style", "number": "datastyle"}
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in names.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.3">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="T">{columns}{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return out.getvalue()


def text_cell(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def number_cell(number: float, kind: str = "float") -> str:
    look = f'office:value-type="{kind}" office:value="{number}"'
    return f"<table:table-cell {look}><text:p>{number}</text:p></table:table-cell>"


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


def cells(content: bytes, column: str, name: str = "t.xlsx") -> list[str]:
    return list(read_table(content, name=name).frame[column])


def codes(content: bytes, name: str = "t.xlsx") -> list[str]:
    return [finding.code for finding in read_table(content, name=name).findings]


def values(folder: Path, recipe: str, measure: str, date: str = "2024-12-31") -> dict[str, float]:
    result = build_region(read_recipe(folder / recipe), folder)
    assert result.region is not None, [finding.brief() for finding in result.findings]
    return result.region.values_of(measure, date)["value"].to_dict()


# Percent


def test_percent_cells_are_what_they_show(fault: Fault) -> None:
    rates = values(fault("percent_format"), "r.toml", "sgb2_rate")
    assert rates["03"] == pytest.approx(13.1, abs=0.05)
    assert min(rates.values()) > 1


def test_rates_of_one_are_asked_about(fault: Fault) -> None:
    folder = fault("percent_format")
    found = build_region(read_recipe(folder / "f.toml"), folder).findings
    assert [(one.code, one.parameters["factor"]) for one in found if one.code == "rates_below_one"] == [
        ("rates_below_one", 100)
    ]


@pytest.mark.parametrize("format_", ["0%", "0.0%", '[Red]0.0" "%', "#,##0.0%;-#,##0.0%", "0.00\\ %"])
def test_any_percent_format_is_percent(format_: str) -> None:
    content = shown([["nr", "Quote"], ["01", 0.131], ["02", 0.07], ["03", "."]], "B", format_)
    assert cells(content, "Quote") == ["13.1 %", "7 %", "."]


def test_a_percent_sign_as_text_in_a_format_multiplies_nothing() -> None:
    assert cells(shown([["nr", "Quote"], ["01", 13.1]], "B", '0.0" %"'), "Quote") == ["13.1"]


def test_percent_cells_of_ods_are_percent() -> None:
    table = row(text_cell("nr"), text_cell("Quote")) + row(text_cell("01"), number_cell(0.131, "percentage"))
    assert cells(ods(table), "Quote", "t.ods") == ["13.1 %"]


def test_percent_beside_plain_numbers_is_said() -> None:
    from geo.region.tables import MARKER_SETS, parse_numbers

    def change(sheet: Any) -> None:
        for cell in sheet["B"][1:4]:
            cell.number_format = "0.0%"

    frame = read_table(workbook([["nr", "Quote"], *[["x", 0.131]] * 4, ["y", 0]], change), name="t.xlsx").frame
    found = parse_numbers(frame["Quote"], markers=MARKER_SETS["default"]).findings
    assert [(one.row, one.parameters["count"]) for one in found if one.code == "percent_mixed"] == [(5, 1)]


def test_rates_of_one_at_a_single_date_are_asked_about() -> None:
    import pandas as pd

    from geo.region.model.plausibility import check_values
    from geo.region.schema import Measure

    values = {"2023-12-31": [13.1, 9.0, 8.0, 12.0], "2024-12-31": [0.131, 0.09, 0.08, 0.12]}
    rows = [(str(q), date, "rate", value, "value") for date, all_ in values.items() for q, value in enumerate(all_)]
    tidy = pd.DataFrame(rows, columns=["quarter_id", "date", "measure", "value", "state"])
    found = check_values(tidy, [Measure("rate", "percent")])
    assert [one.parameters["date"] for one in found if one.code == "rates_below_one"] == ["2024-12-31"]


def test_thousands_are_read_in_full_and_said() -> None:
    content = shown([["nr", "Einwohner"], ["01", 13_000], ["02", 9_000]], "B", "0,")
    assert cells(content, "Einwohner") == ["13000", "9000"]
    assert "number_scaled" in codes(content)


def test_thousands_of_ods_are_said() -> None:
    style = (
        '<number:number-style style:name="N1"><number:number number:display-factor="1000"/></number:number-style>'
        '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
    )
    look = 'table:style-name="ce1" office:value-type="float" office:value="13000"'
    table = row(text_cell("nr"), text_cell("n")) + row(text_cell("01"), f"<table:table-cell {look}/>")
    assert cells(ods(table, style), "n", "t.ods") == ["13000"]
    assert "number_scaled" in codes(ods(table, style), "t.ods")


# Leading zeros


def test_formats_of_ods_may_stand_in_the_styles_of_the_file() -> None:
    style = '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
    look = 'table:style-name="ce1" office:value-type="float" office:value="5111000"'
    table = row(text_cell("AGS"), text_cell("n")) + row(f"<table:table-cell {look}/>", number_cell(7))
    formats = (
        '<number:number-style style:name="N1"><number:number number:min-integer-digits="8"/></number:number-style>'
    )
    out = io.BytesIO(ods(table, style))
    with zipfile.ZipFile(out, "a") as archive:
        begin = archive.read("content.xml").decode().partition(">")[2].partition(">")[0]
        archive.writestr("styles.xml", f"{begin}>{formats}</office:document-content>")
    assert cells(out.getvalue(), "AGS", "t.ods") == ["05111000"]


@pytest.mark.parametrize(
    ("format_", "keys"), [("00000", ["00111", "05111"]), ("00", ["111", "5111"]), ("0", ["111", "5111"])]
)
def test_leading_zeros_of_a_format_are_part_of_a_key(format_: str, keys: list[str]) -> None:
    content = shown([["Gebiet", "AGS", "n"], ["x", 111, 5], ["y", 5111, 6]], "B", format_)
    assert cells(content, "AGS") == keys


def test_leading_zeros_of_ods() -> None:
    style = (
        '<number:number-style style:name="N1"><number:number number:min-integer-digits="8"/></number:number-style>'
        '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
    )
    look = 'table:style-name="ce1" office:value-type="float" office:value="5111000"'
    table = row(text_cell("AGS"), text_cell("n")) + row(f"<table:table-cell {look}/>", number_cell(7))
    assert cells(ods(table, style), "AGS", "t.ods") == ["05111000"]


# Months


def test_month_cells_are_month_ends(fault: Fault) -> None:
    folder = fault("month_as_date")
    result = build_region(read_recipe(folder / "r.toml"), folder)
    assert result.region is not None
    assert result.region.dates == ("2024-12-31",)


@pytest.mark.parametrize(
    ("format_", "kind"),
    [
        ("MMMM YYYY", "month"), ("MM/YYYY", "month"), ("mmm yy", "month"), ("[$-407]mmmm\\ yyyy", "month"),
        ("yyyy", "year"),
        ("DD.MM.YYYY", None), ("mm:ss", None), ("0.0", None), ("#,##0", None), ("General", None), ('0" Tsd. %"', None),
    ],
)  # fmt: skip
def test_formats_mean_what_they_show(format_: str, kind: str | None) -> None:
    assert kind_of_format(format_) == kind


@pytest.mark.parametrize(
    ("format_", "text"), [("MMMM YYYY", "2024-12"), ("yyyy", "2024"), ("DD.MM.YYYY", "2024-12-01")]
)
def test_dates_say_no_more_than_is_shown(format_: str, text: str) -> None:
    content = shown([["nr", "Stand", "n"], ["01", dt.date(2024, 12, 1), 5]], "B", format_)
    assert cells(content, "Stand") == [text]


def test_month_cells_of_ods_are_months() -> None:
    style = (
        '<number:date-style style:name="N1"><number:month/><number:year/></number:date-style>'
        '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
    )
    look = 'table:style-name="ce1" office:value-type="date" office:date-value="2024-12-01"'
    day = f"<table:table-cell {look}><text:p>12/24</text:p></table:table-cell>"
    table = row(text_cell("nr"), text_cell("Stand")) + row(number_cell(1), day)
    assert cells(ods(table, style), "Stand", "t.ods") == ["2024-12"]


def test_dates_that_never_meet_are_said(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"key": ["01"]}, geometry=squares()[:1], crs="EPSG:25832").to_file(tmp_path / "q.gpkg")
    (tmp_path / "a.csv").write_text("key;n\n01;1000\n")
    (tmp_path / "b.csv").write_text("key;n\n01;100\n")
    tables = "".join(
        f'[[tables]]\nfile = "{file}.csv"\nkey = "key"\ndate = "{date}"\n'
        f'columns = [{{column = "n", measure = "{measure}"}}]\n'
        for file, date, measure in (("a", "2024-12-31", "residents"), ("b", "2024-12-01", "recipients"))
    )
    (tmp_path / "r.toml").write_text(
        f'id = "t"\nname = "T"\n[boundaries]\nfile = "q.gpkg"\nkey = "key"\nname = "key"\n{tables}'
        '[[sources]]\ntitle = "x"\n'
    )
    found = build_region(read_recipe(tmp_path / "r.toml"), tmp_path).findings
    assert "dates_apart" in [one.code for one in found]


# Marks


@pytest.mark.parametrize("mark", ["¹", "²⁾", " 1)", " *", "**", "ᵃ", " r", " p", " 1) 2)"])
def test_marks_behind_a_number_are_left_out(mark: str, tmp_path: Path) -> None:
    from geo.region.tables import MARKER_SETS, parse_numbers

    frame = read_table(f"nr;n\n01;116{mark}\n02;117\n".encode(), name="t.csv").frame
    parsed = parse_numbers(frame["n"], markers=MARKER_SETS["default"])
    assert parsed.values.tolist() == [116.0, 117.0]
    assert [one.code for one in parsed.findings] == ["footnote_mark"]


@pytest.mark.parametrize(("position", "text"), [("33% 58%", "116¹"), ("-33% 58%", "1161"), ("0% 100%", "1161")])
def test_signs_of_ods_are_raised_by_their_height(position: str, text: str) -> None:
    height = f'<style:text-properties style:text-position="{position}"/>'
    style = f'<style:style style:name="T1" style:family="text">{height}</style:style>'
    cell = text_cell('116<text:span text:style-name="T1">1</text:span>')
    assert cells(ods(row(text_cell("nr"), text_cell("n")) + row(number_cell(1), cell), style), "n", "t.ods") == [text]


@pytest.mark.parametrize("mark", ["1", "1)", "a", "2)3)"])
def test_raised_signs_are_no_digits(mark: str) -> None:
    def change(sheet: Any) -> None:
        sheet["B2"] = CellRichText("116", TextBlock(InlineFont(vertAlign="superscript"), mark))

    (text,) = cells(workbook([["nr", "n"], ["01", 0]], change), "n")
    assert text.startswith("116")
    assert not text[3:].strip(")").isascii()


def test_raised_signs_of_ods_are_no_digits() -> None:
    raised = '<style:text-properties style:text-position="super 58%"/>'
    style = f'<style:style style:name="T1" style:family="text">{raised}</style:style>'
    cell = text_cell('116<text:span text:style-name="T1">1</text:span>')
    table = row(text_cell("nr"), text_cell("n")) + row(number_cell(1), cell)
    assert cells(ods(table, style), "n", "t.ods") == ["116¹"]


def test_a_note_on_a_cell_is_no_part_of_it() -> None:
    raised = '<style:text-properties style:text-position="super 58%"/>'
    style = f'<style:style style:name="T1" style:family="text">{raised}</style:style>'
    note = "<office:annotation><text:p>geprüft</text:p></office:annotation>"
    cell = '<table:table-cell office:value-type="string">'
    cell += f'{note}<text:p>116<text:span text:style-name="T1">1</text:span></text:p></table:table-cell>'
    table = row(text_cell("nr"), text_cell("n")) + row(number_cell(1), cell)
    assert cells(ods(table, style), "n", "t.ods") == ["116¹"]


@pytest.mark.parametrize("sign", [".", "x", "-"])
@pytest.mark.parametrize("mark", ["¹", " 1)", "²⁾"])
def test_a_sign_with_a_mark_is_that_sign(sign: str, mark: str) -> None:
    import pandas as pd

    from geo.region.tables import MARKER_SETS, parse_numbers

    parsed = parse_numbers(pd.Series(["116", sign + mark]), markers=MARKER_SETS["default"])
    assert parsed.states[1] == MARKER_SETS["default"].state_of(sign)
    assert "text_in_numbers" not in [one.code for one in parsed.findings]


def test_a_withheld_cell_with_a_raised_one_is_no_tenth() -> None:
    def change(sheet: Any) -> None:
        sheet["B2"] = CellRichText(".", TextBlock(InlineFont(vertAlign="superscript"), "1"))

    assert cells(workbook([["nr", "n"], ["01", 0], ["02", 5]], change), "n") == [".¹", "5"]


@pytest.mark.parametrize("written", ["Altstadt¹", "Altstadt ²⁾", "Altstadt 1)", "Altstadt*"])
def test_names_with_marks_are_the_names(written: str) -> None:
    from geo.region.recipes.keys import map_keys
    from geo.region.recipes.rules import KeyRule

    assert map_keys([written, "Nord (Teil 1)", "01¹"], KeyRule()) == ["Altstadt", "Nord (Teil 1)", "01"]


# Hidden parts


def test_the_visible_of_two_equal_columns_is_read(fault: Fault) -> None:
    folder = fault("hidden_column")
    result = build_region(read_recipe(folder / "u.toml"), folder)
    assert result.region is not None
    assert result.region.values_of("recipients", "2024-12-31")["value"]["01"] == 210
    assert "column_hidden_twice" in [one.code for one in result.findings]


@pytest.mark.parametrize("hidden", ["B", "C"])
def test_whichever_of_two_equal_columns_is_hidden(hidden: str) -> None:
    def change(sheet: Any) -> None:
        sheet.column_dimensions[hidden].hidden = True

    content = workbook([["nr", "n", "n"], ["01", 1, 2], ["02", 3, 4]], change)
    assert cells(content, "n") == (["2", "4"] if hidden == "B" else ["1", "3"])
    assert "column_hidden_twice" in codes(content)


@pytest.mark.parametrize("heading", ["recipients ", "Recipients", "RECIPIENTS"])
def test_equal_headings_may_be_written_otherwise(heading: str) -> None:
    def change(sheet: Any) -> None:
        sheet.column_dimensions["B"].hidden = True

    content = workbook([["nr", "recipients", heading], ["01", 420, 210], ["02", 500, 250]], change)
    assert cells(content, heading.strip()) == ["210", "250"]
    assert list(read_table(content, name="t.xlsx").frame) == ["nr", heading.strip()]


def test_a_hidden_column_of_its_own_name_is_said() -> None:
    def change(sheet: Any) -> None:
        sheet.column_dimensions.group("B", "B", hidden=True)

    content = workbook([["nr", "alt", "n"], ["01", 1, 2], ["02", 3, 4]], change)
    assert cells(content, "n") == ["2", "4"]
    assert "columns_hidden" in codes(content)


def test_hidden_rows_are_left_out_and_said() -> None:
    def change(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True

    content = workbook([["nr", "n"], ["01", 1], ["02", 3], ["03", 5]], change)
    assert cells(content, "n") == ["1", "5"]
    (told,) = [one for one in read_table(content, name="t.xlsx").findings if one.code == "rows_hidden"]
    assert (told.row, told.parameters["count"]) == (3, 1)


def test_hidden_parts_of_ods() -> None:
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
    table = row(*map(text_cell, ("nr", "n", "n")))
    table += row(text_cell("01"), number_cell(1), number_cell(2))
    table += row(text_cell("02"), number_cell(3), number_cell(4), more=' table:visibility="filter"')
    table += row(text_cell("03"), number_cell(5), number_cell(6))
    content = ods(table, columns=columns)
    assert cells(content, "n", "t.ods") == ["2", "6"]
    assert {"column_hidden_twice", "rows_hidden"} <= set(codes(content, "t.ods"))


# Text files

LINES = "nr,name,n\n01,Mo-Do 8; Fr 8,10\n02,Mo-Do 9; Fr 9,20\n03,Mo; Di,30\n"


def test_the_delimiter_that_fits_is_taken(fault: Fault) -> None:
    folder = fault("delimiter_in_text")
    assert values(folder, "r.toml", "recipients")["01"] == 210
    result = build_region(read_recipe(folder / "r.toml"), folder)
    assert result.region is not None
    assert len(result.region.sites) == len((folder / "sites.csv").read_text().splitlines()) - 1


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        (LINES, ","),
        (LINES.replace("name", "name; Ort"), ","),
        ("nr;n\n01;1,5\n02;2,5\n03;3,25\n", ";"),
        ("nr;name;n\n01;a, b;1\n02;c, d;2\n", ";"),
        ("Einwohner, Stand, 2024\nnr;n;m\n01;1,5;2,5\n02;2,5;2,5\n", ";"),
        ("nr\tname\tn\n01\ta; b, c\t1\n02\td; e, f\t2\n", "\t"),
        ('nr,name,n\n01,"a; b; c",1\n02,"d; e; f",2\n', ","),
    ],
)
def test_delimiters_by_best_fit(text: str, delimiter: str) -> None:
    assert read_table(text.encode(), name="t.csv").spec.delimiter == delimiter


def test_a_given_delimiter_is_not_second_guessed() -> None:
    assert read_table(LINES.encode(), name="t.csv", spec=TableSpec(delimiter=";")).spec.delimiter == ";"


def test_the_end_sign_of_dos_is_no_cell(fault: Fault) -> None:
    folder = fault("dos_end_sign")
    result = build_region(read_recipe(folder / "ctrlz.toml"), folder)
    assert result.region is not None
    assert result.region.values_of("recipients", "2024-12-31")["value"]["01"] == 210


PLAIN = "nr;n\n01;10\n02;20\n03;30\n"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode() + b"\x1a", PLAIN.replace("\n", "\r\n").encode() + b"\x1a\x1a",
        PLAIN.replace("\n", "\r").encode(), PLAIN.encode("utf-16"), PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        b"\xfe\xff" + PLAIN.encode("utf-16-be"),
        PLAIN.encode() + b"\x1a\r\n", PLAIN.encode() + b"\x1a" + bytes(100), (PLAIN + "\x1a").encode("utf-16-be"),
        PLAIN.encode("utf-16") + b"\x1a",
    ],
    ids=["end sign", "two end signs", "CR", "UTF-16", "LE without mark", "BE without mark", "BE",
         "end of line after it", "block filled up", "BE and end sign", "end sign of one byte"],
)  # fmt: skip
def test_signs_of_old_systems(content: bytes) -> None:
    assert cells(content, "n", "t.csv") == ["10", "20", "30"]


def test_signs_of_nothing_are_left_out_and_said() -> None:
    content = (PLAIN * 10).replace("20", "2\x000", 1).encode()
    assert "20" in cells(content, "n", "t.csv")
    assert "signs_of_nothing" in codes(content, "t.csv")


def test_a_binary_file_is_still_refused() -> None:
    with pytest.raises(DataError):
        read_table(bytes(range(256)) * 20, name="t.csv")


# Code pages


def test_control_signs_prove_a_code_page_wrong(fault: Fault) -> None:
    folder = fault("dbf_cp850")
    result = build_region(read_recipe(folder / "s.toml"), folder)
    assert result.region is not None
    assert "Südufer" in set(result.region.quarters["name"])
    assert "dbf_encoding" in [one.code for one in result.findings]


@pytest.mark.parametrize("encoding", ["cp850", "cp1252", "mac_roman", "utf-8"])
@pytest.mark.parametrize(
    "names", [["Köln", "Mährenfeld"], ["Höhe", "Nord"], ["Lärchenweg", "Löwitz"], ["Straße", "Großweiler"]]
)
def test_umlauts_of_all_systems_in_text_files(names: list[str], encoding: str) -> None:
    content = "nr;name\n" + "".join(f"{number};{name}\n" for number, name in enumerate(names))
    assert cells(content.encode(encoding), "name", "t.csv") == names


def test_quotation_marks_are_no_umlauts_of_dos() -> None:
    content = "nr;name\n1;Haus „Alt“\n2;Hof „Neu“ – Süd\n"
    assert cells(content.encode("cp1252"), "name", "t.csv") == ["Haus „Alt“", "Hof „Neu“ – Süd"]


NAMES = ["Südufer", "Mürwik", "Weiche", "Straße", "Köln-Süd", "Ärzte", "Höhe", "Übersee", "Grün"]
_DRIVER, _HEADER, _RECORD = 29, 8, 10


def shapefile(folder: Path, encoding: str, said: str | None, driver: int) -> Path:
    """Write a shapefile whose table is in one encoding and says another."""
    frame = gpd.GeoDataFrame({"key": list("123456789"), "name": NAMES}, geometry=squares(), crs="EPSG:25832")
    frame.to_file(folder / "q.shp", encoding="cp1252")
    (folder / "q.cpg").unlink()
    table = bytearray((folder / "q.dbf").read_bytes())
    start, width = (int.from_bytes(table[at : at + 2], "little") for at in (_HEADER, _RECORD))
    for number, name in enumerate(NAMES):
        at = start + number * width
        old = bytes(table[at : at + width])
        new = old.replace(name.encode("cp1252"), name.encode(encoding))
        table[at : at + width] = new[:width].ljust(width) if len(new) < width else new[: width - 1] + new[-1:]
    table[_DRIVER] = driver
    (folder / "q.dbf").write_bytes(table)
    if said:
        (folder / "q.cpg").write_text(said)
    return folder / "q.shp"


@pytest.mark.parametrize(
    ("encoding", "said", "driver", "is_told"),
    [
        ("cp850", None, 0, True), ("cp850", None, 0x57, True), ("cp850", "ISO-8859-1", 0, True),
        ("cp850", None, 0x02, False), ("cp850", "850", 0, False), ("cp1252", None, 0, False),
        ("cp1252", "UTF-8", 0, True), ("cp1252", None, 0x02, True),
        ("utf-8", None, 0, True), ("utf-8", "UTF-8", 0, False),
    ],
)  # fmt: skip
def test_names_of_shapefiles(tmp_path: Path, encoding: str, said: str | None, driver: int, is_told: bool) -> None:
    read = read_boundaries(shapefile(tmp_path, encoding, said, driver), key="key", name="name")
    assert list(read.frame["name"]) == NAMES
    assert ("dbf_encoding" in [one.code for one in read.findings]) == is_told


@pytest.mark.parametrize(
    ("names", "encoding", "said"),
    [
        (["Köln", "Mährenfeld", "Höhe"], "cp850", "1252"),
        (["Köln", "Mährenfeld", "Höhe"], "mac_roman", "1252"),
        (["Straße", "Großweiler", "Nord"], "cp850", None),
        (["Málaga", "São", "Rhône"], "cp1252", "UTF-8"),
    ],
)
def test_few_signs_prove_a_code_page_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], encoding: str, said: str | None
) -> None:
    monkeypatch.setattr("tests.faults.test_cells.NAMES", [*names, *"ABCDEF"])
    path = shapefile(tmp_path, encoding, said, 0)
    assert list(read_boundaries(path, key="key", name="name").frame["name"])[:3] == names


def test_a_given_code_page_is_taken(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "cp850", None, 0)
    assert list(read_boundaries(path, key="key", name="name", encoding="cp850").frame["name"]) == NAMES
    with pytest.raises(DataError, match="encoding_unknown"):
        read_boundaries(path, key="key", name="name", encoding="klingon")


# Keys


@pytest.mark.parametrize(("written", "key"), [("1.0", "1"), ("1,00", "1"), ("12.0", "12")])
def test_keys_that_became_numbers(written: str, key: str) -> None:
    from geo.region.recipes.keys import map_keys
    from geo.region.recipes.rules import KeyRule

    assert map_keys([written, "Summe", "20.0"], KeyRule()) == [key, "Summe", "20"]


def test_a_key_that_became_a_number_never_joins_ten() -> None:
    from geo.region.recipes.keys import QuarterNames

    names = QuarterNames({"1": "Nord", "10": "Süd"})
    assert [names.find(text) for text in ("1.0", "10.0", "1")] == [("1",), ("10",), ("1",)]


def test_only_some_keys_became_numbers() -> None:
    from geo.region.recipes.keys import map_keys
    from geo.region.recipes.rules import KeyRule

    assert map_keys(["1.0", "2", "10"], KeyRule()) == ["1", "2", "10"]
    assert map_keys(["1", "1.0", "2"], KeyRule()) == ["1", "1.0", "2"]


def test_keys_with_points_stay() -> None:
    from geo.region.recipes.keys import map_keys
    from geo.region.recipes.rules import KeyRule

    assert map_keys(["1.0", "1.1", "2.0"], KeyRule()) == ["1.0", "1.1", "2.0"]
