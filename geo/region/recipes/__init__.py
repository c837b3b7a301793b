"""Recipes: how the files of an office become a region."""

from geo.region.recipes.build import BuildResult, build_region
from geo.region.recipes.checks import check_recipe, paths_of
from geo.region.recipes.draft import (
    Columns,
    carries_numbers,
    draft_boundaries,
    draft_sites,
    draft_table,
    guess_totals,
    slug,
    total_rules,
)
from geo.region.recipes.file_view import FileView, companions, role_of, view_file
from geo.region.recipes.heading_words import (
    OWN_UNITS,
    SITE_HEADINGS,
    dates_said,
    guess_date,
    guess_factor,
    guess_measure,
    without_dates,
)
from geo.region.recipes.joins import JoinReport
from geo.region.recipes.key_pairs import KeyPair, key_pairs, nearest, nested_sums
from geo.region.recipes.keys import QuarterNames, compose_keys, fold_name, map_key, map_keys, strip_pattern, stripped_by
from geo.region.recipes.recipe import (
    BoundarySource,
    Break,
    CellCorrection,
    CellSource,
    MergedUnit,
    Recipe,
    SiteSource,
    TableSource,
    ZoneSource,
)
from geo.region.recipes.rules import ColumnName, ColumnNames, ColumnRule, KeyRule, RowRule, TotalRule, parts_of
from geo.region.recipes.toml_text import parse_recipe, read_recipe, recipe_text
