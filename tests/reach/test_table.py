"""Travel times from tables: read as sent, broken in one way each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geo.errors import ContractError, DataError
from geo.reach.table import TravelTable, read_travel_table

ROWS = [("01", "A", "5"), ("01", "B", "12"), ("02", "A", "0"), ("02", "B", "30")]


def text(rows=ROWS, head=("from", "to", "minutes"), mark=",") -> bytes:
    return "\n".join(mark.join(row) for row in [head, *rows]).encode() + b"\n"


def read(content: bytes, **options) -> TravelTable:
    chosen = {"name": "t.csv", "from_keys": ["01", "02"], "to_keys": ["A", "B"], **options}
    return read_travel_table(content, **chosen)


def codes(table: TravelTable) -> list[str]:
    return [finding.code for finding in table.findings]


def test_a_sound_table_is_read_without_a_word() -> None:
    table = read(text())
    assert table.findings == ()
    assert table.times.minutes.toarray().tolist() == [[5, 12], [0, 30]]
    assert table.times.minutes.nnz == 4
    assert (table.times.mode, table.times.source) == ("car", "t.csv")
    assert table.times.within(12).toarray().tolist() == [[True, True], [True, False]]


def test_points_of_one_quarter_share_its_times() -> None:
    table = read(text(), from_keys=["02", "01", "02"])
    assert table.times.minutes.toarray().tolist() == [[0, 30], [5, 12], [0, 30]]
    assert table.times.minutes.nnz == 6
    assert read(text(), from_keys=[]).times.minutes.shape == (0, 2)


@pytest.mark.parametrize(
    "content",
    [
        text([("01", "A", "5,5"), ("02", "A", "7,25"), ("01", "B", "1"), ("02", "B", "2")], mark=";"),
        text([("01", "A", "5.5"), ("02", "A", "7.25"), ("01", "B", "1"), ("02", "B", "2")], mark="\t"),
        b"\xef\xbb\xbf" + text([("01", "A", "5,5"), ("02", "A", "7,25"), ("01", "B", "1"), ("02", "B", "2")], mark=";"),
        text([("A", "01", "5.5"), ("A", "02", "7.25"), ("B", "01", "1"), ("B", "02", "2")], ("Nach", "Von", "Minuten")),
        text(
            [("01", "A", "5,5", "x"), ("02", "A", "7,25", ""), ("01", "B", "1", ""), ("02", "B", "2", "")],
            ("VON", "ZIEL", "Fahrzeit", "Notiz"),
            mark=";",
        ),
    ],
)
def test_delimiters_decimal_commas_and_german_headings_are_understood(content: bytes) -> None:
    assert read(content).times.minutes.toarray().tolist() == [[5.5, 1], [7.25, 2]]


@pytest.mark.parametrize(
    ("rows", "expected", "minutes"),
    [
        ([*ROWS, ("03", "A", "1")], ["travel_from_unknown"], [[5, 12], [0, 30]]),
        ([*ROWS, ("01", "C", "1")], ["travel_to_unknown"], [[5, 12], [0, 30]]),
        (ROWS[:3], ["travel_pairs_missing"], [[5, 12], [0, np.inf]]),
        ([*ROWS[:3], ("02", "B", "-")], ["travel_pairs_missing"], [[5, 12], [0, np.inf]]),
        ([*ROWS[:3], ("02", "B", "")], ["travel_pairs_missing"], [[5, 12], [0, np.inf]]),
        ([*ROWS, ("01", "A", "5")], ["travel_pair_twice"], [[5, 12], [0, 30]]),
        ([*ROWS, ("01", "A", "9"), ("01", "A", "7")], ["travel_pair_differs"], [[9, 12], [0, 30]]),
        (
            [(a, b, f"{int(c) * 60 + 900}") for a, b, c in ROWS],
            ["travel_minutes_long"],
            [[1200, np.inf], [900, np.inf]],
        ),
    ],
)
def test_a_fault_that_can_be_borne_is_told(rows, expected: list[str], minutes: list[list[float]]) -> None:
    table = read(text(rows))
    assert codes(table) == expected
    whole = np.full((2, 2), np.inf)
    found = table.times.minutes.tocoo()
    whole[found.row, found.col] = found.data
    assert whole.tolist() == minutes


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (text([*ROWS, ("01", "A", "-3")]), "travel_minutes_negative"),
        (text([*ROWS[:3], ("02", "B", "bald")]), "text_in_numbers"),
        (text([("1", "X", "3"), ("2", "Y", "4")]), "travel_no_key_known"),
        (text(head=("a", "to", "minutes")), "travel_column_missing"),
        (b"", "file_empty"),
        (b"from;to;minutes\n", None),
        (b"\x00\x01\x02\x03" * 50, "file_binary"),
    ],
)
def test_a_fault_that_cannot_be_borne_is_refused_by_name(content: bytes, code: str | None) -> None:
    with pytest.raises(DataError) as caught:
        read(content)
    if code is not None:
        assert code in [finding.code for finding in caught.value.findings]
    assert all(finding.file == "t.csv" for finding in caught.value.findings)


def test_faults_name_their_row_and_all_come_at_once() -> None:
    with pytest.raises(DataError) as caught:
        read(text([("01", "A", "-3"), ("01", "B", "-4"), ("99", "A", "1")]))
    negative, stranger = caught.value.findings
    assert (negative.row, negative.column, negative.parameters["count"]) == (2, "minutes", 2)
    assert (stranger.code, stranger.row, stranger.parameters["key"]) == ("travel_from_unknown", 4, "99")


def test_both_missing_columns_are_named() -> None:
    with pytest.raises(DataError) as caught:
        read(text(head=("a", "b", "minutes")))
    assert [finding.column for finding in caught.value.findings] == ["from", "to"]


def test_a_longest_time_leaves_out_longer_ones_and_must_be_above_zero(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text())
    times = read_travel_table(
        path, name="t.csv", from_keys=["01"], to_keys=["A", "B"], limit_minutes=10, mode="bike"
    ).times
    assert (times.minutes.nnz, times.mode, times.limit_minutes) == (1, "bike", 10)
    with pytest.raises(ContractError, match="limit_minutes"):
        read(text(), limit_minutes=0)
