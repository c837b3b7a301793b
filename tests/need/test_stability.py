"""Stability ranges and rates drawn towards the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import ContractError
from geo.need.stability import difference_interval, wilson_interval


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(12, 50, 14.3, 37.4), (240, 1000, 21.5, 26.7), (0, 40, 0.0, 8.8), (3, 100, 1.0, 8.5)],
)
def test_wilson_published_values(count: int, total: int, low: float, high: float) -> None:
    found = wilson_interval(count, total)
    assert round(100 * float(found[0]), 1) == low
    assert round(100 * float(found[1]), 1) == high


def test_wilson_keeps_shape_and_gaps() -> None:
    low, high = wilson_interval([[12, np.nan], [5, 0]], [[50, 50], [0, 40]])
    assert low.shape == high.shape == (2, 2)
    assert np.isnan(low).tolist() == [[False, True], [True, False]]


def test_wilson_is_wider_with_more_confidence() -> None:
    widths = [float(np.subtract(*wilson_interval(20, 100, level)[::-1])) for level in (0.8, 0.95, 0.99)]
    assert widths == sorted(widths)
    with pytest.raises(ContractError, match="confidence"):
        wilson_interval(1, 2, 1.0)


@given(total=st.integers(1, 100_000), share=st.floats(0, 1))
def test_wilson_holds_the_share_and_mirrors(total: int, share: float) -> None:
    count = round(share * total)
    low, high = (float(bound) for bound in wilson_interval(count, total))
    assert 0 <= low <= count / total + 1e-12
    assert count / total - 1e-12 <= high <= 1
    mirrored = wilson_interval(total - count, total)
    assert low == pytest.approx(1 - float(mirrored[1]), abs=1e-9)


def test_difference_by_newcombe_example() -> None:
    """Newcombe (1998), method 10: 56/70 against 48/80 gives 0.0524 to 0.3339."""
    first, second = wilson_interval(48, 80), wilson_interval(56, 70)
    low, high = difference_interval((first[0], 48 / 80, first[1]), (second[0], 56 / 70, second[1]))
    assert float(low) == pytest.approx(0.0524, abs=5e-5)
    assert float(high) == pytest.approx(0.3339, abs=5e-5)
