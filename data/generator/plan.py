"""The town plan of Musterstadt: what stands where. Written by hand, because towns are."""

from __future__ import annotations

from dataclasses import dataclass

DISTRICTS = {
    "01": "Mitte",
    "02": "Nordstadt",
    "03": "Ormewiesen",
    "04": "Südost",
    "05": "Südstadt",
    "06": "West",
    "07": "Hafen",
    "08": "Hallau",
}


@dataclass(frozen=True)
class Fabric:
    """How a kind of quarter is built and who lives there.

    Parameters
    ----------
    density
        Residents per hectare of built-up ground.
    built_m
        Reach of the built-up ground around the middle of the quarter in metres; beyond are fields.
    block_m
        Width and length of a block.
    under_15, over_limit
        Share of residents under 15, and at or over pension age.
    growth
        Change of residents in a year.
    """

    density: float
    built_m: float
    block_m: tuple[float, float]
    under_15: float
    over_limit: float
    growth: float


FABRICS = {
    "old": Fabric(98, 9e3, (75, 95), 0.088, 0.170, 0.002),
    "gz": Fabric(104, 9e3, (95, 150), 0.118, 0.138, 0.004),
    "work": Fabric(92, 9e3, (85, 150), 0.168, 0.150, 0.003),
    "mid": Fabric(47, 880, (110, 190), 0.136, 0.215, 0.001),
    "est": Fabric(178, 430, (190, 250), 0.178, 0.182, 0.001),
    "garden": Fabric(27, 560, (90, 175), 0.142, 0.255, -0.001),
    "vil": Fabric(23, 380, (120, 150), 0.138, 0.235, 0.002),
    "new": Fabric(70, 9e3, (90, 130), 0.172, 0.090, 0.030),
    "ind": Fabric(40, 110, (260, 330), 0.100, 0.100, 0.000),
    "wood": Fabric(20, 90, (420, 420), 0.110, 0.270, 0.000),
}


@dataclass(frozen=True)
class Plot:
    """A quarter before it has borders: where its middle lies and how it is doing.

    ``x`` and ``y`` are in plan units from the market square;
    ``share`` is the share of recipients of those under pension age in per cent, in the long run.
    """

    district: str
    name: str
    fabric: str
    x: float
    y: float
    share: float


_PLAN = """
01 Altstadt              old    -0.42  0.38   9.0
01 Sankt Marien          old     0.45  0.42   7.5
01 Obertor               old     0.10 -0.24  10.5
01 Gerbervorstadt        gz     -1.50  0.47  15.0
01 Am Bürgerpark         gz     -1.20 -0.15  11.5
01 Weberviertel          gz     -1.95 -0.35  16.0
01 Bahnhofsviertel       gz     -0.30 -0.74  18.5
01 Theaterviertel        gz      1.00 -0.62  12.0
01 Ostvorstadt           gz      1.25  0.05  10.0
01 Bleiche               gz      1.80 -0.95  15.5
02 Brückenvorstadt       gz     -0.45  1.35  14.0
02 Stadtparkviertel      gz     -1.75  2.05   7.0
02 Nordvorstadt          gz      0.00  2.20  15.5
02 Turmviertel           gz     -0.68  2.25  13.5
02 Gärtnerviertel        gz      0.55  2.15  11.0
02 Apostelviertel        gz      1.35  2.20   9.5
02 Neustadt              gz      0.95  1.20  13.0
02 Ufervorstadt          gz      1.75  0.80   9.0
02 Lindenhof             mid    -1.55  3.35  12.5
02 Nordfeld              mid    -0.15  3.40  15.0
02 Am Hang               mid     1.35  3.30   9.5
02 Hallbachtal           garden  2.60  3.05   5.5
02 Schleusenwiese        vil    -2.75  2.15   3.0
02 Neumühlen             garden -3.20  3.45   4.0
03 Wiesenau              mid     2.80  1.55  10.0
03 Jakobsfeld            mid     3.95  1.55   8.5
03 Ormebogen             mid     2.70  0.40   8.0
03 Am Wehr               garden  4.10 -0.30   4.5
03 Vogelsang             garden  5.70  1.05   3.5
03 Erlengrund            garden  5.75  0.00   3.0
03 Eschenholz            vil     5.40  2.80   2.8
03 Bruchwald             vil     6.40 -1.20   2.0
03 Wachtelberg           garden  4.00  3.35   2.6
04 Ostend                work    2.70 -0.90  19.0
04 Am Güterbahnhof       ind     2.95 -1.90   8.0
04 Flussfeld             mid     4.55 -1.65  13.5
04 Ziegelei              mid     2.40 -2.25  14.5
04 Kranichsiedlung-West  est     2.75 -3.40  28.0
04 Kranichsiedlung-Ost   est     3.70 -4.10  25.5
04 Fuchsbreite           mid     1.55 -3.85  17.0
04 Ormeblick             garden  5.55 -1.75   4.5
04 Sandkamp              mid     4.95 -2.80  10.0
04 Steinbrucher Feld     garden  4.60 -3.60   8.0
04 Steinbruch            vil     5.50 -4.40   3.6
04 Wolfsried             vil     6.15 -3.30   2.5
04 Altenrode             vil     3.40 -5.80   2.2
05 Rosenhöhe             gz     -1.45 -1.55   9.0
05 Pauluskamp            gz     -0.70 -1.55  11.5
05 Südvorstadt           gz      0.05 -1.30  13.5
05 Am Südring            gz      0.05 -2.00  12.0
05 Lokviertel            new     0.95 -1.50   8.5
05 Ringgarten            mid     1.50 -2.00  10.0
05 Am Volkspark          mid     0.30 -2.75   9.0
05 Kastanienhof          mid    -1.15 -2.60   8.0
05 Südfeld               mid     1.90 -2.70  12.5
05 Margaretenhof         garden -0.75 -3.50   4.0
05 Gartenfeld            garden  0.40 -3.55   5.0
05 Kaltenborn            vil    -1.55 -4.80   2.6
05 Lerchenau             garden  0.40 -4.50   3.2
05 Süderholz             vil     1.90 -5.20   2.0
05 Kleinborn             vil    -0.80 -6.20   1.8
05 Birkenfließ           vil    -2.60 -6.10   2.2
06 Abendfrieden          mid    -3.20 -1.30  13.5
06 Johannisfeld          mid    -2.15 -2.40   9.5
06 Kaltenbachviertel     mid    -3.20 -2.35  11.0
06 Sonnenberg            garden -2.00 -3.50   1.8
06 Hangsiedlung          garden -3.10 -3.55   2.4
06 Seesiedlung           garden -5.20 -0.95   4.8
06 Westfeld              mid    -5.05 -1.75   9.0
06 Ahlrade               vil    -6.10 -1.50   3.2
06 Waldfrieden           garden -4.75 -2.55   2.2
06 Ziegenrück            vil    -6.10 -2.60   2.4
06 Stadtwald             wood   -5.00 -4.50   2.0
06 Buchenrain            vil    -3.70 -5.60   1.9
07 Eisenbrink            work   -2.85  0.85  27.0
07 Kohlenhof             work   -3.00 -0.10  23.5
07 Hafeninsel            ind    -3.20  1.75   9.0
07 Schmiedeviertel       mid    -4.10  0.00  17.0
07 Werksiedlung          work   -4.55  0.85  20.5
07 Am Hüttenpark         mid    -5.60  0.90  14.0
07 Rotdornsiedlung       garden -5.35  0.05   7.5
07 Neuland               mid    -6.35  0.55   9.5
07 Ormewerder            vil    -5.90  2.75   3.0
08 Tannenkamp            mid    -1.35  4.80  11.0
08 Heidehof-Süd          est     0.00  4.75  26.5
08 Heidehof-Nord         est     0.15  5.60  24.0
08 Vorwerk               mid     1.45  4.80  13.5
08 Hallau                garden -3.05  4.85   4.2
08 Hallauer Höfe         vil    -4.60  4.70   2.0
08 Moorkate              vil    -2.00  6.20   1.6
08 Kleinhallau           vil     1.35  6.10   2.4
08 Hallbach              garden  2.95  4.55   4.0
08 Eschenrode            vil     3.20  5.70   2.0
08 Försterhof            vil     4.90  4.60   1.5
"""


def _plot(line: str) -> Plot:
    district, *name, fabric, x, y, share = line.split()
    return Plot(district, " ".join(name), fabric, float(x), float(y), float(share))


PLOTS: tuple[Plot, ...] = tuple(_plot(line) for line in _PLAN.strip().splitlines())
