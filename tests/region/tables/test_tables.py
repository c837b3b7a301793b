"""Tables: a good file broken by one property each, and real files."""

from __future__ import annotations

import io
import struct
import zipfile
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.defaults import ReadLimits
from geo.errors import ContractError, DataError
from geo.findings import Level
from geo.region.tables.dates import parse_dates
from geo.region.tables.markers import MARKER_SETS
from geo.region.tables.numbers import parse_numbers
from geo.region.tables.table import TableSpec, read_table, sheet_names
from tests.profiles import examples

GOOD = "key;name;residents;recipients\n01;Nord;1200;130\n02;Süd;900;45\n03;Altstadt;1500;.\n"
DEFAULT = MARKER_SETS["default"]


def read(text: str | bytes, **options):
    content = text.encode("utf-8") if isinstance(text, str) else text
    spec = TableSpec(**{k: options.pop(k) for k in list(options) if k in TableSpec.__dataclass_fields__})
    return read_table(content, name="table.csv", spec=spec, **options)


def refused(content: str | bytes, **options) -> list[str]:
    with pytest.raises(DataError) as fault:
        read(content, **options)
    return [finding.code for finding in fault.value.findings]


def codes(table) -> list[str]:
    return [finding.code for finding in table.findings]


def cells(*texts: str) -> pd.Series:
    return pd.Series(list(texts), index=range(2, len(texts) + 2), name="recipients")


def numbers(*texts: str, **options) -> list[float]:
    return parse_numbers(cells(*texts), markers=options.pop("markers", DEFAULT), **options).values.tolist()


# --- workbooks, written by hand so that each fault can be put in -----------------------------------------


def letters(place: int) -> str:
    return chr(65 + place) if place < 26 else letters(place // 26 - 1) + chr(65 + place % 26)


def cell_xml(row: int, place: int, value) -> str:
    reference = f"{letters(place)}{row}"
    if value is None or value == "":
        return ""
    if isinstance(value, str) and value.startswith("<"):
        return value.replace("<c", f'<c r="{reference}"', 1)
    if isinstance(value, str):
        return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{reference}"><v>{value!r}</v></c>'


def xlsx(
    sheets: dict[str, list[list]], *, merged: dict[str, list[str]] | None = None, extra: dict[str, str] | None = None
) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="rId1" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    names, links = "", f'<Relationship Id="rIdS" Type="{relations}/styles" Target="styles.xml"/>'
    for number, (name, rows) in enumerate(sheets.items(), start=1):
        names += f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        links += f'<Relationship Id="rId{number}" Type="{relations}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        body = "".join(
            f'<row r="{r}">' + "".join(cell_xml(r, p, value) for p, value in enumerate(row)) + "</row>"
            for r, row in enumerate(rows, start=1)
        )
        ranges = "".join(f'<mergeCell ref="{area}"/>' for area in (merged or {}).get(name, []))
        ranges = f"<mergeCells>{ranges}</mergeCells>" if ranges else ""
        members[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData>{ranges}</worksheet>'
        )
    members["xl/workbook.xml"] = f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>{names}</sheets></workbook>'
    members["xl/_rels/workbook.xml.rels"] = f'<Relationships xmlns="{package}">{links}</Relationships>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (members | (extra or {})).items():
            archive.writestr(name, text)
    return stream.getvalue()


def with_member(book: bytes, member: str, text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, text if name == member else old.read(name))
    return stream.getvalue()


def ods(rows: list[list], *, more: str = "") -> bytes:
    def cell(value) -> str:
        if value is None or value == "":
            return "<table:table-cell/>"
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
        kind = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"

    body = "".join("<table:table-row>" + "".join(map(cell, row)) + "</table:table-row>" for row in rows)
    spaces = " ".join(f'xmlns:{s}="urn:oasis:names:tc:opendocument:xmlns:{s}:1.0"' for s in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Daten">{body}{more}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return stream.getvalue()


def xls(rows: list[list]) -> bytes:
    """Write a workbook of 1997: a stream of records in a compound file."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    name = b"Daten"
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    sheet = record(0x0809, begin[:2] + struct.pack("<H", 0x0010) + begin[4:])
    sheet += record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, str):
                sheet += record(0x0204, struct.pack("<HHHHB", r, c, 0, len(value), 1) + value.encode("utf-16-le"))
            elif value is not None:
                sheet += record(0x0203, struct.pack("<HHHd", r, c, 0, value))
    sheet += record(0x000A, b"")
    head = record(0x0809, begin) + record(0x0042, struct.pack("<H", 1200))
    offset = len(head) + 4 + 8 + len(name) + 4
    book = head + record(0x0085, struct.pack("<IBBBB", offset, 0, 0, len(name), 0) + name) + record(0x000A, b"") + sheet
    book += bytes(max(4096 - len(book), -len(book) % 512))
    sectors = len(book) // 512
    entries = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    table = struct.pack("<128I", *(entries + [0xFFFFFFFF] * (128 - len(entries))))

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = title.encode("utf-16-le") + b"\0\0" if title else b""
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    folder = (
        entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
        + entry("Workbook", 2, 0xFFFFFFFF, 2, len(book))
        + entry("", 0, 0xFFFFFFFF, 0, 0) * 2
    )
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    )
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header.ljust(512, b"\0") + table + folder + book


ROWS = [
    ["key", "name", "residents", "recipients"],
    ["01", "Nord", 1200, 130],
    ["02", "Süd", 900, 45.5],
    ["03", "Altstadt", 1500, "."],
]


class TestDelimited:
    def test_a_good_file_is_text_with_its_row_numbers(self):
        table = read(GOOD)
        assert list(table.frame.columns) == ["key", "name", "residents", "recipients"]
        assert list(table.frame.index) == [2, 3, 4]
        assert table.frame.loc[2].tolist() == ["01", "Nord", "1200", "130"]
        assert table.frame.map(lambda cell: isinstance(cell, str)).all(axis=None)
        assert table.spec == TableSpec(encoding="utf-8", delimiter=";", header_rows=1, skip_rows=0)
        assert table.header == (("key", "name", "residents", "recipients"),)
        assert (table.findings, table.footer) == ((), ())

    def test_what_was_found_reads_the_same_again(self):
        content = ("Titel;;;\n;;Stand;Stand\n" + GOOD + "__________;;;\nStand: 1.1.2025\n").encode("cp1252")
        first = read(content)
        again = read_table(content, name="table.csv", spec=first.spec)
        pd.testing.assert_frame_equal(first.frame, again.frame)
        assert again.spec == first.spec

    @pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
    @pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
    def test_delimiters_and_line_ends(self, delimiter, line):
        table = read(GOOD.replace(";", delimiter).replace("\n", line))
        assert table.spec.delimiter == delimiter
        assert table.frame["recipients"].tolist() == ["130", "45", "."]

    def test_decimal_commas_do_not_pass_for_delimiters(self):
        table = read("key;a;b\n01;1,5;2,5\n02;3,5;4,5\n")
        assert table.frame.loc[2].tolist() == ["01", "1,5", "2,5"]

    @pytest.mark.parametrize(
        ("encoding", "found"),
        [
            ("utf-8", "utf-8"),
            ("utf-8-sig", "utf-8-sig"),
            ("cp1252", "cp1252"),
            ("utf-16", "utf-16"),
            ("cp850", "cp850"),
            ("mac_roman", "mac_roman"),
        ],
    )
    def test_encodings(self, encoding, found):
        table = read(GOOD.replace("Nord", "Mörßächü").encode(encoding))
        assert table.frame["name"].tolist() == ["Mörßächü", "Süd", "Altstadt"]
        assert table.frame.columns[0] == "key"
        assert table.spec.encoding == found
        assert codes(table) == ([] if encoding.startswith("utf") else ["encoding_guessed"])

    def test_a_wrong_given_encoding_is_refused(self):
        assert refused(GOOD.encode("cp1252"), encoding="utf-8") == ["encoding_wrong"]
        assert refused(GOOD, encoding="nonsense") == ["encoding_unknown"]

    def test_text_encoded_twice_is_told(self):
        assert codes(read(GOOD.encode("utf-8").decode("cp1252"))) == ["encoding_twice"]

    def test_one_damaged_byte_does_not_turn_the_file_into_another_encoding(self):
        good = GOOD + "".join(f"{n};Mörsenbroich;1;2\n" for n in range(10, 40))
        table = read(good.encode("utf-8").replace("Süd".encode(), b"S\xfcd"))
        (finding,) = table.findings
        assert (finding.code, finding.level, finding.row) == ("encoding_damaged", Level.ERROR, 3)

    def test_line_breaks_and_quotes_within_fields(self):
        table = read('key;name;n\n01;"Nord\nund ""Mitte""; Ost";12\n02;Süd;13\n')
        assert table.frame["name"].tolist() == ['Nord\nund "Mitte"; Ost', "Süd"]
        assert list(table.frame.index) == [2, 3]

    def test_an_open_quote_does_not_swallow_the_rest_in_silence(self):
        assert refused('key;name;n\n01;"Nord;12\n02;Süd;13\n') == ["quote_open"]

    def test_a_long_row_is_an_error_with_its_number(self):
        table = read(GOOD.replace("02;Süd;900;45", "02;Süd;9;00;45"))
        (finding,) = table.findings
        assert (finding.code, finding.level, finding.row, finding.parameters["cells"]) == (
            "row_long",
            Level.ERROR,
            3,
            4,
        )

    def test_a_short_row_is_a_warning_and_padded(self):
        table = read(GOOD.replace("02;Süd;900;45", "02;Süd;900"))
        (finding,) = table.findings
        assert (finding.code, finding.level, finding.row) == ("row_short", Level.WARNING, 3)
        assert table.frame.loc[3, "recipients"] == ""

    def test_delimiters_at_the_end_of_lines_make_no_column(self):
        table = read(GOOD.replace("\n", ";;\n"))
        assert table.frame.shape == (3, 4)
        assert table.findings == ()

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "file_empty"),
            (b" \n\n", "file_empty"),
            (b"key;name;residents\n", "table_without_rows"),
            (bytes(range(256)) * 20, "file_binary"),
            (b"%PDF-1.7\n1 0 obj", "file_is_pdf"),
            (b"<html><body><table><tr><td>1</td></tr></table>", "file_is_html"),
            (b"<?xml version='1.0'?><Workbook/>", "file_is_xml"),
            (b"PK\x03\x04broken", "archive_broken"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x01" * 3000, "workbook_unreadable"),
        ],
    )
    def test_what_is_no_table_is_refused(self, content, code):
        assert refused(content) == [code]

    def test_limits(self, tmp_path):
        assert refused(GOOD, limits=ReadLimits(file_bytes=20)) == ["file_too_large"]
        assert refused(GOOD, limits=ReadLimits(table_rows=3)) == ["table_too_many_rows"]
        assert refused(GOOD, limits=ReadLimits(table_columns=3)) == ["table_too_many_columns"]
        assert len(read(GOOD, limits=ReadLimits(table_rows=4, table_columns=4)).frame) == 3
        path = tmp_path / "huge.csv"
        with path.open("wb") as stream:
            stream.truncate(200 * 1024**2)
        with pytest.raises(DataError, match="file_too_large"):
            read_table(path, name="huge.csv")
        with pytest.raises(DataError, match="file_missing"):
            read_table(tmp_path / "none.csv", name="none.csv")

    def test_one_column_is_told(self):
        assert "single_column" in codes(read("key\n01\n02\n"))


class TestHeadings:
    def test_titles_comments_and_blank_lines_above(self):
        table = read("# Kommentar;;;\nTabelle 1: Leistungsbezug;;;\n;;;\n" + GOOD)
        assert list(table.frame.columns) == ["key", "name", "residents", "recipients"]
        assert table.spec.skip_rows == 3
        assert list(table.frame.index) == [5, 6, 7]

    def test_several_rows_are_joined_and_repeated_cells_are_not(self):
        table = read(";;2023;2023\nkey;name;residents;recipients\n01;Nord;1200;130\n02;Süd;900;45\n")
        assert list(table.frame.columns) == ["key", "name", "2023 | residents", "2023 | recipients"]
        assert table.spec.header_rows == 2

    def test_a_heading_over_empty_cells_holds_for_them(self):
        table = read("Nr;Einwohner;;Leistung\n;m;w;\n01;600;600;130\n02;450;450;45\n")
        assert list(table.frame.columns) == ["Nr", "Einwohner | m", "Einwohner | w", "Leistung"]

    def test_eight_rows(self):
        above = "".join(f";;Ebene {n};Stufe {n}\n" for n in range(7))
        table = read(above + GOOD)
        assert table.spec.header_rows == 8
        assert table.frame.columns[2].startswith("Ebene 0 | Ebene 1")

    @pytest.mark.parametrize("row", ["1;2;3;4\n", "(1);(2);(3);(4)\n", "Spalte;1;2;3\n"])
    def test_a_row_of_column_numbers_is_no_data_and_in_no_name(self, row):
        head, *rest = GOOD.splitlines(keepends=True)
        for text in (head + row + "".join(rest), row + GOOD):
            table = read(text)
            assert list(table.frame.columns) == ["key", "name", "residents", "recipients"]
            assert len(table.frame) == 3

    def test_a_first_row_of_data_may_count_upwards(self):
        table = read("key;a;b\n1;2;3\n4;9;6\n7;8;5\n")
        assert len(table.frame) == 3

    def test_units_come_in_only_where_they_tell_columns_apart(self):
        table = read("key;Quote;Quote;Fläche\n;Anzahl;Prozent;qkm\n01;12;1,5;3\n02;13;1,6;4\n")
        assert list(table.frame.columns) == ["key", "Quote | Anzahl", "Quote | Prozent", "Fläche"]

    def test_years_as_headings(self):
        table = read("key;2021;2022;2023\n01;130;140;150\n02;45;46;47\n")
        assert list(table.frame.columns) == ["key", "2021", "2022", "2023"]

    def test_a_column_of_years_is_data(self):
        table = read("year;key;n\n2021;01;130\n2022;01;131\n")
        assert list(table.frame.columns) == ["year", "key", "n"]
        assert len(table.frame) == 2

    def test_soft_hyphens_and_line_breaks(self):
        table = read('key;"Bevölke\u00adrung";"Migrations-\nhinter\u00ad\ngrund";"Anteil\nin %"\n01;1;2;3\n02;1;2;3\n')
        assert list(table.frame.columns)[1:] == ["Bevölkerung", "Migrationshintergrund", "Anteil in %"]

    def test_headings_alike_are_made_unique_and_told(self):
        table = read("key;n;n;n\n01;1;2;5\n02;3;4;5\n")
        assert list(table.frame.columns) == ["key", "n", "n (2)", "n (3)"]
        assert codes(table) == ["heading_repeated"]

    def test_a_column_without_a_heading_gets_a_name(self):
        assert list(read(";n\n01;5\n02;7\n").frame.columns) == ["column_1", "n"]

    def test_no_heading_at_all_is_told(self):
        table = read("01;5\n02;7\n03;9\n")
        assert codes(table) == ["header_missing"]
        assert len(table.frame) == 3

    def test_own_names_replace_headings_and_must_fit(self):
        assert list(read(GOOD, columns=("a", "b", "c", "d")).frame.columns) == ["a", "b", "c", "d"]
        assert refused(GOOD, columns=("a", "b")) == ["columns_do_not_fit"]
        assert refused(GOOD, columns=("a", "b", "c", "c")) == ["columns_do_not_fit"]

    def test_given_rows_outweigh_what_is_found(self):
        table = read("Titel A;B;C;D\n" + GOOD, skip_rows=1, header_rows=1)
        assert list(table.frame.columns) == ["key", "name", "residents", "recipients"]
        assert list(read("01;5\n02;7\n", header_rows=0, columns=("key", "n")).frame["key"]) == ["01", "02"]

    def test_a_table_without_numbers(self):
        table = read("key;name\nnord;Nordstadt\nsued;Südstadt\n")
        assert list(table.frame.columns) == ["key", "name"]
        assert len(table.frame) == 2

    def test_section_rows_below_the_heading_are_data(self):
        table = read("name;residents;recipients\nBezirk Mitte;;\nNord;1200;130\nOst;500;14\n")
        assert list(table.frame.columns) == ["name", "residents", "recipients"]
        assert table.frame.iloc[0].tolist() == ["Bezirk Mitte", "", ""]


class TestFooters:
    @pytest.mark.parametrize(
        "footer",
        [
            "__________\n© IT.NRW, Düsseldorf, 2025\nStand: 18.12.2025\n",
            "© Statistikamt Nord;;;\n",
            "Stand: 31.12.2024\n",
            "Quelle: Statistik der Bundesagentur für Arbeit\n",
            "1) ohne Bezirk Nord\n2) vorläufig\n",
            '__________\n"Erläuterung\nüber drei;\nZeilen mit 12;13"\n',
            "\n\nDie Angaben sind vorläufig und wurden am 1.1.2025 erstellt.\n",
        ],
    )
    def test_notes_below_are_no_data(self, footer):
        table = read(GOOD + footer)
        assert table.frame["key"].tolist() == ["01", "02", "03"]
        assert table.footer
        assert table.findings == ()

    def test_eighty_rows_of_notes(self):
        table = read(GOOD + "__________\n" + "".join(f"Anmerkung {n}\n" for n in range(80)))
        assert len(table.frame) == 3
        assert table.spec.footer == "__________"
        assert len(table.footer) == 81

    def test_a_last_row_with_its_key_alone_is_kept(self):
        assert read(GOOD + "04;;;\n").frame["key"].tolist() == ["01", "02", "03", "04"]

    @pytest.mark.parametrize("footer", ["Ende", "E[nm]de", "Ende("])
    def test_a_given_footer_is_text_or_pattern(self, footer):
        last = "Ende(;9;9;9\n"
        assert len(read(GOOD + last + "05;x;1;1\n", footer=footer).frame) == 3

    def test_a_name_like_a_mark_in_the_middle_does_not_cut_the_table(self):
        rows = "".join(f"{n};Quartier {n};100;10\n" for n in range(10, 30))
        assert len(read(GOOD + "Stand: x;;;\n" + rows).frame) == 24


class TestWorkbooks:
    @pytest.mark.parametrize("write", [lambda rows: xlsx({"Daten": rows}), ods, xls], ids=["xlsx", "ods", "xls"])
    def test_kinds_of_workbooks_give_the_same_text(self, write):
        table = read(write(ROWS))
        assert list(table.frame.columns) == ["key", "name", "residents", "recipients"]
        assert table.frame["key"].tolist() == ["01", "02", "03"]
        assert table.frame["residents"].tolist() == ["1200", "900", "1500"]
        assert table.frame["recipients"].tolist() == ["130", "45.5", "."]
        assert list(table.frame.index) == [2, 3, 4]
        assert table.spec.sheet == "Daten"
        assert table.findings == ()

    def test_names_of_sheets(self):
        assert sheet_names(xlsx({"Deckblatt": [["x"]], "Daten": ROWS}), "a.xlsx") == ("Deckblatt", "Daten")
        assert sheet_names(GOOD.encode(), "a.csv") == ()

    def test_a_cover_sheet_is_passed_over(self):
        book = xlsx({"Deckblatt": [["Sozialatlas"], ["Stand", 2024], ["Tabelle", 1]], "Daten": ROWS})
        table = read(book)
        assert table.spec.sheet == "Daten"
        assert codes(table) == ["sheet_chosen"]
        assert read(book, sheet=1).frame.equals(table.frame)
        assert read(book, sheet="Daten").findings == ()
        assert refused(book, sheet="Nichts") == ["sheet_missing"]
        assert refused(book, sheet=7) == ["sheet_missing"]

    def test_two_sheets_alike_are_told(self):
        assert codes(read(xlsx({"2023": ROWS, "2024": ROWS}))) == ["sheet_ambiguous"]

    def test_an_empty_workbook(self):
        assert refused(xlsx({"Leer": []})) == ["sheet_empty"]

    def test_rows_count_from_the_first_of_the_sheet(self):
        table = read(xlsx({"Daten": [[], [], *ROWS]}))
        assert list(table.frame.index) == [4, 5, 6]

    def test_merged_headings(self):
        rows = [
            ["Daten der Stadt"],
            ["key", "Personen"],
            ["", "Einwohner", "Leistung"],
            ["01", 100, 10],
            ["02", 200, 20],
        ]
        table = read(xlsx({"Daten": rows}, merged={"Daten": ["A1:C1", "A2:A3", "B2:C2"]}))
        assert list(table.frame.columns) == ["key", "Personen | Einwohner", "Personen | Leistung"]

    def test_merged_text_holds_for_its_rows_but_a_merged_number_does_not(self):
        rows = [["Bezirk", "key", "n"], ["Mitte", "01", 100], ["", "02", None], ["Nord", "03", 7]]
        table = read(xlsx({"Daten": rows}, merged={"Daten": ["A2:A3", "C2:C3"]}))
        assert table.frame["Bezirk"].tolist() == ["Mitte", "Mitte", "Nord"]
        assert table.frame["n"].tolist() == ["100", "", "7"]
        assert [(f.code, f.row, f.column) for f in table.findings] == [("merged_number", 2, "C")]

    @pytest.mark.parametrize(
        ("number", "text"),
        [
            (1675.0, "1675"),
            (0.1, "0.1"),
            (1.234, "1.2340"),
            (1e-7, "0.0000001"),
            (14.521625163826998, "14.521625163826998"),
            (-23.0, "-23"),
            (1e16, "10000000000000000"),
        ],
    )
    def test_numbers_become_text_without_loss(self, number, text):
        table = read(xlsx({"Daten": [["key", "n"], ["01", number], ["02", 5]]}))
        assert table.frame["n"].iloc[0] == text
        assert float(text) == number

    @given(
        st.lists(
            st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9), min_size=1, max_size=8
        )
    )
    @settings(max_examples=examples(40))
    def test_numeric_cells_come_back_as_they_were(self, values):
        book = xlsx({"Daten": [["key", "n"], *([f"Q{n}", value] for n, value in enumerate(values))]})
        table = read(book, header_rows=1, skip_rows=0)
        parsed = parse_numbers(table.frame["n"], markers=DEFAULT)
        assert parsed.values.tolist() == pytest.approx(values, rel=0, abs=0)

    def test_dates_become_iso(self):
        table = read(
            xlsx(
                {
                    "Daten": [
                        ["key", "Stichtag", "n"],
                        ["01", '<c s="1"><v>45657</v></c>', 5],
                        ["02", '<c s="1"><v>45657</v></c>', 6],
                    ]
                }
            )
        )
        assert table.frame["Stichtag"].tolist() == ["2024-12-31"] * 2

    def test_formulas_without_a_stored_result_are_an_error(self):
        rows = [
            *ROWS,
            ["04", "Ost", '<c s="1"/>', "<c><f>C2+C3</f></c>"],
            ["05", "West", 10, "<c><f>1+1</f><v>2</v></c>"],
        ]
        table = read(xlsx({"Daten": rows}))
        (finding,) = table.findings
        assert (finding.code, finding.level, finding.row, finding.column, finding.parameters["count"]) == (
            "formula_without_value",
            Level.ERROR,
            5,
            "D",
            1,
        )
        assert table.frame["recipients"].iloc[-1] == "2"

    def test_cells_with_an_error_are_told(self):
        table = read(xlsx({"Daten": [*ROWS, ["04", "Ost", 10, '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>']]}))
        assert [(f.code, f.row, f.column) for f in table.findings] == [("cell_error", 5, "D")]

    def test_numbers_written_as_text_between_numbers_are_told(self):
        table = read(xlsx({"Daten": [["key", "n"], ["01", 12.5], ["02", "1.675"], ["03", 3]]}))
        assert [(f.code, f.row, f.column) for f in table.findings] == [("number_as_text", 3, "B")]

    def test_a_bomb_and_entities_are_refused_before_the_reader(self):
        assert refused(xlsx({"Daten": ROWS}, extra={"xl/media/a.xml": "0" * 30 * 1024**2})) == ["archive_ratio"]
        assert refused(xlsx({"Daten": ROWS}, extra={"xl/a.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"})) == [
            "archive_doctype"
        ]

    def test_two_lonely_cells_in_far_corners_are_refused(self):
        cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        far = f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
        assert refused(with_member(xlsx({"Daten": ROWS}), "xl/worksheets/sheet1.xml", far)) == ["sheet_too_large"]

    def test_formats_down_to_the_last_row_do_no_harm(self):
        book = xlsx({"Daten": [*ROWS, ['<c s="1"/>']]})
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            text = archive.read("xl/worksheets/sheet1.xml").decode()
        styled = text.replace('<row r="5"><c r="A5" s="1"/>', '<row r="1048576"><c r="XFD1048576" s="1"/>')
        assert styled != text
        assert len(read(with_member(book, "xl/worksheets/sheet1.xml", styled)).frame) == 3

    def test_cells_repeated_beyond_measure_are_refused_and_empty_ones_are_not(self):
        def more(down: int, inner: str) -> str:
            return f'<table:table-row table:number-rows-repeated="{down}"><table:table-cell {inner}/></table:table-row>'

        filled = 'office:value-type="float" office:value="1"'
        assert refused(ods(ROWS, more=more(1_000_000, filled))) == ["sheet_too_large"]
        assert refused(ods(ROWS, more=more(1, 'table:number-columns-repeated="16000" ' + filled))) == [
            "sheet_too_large"
        ]
        assert len(read(ods(ROWS, more=more(1_048_000, 'table:number-columns-repeated="16000"'))).frame) == 3

    def test_passwords_other_zips_and_cut_files(self):
        encrypted = (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
        )
        assert refused(encrypted) == ["workbook_encrypted"]
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("readme.txt", "1")
        assert refused(stream.getvalue()) == ["zip_not_workbook"]
        assert refused(xlsx({"Daten": ROWS})[:-200]) == ["archive_broken"]
        assert refused(xls(ROWS)[:900]) == ["workbook_unreadable"]

    @pytest.mark.parametrize("seed", range(12))
    def test_a_damaged_old_workbook_harms_nothing_else(self, seed):
        # Some of these make the reader behind ask for hundreds of gigabytes and end its process.
        rng = np.random.default_rng(seed)
        content = np.frombuffer(xls(ROWS), dtype=np.uint8).copy()
        content[rng.integers(0x1C, 1600, 12)] = rng.integers(0, 256, 12)
        try:
            outcome = len(read(content.tobytes()).frame)
        except DataError as fault:
            outcome = len(fault.findings)
        assert outcome > 0

    def test_limits_of_rows_and_columns(self):
        assert refused(xlsx({"Daten": ROWS}), limits=ReadLimits(table_rows=3)) == ["table_too_many_rows"]
        assert refused(xlsx({"Daten": ROWS}), limits=ReadLimits(table_columns=3)) == ["table_too_many_columns"]


class TestMarkers:
    @pytest.mark.parametrize(
        ("text", "state"),
        [
            (".", "suppressed"),
            ("*", "suppressed"),
            ("k.A.", "suppressed"),
            ("k. A.", "suppressed"),
            ("K.A.", "suppressed"),
            ("geheim", "suppressed"),
            ("-", "true_zero"),
            ("–", "true_zero"),
            ("−", "true_zero"),
            ("x", "not_applicable"),
            ("X", "not_applicable"),
            ("×", "not_applicable"),
            ("", "missing"),
            ("  ", "missing"),
            ("...", "missing"),
            ("…", "missing"),
            ("-9999", "missing"),
            ("-9999.0", "missing"),
            ("NA", "missing"),
            ("NaN", "missing"),
            ("nan", "missing"),
            ("/", "missing"),
            ("0", "value"),
            ("12", "value"),
        ],
    )
    def test_default(self, text, state):
        parsed = parse_numbers(cells("5", text), markers=DEFAULT)
        assert parsed.states[1] == state
        assert np.isnan(parsed.values[1]) == (state in ("suppressed", "missing", "not_applicable"))
        assert parsed.values[1] == 0 or state != "true_zero"

    @pytest.mark.parametrize(
        ("name", "text", "state"),
        [
            ("ba", "*", "suppressed"),
            ("ba", "x", "not_applicable"),
            ("destatis", "/", "missing"),
            ("destatis", ".", "suppressed"),
            ("essen", "-", "true_zero"),
            ("essen", ".", "suppressed"),
            ("essen", "×", "not_applicable"),
            ("essen", "0", "value"),
            ("landesdatenbank", ".", "suppressed"),
            ("landesdatenbank", "-", "true_zero"),
            ("berlin_mss", "0", "suppressed"),
            ("berlin_mss", "0.0", "suppressed"),
            ("berlin_mss", "-9999", "missing"),
            ("zensus", "-1", "missing"),
            ("none", "", "missing"),
        ],
    )
    def test_meanings_are_per_source(self, name, text, state):
        assert parse_numbers(cells("5", text), markers=MARKER_SETS[name]).states[1] == state

    def test_without_markers_a_sign_is_an_error(self):
        parsed = parse_numbers(cells("5", "."), markers=MARKER_SETS["none"])
        assert [(f.code, f.row, f.column) for f in parsed.findings] == [("text_in_numbers", 3, "recipients")]

    def test_all_seven_sets_are_there(self):
        assert {"default", "essen", "ba", "destatis", "landesdatenbank", "berlin_mss", "none"} <= set(MARKER_SETS)

    def test_unreliable_cells_are_counted(self):
        assert [f.code for f in parse_numbers(cells("5", "/"), markers=DEFAULT).findings] == ["cells_unreliable"]


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("12", 12),
            ("1675", 1675),
            (" 1 675 ", 1675),
            ("1\u00a0675", 1675),
            ("1\u2009675", 1675),
            ("1\u202f675", 1675),
            ("1'675", 1675),
            ("1’675", 1675),
            ("1 788 994", 1788994),
            ("2.124,30", 2124.3),
            ("1,234.5", 1234.5),
            ("1.234.567", 1234567),
            ("1,234,567", 1234567),
            ("11,1", 11.1),
            ("4.22594", 4.22594),
            ("0,123", 0.123),
            ("0.123", 0.123),
            ("1234,567", 1234.567),
            (",5", 0.5),
            ("5,", 5),
            ("-  23", -23),
            ("- 23", -23),
            ("-23", -23),
            ("23-", -23),
            ("−23", -23),
            ("–23", -23),
            ("+5", 5),
            ("11,1 %", 11.1),
            ("11,1%", 11.1),
            ("123 1)", 123),
            ("123¹", 123),
            ("1.234,5 2)", 1234.5),
            ("(12)", 12),
            ("1,5E+03", 1500),
            ("1.5e-05", 1.5e-5),
            ("-1.234,5", -1234.5),
            ("1 234,5", 1234.5),
        ],
    )
    def test_ways_of_writing(self, text, number):
        parsed = parse_numbers(cells(text), markers=DEFAULT)
        assert parsed.values[0] == pytest.approx(number)
        assert parsed.states[0] == "value"
        assert not any(f.level is Level.ERROR for f in parsed.findings)

    @pytest.mark.parametrize(
        "text",
        [
            "zwölf",
            "12 Personen",
            "1.23.456",
            "12 34",
            "1,2,3",
            "--5",
            "1..2",
            "12.3456,7",
            "§",
            "5 000 00",
            "0x1F",
            "inf",
            "1e999",
            "-1E+999",
            "9" * 400,
            "1e300",
            "١٢",
        ],
    )
    def test_what_is_no_number_is_an_error_and_missing(self, text):
        parsed = parse_numbers(cells("5", text, "7"), markers=DEFAULT)
        assert [(f.code, f.row, f.column, f.level) for f in parsed.findings] == [
            ("text_in_numbers", 3, "recipients", Level.ERROR)
        ]
        assert parsed.states.tolist() == ["value", "missing", "value"]

    def test_a_finding_never_carries_digits(self):
        parsed = parse_numbers(cells("5", "2 Fälle", "viele"), markers=DEFAULT)
        assert [f.parameters["text"] for f in parsed.findings] == ["…", "viele"]

    def test_many_faults_are_summed_up(self):
        parsed = parse_numbers(cells("5", *["viele"] * 50), markers=DEFAULT)
        assert [f.code for f in parsed.findings] == ["text_in_numbers"] * 20 + ["text_in_numbers_more"]
        assert parsed.findings[-1].parameters["count"] == 30

    @pytest.mark.parametrize(
        ("column", "expected", "code"),
        [
            (("1.234", "12,5"), [1234, 12.5], None),
            (("1.234", "12.5"), [1.234, 12.5], None),
            (("1,234", "12.5"), [1234, 12.5], None),
            (("1,234", "12,5"), [1.234, 12.5], None),
            (("1.234", "1.234.567"), [1234, 1234567], None),
            (("1.234", "560", "98"), [1234, 560, 98], None),
            (("1,234", "560", "98"), [1234, 560, 98], None),
            (("1.234", "4711"), [1.234, 4711], None),
            (("1.234", "5.678"), [1234, 5678], "separator_ambiguous"),
            (("1,234", "5,678"), [1.234, 5.678], "separator_ambiguous"),
            (("1,5", "2,5", "1.5"), [1.5, 2.5, np.nan], "separators_mixed"),
            (("1.234", "1,234"), [1234, 1.234], "separators_mixed"),
            (("1.234", "0" * 5_000 + "560"), [1234, 560], None),
        ],
    )
    def test_separators_are_decided_for_the_column(self, column, expected, code):
        parsed = parse_numbers(cells(*column), markers=DEFAULT)
        np.testing.assert_allclose(parsed.values, expected)
        assert [f.code for f in parsed.findings if f.code.startswith("separator")] == ([code] if code else [])

    def test_given_separators_are_kept_to(self):
        assert numbers("1.234", decimal=",") == [1234]
        assert numbers("1.234", decimal=".") == [1.234]
        assert numbers("1.234", thousands=".") == [1234]
        assert numbers("1.234", thousands="") == [1.234]
        assert np.isnan(numbers("12.5", decimal=",")).all()
        assert np.isnan(numbers("1 234", thousands=".")).all()
        assert np.isnan(numbers("1.234,5", decimal=",", thousands="")).all()
        with pytest.raises(ContractError):
            numbers("1", decimal=",", thousands=",")

    def test_an_empty_column(self):
        parsed = parse_numbers(pd.Series([], dtype=str), markers=DEFAULT)
        assert len(parsed.values) == len(parsed.states) == 0

    @given(
        st.lists(st.decimals(min_value=-(10**8), max_value=10**8, places=2), min_size=1, max_size=20),
        st.sampled_from([(",", "."), (",", " "), (",", "\u00a0"), (",", ""), (".", ","), (".", "'"), (".", "")]),
    )
    @settings(max_examples=examples(300))
    def test_written_and_read_is_the_same(self, values, notation):
        decimal, group = notation
        texts = [f"{v:,.2f}".translate({ord(","): group, ord("."): decimal}) for v in values]
        parsed = parse_numbers(cells(*texts), markers=DEFAULT)
        assert parsed.values.tolist() == pytest.approx([float(v) for v in values])
        assert parsed.findings == ()
        assert parsed.decimal == decimal

    @given(
        st.lists(st.integers(min_value=-(10**9), max_value=10**9), min_size=1, max_size=20),
        st.sampled_from([".", " ", "'", ""]),
    )
    @settings(max_examples=examples(300))
    def test_whole_numbers_in_german_notation(self, values, group):
        parsed = parse_numbers(cells(*(f"{v:,}".replace(",", group) for v in values)), markers=DEFAULT, decimal=",")
        assert parsed.values.tolist() == values

    @given(st.text(max_size=12))
    @settings(max_examples=examples(300))
    def test_any_text_is_a_number_a_marker_or_an_error(self, text):
        parsed = parse_numbers(cells(text), markers=DEFAULT)
        is_error = any(f.code == "text_in_numbers" for f in parsed.findings)
        has_number = bool(np.isfinite(parsed.values[0]))
        assert has_number == (parsed.states[0] in ("value", "true_zero"))
        assert not (is_error and has_number)
        assert is_error or has_number or DEFAULT.state_of(text) is not None


class TestDates:
    @pytest.mark.parametrize(
        ("text", "iso"),
        [
            ("31.12.2024", "2024-12-31"),
            ("1.2.2024", "2024-02-01"),
            ("2024", "2024-12-31"),
            ("202412", "2024-12-31"),
            ("202402", "2024-02-29"),
            ("2024-12-31", "2024-12-31"),
            ("Dezember 2024", "2024-12-31"),
            ("Dez 24", "2024-12-31"),
            ("Dez. 2024", "2024-12-31"),
            ("März 2024", "2024-03-31"),
            ("Mrz 24", "2024-03-31"),
            ("Juni 2024", "2024-06-30"),
            ("31. Dezember 2024", "2024-12-31"),
            ("31.12.2024 00:00:00", "2024-12-31"),
            ("2024-12-31T00:00:00", "2024-12-31"),
            ("2024-Q4", "2024-12-31"),
            ("2024 Q1", "2024-03-31"),
            ("4. Quartal 2024", "2024-12-31"),
            ("Q2 2024", "2024-06-30"),
            ("2024.0", "2024-12-31"),
            ("20241231", "2024-12-31"),
            ("12/2024", "2024-12-31"),
            ("2024-12", "2024-12-31"),
            (" 2024 ", "2024-12-31"),
            ("", ""),
        ],
    )
    def test_ways_of_writing(self, text, iso):
        parsed = parse_dates(pd.Series([text]))
        assert parsed.values.tolist() == [iso]
        assert parsed.findings == ()

    @pytest.mark.parametrize(
        "text", ["31.02.2024", "202413", "gestern", "99999", "1.1.1", "5. Quartal 2024", "Foo 2024", "0"]
    )
    def test_what_is_no_date_is_an_error(self, text):
        parsed = parse_dates(pd.Series(["2024", text], index=[2, 3], name="Stand"))
        assert parsed.values.tolist() == ["2024-12-31", ""]
        assert [(f.code, f.row, f.column) for f in parsed.findings] == [("date_unreadable", 3, "Stand")]

    @given(st.dates(min_value=pd.Timestamp("1950-01-01").date(), max_value=pd.Timestamp("2090-01-01").date()))
    def test_written_and_read_is_the_same(self, day):
        written = pd.Series(
            [f"{day:%d.%m.%Y}", day.isoformat(), f"{day.day}.{day.month}.{day.year}", f"{day:%d.%m.%Y} 00:00:00"]
        )
        assert set(parse_dates(written).values) == {day.isoformat()}


@pytest.mark.real
class TestRealFiles:
    @pytest.mark.parametrize(
        ("file", "rows", "columns", "first_row", "header_rows"),
        [
            ("nrw/itnrw_2023_22811-01i.csv", 434, 3, 8, 2),
            ("nrw/itnrw_2024_12411-15i.csv", 444, 6, 6, 3),
            ("nrw/itnrw_2024_22811-05i.csv", 434, 11, 10, 4),
            ("raw_formats/itnrw_2023_12411-02-03-4.csv", 305, 7, 7, 1),
            ("raw_formats/itnrw_2024_12411-09i.csv", 61, 95, 9, 4),
            ("raw_formats/itnrw_2024_13111-54i.csv", 854, 14, 8, 1),
            ("raw_formats/itnrw_2024_22542-06i.csv", 61, 16, 9, 2),
        ],
    )
    def test_it_nrw(self, real_data, file, rows, columns, first_row, header_rows):
        table = read_table(real_data / file, name=file)
        assert table.frame.shape == (rows, columns)
        assert table.frame.index[0] == first_row
        assert (table.spec.encoding, table.spec.delimiter) == ("cp1252", ";")
        assert (table.spec.header_rows, table.spec.footer) == (header_rows, "__________")
        assert not any("©" in cell for cell in table.frame.iloc[-1])
        assert any("©" in line for line in table.footer)
        assert not any(f.level is Level.ERROR for f in table.findings)
        for column in table.frame.columns[4 if columns != 3 else 2 :]:
            parsed = parse_numbers(table.frame[column], markers=MARKER_SETS["landesdatenbank"])
            assert not any(f.level is Level.ERROR for f in parsed.findings), column

    def test_nrw_recipients_add_up_but_for_what_is_hidden(self, real_data):
        table = read_table(real_data / "nrw/itnrw_2024_22811-05i.csv", name="05i.csv")
        keys = table.frame["column_2"]
        parsed = parse_numbers(table.frame.iloc[:, 3], markers=MARKER_SETS["landesdatenbank"])
        values = pd.Series(parsed.values, index=keys)
        assert values["05"] == 1_557_269
        assert keys.str.len().value_counts().to_dict() == {8: 375, 5: 53, 3: 5, 2: 1}
        assert (parsed.states == "suppressed").sum() == 4
        assert parsed.states[keys.to_list().index("05999998")] == "true_zero"
        districts = values[(keys.str.len() == 5).to_numpy()]
        assert districts.sum() == values["05"]

    def test_structure_data_of_constituencies(self, real_data):
        table = read_table(real_data / "raw_formats/btw21_strukturdaten.csv", name="btw21.csv")
        assert table.frame.shape == (316, 52)
        assert list(table.frame.columns[:3]) == ["Land", "Wahlkreis-Nr.", "Wahlkreis-Name"]
        assert table.spec.encoding == "utf-8-sig"
        assert table.frame.iloc[0, 2] == "Flensburg – Schleswig"
        area = parse_numbers(table.frame.iloc[:, 4], markers=DEFAULT)
        assert area.values[0] == 2124.3
        assert area.values[-1] == 357_581.0
        assert area.decimal == ","

    def test_hamburg_csv_and_workbook_give_equal_numbers(self, real_data):
        stem = "hamburg_2013/Daten_fuer_die_Stadtteilprofile_2014"
        csv = read_table(real_data / f"{stem}.csv", name="hamburg.csv")
        book = read_table(real_data / f"{stem}.xlsx", name="hamburg.xlsx")
        assert csv.frame.shape == book.frame.shape == (107, 69)
        assert (book.spec.header_rows, book.spec.skip_rows) == (3, 1)
        assert csv.frame.iloc[:, 0].tolist() == book.frame.iloc[:, 0].tolist()
        for place in range(1, 69):
            left = parse_numbers(csv.frame.iloc[:, place], markers=DEFAULT)
            right = parse_numbers(book.frame.iloc[:, place], markers=DEFAULT)
            assert not any(f.level is Level.ERROR for f in (*left.findings, *right.findings)), place
            # The CSV holds what the workbook shows: numbers rounded to its format.
            shown = 0.051 if csv.frame.iloc[:, place].str.contains(",").any() else 0.501
            np.testing.assert_allclose(left.values, right.values, atol=shown, err_msg=str(csv.frame.columns[place]))
            is_number = [np.isin(parsed.states, ["value", "true_zero"]) for parsed in (left, right)]
            assert (is_number[0] == is_number[1]).all()
        net = parse_numbers(csv.frame["Wanderungssaldo"], markers=DEFAULT)
        assert net.values[0] == -23

    def test_berlin_wfs_export(self, real_data):
        table = read_table(real_data / "berlin/mss_2021_wfs/mss_2021_index_indikatoren.csv", name="mss.csv")
        assert table.frame["PLR_ID"].str.fullmatch(r"\d{8}").all()
        assert table.frame["PLR_ID"].iloc[0] == "01100101"
        parsed = parse_numbers(table.frame["S3"], markers=MARKER_SETS["berlin_mss"])
        assert parsed.findings == ()
        assert parsed.decimal == "."
        assert parsed.values[0] == 8.04329
        assert (parsed.states == "missing").sum() > 0
        assert np.nanmin(parsed.values) >= 0
        assert set(parse_dates(table.frame["ZEIT"]).values) == {"2020-12-31"}

    def test_zero_of_mss_before_2021_is_withheld(self, real_data):
        table = read_table(real_data / "berlin/mss_classes/mss_2013_published_classes.csv", name="mss.csv")
        small = parse_numbers(table.frame["inhabitants"], markers=DEFAULT).values < 300
        status = parse_numbers(table.frame["status_index"], markers=MARKER_SETS["berlin_mss"])
        assert set(status.states[small]) == {"suppressed"}
