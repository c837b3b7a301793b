"""Names beside points of a chart."""

from __future__ import annotations

from geo.output.charts.labels import SIDES, label_sides

SIZE, MOST = (300.0, 260.0), (10.0, 1000.0)


def sides(spots, names, lines=()):  # type: ignore[no-untyped-def]
    return label_sides(spots, names, lines, size=SIZE, most=MOST)


def test_names_stand_apart_and_beside_the_line() -> None:
    assert sides([(2.0, 500.0)], ["Zwei Orte"]) == [SIDES[0]]
    step = [(0.0, 300.0), (2.0, 300.0), (2.0, 500.0), (6.0, 500.0)]
    found = sides([(0.0, 300.0), (2.0, 500.0)], ["Heute", "Zwei Orte"], [step])
    assert "middle right" not in found
    assert None not in found
    slope = [(0.0, 0.0), (10.0, 1000.0)]
    assert sides([(5.0, 500.0)], ["Fünf"], [slope])[0] in ("bottom right", "top left")


def test_names_stay_in_the_plot() -> None:
    assert sides([(10.0, 900.0)], ["Zehn neue Standorte"])[0] in ("top left", "middle left", "bottom left")
    assert sides([(0.0, 0.0)], ["Heute"])[0] == "top right"


def test_a_name_without_room_is_left_out_and_nothing_is_written_twice_in_one_place() -> None:
    crowd = [(5.0, 500.0 + 4 * number) for number in range(12)]
    found = sides(crowd, ["Ein recht langer Name"] * 12)
    assert None in found
    assert found[0] is not None or found[-1] is not None
    assert sides([], []) == []
    assert label_sides([(0.0, 0.0)], ["Heute"], [], size=SIZE, most=(0.0, 0.0)) == ["top right"]
