"""Both languages are complete, every key that code asks for exists, and numbers look as they should."""

from __future__ import annotations

import ast
import re
import string

import pytest

from geo.findings import Finding, Level
from geo.text import LANGUAGES, finding_sentence, texts
from geo.text.catalogue import read_messages
from tests.conftest import ROOT

SOURCES = [*ROOT.glob("geo/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "app.py"]


def fields(message: str | tuple[str, ...]) -> set[str]:
    forms = message if isinstance(message, tuple) else (message,)
    return {name for form in forms for _, name, _, _ in string.Formatter().parse(form) if name is not None}


def test_languages_have_the_same_keys() -> None:
    german, english = (set(texts(language).messages) for language in LANGUAGES)
    assert german - english == set()
    assert english - german == set()


def faults_of(german: str | tuple[str, ...], english: str | tuple[str, ...]) -> list[str]:
    """Return what is wrong with a message and its translation."""
    found = []
    if isinstance(german, tuple) != isinstance(english, tuple):
        found.append("only one language has a plural")
    for language, message in zip(LANGUAGES, (german, english), strict=True):
        forms = message if isinstance(message, tuple) else (message,)
        if not all(form.strip() for form in forms):
            found.append(f"{language} is empty")
    if fields(german) != fields(english):
        found.append(f"values differ: {sorted(fields(german))}, {sorted(fields(english))}")
    return found


def test_translations_are_there_and_want_the_same_values() -> None:
    german, english = (texts(language).messages for language in LANGUAGES)
    assert len(german) > 2_000
    faulty = {
        key: faults
        for key in sorted(german.keys() & english.keys())
        if (faults := faults_of(german[key], english[key]))
    }
    assert faulty == {}


@pytest.mark.parametrize(
    ("german", "english", "count"),
    [("{n} Orte", "{n} places", 0), ("{n} Orte", "places", 1), ("Orte", " ", 1), (("Ort", "Orte"), "places", 1)],
)
def test_a_faulty_translation_is_seen(german: str | tuple[str, ...], english: str, count: int) -> None:
    assert len(faults_of(german, english)) == count


def test_the_first_word_of_a_key_names_its_file() -> None:
    folders = [ROOT / "geo" / "text" / "locales" / language for language in LANGUAGES]
    german, english = (sorted(path.name for path in folder.iterdir()) for folder in folders)
    assert german == english
    for path in (path for folder in folders for path in folder.iterdir()):
        assert {key.split(".")[0] for key in read_messages(path)} == {path.stem}, path


def asked_keys() -> set[str]:
    """Return keys that stand as plain text in a call of ``t`` or ``words()``."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            is_words = isinstance(node.func, ast.Call) and getattr(node.func.func, "id", "") == "words"
            if (name == "t" or is_words) and isinstance(node.args[0].value, str):
                found.add(node.args[0].value)
    return found


def test_every_key_that_code_asks_for_exists() -> None:
    asked = asked_keys()
    assert len(asked) > 80
    assert asked - set(texts("de").messages) == set()


def made_findings() -> list[tuple[str, set[str] | None]]:
    """Return the code of every finding that code makes, with the values it is given (None where these are computed)."""
    made = []
    for path in ROOT.glob("geo/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            if node.func.id not in ("error", "warning", "note"):
                continue
            first = node.args[0]
            options = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            named = {keyword.arg for keyword in node.keywords}
            given = None if None in named else {name for name in named if name}
            made += [(part.value, given) for part in options if isinstance(part, ast.Constant)]
    return made


def test_every_finding_can_be_said() -> None:
    made = made_findings()
    assert len(made) > 150
    assert {code for code, _ in made if not texts("de").has(f"finding.{code}")} == set()


def test_every_finding_brings_the_values_that_its_sentence_wants() -> None:
    always = {"file", "row", "column", "quarter"}
    lacking = {}
    for code, given in made_findings():
        for key in (f"finding.{code}", f"finding.{code}.remedy"):
            if given is not None and texts("de").has(key):
                wanted = fields(texts("de").messages[key]) - always - given
                if wanted:
                    lacking[key] = wanted
    assert lacking == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_says_what_where_and_how_to_mend(language: str) -> None:
    place, sentence, remedy = finding_sentence(
        texts(language),
        Finding(Level.ERROR, "text_in_numbers", file="a.csv", row=7, column="Personen", parameters={"text": "viele"}),
    )
    assert "a.csv" in place
    assert "7" in place
    assert "viele" in sentence
    assert remedy


def test_german_numbers() -> None:
    t = texts("de")
    assert t.number(1234567.891, 2) == "1.234.567,89"
    assert t.percent(24.0) == "24,0\u00a0%"
    assert t.number(-23) == "\u221223"
    assert t.points(-0.04) == "0,0 Prozentpunkte"
    assert t.points(2.25, 1).startswith("+2,")
    assert t.date("2025-12-31") == "31.12.2025"
    assert t.euros(12500) == "12.500\u00a0€"
    assert t.number(float("nan")) == "k. A."


def test_english_numbers() -> None:
    t = texts("en")
    assert t.number(1234567.891, 2) == "1,234,567.89"
    assert t.percent(24.0) == "24.0%"
    assert t.date("2025-12-31") == "31 Dec 2025"
    assert t.euros(12500) == "€12,500"


def test_unknown_language_falls_back_to_german() -> None:
    assert texts("fr").language == "de"


def test_missing_key_raises() -> None:
    with pytest.raises(KeyError):
        texts("de")("no.such.key")


def test_neutral_words() -> None:
    """Words that label people or places stand nowhere on screen."""
    shunned = re.compile(
        r"brennpunkt|problemviertel|problemgebiet|hartz|ghetto|sozial schwach|ausländer", re.IGNORECASE
    )
    said = [
        form
        for message in texts("de").messages.values()
        for form in (message if isinstance(message, tuple) else (message,))
    ]
    assert [text for text in said if shunned.search(text)] == []
