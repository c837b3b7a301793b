"""python -m geo scenario and export: the files of the app without a browser, and sentences for what does not work."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from geo.__main__ import main
from geo.commands.console import write_whole
from geo.region.package.bundle import write_region
from geo.siting.costs.components import PRESETS
from geo.siting.scenario.scenario_file import read_scenario
from geo.text import texts
from tests.conftest import ROOT
from tests.programs import by_office, pdf_facts, pdf_text, run
from tests.region.recipes.test_real_regions import built

DEMO = str(ROOT / "data" / "musterstadt")


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    assert main(["scenario", DEMO, "--name", "Drei Orte", "--new", "3", "--out", str(path)]) == 0
    return path


def export(scenario: Path, out: Path, *arguments: str, region: str = DEMO) -> int:
    return main(["export", region, "--scenario", str(scenario), "--out", str(out), "--seconds", "5", *arguments])


def test_a_scenario_file_is_what_was_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.json"
    options = ("--budget", "60000", "--minutes", "20", "--run", "days", "--hours", "30", "--mode", "line")
    assert main(["scenario", DEMO, "--name", "Budget", *options, "--out", str(path)]) == 0
    made = read_scenario(path.read_bytes(), "musterstadt").scenario
    assert made.costs == replace(PRESETS["days"], hours_per_week=30.0)
    assert made.question.mode == "line"
    assert made.question.objective == "budget"
    assert made.question.minutes == 20
    assert made.question.date is not None
    assert made.key in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--name", " "), "name"),
        (("--name", "A", "--measure", "dragons"), "dragons"),
        (("--name", "A", "--force", "nowhere"), "nowhere"),
    ],
)
def test_a_question_that_does_not_fit_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "a.json"
    assert main(["scenario", DEMO, *arguments, "--out", str(path), "--lang", "en"]) == 1
    assert said in capsys.readouterr().err.lower()
    assert list(tmp_path.iterdir()) == []


def test_data_sheets_and_drafts_are_written_and_told(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a" / "b"
    assert export(scenario, out, "--what", "data", "--what", "sheets", "--what", "procurement", "--lang", "en") == 0
    told = capsys.readouterr().out
    written = {path.name for path in out.iterdir()}
    assert all(str(out / name) in told for name in written)
    assert {name.rpartition(".")[2] for name in written} == {"xlsx", "csv", "gpkg", "geojson", "pdf", "docx"}
    assert "kB" in told
    assert f"{len(written)} files written" in told
    assert not [name for name in written if name.startswith(".")]
    again = {path.name: path.read_bytes() for path in out.glob("*.csv")}
    (out / "own.txt").write_text("stays", encoding="utf-8")
    assert export(scenario, out, "--what", "data", "--lang", "en") == 0
    assert (out / "own.txt").read_text(encoding="utf-8") == "stays"
    assert {name for name in again if (out / name).read_bytes() != again[name]} <= {
        name
        for name in again
        if "_settings_" in name  # the moment of solving stands there
    }


def test_maps_report_and_slides_are_written(scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert export(scenario, out, "--what", "maps", "--what", "report", "--what", "slides", "--dpi", "96") == 0
    written = {path.suffix for path in out.iterdir()}
    assert written == {".png", ".svg", ".pdf", ".html", ".docx", ".pptx"}
    report = next(out.glob("*_Bericht.pdf"))
    assert pdf_facts(report)["Tagged"] == "yes"
    assert "Drei Orte" in pdf_text(report)


@pytest.mark.parametrize("arguments", [("--what", "poems"), ("--dpi", "20"), ("--seconds", "0"), ("--lang", "fr")])
def test_wrong_usage(scenario: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        export(scenario, tmp_path / "out", *arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize("language", ["de", "en"])
def test_an_absent_scenario_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str) -> None:
    gone = tmp_path / "gone.json"
    assert export(gone, tmp_path / "out", "--lang", language) == 1
    assert texts(language)("finding.scenario_absent", file=str(gone)) in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_scenario_of_another_region_is_a_sentence(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(scenario, tmp_path / "out", region=str(ROOT / "data" / "musterkreis")) == 1
    told = capsys.readouterr().err
    assert "musterstadt" in told
    assert "musterkreis" in told
    assert not (tmp_path / "out").exists()


def test_a_damaged_and_a_newer_scenario_are_sentences(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.loads(scenario.read_text(encoding="utf-8"))
    for broken in ("{", json.dumps({**body, "schema_version": 99}), "[]"):
        scenario.write_text(broken, encoding="utf-8")
        assert export(scenario, tmp_path / "out") == 1
        assert capsys.readouterr().err.strip()
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_a_sentence(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", encoding="utf-8")
    assert export(scenario, in_the_way / "out", "--what", "data", "--lang", "en") == 1
    assert "Cannot write to" in capsys.readouterr().err


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "a.csv"
    place.write_bytes(b"before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(place, b"after")
    assert place.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [place]


def test_an_absent_logo_and_one_that_is_no_picture_are_sentences(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logo = tmp_path / "logo.png"
    assert export(scenario, tmp_path / "out", "--what", "maps", "--logo", str(logo)) == 1
    assert str(logo) in capsys.readouterr().err
    logo.write_text("no picture", encoding="utf-8")
    assert export(scenario, tmp_path / "out", "--what", "maps", "--logo", str(logo)) == 1
    assert capsys.readouterr().err.strip()


def test_today_has_no_sheets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "today.json"
    assert main(["scenario", DEMO, "--name", "Heute", "--new", "0", "--out", str(path)]) == 0
    assert export(path, tmp_path / "out", "--what", "sheets", "--lang", "en") == 1
    assert "no new site" in capsys.readouterr().err
    assert export(path, tmp_path / "out", "--what", "data") == 0


def test_what_cannot_be_solved_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "much.json"
    assert main(["scenario", DEMO, "--name", "Viel", "--new", "900", "--out", str(path)]) == 0
    assert export(path, tmp_path / "out") == 1
    assert texts("de")("site.infeasible.new_exceed_candidates") in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.real
@pytest.mark.nightly
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", ["kreis_dueren_2024", "flensburg_2018_2022"])
def test_real_regions_go_through_all_of_it(name: str, language: str, real_data: Path, tmp_path: Path) -> None:
    region = built(name, real_data)
    folder = tmp_path / "region"
    write_region(region, folder)
    plan, out = tmp_path / "plan.json", tmp_path / "out"
    assert (
        main(["scenario", str(folder), "--name", "Zwei neue", "--new", "2", "--out", str(plan), "--lang", language])
        == 0
    )
    assert export(plan, out, "--lang", language, "--dpi", "96", region=str(folder)) == 0
    t = texts(language)
    written = {path.name for path in out.iterdir()}
    for ending in ("pdf", "docx", "pptx", "png", "svg", "html", "xlsx", "csv", "gpkg", "geojson"):
        assert any(path.endswith(f".{ending}") for path in written)
    for path in out.glob("*.pdf"):
        assert int(pdf_facts(path)["Pages"]) >= 1
    sheets = next(out.glob(f"*_{t('files.sheets')}.pdf"))
    assert pdf_facts(sheets)["Pages"] == "2"
    assert "quarters (Multi Polygon)" in run("ogrinfo", "-so", next(out.glob("*.gpkg")))
    for path in (*out.glob("*.pptx"), next(out.glob(f"*_{t('procurement.file')}.docx")), *out.glob("*.xlsx")):
        assert zipfile.ZipFile(path).testzip() is None
        assert int(pdf_facts(by_office(path, "pdf", tmp_path))["Pages"]) >= 1
