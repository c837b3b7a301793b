"""The legend of a map on paper: classes from the view's own object, signs, and the list of numbered places.

A legend is a row of blocks that know how high they are at a width. They are laid into as many columns as there is room
for; where they would not fit, text and swatches become a little smaller before anything is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from geo.output.paper.marks import draw_mark, draw_swatch
from geo.output.paper.page import LINE, SOFT, Box, Page
from geo.output.values import MapView
from geo.text import Texts

_TITLE, _TEXT, _SMALL = 10.0, 9.0, 8.0
_FACTORS = (1.0, 0.93, 0.86, 0.79)


@dataclass(frozen=True)
class Title:
    """The heading of the legend or of a part of it."""

    text: str
    size: float = _TITLE

    def height(self, page: Page, width: float, factor: float) -> float:
        """Return the height at a width, in millimetres."""
        return len(self._lines(page, width, factor)) * page.line_height(self.size * factor) + page.mm(2.2)

    def draw(self, page: Page, box: Box, factor: float) -> None:
        """Draw it from the top of a box."""
        page.lines(box, self._lines(page, box.width, factor), self.size * factor, bold=True)

    def _lines(self, page: Page, width: float, factor: float) -> tuple[str, ...]:
        return page.wrapped(self.text, width, self.size * factor, bold=True, most=8)


@dataclass(frozen=True)
class Bar:
    """Classes with limits: a bar from low to high, as on screen; upright where a lying one is too narrow."""

    colours: tuple[str, ...]
    limits: tuple[str, ...]
    is_upright: bool

    def height(self, page: Page, width: float, factor: float) -> float:
        """Return the height at a width, in millimetres."""
        if self._stands(page, width, factor):
            return page.mm(5.6) * factor * len(self.colours) + page.mm(5.0) * factor
        return page.mm(4.6) * factor + page.line_height(_TEXT * factor) + page.mm(2.4)

    def draw(self, page: Page, box: Box, factor: float) -> None:
        """Draw it from the top of a box."""
        edge = {"edgecolor": LINE, "linewidth": page.mm(0.2)}
        if self._stands(page, box.width, factor):
            step, wide = page.mm(5.6) * factor, page.mm(8.0) * factor
            bottom = box.top - page.mm(1.4) * factor - step * len(self.colours)
            for at, colour in enumerate(self.colours):
                page.rectangle(
                    Box(box.left, bottom + at * step, box.left + wide, bottom + (at + 1) * step), facecolor=colour
                )
            page.rectangle(Box(box.left, bottom, box.left + wide, bottom + step * len(self.colours)), **edge)
            column = max((page.text_width(limit, _TEXT * factor) for limit in self.limits), default=0.0)
            for at, limit in enumerate(self.limits):
                y, x = bottom + at * step, box.left + wide
                page.polygon([(x, y), (x + page.mm(1.2), y)], closed=False, edgecolor=SOFT, linewidth=page.mm(0.2))
                page.text(x + page.mm(2.2) + column, y, limit, _TEXT * factor, align="right", va="center_baseline")
            return
        margin = self._overhang(page, factor)
        left, high = box.left + margin, page.mm(4.6) * factor
        step = min((box.width - 2 * margin) / len(self.colours), page.mm(24.0))
        for at, colour in enumerate(self.colours):
            page.rectangle(Box(left + at * step, box.top - high, left + (at + 1) * step, box.top), facecolor=colour)
        page.rectangle(Box(left, box.top - high, left + step * len(self.colours), box.top), **edge)
        below = box.top - high - page.mm(0.8)
        for at, limit in enumerate(self.limits):
            page.text(
                left + at * step, below - 0.8 * page.line_height(_TEXT * factor), limit, _TEXT * factor, align="center"
            )

    def _overhang(self, page: Page, factor: float) -> float:
        return max(page.text_width(limit, _TEXT * factor) for limit in (self.limits[0], self.limits[-1])) / 2

    def _stands(self, page: Page, width: float, factor: float) -> bool:
        widest = max(page.text_width(limit, _TEXT * factor) for limit in self.limits) + page.mm(1.6)
        room = (width - 2 * self._overhang(page, factor)) / len(self.colours)
        return self.is_upright or min(room, page.mm(24.0)) < widest


@dataclass(frozen=True)
class Entry:
    """A swatch with words, and a second line in grey."""

    look: str
    text: str
    mark: str = ""
    below: str = ""
    colour: str = ""

    def height(self, page: Page, width: float, factor: float) -> float:
        """Return the height at a width, in millimetres."""
        lines, below = self._lines(page, width, factor)
        high = len(lines) * page.line_height(_TEXT * factor) + len(below) * page.line_height(_SMALL * factor)
        return max(high, page.mm(4.2) * factor) + page.mm(1.3) * factor

    def draw(self, page: Page, box: Box, factor: float) -> None:
        """Draw it from the top of a box."""
        lines, below = self._lines(page, box.width, factor)
        first = page.line_height(_TEXT * factor)
        high, wide = page.mm(3.9) * factor, page.mm(8.0) * factor
        middle = box.top - max(first / 2, page.mm(1.9) * factor)
        swatch = Box(box.left, middle - high / 2, box.left + wide, middle + high / 2)
        if self.look == "class":
            page.rectangle(swatch, facecolor=self.colour, edgecolor=LINE, linewidth=page.mm(0.2))
        elif self.look == "number":
            draw_mark(page, (swatch.left + swatch.right) / 2, middle, "plan", mark=self.mark, factor=0.82 * factor)
        else:
            draw_swatch(page, swatch, self.look, mark=self.mark, no_data=self.colour, factor=factor)
        text = Box(box.left + wide + page.mm(2.2), 0, box.right, middle + first / 2)
        y = page.lines(text, lines, _TEXT * factor)
        page.lines(replace(text, top=y), below, _SMALL * factor, colour=SOFT)

    def _lines(self, page: Page, width: float, factor: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
        room = width - page.mm(8.0) * factor - page.mm(2.2)
        below = page.wrapped(self.below, room, _SMALL * factor, most=2) if self.below else ()
        return page.wrapped(self.text, room, _TEXT * factor, most=5), below


@dataclass(frozen=True)
class Gap:
    """Room between two parts."""

    length: float = 2.4

    def height(self, page: Page, width: float, factor: float) -> float:
        """Return the height, in millimetres."""
        return page.mm(self.length) * factor

    def draw(self, page: Page, box: Box, factor: float) -> None:
        """Draw nothing."""


Block = Title | Bar | Entry | Gap
Group = tuple[Block, ...]


@dataclass(frozen=True)
class Laid:
    """A legend laid into columns: blocks that fit, their size factor, the height of the highest column.

    ``is_cut`` says that entries at the end had to be left out.
    """

    columns: tuple[tuple[Block, ...], ...]
    width: float
    factor: float
    height: float
    is_cut: bool = False

    def draw(self, page: Page, left: float, top: float, gap: float) -> None:
        """Draw the columns side by side from a corner."""
        for at, column in enumerate(self.columns):
            x, y = left + at * (self.width + gap), top
            for block in column:
                high = block.height(page, self.width, self.factor)
                block.draw(page, Box(x, y - high, x + self.width, y), self.factor)
                y -= high


def legend_groups(t: Texts, view: MapView, *, is_upright: bool) -> tuple[Group, ...]:
    """Return the legend of a view as groups that stay together."""
    legend = view.legend
    groups: list[Group] = []
    heading: list[Block] = [Title(legend.title)] if legend.title else []
    if legend.labels:
        pairs = zip(legend.labels, legend.colours, strict=True)
        entries = [Entry("class", label, colour=colour) for label, colour in pairs]
        groups += [(*heading, entries[0]), *((entry,) for entry in entries[1:-1])]
        groups += [(entries[-1], Gap())] if len(entries) > 1 else []
    elif legend.colours:
        groups.append((*heading, Bar(legend.colours, legend.limits, is_upright), Gap()))
    elif heading:
        groups.append((*heading, Gap()))
    groups += [(Entry(one.look, one.label, one.mark, colour=legend.no_data_colour),) for one in legend.extras]
    numbered = sorted((place for place in view.places if place.kind == "plan" and place.mark), key=_by_number)
    if numbered:
        named = [Entry("number", place.name, place.mark, place.about) for place in numbered]
        groups.append((Gap(3.0), Title(t("print.suggested"), _TEXT + 0.5), named[0]))
        groups += [(entry,) for entry in named[1:]]
    return tuple(groups)


def lay(page: Page, groups: Sequence[Group], width: float, columns: int, most_height: float) -> Laid:
    """Return the largest lay-out of a legend that fits into columns of a width and a height.

    Where even the smallest text does not fit, the last entries give way to an ellipsis.
    """
    for factor in _FACTORS:
        laid = _level(page, groups, width, columns, factor)
        if laid.height <= most_height:
            return laid
    kept = list(groups)
    while len(kept) > 1:
        kept.pop()
        laid = _level(page, [*kept, (Title("…"),)], width, columns, _FACTORS[-1])
        if laid.height <= most_height:
            break
    return replace(laid, is_cut=True)


def _level(page: Page, groups: Sequence[Group], width: float, columns: int, factor: float) -> Laid:
    """Return the lay-out with the lowest highest column, groups unbroken and in order."""
    heights = [sum(block.height(page, width, factor) for block in group) for group in groups]
    limit = max([*heights, sum(heights) / columns], default=0.0)
    while True:
        filled: list[list[Group]] = [[]]
        high = 0.0
        for group, height in zip(groups, heights, strict=True):
            if filled[-1] and high + height > limit + 1e-9:
                filled.append([])
                high = 0.0
            filled[-1].append(group)
            high += height
        if len(filled) <= columns:
            break
        limit *= 1.04
    blocks = tuple(tuple(block for group in column for block in group) for column in filled)
    highest = max(sum(block.height(page, width, factor) for block in column) for column in blocks)
    return Laid(blocks, width, factor, highest)


def _by_number(place: object) -> tuple[int, str]:
    mark = str(getattr(place, "mark", ""))
    return (int(mark) if mark.isdecimal() else 10**9, mark)
