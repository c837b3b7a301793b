"""Scenarios as JSON: round trips, older and newer forms, and everything a file can have wrong."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.decode import from_plain, to_plain
from geo.errors import DataError
from geo.labels import DESCRIPTION_MOST, NAME_MOST, clean_description, clean_name, copy_name
from geo.siting.ask.question import Question
from geo.siting.ask.survey import OwnPlace
from geo.siting.costs.components import CostPlan
from geo.siting.scenario.outcome import run
from geo.siting.scenario.scenario import SCHEMA_VERSION, Scenario
from geo.siting.scenario.scenario_file import FILE_BYTES_MOST, body_of, read_scenario, write_scenario
from tests.profiles import examples

PLAN = Scenario(
    "Drei Orte",
    "klein",
    Question(new=2, minutes=12.5, forced=("h1",), own=(OwnPlace("own-1", "Eigener Ort 1", 9.02, 51.47),)),
    "Für den Ausschuss",
    CostPlan(hours_per_week=10.0, prices=(("rent", 11.5),)),
)
NASTY = (
    "Sagt \"nein\" & 'ja'",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-2+3",
    "${{7*7}} {{7*7}} %s %(name)s",
    "Robert'); DROP TABLE documents;--",
    "日本語 ñ 👩‍👩‍👧",
    r"\textbf{x} #set page()",
)


def damaged(**changes: object) -> bytes:
    body = body_of(PLAN)
    body["scenario"].update(changes)
    return json.dumps(body).encode()


def codes(data: bytes, region_id: str | None = None) -> list[str]:
    with pytest.raises(DataError) as fault:
        read_scenario(data, region_id)
    return [finding.code for finding in fault.value.findings]


def test_a_scenario_comes_back_as_it_was(region) -> None:
    _, outcome = run(region, Scenario("A", "klein", Question(new=2)))
    asked = Scenario("A", "klein", Question(new=2))
    back = read_scenario(write_scenario(PLAN), "klein")
    assert (back.scenario, back.outcome, back.version, back.findings) == (PLAN, None, SCHEMA_VERSION, ())
    done = replace(asked, question=replace(asked.question, date=outcome.date, mode=outcome.mode))
    with_outcome = read_scenario(write_scenario(done, outcome))
    assert with_outcome.scenario.key == done.key == outcome.scenario_key
    assert with_outcome.outcome == outcome
    assert with_outcome.findings == ()


@pytest.mark.parametrize("name", NASTY)
def test_any_name_is_kept_as_it_was_written(name: str) -> None:
    back = read_scenario(write_scenario(PLAN.renamed(name, name)))
    assert (back.scenario.name, back.scenario.description) == (name, name)


@given(st.text(max_size=300))
@settings(max_examples=examples(300))
def test_a_cleaned_name_is_one_visible_line(text: str) -> None:
    try:
        name = clean_name(text)
    except DataError:
        visible = [one for one in text if one.isprintable() and not one.isspace()]
        assert len(text) > NAME_MOST or not visible
        return
    assert clean_name(name) == name
    assert 0 < len(name) <= NAME_MOST
    assert name.isprintable() or any(ord(one) > 0x7F for one in name)
    assert not set(name) & set("\n\r\t\x00\x1b\u202e\u2066")
    name.encode()


def test_control_characters_go_and_lines_of_a_description_stay() -> None:
    assert clean_name("Plan\x00 \x1b[31mA\u202e\tB\r\nC") == "Plan [31mA B C"
    assert clean_description("eins\r\nzwei\x07\n\ndrei\u202e ") == "eins\nzwei\n\ndrei"
    assert clean_name("\ud800Plan") == "Plan"


@pytest.mark.parametrize("field", ["name", "description"])
def test_ten_thousand_characters_are_a_finding(field: str) -> None:
    assert codes(damaged(**{field: "a" * 10_000})) == [f"{field}_too_long"]
    most = NAME_MOST if field == "name" else DESCRIPTION_MOST
    assert getattr(read_scenario(damaged(**{field: "ä" * most})).scenario, field) == "ä" * most
    assert codes(damaged(**{field: "ä" * (most + 1)})) == [f"{field}_too_long"]


def test_an_older_form_is_read() -> None:
    old = {
        "schema_version": 0,
        "name": "Alt",
        "region_id": "klein",
        "measure": "recipients",
        "minutes": 12.5,
        "new": 2,
        "forced": ["h1"],
        "objective": "backup",
    }
    back = read_scenario(json.dumps(old).encode(), "klein")
    assert back.version == 0
    assert back.scenario == Scenario(
        "Alt", "klein", Question(minutes=12.5, new=2, forced=("h1",), objective="backup"), "", CostPlan()
    )
    again = read_scenario(write_scenario(back.scenario))
    assert (again.scenario, again.version) == (back.scenario, SCHEMA_VERSION)
    assert codes(json.dumps({**old, "wunsch": 1}).encode()) == ["value_unknown"]


def test_a_newer_form_is_refused() -> None:
    body = {**body_of(PLAN), "schema_version": SCHEMA_VERSION + 1}
    assert codes(json.dumps(body).encode()) == ["scenario_newer"]


def test_a_file_of_another_region_names_both() -> None:
    with pytest.raises(DataError) as fault:
        read_scenario(write_scenario(PLAN), "gross")
    assert fault.value.findings[0].parameters == {"made_for": "klein", "region": "gross"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json_damaged"),
        (b"{", "json_damaged"),
        (b"\xff\xfe\x00", "json_damaged"),
        (b"[" * 100_000, "json_damaged"),
        (write_scenario(PLAN)[:-30], "json_damaged"),
        (b"[1, 2]", "scenario_not_one"),
        (b'"text"', "scenario_not_one"),
        (b"{}", "scenario_not_one"),
        (b'{"schema_version": true}', "value_unfit"),
        (b'{"schema_version": -1}', "value_unfit"),
        (b'{"schema_version": "1"}', "value_unfit"),
        (b'{"schema_version": 1}', "value_unfit"),
        (b'{"schema_version": 1, "scenario": []}', "value_unfit"),
        (b'{"schema_version": 1, "schema_version": 1}', "json_key_twice"),
        (b'{"schema_version": 1, "scenario": {"name": "A", "name": "B"}}', "json_key_twice"),
        (b'{"schema_version": 1, "scenario": {"x": NaN}}', "value_unfit"),
        (b'{"schema_version": ' + b"9" * 5_000 + b"}", "json_damaged"),
        (b" " * (FILE_BYTES_MOST + 1), "scenario_too_large"),
    ],
)
def test_a_damaged_file_is_a_finding(data: bytes, code: str) -> None:
    assert code in codes(data)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"question": {"minutes": "15"}}, "value_unfit"),
        ({"question": {"minutes": True}}, "value_unfit"),
        ({"question": {"new": 2.5}}, "value_unfit"),
        ({"question": {"new": 10**40}}, "value_unfit"),
        ({"question": {"minutes": 10**400}}, "value_unfit"),
        ({"question": {"forced": "h1"}}, "value_unfit"),
        ({"question": {"forced": [1]}}, "value_unfit"),
        ({"question": {"forced": ["h" * 201]}}, "text_too_long"),
        ({"question": {"forced": ["h\x00"]}}, "value_unfit"),
        ({"question": {"own": [{"id": "own-1", "name": "A", "lon": 1.0}]}}, "value_missing"),
        ({"question": {"own": [{"id": "own-1", "name": "x" * 121, "lon": 1, "lat": 2}]}}, "name_too_long"),
        ({"question": {"__class__": "x"}}, "value_unknown"),
        ({"question": None}, "value_unfit"),
        ({"costs": {"prices": [["rent"]]}}, "value_unfit"),
        ({"name": ""}, "name_empty"),
        ({"name": " \x00\u200e"}, "name_empty"),
        ({"name": None}, "value_unfit"),
        ({"region_id": 7}, "value_unfit"),
        ({"region_id": "\ud800"}, "value_unfit"),
    ],
)
def test_a_wrong_value_is_a_finding(change: dict[str, object], code: str) -> None:
    assert codes(damaged(**change)) == [code]


def test_all_faults_come_at_once() -> None:
    faults = codes(damaged(question={"minutes": "15", "new": None, "wish": 1}, region_id=3))
    assert sorted(faults) == ["value_unfit", "value_unfit", "value_unfit", "value_unknown"]


def test_a_result_that_does_not_fit_is_left_out_and_the_scenario_stays(region) -> None:
    asked = Scenario("A", "klein", Question(new=2, date="2025-12-31", mode="line"))
    _, outcome = run(region, asked)
    body = body_of(asked, outcome)
    body["outcome"]["demand"] = "viele"
    read = read_scenario(json.dumps(body).encode())
    assert (read.scenario, read.outcome, [one.code for one in read.findings]) == (asked, None, ["outcome_unfit"])
    other = replace(asked, question=replace(asked.question, minutes=20.0))
    read = read_scenario(write_scenario(other, outcome))
    assert (read.outcome, [one.code for one in read.findings]) == (None, ["outcome_of_other_settings"])


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp")), min_size=1, max_size=40
)
numbers = st.floats(-1e6, 1e6, allow_nan=False)
questions = st.builds(
    Question,
    measure=texts,
    minutes=numbers,
    new=st.integers(-5, 50),
    forced=st.lists(texts, max_size=4).map(tuple),
    own=st.lists(st.builds(OwnPlace, id=texts, name=texts, lon=numbers, lat=numbers), max_size=3).map(tuple),
    objective=texts,
)


@given(questions, st.lists(st.tuples(texts, numbers), max_size=3).map(tuple))
def test_plain_values_and_back_for_all_questions(question: Question, prices: tuple[tuple[str, float], ...]) -> None:
    plan = Scenario("A", "klein", question, costs=CostPlan(prices=prices))
    plain = json.loads(json.dumps(to_plain(plan)))
    back: Scenario = from_plain(Scenario, plain)
    assert back == plan
    assert back.key == plan.key


def test_a_copy_has_a_name_that_fits() -> None:
    assert copy_name("Plan", "(Kopie)") == "Plan (Kopie)"
    long = copy_name("x" * NAME_MOST, "(Kopie)")
    assert len(long) == NAME_MOST
    assert long.endswith("… (Kopie)")
