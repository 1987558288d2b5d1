"""What a batch would change in the places of programmes: shown before it is signed, kept after.

Nothing here takes a place or gives one. Who becomes eligible waits for one; who stops being so
keeps what runs until a case is decided; a family that nobody has ranked asks for a rank first.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tangga.rules.answer import NO, NOT_KNOWN, YES
from tangga.texts import Language, say
from tangga.web.corrections.believed import Family, families
from tangga.web.corrections.models import Proposal
from tangga.web.corrections.reckoned import shifts
from tangga.web.corrections.said import opened
from tangga.web.corrections.sorts import CHECK, NOTHING, PEOPLE, VALUES, book
from tangga.web.database.rows import rows, value
from tangga.web.policy.book import book as policy
from tangga.web.programmes import spells
from tangga.web.today import today

LOCAL = frozenset({"bupati", "desa"})
"""Who determines a programme of the area's own; elsewhere our word is a recommendation."""

HELD = "SELECT to_regclass(%s) IS NOT NULL"
USED = """
SELECT s.programme, count(*) AS n FROM spells AS s
WHERE s.open AND s.area >= %(low)s AND s.area < %(high)s GROUP BY s.programme
"""
WAITING = """
SELECT w.programme, count(*) AS n FROM waiting AS w
WHERE w.area = %(area)s GROUP BY w.programme
"""
PLACES = """
SELECT c.programme, max(c.places) AS n FROM capacity AS c
WHERE c.area = %(area)s AND c.year = %(year)s GROUP BY c.programme
"""
OFFICE = 4


@dataclass(frozen=True)
class Line:
    """One programme. places: None where no number is set; fits, fits_not, unsure: families or
    persons whose verdict would change to that; looked_into: whose running support would be."""

    programme: str
    label: str
    local: bool
    places: int | None
    used: int
    waiting: int
    fits: int = 0
    fits_not: int = 0
    unsure: int = 0
    looked_into: int = 0

    @property
    def touched(self) -> bool:
        """Whether anything would change."""
        return any((self.fits, self.fits_not, self.unsure, self.looked_into))

    @property
    def free(self) -> int | None:
        """Places nobody has; None where no number is set."""
        return None if self.places is None else max(0, self.places - self.used)

    @property
    def waiting_after(self) -> int:
        """Who waits, with those who newly fit."""
        return self.waiting + self.fits


@dataclass(frozen=True)
class Effect:
    """What a batch would do. new: families without a rank; upward: that only go up; values: of how
    many families a value changes; held: number and version of each proposal in it."""

    lines: tuple[Line, ...]
    proposals: int
    values: int
    new: int
    upward: int
    held: tuple[tuple[str, int], ...] = ()

    def counts(self) -> dict[str, Any]:
        """As it is kept with the signature: numbers, nobody's name."""
        kept = [asdict(one) for one in self.lines if one.touched]
        return {
            "lines": kept,
            **{key: getattr(self, key) for key in ("proposals", "values", "new", "upward")},
        }

    @property
    def fingerprint(self) -> str:
        """By which it is told whether what was shown is what would be signed."""
        text = json.dumps([self.counts(), self.held], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def effect(proposals: Sequence[Proposal]) -> Effect:
    """Of the proposals of one batch."""
    turned: dict[str, Counter[str]] = {}
    follows = Counter(book().sorts[one.sort].follows for one in proposals)
    found = families(one.item.family_id for one in proposals if _sort(one) == VALUES)
    for proposal in proposals:
        for programme, what in _of_one(proposal, found.get(proposal.item.family_id)):
            turned.setdefault(programme, Counter())[what] += 1
    area = proposals[0].item.area[:OFFICE] if proposals else ""
    return Effect(
        lines=tuple(_lines(area, turned)) if area else (),
        proposals=len(proposals),
        values=len({one.item.family_id for one in proposals if _sort(one) == VALUES}),
        new=follows[PEOPLE],
        upward=follows[NOTHING],
        held=tuple((one.item.number, one.item.version) for one in proposals),
    )


def _sort(proposal: Proposal) -> str:
    return book().sorts[proposal.sort].follows


def _of_one(proposal: Proposal, found: Family | None) -> Iterable[tuple[str, str]]:
    """(programme, what would change) of one proposal."""
    follows = _sort(proposal)
    if follows not in (VALUES, CHECK):
        return
    if follows == VALUES and found is None:
        return
    running = {one.kind.programme for one in spells.running(family_id=proposal.item.family_id)}
    if follows == CHECK:
        yield from ((programme, "looked_into") for programme in sorted(running))
        return
    assert found is not None
    changes = opened(proposal.said).changes
    for shift in shifts(found, changes, running, today()):
        word = {YES: "fits", NO: "fits_not", NOT_KNOWN: "unsure"}[shift.after]
        yield shift.programme, word
        if shift.after is NO and shift.programme in running:
            yield shift.programme, "looked_into"


def _lines(area: str, turned: dict[str, Counter[str]]) -> Iterable[Line]:
    bounds = {"area": area, "low": area, "high": f"{area}~", "year": today().year}
    used, waiting, places = (
        _counted(table, query, bounds)
        for table, query in (("spells", USED), ("waiting", WAITING), ("capacity", PLACES))
    )
    programmes = policy().policy.programmes
    for name in sorted(turned, key=lambda one: (one not in places, one)):
        known = programmes.get(name)
        yield Line(
            programme=name,
            label=policy().label(name, "id"),
            local=known is not None and known.determined_by in LOCAL,
            places=places.get(name),
            used=used.get(name, 0),
            waiting=waiting.get(name, 0),
            **turned[name],
        )


def _counted(table: str, query: str, bounds: dict[str, Any]) -> dict[str, int]:
    if not value(HELD, [table]):
        return {}
    return {row["programme"]: int(row["n"]) for row in rows(query, bounds)}


def changed_words(language: Language) -> str:
    """That what the batch would change is no longer what was shown."""
    return say("web_corrections.effect_changed", language)
