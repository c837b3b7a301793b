"""The command line: exit status, what is written, and in which language it speaks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geo.__main__ import main
from geo.commands.region import telling_progress
from geo.region.disclosure.rule import DisclosureRule
from geo.region.disclosure.suppression import disclose
from geo.region.package.bundle import load_region
from geo.text import texts
from tests.conftest import ROOT
from tests.region.disclosure.test_disclosure import measures_of, one_district, tidy
from tests.region.nine_quarters import write_files


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    return write_files(tmp_path)


def spoil(recipe: Path) -> None:
    table = recipe.parent / "numbers.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(";110;", ";-1;"), encoding="utf-8")


def test_build_writes_a_region(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(recipe), "--out", str(tmp_path / "out"), "--lang", "de"]) == 0
    assert len(load_region(tmp_path / "out").quarters) == 9
    assert "Region mit 9 Quartieren" in capsys.readouterr().out


def test_build_writes_a_zip(recipe: Path, tmp_path: Path) -> None:
    assert main(["build", str(recipe), "--out", str(tmp_path / "out.zip")]) == 0
    assert load_region(tmp_path / "out.zip").id == "neun"


def test_files_may_lie_elsewhere(recipe: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    moved = recipe.rename(elsewhere / recipe.name)
    assert main(["check", str(moved)]) == 1
    assert main(["check", str(moved), "--files", str(tmp_path)]) == 0


def test_files_may_be_links_to_elsewhere(recipe: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for file in [file for file in recipe.parent.iterdir() if file.suffix in (".csv", ".geojson", ".gpkg")]:
        file.rename(elsewhere / file.name)
        file.symlink_to(elsewhere / file.name)
    assert any(file.is_symlink() for file in recipe.parent.iterdir())
    assert main(["check", str(recipe)]) == 0


def test_errors_write_nothing(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(recipe)
    assert main(["build", str(recipe), "--out", str(tmp_path / "out"), "--lang", "en"]) == 1
    assert not (tmp_path / "out").exists()
    told = capsys.readouterr().err
    assert "Error:" in told
    assert "numbers.csv" in told
    assert "nothing was written" in told


def test_check_writes_nothing(recipe: Path) -> None:
    before = sorted(recipe.parent.iterdir())
    assert main(["check", str(recipe)]) == 0
    assert sorted(recipe.parent.iterdir()) == before


def test_check_tells_both_sides_of_a_join(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = recipe.parent / "numbers.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("09;Feld", "10;Feld"), encoding="utf-8")
    assert main(["check", str(recipe), "--lang", "de"]) == 0
    told = capsys.readouterr().out
    assert "8 Quartiere zugeordnet, 1 Schlüssel nur in der Tabelle, 1 nur in den Grenzen" in told
    assert "„10“" in told
    assert "Quartier 09" in told


@pytest.mark.parametrize(
    "arguments", [[], ["build"], ["build", "r.toml"], ["fly"], ["check", "r.toml", "--lang", "fr"], ["describe"]]
)
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "describe"])
def test_what_is_not_there_is_status_1(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, str(tmp_path / "none")]) == 1
    assert "none" in capsys.readouterr().err


def test_a_place_that_is_taken_is_left_alone(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(recipe), "--out", str(recipe.parent)]) == 1
    assert recipe.exists()
    assert capsys.readouterr().err


def test_describe_as_json(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["build", str(recipe), "--out", str(tmp_path / "out")])
    capsys.readouterr()
    assert main(["describe", str(tmp_path / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["id"] == "neun"
    assert told["quarters"] == 9
    assert (told["recipients"], told["residents"], told["share"], told["share_percent"]) == (1350, 13500, 0.1, 10.0)
    assert told["dates"] == ["2023-12-31", "2024-12-31"]
    assert told["withheld"] == 0
    assert isinstance(told["findings"], list)


def test_describe_counts_shown_quarters_only(recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = recipe.parent / "numbers.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("2024;110;", "2024;2;"), encoding="utf-8")
    assert main(["build", str(recipe), "--out", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    main(["describe", str(tmp_path / "out"), "--json"])
    told = json.loads(capsys.readouterr().out)
    cells = load_region(tmp_path / "out").values_of("recipients", "2024-12-31")
    shown = cells[cells["state"] == "value"]
    assert told["quarters_counted"] == len(shown) < 9
    assert told["quarters_withheld"] == 9 - len(shown)
    assert told["recipients"] == shown["value"].sum()


@pytest.mark.parametrize(
    ("language", "word", "number"), [("de", "Stichtage", "13.500"), ("en", "Reporting dates", "13,500")]
)
def test_describe_speaks_both_languages(
    language: str, word: str, number: str, recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build", str(recipe), "--out", str(tmp_path / "out")])
    capsys.readouterr()
    assert main(["describe", str(tmp_path / "out"), "--lang", language]) == 0
    told = capsys.readouterr().out
    assert word in told
    assert number in told


@pytest.mark.parametrize(
    ("lang", "word"), [("en_GB.UTF-8", "checked"), ("de_DE.UTF-8", "geprüft"), ("C.UTF-8", "geprüft")]
)
def test_the_language_comes_from_the_environment(
    lang: str, word: str, recipe: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", lang)
    assert main(["check", str(recipe)]) == 0
    assert word in capsys.readouterr().out


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys, contextlib\nfrom geo.__main__ import main\n"
        "with contextlib.suppress(SystemExit):\n    main(['--help'])\n"
        "print([name for name in ('geopandas', 'pandas', 'scipy', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("door", ["geo", "geo.region", "geo.region.disclosure", "geo.reach", "geo.siting"])
def test_arrays_and_questions_are_imported_without_tables_and_maps(door: str) -> None:
    heavy = ("geopandas", "pandas", "scipy.optimize", "esda", "osmium", "highspy", "matplotlib")
    code = f"import sys, {door}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_pipes_and_files_get_utf_8_whatever_the_system_would_write() -> None:
    command = [sys.executable, "-m", "geo", "describe", str(ROOT / "data" / "musterkreis"), "--lang", "de"]
    variables = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, timeout=120, check=True)
    assert "Erwerbsfähige" in done.stdout.decode("utf-8")


def test_what_is_shipped_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["describe", "data/musterkreis", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "musterkreis"
    (tmp_path / "data" / "musterkreis").mkdir(parents=True)
    assert main(["describe", "data/musterkreis"]) == 1  # what lies here goes first


def test_run_starts_the_app_with_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr("runpy.run_module", lambda name, **_: started.append([name, *sys.argv[1:]]))
    monkeypatch.setenv("NAHBAR_REGION", "")
    monkeypatch.setattr("sys.argv", ["nahbar"])
    assert main(["run", "--port", "8600", "--region", "data/musterkreis"]) == 0
    asked = [str(ROOT / "app.py"), "--server.port=8600", "--server.address=localhost"]
    assert started == [["streamlit", "run", *asked]]
    assert os.environ["NAHBAR_REGION"] == str(ROOT / "data" / "musterkreis")


@pytest.mark.parametrize("words", [["--port", "0"], ["--port", "65536"], ["--port", "x"]])
def test_run_refuses_ports_there_are_not(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["run", *words])
    assert caught.value.code == 2
    assert words[1] in capsys.readouterr().err


def test_run_says_what_is_no_region(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--region", str(tmp_path)]) == 1
    assert "datapackage.json" in capsys.readouterr().err


def test_progress_is_told_once_it_takes_longer_than_a_second(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "progress"
    with telling_progress(texts("de"), path):
        path.write_text("0.5", encoding="ascii")
        time.sleep(2.5)
        path.write_text("0.51", encoding="ascii")
        time.sleep(1.2)
    assert capsys.readouterr().err == "Geheimhaltung: 50\u00a0% gerechnet\n"


def test_disclosure_tells_how_far_it_has_come() -> None:
    statistics = tidy({"recipients": {"a": 2, "b": 120, "c": 90}, "residents": dict.fromkeys("abc", 2000)})
    shares: list[float] = []
    disclose(
        statistics,
        one_district(statistics),
        measures_of("recipients", "residents"),
        DisclosureRule(),
        progress=shares.append,
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
