"""Last year's region and this year's files: both in one."""

from geo.region.renewal.dates import propose_date
from geo.region.renewal.earlier import PROGRESS, build_recipe
from geo.region.renewal.releases import keep_release, releases_at
from geo.region.renewal.tables import NewYear, dates_of, new_year, recipe_of_region
