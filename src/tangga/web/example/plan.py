"""Lines of the plan at each step, and a power delegated in writing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tangga.web.example.cast import Cast
from tangga.web.example.words import words
from tangga.web.plans import actions
from tangga.web.work.models import Item

PROVINCE, HEAD = "dinas_provinsi", "kepala_dinas"


def plan_lines(cast: Cast) -> None:
    """One offered to the regency, one that it answered with other figures, one rejected."""
    said = words()["plan"]
    home = cast.post(HEAD).area
    lines = [_offered(cast, home, line, 9 - n) for n, line in enumerate(said["lines"])]
    cost = {"cost": said["countered_cost"]}
    _answered(cast, lines[1], "counter_here", said=cost, reason=said["countered"])
    _answered(cast, lines[2], "reject", reason=said["rejected"])


def _offered(cast: Cast, area: str, line: dict[str, Any], ago: int) -> Item:
    empty = {"programme": "", "rests_on": ""}
    with cast.acting(PROVINCE, ago) as by:
        return actions.offer(by=by, area=area, year=cast.today.year, said={**empty, **line})


def _answered(cast: Cast, item: Item, step: str, **more: Any) -> None:
    with cast.acting(HEAD, 3) as by:
        now = Item.objects.get(pk=item.pk)
        actions.answer(now, step, by=by, version=now.version, **more)


PARTS: Mapping[str, Callable[[Cast], None]] = {"plan_lines": plan_lines}
