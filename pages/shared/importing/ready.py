"""Step 2 of the import where a recipe or a region package is there: what they ask for, and a new year beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

from geo.bounded import call_bounded
from geo.errors import DataError
from geo.findings import Finding, error, has_errors
from geo.region.recipes import FileView, Recipe, parse_recipe
from geo.text import Texts
from pages.shared.importing.build import files_of, load_from
from pages.shared.importing.files import LIMITS, once, use_of
from pages.shared.importing.new_year import new_year_of_recipe, new_year_of_region
from pages.shared.importing.parts import show_findings
from pages.shared.shell import paragraph
from pages.shared.uploads import session_files


@dataclass(frozen=True)
class MappedFiles:
    """What the entries come to: a recipe (or None) and what is still wanting."""

    recipe: Recipe | None
    findings: tuple[Finding, ...]

    @property
    def is_ready(self) -> bool:
        """Tell whether there is a recipe and nothing is wanting."""
        return self.recipe is not None and not has_errors(self.findings)


def recipe_of_file(t: Texts, view: FileView, views: Sequence[FileView]) -> MappedFiles:
    """Show what a ready recipe asks for and return it."""
    try:
        recipe = _parsed(view)
    except DataError as fault:
        return faulty(t, fault.findings)
    paragraph(t("import.recipe_used", file=view.name, name=recipe.name))
    recipe, told = new_year_of_recipe(t, recipe, views)
    there = {one.name for one in views}
    absent = [path for path in files_of(recipe) if PurePosixPath(path).name not in there]
    findings = (*told, *(error("import_recipe_file_absent", file=view.name, path=path) for path in absent))
    show_findings(t, findings)
    return MappedFiles(recipe, findings)


def map_new_year(t: Texts, package: FileView, views: Sequence[FileView]) -> MappedFiles:
    """Show how tables come beside the dates of a region package, read as its recipe says where that is there."""
    file = session_files()[package.name]
    last = once(f"region.{package.name}", (file.digest,), lambda: load_from(package.name, file.content, "", LIMITS))
    if last.region is None:
        return faulty(t, last.findings)
    view = next((view for view in views if use_of(view) == "recipe"), None)
    try:
        recipe = _parsed(view) if view is not None else None
    except DataError as fault:
        return faulty(t, fault.findings)
    renewed, findings = new_year_of_region(t, package.name, last.region, views, recipe)
    show_findings(t, findings)
    return MappedFiles(renewed, findings)


def _parsed(view: FileView) -> Recipe:
    try:
        text = session_files()[view.name].content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError((error("recipe_unreadable", file=view.name),)) from None
    return call_bounded(partial(parse_recipe, text, name=view.name), file=view.name)


def faulty(t: Texts, findings: tuple[Finding, ...]) -> MappedFiles:
    """Show what keeps files from being mapped, and return just that."""
    show_findings(t, findings)
    return MappedFiles(None, findings)
