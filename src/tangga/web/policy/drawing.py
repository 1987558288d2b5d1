"""The ladder as a picture: rungs as steps, and the moves between them as numbered arrows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tangga.rules.policy import Move

WIDTH, HEIGHT = 170, 54
ACROSS, UP = 250, 110
LEFT, TOP = 60, 30
NOBODY = "none"


@dataclass(frozen=True)
class Rung:
    """A rung in the picture."""

    code: str
    label: str
    x: int
    y: int


@dataclass(frozen=True)
class Arrow:
    """A move between two rungs; number: by which the list below the picture names it."""

    number: int
    move: str
    start: Rung
    end: Rung


def levels(moves: Sequence[Move], order: Sequence[str]) -> dict[str, int]:
    """How high each rung of `order` that moves name stands: above those before it from which a move
    leads to it. Where families enter from no rung is the ground."""
    edges = [(start, one.to) for one in moves for start in one.from_rungs]
    ground = {end for start, end in edges if start == NOBODY}
    height: dict[str, int] = {}
    for place, code in enumerate(order):
        below = [height[s] for s, end in edges if end == code and s in order[:place]]
        if code in ground or not below:
            height[code] = 0
        else:
            height[code] = max(below) + 1
    named = {rung for edge in edges for rung in edge}
    return {code: level for code, level in height.items() if code in named}


def ladder(
    moves: Sequence[Move], labels: Mapping[str, str], alternative: str, up: Mapping[str, int]
) -> Markup:
    """The picture as SVG. labels: rung -> words; up: rung -> its level; alternative: what it shows,
    in words, for who does not see it."""
    rungs = _placed(up, labels)
    arrows = [
        Arrow(number, one.id, rungs[start], rungs[one.to])
        for number, one in enumerate(moves, 1)
        for start in one.from_rungs
        if one.to in rungs and start in rungs
    ]
    width = max((one.x for one in rungs.values()), default=0) + WIDTH + LEFT
    height = max((one.y for one in rungs.values()), default=0) + HEIGHT + TOP
    entries = [
        _entry(number, rungs[one.to])
        for number, one in enumerate(moves, 1)
        if NOBODY in one.from_rungs and one.to in rungs
    ]
    drawn = [*_arrows(arrows), *entries, *(_rung(one) for one in rungs.values())]
    return Markup(
        '<svg class="ladder" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>'
    ).format(width, height, alternative, ARROW_HEAD, Markup("").join(drawn))


ARROW_HEAD = Markup(
    '<defs><marker id="ujung" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto"><path d="M0 0L8 4L0 8z" class="head"/></marker></defs>'
)


def _placed(up: Mapping[str, int], labels: Mapping[str, str]) -> dict[str, Rung]:
    """Each rung further right and higher by its level; several of one level below each other."""
    top = max(up.values(), default=0)
    found: dict[str, Rung] = {}
    used: dict[int, int] = {}
    for code in (code for code in labels if code in up):
        level = up[code]
        place = used[level] = used.get(level, -1) + 1
        y = TOP + (top - level) * UP + place * UP
        found[code] = Rung(code, labels[code], LEFT + level * ACROSS, y)
    return found


def _rung(one: Rung) -> Markup:
    return Markup(
        '<g class="step step-{}"><rect x="{}" y="{}" width="{}" height="{}" rx="8"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text></g>'
    ).format(
        one.code,
        one.x,
        one.y,
        WIDTH,
        HEIGHT,
        one.x + WIDTH // 2,
        one.y + HEIGHT // 2 + 6,
        one.label,
    )


def _arrows(arrows: Sequence[Arrow]) -> list[Markup]:
    """Arrows of one direction that meet at a rung end beside each other, each with its number."""
    drawn: list[Markup] = []
    used: dict[tuple[str, bool], int] = {}
    for one in arrows:
        meeting = (one.end.code, one.end.x > one.start.x)
        place = used[meeting] = used.get(meeting, -1) + 1
        drawn.append(_arrow(one, place))
    return drawn


def _arrow(one: Arrow, place: int) -> Markup:
    path, at = _way(one.start, one.end, place)
    return Markup(
        '<g class="arrow"><path d="{}" marker-end="url(#ujung)"/><circle cx="{}" cy="{}" r="10"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text></g>'
    ).format(path, at[0], at[1], at[0], at[1] + 4, one.number)


def _way(start: Rung, end: Rung, place: int) -> tuple[str, tuple[int, int]]:
    """The line of an arrow, and where its number stands; up straight, down in a bend."""
    if end.x > start.x:
        x1, x2 = start.x + WIDTH, end.x + 20 + place * 44
        y1, y2 = start.y + 16 + place * 22, end.y + HEIGHT
        bend = f"M{x1} {y1}Q{x2} {y1} {x2} {y2}"
        return bend, (x2 - 6, (y1 + y2) // 2 + place * 10)
    if end.x == start.x:
        x = start.x + 40 + place * 40
        down = end.y > start.y
        y1, y2 = start.y + (HEIGHT if down else 0), end.y + (0 if down else HEIGHT)
        return f"M{x} {y1}V{y2}", (x, (y1 + y2) // 2)
    x1, x2 = start.x, end.x + 60 + place * 40
    y1, y2 = start.y + 20 + place * 18, end.y
    if y2 < y1:
        return f"M{x1} {y1}L{end.x + WIDTH} {end.y + 20}", ((x1 + x2) // 2, (y1 + y2) // 2)
    return f"M{x1} {y1}Q{x2} {y1} {x2} {y2}", (x2 + 4, (y1 + y2) // 2 - 6)


def _entry(number: int, end: Rung) -> Markup:
    """A move by which a family comes onto the ladder."""
    y = end.y + HEIGHT // 2
    return Markup(
        '<g class="arrow"><path d="M4 {}H{}" marker-end="url(#ujung)"/>'
        '<circle cx="18" cy="{}" r="10"/>'
        '<text x="18" y="{}" text-anchor="middle">{}</text></g>'
    ).format(y, end.x, y, y + 4, number)
