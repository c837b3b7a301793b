"""Classes and colours of a map."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ContractError
from geo.need.classes import CLASSES_MAX, SCHEMES, Classification, classify, classify_change, classify_over
from geo.need.indicators import indicator_named
from geo.output.values.map_colours import MAP_COLOURS, palette
from geo.region.model.region import Region
from tests.need.colour_vision import SIGHT, contrast, distance, luminance
from tests.profiles import examples

MADE = [scheme for scheme in SCHEMES if scheme != "own"]
numbers = st.lists(st.one_of(st.just(math.nan), st.floats(0, 100)), max_size=60)


# Limits


def test_equal_steps_by_hand() -> None:
    assert classify([0.0, 3.0, 10.0, 7.5], "equal", 4, digits=1).limits == (0.0, 2.5, 5.0, 7.5, 10.0)


def test_quantiles_hold_equally_many() -> None:
    found = classify(np.arange(1, 101), "quantiles", 4)
    assert np.bincount(found.index_of(np.arange(1, 101))).tolist() == [25, 25, 25, 25]


def test_natural_breaks_part_the_clusters() -> None:
    values = [1.0, 1.2, 1.4, 8.0, 8.1, 8.3, 20.0, 20.5]
    assert classify(values, "natural", 3).index_of(values).tolist() == [0, 0, 0, 1, 1, 1, 2, 2]


def test_standard_deviation_steps_around_the_mean() -> None:
    values = np.array([0.0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
    limits = classify(values, "standard_deviation", 4, digits=1).limits
    assert limits == (0.0, 3.7, 10.0, 16.3, 20.0)


def test_own_limits_are_kept_and_only_widened_outside() -> None:
    assert classify([3.0, 12.0, 31.5], "own", own_limits=(5, 10, 20, 30)).limits == (3.0, 10.0, 20.0, 31.5)
    assert classify([6.0, 7.0], "own", own_limits=(5, 12.5, 20)).limits == (5.0, 12.5, 20.0)


@pytest.mark.parametrize(
    "limits", [None, (), (5,), (5, 5), (10, 5), (1, math.nan), (1, math.inf), (1, 1e300), range(11)]
)
def test_own_limits_have_to_rise(limits: tuple[float, ...] | None) -> None:
    with pytest.raises(ContractError, match="rising"):
        classify([1.0, 2.0], "own", own_limits=limits)


@pytest.mark.parametrize(("scheme", "classes"), [("best", 5), ("natural", 0), ("natural", 10)])
def test_what_cannot_be_made_is_refused(scheme: str, classes: int) -> None:
    with pytest.raises(ContractError):
        classify([1.0, 2.0], scheme, classes)


@pytest.mark.parametrize("scheme", MADE)
def test_no_values_make_no_classes(scheme: str) -> None:
    for values in ([], [math.nan, math.nan]):
        found = classify(values, scheme, 5)
        assert found.count == 0
        assert found.index_of(values).tolist() == [-1] * len(values)


@pytest.mark.parametrize("scheme", MADE)
def test_one_value_makes_one_class(scheme: str) -> None:
    found = classify([7.25, 7.25, 7.25, math.nan], scheme, 5)
    assert found.count == 1
    assert found.index_of([7.25, math.nan]).tolist() == [0, -1]


@pytest.mark.parametrize("scheme", MADE)
def test_two_values_make_at_most_two_classes(scheme: str) -> None:
    assert 1 <= classify([1.0, 1.0, 9.0], scheme, 5).count <= 2


def test_value_shown_as_the_limit_is_in_the_class_up_to_the_limit() -> None:
    found = Classification("own", (0.0, 5.0, 10.0), digits=1)
    assert found.index_of([4.96, 5.0, 5.04, 5.06]).tolist() == [0, 0, 0, 1]


def test_counts_get_whole_limits() -> None:
    limits = classify([3, 8, 14, 31, 55, 90], "quantiles", 4).limits
    assert all(limit == int(limit) for limit in limits)


@settings(max_examples=examples(150))
@given(values=numbers, scheme=st.sampled_from(MADE), classes=st.integers(1, CLASSES_MAX), digits=st.integers(0, 2))
def test_limits_rise_hold_all_values_and_are_as_shown(
    values: list[float], scheme: str, classes: int, digits: int
) -> None:
    found = classify(values, scheme, classes, digits=digits)
    known = np.array([value for value in values if math.isfinite(value)])
    assert found.count <= classes
    assert (found.count == 0) == (known.size == 0)
    assert all(round(limit, digits) == limit for limit in found.limits)
    if found.count > 1:
        assert all(low < high for low, high in pairwise(found.limits))
    index = found.index_of(values)
    assert ((index == -1) == ~np.isfinite(values)).all()
    for value, at in zip(values, index, strict=True):
        if at >= 0:
            shown = np.round(value, digits)
            assert shown <= found.limits[at + 1] + 1e-9
            assert shown > found.limits[at] - 1e-9 or at == 0
            if at > 0:
                assert shown > found.limits[at]


@settings(max_examples=examples(60))
@given(values=st.lists(st.floats(-40, 40), min_size=1, max_size=40), classes=st.integers(2, 9))
def test_change_is_symmetric_around_no_change(values: list[float], classes: int) -> None:
    found = classify_change(values, classes)
    assert found.limits == tuple(-limit for limit in reversed(found.limits))
    assert found.count % 2 == 1
    assert found.index_of([0.0]).tolist() == [found.count // 2]
    there, back = found.index_of(values), found.index_of(-np.array(values))
    assert (there + back == found.count - 1).all()


def test_change_of_nothing() -> None:
    assert classify_change([math.nan]).count == 0
    assert classify_change([0.0, 0.0]).index_of([0.0]).tolist() == [0]


def test_limits_hold_across_years(nine: Region) -> None:
    share = indicator_named(nine, "share_of_residents")
    held = classify_over(nine, share, nine.dates, "equal", 4)
    assert held.limits == (0.0, 8.0, 16.0, 24.0, 32.0), "least and greatest of both years"
    earlier = classify_over(nine, share, nine.dates[:1], "equal", 4)
    assert (earlier.limits[0], earlier.limits[-1]) == (2.0, 30.0)


# Colours


def ramps() -> list[tuple[str, str]]:
    return [(kind, theme) for kind in ("sequential", "diverging") for theme in ("light", "dark")]


def test_as_many_colours_as_classes() -> None:
    for kind, theme in ramps():
        for classes in range(CLASSES_MAX + 1):
            colours = palette(classes, kind=kind, theme=theme)
            assert len(set(colours)) == classes
            assert all(len(colour) == 7 and colour[0] == "#" for colour in colours)
    with pytest.raises(ContractError):
        palette(3, kind="rainbow")


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("classes", range(2, CLASSES_MAX + 1))
def test_sequence_steps_evenly_for_every_eye(classes: int, theme: str, sight: str) -> None:
    colours = palette(classes, kind="sequential", theme=theme)
    steps = np.diff([luminance(colour, sight) for colour in colours])
    assert (steps < 0).all() if theme == "light" else (steps > 0).all()
    least = {2: 3.0, 3: 2.4, 4: 1.7, 5: 1.4}.get(classes, 1.15)
    assert min(contrast(*pair, sight) for pair in pairwise(colours)) >= least


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("classes", [3, 5, 7, 9])
def test_rise_and_fall_differ_for_every_eye(classes: int, theme: str, sight: str) -> None:
    colours = palette(classes, kind="diverging", theme=theme)
    steps = np.diff([luminance(colour, sight) for colour in colours])
    half = classes // 2
    rises = np.concatenate([steps[:half], -steps[half:]])
    assert (rises > 0).all() if theme == "light" else (rises < 0).all()
    assert min(distance(*pair, sight) for pair in combinations(colours, 2)) > 12


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("kind", "theme"), ramps())
def test_no_class_looks_like_no_data_or_paper(kind: str, theme: str, sight: str) -> None:
    paper = {"light": "#ffffff", "dark": "#10181b"}[theme]
    for classes in (1, 3, 5, 9):
        for colour in palette(classes, kind=kind, theme=theme):
            assert distance(colour, MAP_COLOURS[theme]["no_data"], sight) >= 4.9
            assert distance(colour, paper, sight) >= 10
