"""Scenes of a presentation: each keeps, as plain values, what the screen showed when it was taken.

A scene names its region, indicator and dates by key, keeps class limits as numbers, so that colours stay, and a whole
:class:`geo.siting.scenario.Scenario` rather than a reference to one, so that it still stands when the scenario is
renamed or archived. Up to three settings may be changed while it is shown: :func:`with_live` returns the scene so
changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from geo.decode import from_plain, to_plain
from geo.errors import DataError
from geo.findings import Finding, error
from geo.need import LastingRule, can_be_limits, indicators_of
from geo.region.model import Region
from geo.siting.ask import Question, candidate_kind, candidates, check
from geo.siting.scenario.scenario import Scenario

FORMAT = "nahbar-presentation"
SCHEMA_VERSION = 1
KINDS = ("indicator", "change", "lasting", "plan", "curve", "compare", "text")
LIVE = ("date", "indicator", "new", "minutes", "measure", "budget")
LIVE_MAX = 3
SCENES_MAX = 60
TITLE_MAX, TEXT_MAX, NAME_MAX = 200, 1_200, 120
MINUTES = (5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 45.0, 60.0)
NEW_MAX = 10
BUDGETS = tuple(1_000.0 * thousand for thousand in (5, 10, 20, 30, 40, 50, 75, 100, 150, 200, 300, 500))

_FILE_MAX_BYTES = 5_000_000
_LIVE_OF = {
    "indicator": ("date", "indicator"),
    "change": ("date", "indicator"),
    "lasting": ("date", "indicator"),
    "plan": ("new", "minutes", "measure", "budget", "date"),
    "curve": ("minutes", "measure", "date"),
    "compare": ("minutes", "measure", "date"),
    "text": (),
}
COMPARED = ("people", "minutes")


@dataclass(frozen=True)
class Extent:
    """The part of the map in view, in degrees; independent of the size of a screen."""

    west: float
    south: float
    east: float
    north: float

    @property
    def is_possible(self) -> bool:
        """Tell whether this is a part of the world with an area."""
        return -180 <= self.west < self.east <= 180 and -90 <= self.south < self.north <= 90


@dataclass(frozen=True)
class Scene:
    """One picture of a presentation with its words.

    Parameters
    ----------
    kind
        ``indicator`` (map of an indicator at a date), ``change`` (since ``compared_with``), ``lasting`` (courses of
        need), ``plan`` (places of a scenario), ``curve`` (people reached by number of offices), ``compare``
        (``scenario`` minus ``other``) or ``text``.
    region_id
        The region it was taken from.
    title, text
        What the presenter says; any text, escaped wherever it is shown.
    indicator, date, compared_with
        Key of the indicator and reporting dates (ISO); empty where they do not apply. Below a plan lies the map of the
        region's main indicator at the date of the question.
    limits
        Class limits in the indicator's unit; empty for natural breaks that hold over all dates.
    rule
        When need counts as lasting; None for the usual rule.
    quarter
        Key of the quarter in view, or empty.
    scenario, other, compared
        The whole scenario of a plan or a curve; the one it is compared with, and in what: :data:`COMPARED`.
    extent
        Part of the map in view; None for the whole region.
    live
        Settings that can be changed while the scene is shown, at most three of :data:`LIVE`.
    """

    kind: str
    region_id: str
    title: str = ""
    text: str = ""
    indicator: str = ""
    date: str = ""
    compared_with: str = ""
    limits: tuple[float, ...] = ()
    rule: LastingRule | None = None
    quarter: str = ""
    scenario: Scenario | None = None
    other: Scenario | None = None
    compared: str = "people"
    extent: Extent | None = None
    live: tuple[str, ...] = ()

    def worded(self, title: str, text: str) -> Scene:
        """Return the same scene with other words, cut to what a screen holds; the picture is not touched."""
        return replace(self, title=_one_line(title)[:TITLE_MAX], text=_without_controls(text)[:TEXT_MAX])


@dataclass(frozen=True)
class Presentation:
    """Scenes in order, under a name; ``region_id`` is the region it was made for."""

    name: str
    region_id: str
    scenes: tuple[Scene, ...] = ()

    def with_scene(self, scene: Scene, at: int | None = None) -> Presentation:
        """Return the presentation with one more scene, at the end or before scene ``at``."""
        place = len(self.scenes) if at is None else at
        return replace(self, scenes=(*self.scenes[:place], scene, *self.scenes[place:]))

    def without(self, at: int) -> Presentation:
        """Return the presentation without scene ``at``."""
        return replace(self, scenes=(*self.scenes[:at], *self.scenes[at + 1 :]))

    def changed(self, at: int, scene: Scene) -> Presentation:
        """Return the presentation with another scene at ``at``."""
        return replace(self, scenes=(*self.scenes[:at], scene, *self.scenes[at + 1 :]))

    def moved(self, at: int, to: int) -> Presentation:
        """Return the presentation with scene ``at`` at place ``to``."""
        return self.without(at).with_scene(self.scenes[at], to)


def live_settings(scene: Scene, region: Region) -> tuple[str, ...]:
    """Return the settings a scene can offer: those that change its picture and have more than one value here."""
    return tuple(name for name in _LIVE_OF.get(scene.kind, ()) if len(live_values(scene, region, name)) > 1)


def live_values(scene: Scene, region: Region, name: str) -> tuple[Any, ...]:
    """Return what a setting can be, in the order of a slider; the scene's own value is always among them."""
    if name == "date":
        return tuple(day for day in region.dates if not scene.compared_with or day > scene.compared_with)
    if name == "indicator":
        return tuple(one.key for one in indicators_of(region))
    return () if scene.scenario is None else _asked_values(scene.scenario.question, region, name)


def _asked_values(asked: Question, region: Region, name: str) -> tuple[Any, ...]:
    if name == "measure":
        return people_measures(region)
    if name == "minutes":
        return tuple(sorted({*MINUTES, asked.minutes}))
    if name == "new" and "new" in asked.kind.needs:
        most = min(NEW_MAX, len(candidates(region, candidate_kind(region, asked.candidates))) + len(asked.own))
        least = len(asked.forced) + len(asked.own)
        return tuple(sorted({*range(least, most + 1), asked.new}))
    return tuple(sorted({*BUDGETS, asked.budget_eur})) if name == "budget" and "budget" in asked.kind.needs else ()


def live_value(scene: Scene, name: str) -> Any:
    """Return the value a setting has in a scene."""
    if name == "indicator" or (name == "date" and scene.scenario is None):
        return getattr(scene, name)
    asked = scene.scenario.question if scene.scenario is not None else Question()
    return {"budget": asked.budget_eur}.get(name, getattr(asked, name, None))


def with_live(scene: Scene, region: Region, wanted: Mapping[str, Any]) -> Scene:
    """Return a scene with other values of its live settings; a value that cannot be is passed over.

    Class limits hold for all dates of an indicator and go with the indicator.
    """
    for name in scene.live:
        possible = live_values(scene, region, name)
        asked = wanted.get(name)
        at = next((one for one in possible if one == asked and not isinstance(asked, bool)), None)
        if at is None or at == live_value(scene, name):
            continue
        if name == "indicator":
            scene = replace(scene, indicator=at, limits=())
        elif name == "date" and scene.scenario is None:
            scene = replace(scene, date=at)
        elif scene.scenario is not None:
            field = {"budget": "budget_eur"}.get(name, name)
            scene = replace(scene, scenario=_asking(scene.scenario, field, at))
            if scene.other is not None:
                scene = replace(scene, other=_asking(scene.other, field, at))
    return scene


def _asking(scenario: Scenario, field: str, value: Any) -> Scenario:
    question: Question = replace(scenario.question, **{field: value})
    return replace(scenario, question=question)


def people_measures(region: Region) -> tuple[str, ...]:
    """Return the measures that count people an office is there for; residents where a region counts nobody else."""
    counted = tuple(measure for measure in region.measures if not measure.is_rate)
    wanted = tuple(measure.key for measure in counted if measure.is_protected)
    return wanted or tuple(measure.key for measure in counted if measure.unit == "people")


def scene_faults(scene: Scene, region: Region | None) -> tuple[Finding, ...]:
    """Tell what a scene names that is not there: region, indicator, date, or anything its question stands on."""
    if scene.kind == "text":
        return ()
    if region is None:
        return (error("scene_region_absent", region=scene.region_id),)
    known = {one.key for one in indicators_of(region)}
    found = []
    if scene.kind in ("indicator", "change", "lasting"):
        if scene.indicator not in known:
            found.append(error("scene_indicator_absent", indicator=scene.indicator))
        days = [scene.date, *([scene.compared_with] if scene.kind == "change" else [])]
        found += [error("scene_date_absent", date=day) for day in days if day not in region.dates]
    elif scene.scenario is None or (scene.kind == "compare" and scene.other is None):
        found.append(error("scene_question_absent"))
    else:
        asked = (scene.scenario, *([scene.other] if scene.kind == "compare" and scene.other is not None else []))
        found += [fault for one in asked for fault in check(region, one.question)]
    return tuple(found)


def write_presentation(presentation: Presentation) -> bytes:
    """Return a presentation as JSON (UTF-8)."""
    whole = {"format": FORMAT, "version": SCHEMA_VERSION, "presentation": to_plain(presentation)}
    return json.dumps(whole, ensure_ascii=False, indent=2).encode()


def read_presentation(data: bytes) -> Presentation:
    """Return the presentation in a file.

    Raises
    ------
    DataError
        ``presentation_unreadable`` for what is no presentation, ``presentation_newer`` for a later schema, and the
        findings of :func:`presentation_from_plain`.
    """
    if len(data) > _FILE_MAX_BYTES:
        raise DataError((error("presentation_unreadable"),))
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError) as fault:
        raise DataError((error("presentation_unreadable"),)) from fault
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise DataError((error("presentation_unreadable"),))
    version = whole.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DataError((error("presentation_unreadable"),))
    if version > SCHEMA_VERSION:
        raise DataError((error("presentation_newer", version=version, known=SCHEMA_VERSION),))
    return presentation_from_plain(whole.get("presentation"))


def presentation_from_plain(plain: Any) -> Presentation:
    """Return a presentation from plain values, its words cut to what a screen holds.

    Raises
    ------
    DataError
        What :func:`geo.decode.from_plain` finds, and ``value_unfit`` for an unknown kind or setting, limits
        that do not rise, an impossible part of the map, or too many scenes.
    """
    made = from_plain(Presentation, plain)
    faults = [fault for at, scene in enumerate(made.scenes) for fault in _unfit(scene, f"scenes[{at}]")]
    if len(made.scenes) > SCENES_MAX:
        faults.append(error("value_unfit", field="scenes", expected=f"<= {SCENES_MAX}"))
    if faults:
        raise DataError(tuple(faults))
    scenes = tuple(scene.worded(scene.title, scene.text) for scene in made.scenes)
    return replace(made, name=_one_line(made.name)[:NAME_MAX], scenes=scenes)


def _unfit(scene: Scene, where: str) -> list[Finding]:
    faults = []
    if scene.kind not in KINDS:
        faults.append(error("value_unfit", field=f"{where}.kind", expected=", ".join(KINDS)))
    if len(scene.live) > LIVE_MAX or len(set(scene.live)) < len(scene.live) or set(scene.live) - set(LIVE):
        faults.append(error("value_unfit", field=f"{where}.live", expected=f"<= {LIVE_MAX}: {', '.join(LIVE)}"))
    if scene.limits and not can_be_limits(scene.limits):
        faults.append(error("value_unfit", field=f"{where}.limits", expected="2-10, a < b < c"))
    if scene.compared not in COMPARED:
        faults.append(error("value_unfit", field=f"{where}.compared", expected=", ".join(COMPARED)))
    if scene.extent is not None and not scene.extent.is_possible:
        faults.append(error("value_unfit", field=f"{where}.extent", expected="west < east, south < north"))
    return faults


def _one_line(text: str) -> str:
    return " ".join(_without_controls(text).split())


def _without_controls(text: str) -> str:
    """Return text without what no screen shows and no file may hold: control characters and halves of characters."""
    return "".join(sign for sign in text if (sign.isprintable() or sign in "\n\u00a0\u00ad") and not _is_half(sign))


def _is_half(sign: str) -> bool:
    return 0xD800 <= ord(sign) <= 0xDFFF
