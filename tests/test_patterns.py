"""Patterns of recipes mean what they mean in Python, and no text takes them long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.patterns import PatternError, pattern

TEXTS = ["", "05358", "05358016", "05566", "Köln", "Groß-Umstadt (ST)", "02000", "Summe", "a b", "ß_1", "(x)"]


@pytest.mark.parametrize(
    "text",
    ["05358.*", "(?!05358).*", "(?=05).*", r"05|05\d|05\d[3-9]\d", r"\w+", r"[\w-]+ \(\w+\)", r"[^\w]+", ".*ö.*",
     r"(?!(?:05|02)[(]?).*", r"\(x\)", "(?i)köln", r"Summe\Z"],
)  # fmt: skip
def test_patterns_mean_what_they_mean_in_python(text: str) -> None:
    for one in TEXTS:
        assert pattern(text).fits(one) == (re.fullmatch(text, one) is not None), one
        assert pattern(text).begins(one) == (re.match(text, one) is not None), one


@given(st.text(alphabet="ab05[](){}|*+?.^$\\wdß-", max_size=12), st.sampled_from(TEXTS))
def test_no_text_brings_anything_but_a_pattern_or_its_error(text: str, other: str) -> None:
    try:
        made = pattern(text)
    except PatternError:
        return
    made.fits(other)
    made.begins(other)
    made.taken_from(other)


def test_what_is_taken_is_the_first_group() -> None:
    assert pattern(r"(\d{4}) .*").taken_from("0101 Mitte") == "0101"
    assert pattern(r"\d+").taken_from("Nr. 12") == "12"
    assert pattern("(a)|b").taken_from("b") == ""
    assert pattern("x").taken_from("Nr. 12") is None


@pytest.mark.parametrize("text", ["(F|e|l|d|[Feld ]+)+x", "(a*)*b", "(a|a?)+$", "(.*)*(.*)*x", "(?!(a|aa)+$)(a|aa)+b"])
def test_no_pattern_takes_long(text: str) -> None:
    """Python's own engine would not come back from any of these; here each is done before a test could time out."""
    made = pattern(text)
    for one in ("Feld " * 2_000, "a" * 10_000):
        made.fits(one)
        made.taken_from(one)


@pytest.mark.parametrize("text", ["(", "[a", "a{2000}", "(?<=a)b", r"(a)\1", "(?!a", "a" * 1_001, "(?!a)(?!b).*"])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(PatternError):
        pattern(text)
