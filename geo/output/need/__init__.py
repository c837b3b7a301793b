"""Need as sentences, tables and map views."""

from geo.output.need.atlas import Picture, atlas_data, atlas_table, atlas_view
from geo.output.need.concentration import (
    METHODS,
    NEIGHBOURHOODS,
    cluster_lines,
    cluster_view,
    concentration_table,
    half_sentence,
    measures,
    neighbourhood_named,
    neighbourhood_text,
    over_years,
    permutations_for,
)
from geo.output.need.findings_text import because, converted_lines, finding_text, left_out_lines
from geo.output.need.lasting import (
    HEAT_ROWS,
    SHOWN,
    Figures,
    Shown,
    figures_over,
    group_label,
    group_lines,
    group_sizes,
    heat_table,
    lasting_table,
    lasting_view,
    lead,
    limit_of,
    members,
    remarks,
    rule_text,
    variant_text,
)
from geo.output.need.profile import profile_lines
from geo.output.need.quarter import (
    Chosen,
    OfficeWays,
    about_lines,
    hosts_text,
    lasting_text,
    nearest_offices,
    need_sentence,
    need_table,
    neighbours_of,
    neighbours_table,
    offices_table,
    offices_text,
    place_view,
    source_line,
    title_of,
    trend_of,
    withheld_lines,
)
from geo.output.need.status_map import status_key, status_view
from geo.output.need.summary import latest_date, main_indicator, region_figures, region_lines, source_lines
