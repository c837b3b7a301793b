"""The sites page where too much is asked at once, and how its controls fit a region."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.jobs import Job
from geo.siting.problem import SitingProblem
from geo.text import texts
from pages.shared.sites import cache
from pages.shared.sites import controls as siting_controls
from tests.conftest import demo_region
from tests.pages.test_pages import run
from tests.profiles import BOTH_LANGUAGES


class FullWorkshop:
    """A workshop in which there is no room."""

    def submit(self, *_: object, **__: object) -> None:
        """Refuse."""


class BrokenWorkshop:
    """A workshop in which every job fails at once."""

    def submit(self, problem: SitingProblem, **options: object) -> Job:
        """Return a job that has failed."""
        job = Job(problem, options, has_failed=True)
        job.done.set()
        return job


@pytest.mark.parametrize(("workshop", "key"), [(FullWorkshop, "queue_full"), (BrokenWorkshop, "search_failed")])
@pytest.mark.parametrize("language", BOTH_LANGUAGES)
def test_a_search_that_cannot_be_is_said_in_a_sentence(
    language: str, workshop: type, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "workshop", workshop)
    monkeypatch.setattr(cache, "FIRST_SECONDS", 0.02)
    app = run("pages/siting.py", language)
    app.session_state["setting.question"] = "median"
    app.session_state["setting.new"] = 9
    app.run()
    app.run()  # as the fragment that looks in on a search would
    assert not app.exception
    t = texts(language)
    assert [t(f"siting.{key}")] == [str(part.value) for part in app.info]
    assert t("siting.try_again") in [button.label for button in app.button]


def test_numbers_go_on_where_there_are_more_places() -> None:
    city = demo_region("musterstadt")
    assert siting_controls.numbers_for(city, "hosts")[-1] == 20
    few = city.sites[(city.sites["kind"] != "host") | (city.sites.groupby("kind").cumcount() < 12)]
    assert siting_controls.numbers_for(replace(city, sites=few, fingerprint="few"), "hosts")[-1] == 12
    assert siting_controls.numbers_for(replace(city, sites=few.iloc[:4], fingerprint="four"), "hosts")[-1] == 10
