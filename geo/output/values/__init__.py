"""How a value, a table and a map are described, before anything is drawn or written."""

from geo.output.values.audit_text import Price, audit_as_dict, audit_lines, audit_told
from geo.output.values.data_tables import (
    DataTable,
    Field,
    Kind,
    Marker,
    Quantity,
    Value,
    corrected_lines,
    counts_table,
    has_districts,
    indicators_table,
    number_or_none,
    services_text,
    sites_table,
    sources_table,
    state_text,
    yes_no,
)
from geo.output.values.map_colours import (
    CATCHMENT_OPACITY,
    CLUSTER_COLOURS,
    COURSE_COLOURS,
    DISTRICT_OPACITY,
    LANDSCAPE,
    MAP_COLOURS,
    NEIGHBOUR_COLOURS,
    PLACE_COLOURS,
    STATUS_COLOURS,
    browser_look,
    paler,
    palette,
)
from geo.output.values.map_view import NO_DATA, WITHHELD, Area, Circle, Focus, Legend, MapView, Place, Swatch, lacking
from geo.output.values.soft_text import file_key, one_line, printable, softened
from geo.output.values.tables import Column, Row, Table, quarter_heads, sorted_rows
from geo.output.values.travel_text import mode_label, ways_findings, ways_sentence, ways_short, zone_reason
from geo.output.values.value_format import (
    break_text,
    cell_text,
    change_text,
    compared_texts,
    counts_text,
    digits_of,
    disclosure_text,
    gap_text,
    indicator_label,
    interval_text,
    limit_text,
    measure_label,
    people_text,
    region_source,
    share_text,
    shown_share,
    shown_share_text,
    signed_text,
    source_text,
    unit_text,
    value_text,
)
