"""Public transport: hand-computed, against a time-expanded search, GTFS broken in one way each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.defaults import ReadLimits, WalkAssumptions
from geo.errors import ContractError, DataError
from geo.reach.streets.extract import read_streets
from geo.reach.transit.connections import NEVER, Footpaths
from geo.reach.transit.journeys import (
    MEDIAN,
    TransitAssumptions,
    earliest_arrivals,
    footpaths_between,
    stop_coordinates,
    transit_percentiles,
)
from geo.reach.transit.timetable import Timetable, read_timetable
from tests.profiles import examples
from tests.reach.streets.small_streets import CRS, FOOTWAY, at, write_streets
from tests.reach.transit.small_feed import clock, feed, plain_arrivals, time_expanded, write_feed, write_zip

PLAIN = WalkAssumptions(speed_metres_per_second=1.0, detour_factor=1.0)
ONCE = TransitAssumptions(first="08:00", last="08:00")


def transit_times(*places, percentile: float = MEDIAN, **options):
    (times,) = transit_percentiles(*places, percentiles=(percentile,), **options)
    return times


@pytest.fixture
def timetable(tmp_path: Path) -> Timetable:
    return read_timetable(write_feed(tmp_path / "feed", feed()), day="2026-03-17")


def one(timetable: Timetable, home: tuple[float, float], site: tuple[float, float], **options) -> float:
    chosen = {"limit_minutes": 120.0, "assumptions": ONCE, "walk": PLAIN, **options}
    table = transit_times(timetable, [at(*home)], [at(*site)], crs=CRS, **chosen).minutes
    return float(table[0, 0]) if table.nnz else np.inf


def test_walk_ride_walk_is_the_sum(timetable: Timetable) -> None:
    # 120 m to stop A: ready at 8:02, next bus 8:20, at C 8:40, 180 m walk.
    assert one(timetable, (0, 120), (8000, 180)) == pytest.approx(40 + 3)


def test_waiting_counts_from_setting_out(timetable: Timetable) -> None:
    assert one(timetable, (0, 0), (4000, 0)) == pytest.approx(10)
    late = replace(ONCE, first="08:01", last="08:01")
    assert one(timetable, (0, 0), (4000, 0), assumptions=late) == pytest.approx(29)


def test_a_change_takes_its_time(timetable: Timetable) -> None:
    # At B 8:10; line 2 leaves B at 8:05, 8:35, ...: arrival D at 8:47.
    assert one(timetable, (0, 0), (4000, 5000)) == pytest.approx(47)
    slow = replace(ONCE, change_seconds=26 * 60)
    assert one(timetable, (0, 0), (4000, 5000), assumptions=slow) == pytest.approx(77)


def test_walking_all_the_way_is_taken_where_it_is_faster(timetable: Timetable) -> None:
    assert one(timetable, (0, 60), (240, 60)) == pytest.approx(4)


def test_stops_too_far_to_walk_to_are_not_used(timetable: Timetable) -> None:
    assert one(timetable, (0, 905), (8000, 0), limit_minutes=60) == np.inf
    assert one(timetable, (0, 895), (8000, 0), limit_minutes=60) == pytest.approx(40)


def test_median_and_worst_over_the_window(timetable: Timetable) -> None:
    window = TransitAssumptions(first="08:00", last="08:20", step_minutes=5)
    # Setting out at 8:00, 5, 10, 15, 20: arrival at B 8:10, then 8:30 four times but for 8:20 itself.
    by_departure = [10, 25, 20, 15, 10]
    for percentile, expected in ((50, 15), (100, 25), (20, 10), (41, 15), (80, 20)):
        found = one(timetable, (0, 0), (4000, 0), assumptions=window, percentile=percentile)
        assert (
            found == pytest.approx(expected) == pytest.approx(sorted(by_departure)[int(np.ceil(percentile / 20)) - 1])
        )


def test_the_table_says_what_it_is(timetable: Timetable) -> None:
    times = transit_times(timetable, [at(0, 0)], [at(8000, 0)], crs=CRS, limit_minutes=60)
    assert (times.mode, times.window, times.percentile, times.day, times.source, times.detour_factor) == (
        "transit",
        "08:00-10:00/10",
        50,
        "2026-03-17",
        "feed",
        1.3,
    )


def test_ways_on_foot_follow_the_streets(timetable: Timetable, tmp_path: Path) -> None:
    # Home lies 100 m from stop A across a river; the way round is 300 + 100 + 300 m.
    places = {"a": (0, 0), "b": (300, 0), "c": (300, 100), "d": (0, 100), "x": (7900, 0), "y": (8600, 0)}
    path = write_streets(tmp_path / "m.osm.pbf", places, [("abcd", FOOTWAY), ("xy", FOOTWAY)])
    network = read_streets(path, CRS)
    # 700 m: ready at 8:11:40, bus 8:20, C at 8:40.
    assert one(timetable, (0, 100), (8060, 0), network=network) == pytest.approx(40 + 1)
    early = replace(ONCE, first="08:09", last="08:09")
    assert one(timetable, (0, 100), (8060, 0), network=network, assumptions=early) == pytest.approx(51 + 1)
    assert one(timetable, (0, 100), (8060, 0), assumptions=early) == pytest.approx(31 + 1)
    times = transit_times(timetable, [at(0, 100)], [at(8060, 0)], crs=CRS, limit_minutes=60, network=network)
    assert times.source == "feed, m.osm.pbf"


def test_worst_is_never_less_than_median_and_transit_never_more_than_walking(timetable: Timetable) -> None:
    random = np.random.default_rng(0)
    demand = np.array([at(*row) for row in random.uniform((-500, -1000), (9000, 6000), (80, 2))])
    sites = np.array([at(*row) for row in random.uniform((-500, -1000), (9000, 6000), (15, 2))])
    median, worst = transit_percentiles(timetable, demand, sites, crs=CRS, limit_minutes=90, walk=PLAIN)
    slower = transit_times(
        timetable,
        demand,
        sites,
        crs=CRS,
        limit_minutes=90,
        walk=WalkAssumptions(speed_metres_per_second=0.8, detour_factor=1.0),
    )
    tables = []
    for times in (median, worst, slower):
        whole = np.full(times.minutes.shape, np.inf)
        found = times.minutes.tocoo()
        whole[found.row, found.col] = found.data
        tables.append(whole)
    line = np.hypot(*(demand[:, None] - sites[None]).transpose(2, 0, 1)) / 60
    assert (tables[1] >= tables[0]).all()
    assert (tables[2] >= tables[0] - 1e-9).all()
    assert (tables[0][line <= 89] <= line[line <= 89] + 1 / 60).all()
    assert 0 < worst.minutes.nnz < median.minutes.nnz


def test_chunks_of_sites_and_points_change_nothing(timetable: Timetable, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    demand = np.array([at(*row) for row in random.uniform(-500, 8000, (40, 2))])
    sites = np.array([at(*row) for row in random.uniform(-500, 8000, (9, 2))])
    whole = transit_times(timetable, demand, sites, crs=CRS, limit_minutes=90).minutes.toarray()
    monkeypatch.setattr("geo.reach.transit.journeys._CELLS_AT_ONCE", 60)
    assert (transit_times(timetable, demand, sites, crs=CRS, limit_minutes=90).minutes.toarray() == whole).all()


@st.composite
def _timetables(draw: st.DrawFn) -> tuple[Timetable, Footpaths]:
    """Small timetables with rides of no length, trips that meet in the same second, stops without boarding."""
    stops = draw(st.integers(2, 6))
    columns: list[tuple[int, ...]] = []
    for trip in range(draw(st.integers(1, 9))):
        calls = draw(st.lists(st.integers(0, stops - 1), min_size=2, max_size=5))
        moment = draw(st.integers(0, 40))
        for start, end in pairwise(calls):
            arrival = moment + draw(st.integers(0, 8))
            columns.append((trip, start, end, moment, arrival, draw(st.integers(0, 5)), draw(st.integers(0, 5))))
            moment = arrival + draw(st.integers(0, 3))
    trip, start, end, departure, arrival, board, alight = np.array(columns, dtype=np.int64).T
    pairs = draw(
        st.dictionaries(
            st.tuples(st.integers(0, stops - 1), st.integers(0, stops - 1)), st.integers(0, 9), max_size=stops * 3
        )
    )
    rows = sorted(pairs.items())
    begin = np.searchsorted([pair[0] for pair, _ in rows], np.arange(stops + 1)).astype(np.int64)
    footpaths = Footpaths(
        begin, np.array([b for (_, b), _ in rows], dtype=np.int64), np.array([t for _, t in rows], dtype=np.int64)
    )
    names = np.array([f"s{stop}" for stop in range(stops)], dtype=object)
    timetable = Timetable(
        stop_ids=names,
        stop_names=names,
        stop_lonlat=np.zeros((stops, 2)),
        station=np.arange(stops),
        trip=trip,
        from_stop=start,
        to_stop=end,
        departure=departure,
        arrival=arrival,
        can_board=board > 0,
        can_alight=alight > 0,
        transfers=np.empty((0, 3), dtype=np.int64),
        day="2026-03-17",
        period=("2026-01-01", "2026-12-31"),
        source="random",
        findings=(),
    )
    return timetable, footpaths


@settings(max_examples=examples(400))
@given(_timetables(), st.integers(0, 30))
def test_earliest_arrivals_equal_those_of_a_time_expanded_search(
    made: tuple[Timetable, Footpaths], moment: int
) -> None:
    timetable, footpaths = made
    stops = np.arange(len(timetable.stop_ids))
    found = earliest_arrivals(timetable, footpaths, stops, stops, np.array([moment]))[0]
    graph = time_expanded(timetable, footpaths)
    for start in stops.tolist():
        # Who is at the stop already has arrived.
        expected = plain_arrivals(graph, timetable, start, moment)
        assert found[start].tolist() == expected.tolist()


def test_transfers_of_the_feed_outweigh_our_own(tmp_path: Path) -> None:
    rules = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nB,B,2,1800\nA,C,3,\nB,X,2,60\nA,D,1,\nC,D,0,\n"
    rules += "D,C,2,1e999\n"
    files = {**feed(), "transfers.txt": rules}
    timetable = read_timetable(write_feed(tmp_path / "f", files))
    paths = footpaths_between(timetable, stop_coordinates(timetable, CRS), TransitAssumptions(), walk=PLAIN)
    told = {
        (str(timetable.stop_ids[start]), str(timetable.stop_ids[paths.to_stop[path]])): int(paths.seconds[path])
        for start in range(4)
        for path in range(paths.start[start], paths.start[start + 1])
    }
    week = 7 * 86_400  # longer changes are none, however long a feed says they take
    assert told == {
        **dict.fromkeys([("A", "A"), ("C", "C"), ("D", "D")], 120),
        **{("B", "B"): 1800, ("D", "C"): week},
        **dict.fromkeys([("A", "D"), ("C", "D")], pytest.approx(np.hypot(4000, 5000) * 1.3 / 1.1, rel=0.01)),
    }
    assert [each.code for each in timetable.findings if "transfer" in each.code] == [
        "timetable_transfer_unknown",
        "timetable_transfer_too_fast",
    ]
    assert one(timetable, (0, 0), (4000, 5000)) == pytest.approx(77)


def test_stops_of_a_station_are_changed_between(tmp_path: Path) -> None:
    files = feed()
    files["stops.txt"] = (
        files["stops.txt"]
        .replace("stop_lon\n", "stop_lon,location_type,parent_station\n")
        .replace("\n", ",,\n")
        .replace("stop_lon,location_type,parent_station,,", "stop_lon,location_type,parent_station")
    )
    rows = files["stops.txt"].splitlines()
    b = rows[2].split(",")
    rows[2] = ",".join([*b[:4], "0", "S"])
    rows += [",".join(["B2", "Halt B2", f"{float(b[2]) + 0.009:.6f}", b[3], "0", "S"])]
    rows += [",".join(["S", "Bahnhof", b[2], b[3], "1", ""])]
    files["stops.txt"] = "\n".join(rows) + "\n"
    files["stop_times.txt"] = files["stop_times.txt"].replace(",B,1", ",B2,1")
    timetable = read_timetable(write_feed(tmp_path / "f", files))
    # B to B2 is 1 km: about 17 minutes at 1 m/s; at B 8:10, ready at B2 8:27, bus 8:35.
    assert one(timetable, (0, 0), (4000, 5000)) == pytest.approx(47)
    no_station = {**files, "stops.txt": files["stops.txt"].replace(",0,S", ",0,")}
    apart = read_timetable(write_feed(tmp_path / "g", no_station))
    assert one(apart, (0, 0), (4000, 5000), limit_minutes=90) == np.inf
    through = {**files, "transfers.txt": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nS,S,2,600\n"}
    wide = read_timetable(write_feed(tmp_path / "h", through))
    paths = footpaths_between(wide, stop_coordinates(wide, CRS), TransitAssumptions())
    b_rows = slice(*paths.start[wide.stop("B") : wide.stop("B") + 2])
    assert dict(zip(wide.stop_ids[paths.to_stop[b_rows]], paths.seconds[b_rows].tolist(), strict=True)) == {
        "B": 600,
        "B2": 600,
        "S": 600,
    }


def codes(timetable: Timetable) -> list[str]:
    return [each.code for each in timetable.findings]


def test_a_sound_feed_is_read_without_a_word(timetable: Timetable) -> None:
    assert timetable.findings == ()
    assert (len(timetable), timetable.day, timetable.period) == (24, "2026-03-17", ("2026-01-01", "2026-12-31"))


def without(*names: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda files: {name: content for name, content in files.items() if name not in names}


def changed(name: str, old: str, new: str) -> Callable[[dict[str, str]], dict[str, str]]:
    def change(files: dict[str, str]) -> dict[str, str]:
        assert old in files[name]
        return {**files, name: files[name].replace(old, new)}

    return change


def dates_only(files: dict[str, str]) -> dict[str, str]:
    dates = "service_id,date,exception_type\nwerktags,20260317,1\nwerktags,20260318,1\n"
    return {**without("calendar.txt")(files), "calendar_dates.txt": dates}


@pytest.mark.parametrize(
    ("spoil", "expected", "rides"),
    [
        (without("agency.txt"), ["timetable_no_agency"], 24),
        (without("routes.txt"), [], 24),
        (dates_only, [], 24),
        (changed("stops.txt", "stop_id,", "\ufeffstop_id,"), [], 24),
        (
            changed("stop_times.txt", "l1_8,10:40:00,10:40:00", "l1_8,abc,abc"),
            ["timetable_time_wrong", "timetable_times_filled"],
            23,
        ),
        (changed("stop_times.txt", "l1_3,09:10:00,09:10:00,B", "l1_3,,,B"), ["timetable_times_filled"], 24),
        (
            changed("stop_times.txt", "l1_3,09:10:00,09:10:00,B", "l1_3,08:10:00,08:10:00,B"),
            ["timetable_times_backwards"],
            22,
        ),
        (
            changed("stop_times.txt", "l1_3,09:10:00,09:10:00,B", "l1_3,09:10:00,09:10:00,ZZ"),
            ["timetable_stop_unknown"],
            23,
        ),
        (changed("stops.txt", "C,Halt C,5", "C,Halt C,x5"), ["timetable_stop_nowhere"], 24),
        (lambda files: {**files, "stops.txt": files["stops.txt"] + "A,Halt A,1,1\n"}, ["timetable_stop_twice"], 24),
        (lambda files: {**files, "transfers.txt": "from_stop_id,to_stop_id\n"}, [], 24),
        (
            lambda files: {
                **files,
                "frequencies.txt": "trip_id,start_time,end_time,headway_secs\nl2_0,8:00,9:00,1e-300\n",
            },
            [],
            23,
        ),
    ],
)
def test_a_fault_that_can_be_borne_is_told_and_the_rest_is_read(
    tmp_path: Path, spoil, expected: list[str], rides: int
) -> None:
    timetable = read_timetable(write_feed(tmp_path / "f", spoil(feed())), day="2026-03-17")
    assert codes(timetable) == expected
    assert len(timetable) == rides


@pytest.mark.parametrize(
    ("spoil", "day", "code"),
    [
        (without("stop_times.txt"), None, "timetable_file_missing"),
        (without("stops.txt"), None, "timetable_file_missing"),
        (without("trips.txt"), None, "timetable_file_missing"),
        (without("calendar.txt"), None, "timetable_no_calendar"),
        (changed("stop_times.txt", "departure_time", "abfahrt"), None, "timetable_column_missing"),
        (changed("calendar.txt", "sunday", "sonntag"), None, "timetable_column_missing"),
        (lambda files: {**files, "stop_times.txt": ""}, None, "timetable_file_broken"),
        (lambda files: {**files, "trips.txt": 'trip_id,service_id\n"a,b\n'}, None, "timetable_file_broken"),
        (
            lambda files: {**files, "stop_times.txt": files["stop_times.txt"].splitlines()[0] + "\n"},
            None,
            "timetable_file_empty",
        ),
        (changed("trips.txt", "werktags", "nie"), None, "timetable_no_service"),
        (dict, "2027-03-16", "timetable_no_service"),
        (dict, "2026-03-15", "timetable_no_service"),
        (changed("stop_times.txt", ":", "h"), None, "timetable_no_rides"),
    ],
)
def test_a_fault_that_cannot_be_borne_is_refused_by_name(tmp_path: Path, spoil, day: str | None, code: str) -> None:
    with pytest.raises(DataError) as caught:
        read_timetable(write_feed(tmp_path / "f", spoil(feed())), day=day)
    assert caught.value.findings[0].code == code


def test_all_missing_files_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_timetable(write_feed(tmp_path / "f", {"agency.txt": "x\n"}))
    assert [each.file for each in caught.value.findings] == ["stops.txt", "trips.txt", "stop_times.txt", "calendar.txt"]


def test_a_calendar_that_ended_is_told_with_its_dates(tmp_path: Path) -> None:
    folder = write_feed(tmp_path / "f", feed())
    timetable = read_timetable(folder, today="2027-05-01")
    assert codes(timetable) == ["timetable_day_chosen", "timetable_ended"]
    assert timetable.findings[1].parameters == {"first": "2026-01-01", "last": "2026-12-31", "day": "2026-01-01"}
    assert codes(read_timetable(folder, today="2026-12-31")) == ["timetable_day_chosen"]


def test_the_day_chosen_is_a_usual_one_with_most_trips(tmp_path: Path) -> None:
    files = {**feed(), "calendar_dates.txt": "service_id,date,exception_type\nwerktags,20260101,2\nx,20260106,9\n"}
    timetable = read_timetable(write_feed(tmp_path / "f", files))
    assert timetable.day == "2026-01-06"
    assert codes(timetable) == ["timetable_date_wrong", "timetable_day_chosen"]
    with pytest.raises(ContractError, match="write a date"):
        read_timetable(tmp_path / "f", day="17.03.2026")


_DAYS_2026 = "".join(f"werktags,2026{month:02d}{day:02d},1\n" for month in (2, 3) for day in range(1, 29))


@pytest.mark.parametrize("date", ["20200107", "20251015", "20330315", "20990102"])
@pytest.mark.parametrize(
    ("dates", "expected", "last"), [("", "2026-01-01", "2026-12-31"), (_DAYS_2026, "2026-02-03", "2026-03-28")]
)
def test_a_date_of_another_year_does_not_become_the_usual_day(
    tmp_path: Path, dates: str, expected: str, last: str, date: str
) -> None:
    files = feed()
    # The same services run that day, and more trips than on any other.
    files["trips.txt"] += "1,fest,l1_fest\n"
    files["stop_times.txt"] += "l1_fest,08:00:00,08:00:00,A,1\nl1_fest,08:10:00,08:10:00,B,2\n"
    files["calendar_dates.txt"] = f"service_id,date,exception_type\n{dates}werktags,{date},1\nfest,{date},1\n"
    if dates:
        files = without("calendar.txt")(files)
    timetable = read_timetable(write_feed(tmp_path / "f", files), today="2026-12-31")
    assert timetable.day == expected
    assert timetable.period[1] == last
    ended = ["timetable_ended"] if dates else []
    assert codes(timetable) == ["timetable_days_apart", "timetable_day_chosen", *ended]
    assert timetable.findings[0].parameters["day"] == f"{date[:4]}-{date[4:6]}-{date[6:]}"
    asked = read_timetable(tmp_path / "f", day=timetable.findings[0].parameters["day"])
    assert len(asked) == len(timetable) + 1


def test_times_past_midnight_belong_to_the_evening_and_to_the_next_day(tmp_path: Path) -> None:
    files = feed()
    files["trips.txt"] += "1,werktags,nacht\n"
    files["stop_times.txt"] += "nacht,25:10:00,25:10:00,A,1\nnacht,25:30:00,25:30:00,C,2\n"
    timetable = read_timetable(write_feed(tmp_path / "f", files), day="2026-03-17")
    night = sorted(timetable.departure[timetable.departure % 86400 == 70 * 60].tolist())
    assert night == [70 * 60, 25 * 3600 + 600]
    monday = read_timetable(tmp_path / "f", day="2026-03-16")
    assert len(monday) == len(timetable) - 1
    assert one(timetable, (0, 0), (8000, 0), assumptions=replace(ONCE, first="01:00", last="01:00")) == pytest.approx(
        30
    )


def test_missing_times_are_spread_evenly_between_known_ones(tmp_path: Path) -> None:
    files = feed()
    files["trips.txt"] += "3,werktags,lang\n"
    calls = [("A", "06:00:00"), ("B", ""), ("C", ""), ("D", "06:30:00"), ("A", ""), ("B", "06:31:00"), ("C", "")]
    files["stop_times.txt"] += "".join(f"lang,{time},{time},{stop},{n}\n" for n, (stop, time) in enumerate(calls))
    timetable = read_timetable(write_feed(tmp_path / "f", files), day="2026-03-17")
    early = timetable.departure < 7 * 3600
    assert timetable.departure[early].tolist() == [21600, 22200, 22800, 23400, 23430]
    assert timetable.arrival[early].tolist() == [22200, 22800, 23400, 23430, 23460]


def test_nobody_boards_or_alights_where_it_is_not_allowed(tmp_path: Path) -> None:
    files = feed()
    head, *rows = files["stop_times.txt"].splitlines()
    barred = {"l1_0": {"A": "1,0"}, "l1_1": {"C": "0,1"}}
    files["stop_times.txt"] = "\n".join(
        [f"{head},pickup_type,drop_off_type"]
        + [f"{row},{barred.get(row.split(',')[0], {}).get(row.split(',')[3], '0,0')}" for row in rows]
    )
    timetable = read_timetable(write_feed(tmp_path / "f", files), day="2026-03-17")
    assert one(timetable, (0, 0), (4000, 0)) == pytest.approx(30)
    assert one(timetable, (0, 0), (8000, 0)) == pytest.approx(60)


def test_trips_by_headway_run_at_every_headway(tmp_path: Path) -> None:
    files = {
        **feed(),
        "frequencies.txt": (
            "trip_id,start_time,end_time,headway_secs\nl2_0,08:00:00,09:00:00,600\nzz,08:00:00,09:00:00,0\n"
        ),
    }
    timetable = read_timetable(write_feed(tmp_path / "f", files), day="2026-03-17")
    leaving = sorted(timetable.departure[timetable.from_stop == timetable.stop("B")].tolist())
    assert [clock(moment / 60) for moment in leaving if moment < 31000 and moment % 600 == 0][:4] == [
        "08:00:00",
        "08:10:00",
        "08:10:00",
        "08:20:00",
    ]
    assert one(timetable, (0, 0), (4000, 5000)) == pytest.approx(32)


@pytest.mark.parametrize("prefix", ["", "gtfs/"])
def test_a_zip_is_read_like_a_folder(tmp_path: Path, timetable: Timetable, prefix: str) -> None:
    packed = read_timetable(write_zip(tmp_path / "feed.zip", feed(), prefix), day="2026-03-17")
    assert (packed.departure == timetable.departure).all()
    assert packed.source == "feed.zip"


def test_a_zip_that_climbs_is_broken_or_too_large_is_refused(tmp_path: Path) -> None:
    for content, code in (
        (write_zip(tmp_path / "climbs.zip", {"../stops.txt": "x"}), "archive_path"),
        (write_feed(tmp_path, {"broken.zip": b"PK\x03\x04 nothing"}) / "broken.zip", "archive_broken"),
        (tmp_path / "absent.zip", "timetable_not_found"),
    ):
        with pytest.raises(DataError, match=code):
            read_timetable(content)
    with pytest.raises(DataError, match="timetable_too_large"):
        read_timetable(write_zip(tmp_path / "f.zip", feed()), limits=ReadLimits(file_bytes=10))


def test_old_encodings_are_read_and_told(tmp_path: Path) -> None:
    files = {name: content.replace("Halt A", "Straße Ä").encode("cp1252") for name, content in feed().items()}
    timetable = read_timetable(write_feed(tmp_path / "f", files), day="2026-03-17")
    assert timetable.stop_names[0] == "Straße Ä"
    assert codes(timetable) == ["timetable_old_encoding"]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"limit_minutes": 0}, "limit_minutes"),
        ({"percentile": 0}, "percentile"),
        ({"percentile": 101}, "percentile"),
        ({"assumptions": TransitAssumptions(first="8 Uhr")}, "08:30"),
        ({"assumptions": TransitAssumptions(first="10:00", last="08:00")}, "before"),
        ({"assumptions": TransitAssumptions(step_minutes=0)}, "step_minutes"),
        ({"demand_xy": [[float("inf"), 0.0]]}, "demand_xy"),
        ({"walk": WalkAssumptions(speed_metres_per_second=0)}, "speed"),
    ],
)
def test_an_argument_broken_in_one_way_is_named(timetable: Timetable, broken: dict[str, object], said: str) -> None:
    good = {"demand_xy": [at(0, 0)], "site_xy": [at(0, 0)], "crs": CRS, "limit_minutes": 30.0}
    assert transit_times(timetable, **good).minutes.nnz == 1
    with pytest.raises(ContractError, match=said):
        transit_times(timetable, **{**good, **broken})


@pytest.mark.real
def test_berlin_agrees_with_a_time_expanded_search_for_many_pairs(real_data: Path) -> None:
    timetable = read_timetable(real_data / "gtfs_berlin", today="2026-01-01")
    assert codes(timetable) == ["timetable_no_agency", "timetable_day_chosen", "timetable_ended"]
    paths = footpaths_between(timetable, stop_coordinates(timetable, "EPSG:25833"), TransitAssumptions())
    graph = time_expanded(timetable, paths)
    random = np.random.default_rng(5)
    served = np.unique(timetable.from_stop)
    starts, ends = random.choice(served, 12, replace=False), np.unique(timetable.to_stop)
    moment = 12 * 3600 + 5 * 60
    found = earliest_arrivals(timetable, paths, starts, ends, np.array([moment]))[0]
    compared = 0
    for row, start in zip(found, starts.tolist(), strict=True):
        expected = plain_arrivals(graph, timetable, start, moment)[ends]
        assert row.tolist() == expected.tolist()
        compared += int((expected < NEVER).sum())
    assert compared >= 1000
