"""Reasons, money and rank of one person and their family, for who holds the registered telephone.

What the family told a social worker about illness, pregnancy or disability is not among it, nor
anything of rehabilitation, nor of another member by name: those are given at the counter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from tangga.registry.privacy import Sight
from tangga.rules.names import FAMILY_TABLE
from tangga.texts import Language, say
from tangga.web.family import queries, support
from tangga.web.family.classes import Classes, classes
from tangga.web.family.counted import Counted
from tangga.web.family.counted import Told as FactTold
from tangga.web.family.eyes import Eyes, as_date
from tangga.web.family.legal import law
from tangga.web.family.people import Names
from tangga.web.family.reasons import Reason, reasons
from tangga.web.pack import pack
from tangga.web.policy.book import book
from tangga.web.public.check import Person, Programme, described, is_ours, listed
from tangga.web.public.narrow import opened
from tangga.web.viewer import Viewer

PARTS = {
    name: queries.PAGE[name]
    for name in ("family", "people", "decisions", "payments", "rank", "clock", "notices")
}
LEVELS = ("province", "regency", "district", "village")
"""Facts that are the code of an area."""

FULL = frozenset({"open", "personal", "financial"})
"""Classes that the family itself is told without coming to the counter."""


@dataclass(frozen=True)
class Resident(Viewer):
    """Somebody who sees their own family's data, and nothing that only officers or cases need."""

    def sight(self, privacy: str) -> Sight:
        """Full for what the family is told; their numbers are masked, the rest hidden."""
        if privacy in FULL:
            return "full"
        return "masked" if privacy == "identity" else "hidden"


@dataclass(frozen=True)
class Told:
    """A programme with the reasons of what was decided. hidden: reasons that are told in person."""

    programme: Programme
    state: str
    since: date | None
    reasons: tuple[tuple[str, str, tuple[str, ...]], ...]
    hidden: int
    basis: str


@dataclass(frozen=True)
class Details:
    """What is shown after the code."""

    programmes: tuple[Told, ...]
    payments: tuple[support.Payment, ...]
    all_payments: int
    decile: int | None
    decile_release: str
    ranker: str
    months: int | None
    place: str


def details(person: Person, viewer: Viewer, number: int, on: date) -> Details | None:
    """Of release `number`, which speaks of the day `on`; None where the family is not in it."""
    with opened(person.area, viewer):
        found = queries.read(PARTS, number, person.family_id, case=False)
        held = classes(number)
        known = listed(number)
    if found["family"] is None:
        return None
    eyes = Eyes(Resident(language=viewer.language), held, viewer.language)
    names = Names.of(eyes, found["people"])
    own = [row for row in found["decisions"] or () if _is_own(row, person)]
    payments = [r for r in (found["payments"] or {}).get("last") or () if _reaches(r, person)]
    rank, office = found["rank"] or {}, pack().ranker
    clock = found["clock"] or {}
    return Details(
        programmes=tuple(sorted(_told(own, held, on, viewer.language, known), key=_order)),
        payments=tuple(support.payments(eyes, payments, names)),
        all_payments=(found["payments"] or {}).get("all") or 0,
        decile=rank.get("decile_official"),
        decile_release=rank.get("decile_release") or "",
        ranker=office[viewer.language] if office else "",
        months=clock.get("months_protected"),
        place=str(found["family"].get("village") or ""),
    )


def _is_own(row: dict[str, Any], person: Person) -> bool:
    return row.get("person_id") in (None, person.person_id)


def _reaches(row: dict[str, Any], person: Person) -> bool:
    """Money of the family, whoever of it fetches it, or of this member."""
    programme = book().policy.programmes.get(row.get("programme", ""))
    of_family = programme is not None and programme.unit == FAMILY_TABLE
    return of_family or _is_own(row, person)


def _order(told: Told) -> tuple[int, str]:
    return support.ORDER.index(told.state), told.programme.label


def _told(
    rows: list[dict[str, Any]],
    held: Classes,
    on: date,
    language: Language,
    known: frozenset[str],
) -> Iterator[Told]:
    for row in rows:
        said = as_date(row.get("decided_on")) or on
        found = reasons(row.get("reasons"), said, held, FULL, language)
        yield Told(
            programme=described(row["programme"], language),
            state=_state(row, known),
            since=as_date(row.get("determined_on")),
            reasons=tuple((one.answer, one.label, _facts(one, language)) for one in found.said),
            hidden=found.hidden,
            basis=law(row.get("basis") or "", language),
        )


def _state(row: dict[str, Any], known: frozenset[str]) -> str:
    """Who waits is not known of a programme without a list: the rule fits, and no more."""
    state = str(row.get("determination") or row["verdict"])
    programme = row["programme"]
    unknown = state == support.WAITING and programme not in known and not is_ours(programme)
    return str(row["verdict"]) if unknown else state


def _facts(reason: Reason, language: Language) -> tuple[str, ...]:
    """What is on record, a short line each: the label above says what was asked. Nothing that says
    nothing (a number between two, what is not known, an area's code), and nobody by name."""
    said = (fact if isinstance(fact, str) else _counted(fact, language) for fact in reason.facts)
    plain = (_plain(fact, language) for fact in said)
    return tuple(dict.fromkeys(fact for fact in plain if fact))


def _counted(fact: Counted | FactTold, language: Language) -> str:
    """How many of the family it is, where that is known."""
    if isinstance(fact, FactTold):
        return fact.said
    if fact.least != fact.most or fact.partly:
        return ""
    return say("web_public.so_many", language, n=fact.least)


def _plain(fact: str, language: Language) -> str:
    """A fact and its value, without the test that stands behind it."""
    before, between = _marks(language)
    told = fact.partition(before)[0]
    label, _, found = told.partition(": ")
    says_nothing = between in told or found == say("rules.unknown", language)
    return "" if says_nothing or label in _codes(language) else told


@cache
def _marks(language: Language) -> tuple[str, str]:
    """What stands between a value and its test, and before a value that is a range."""
    sentence = say("rules.found", language, fact="0", value="1", test="2")
    ranged = say("rules.between", language, low="0", high="1")
    return sentence[sentence.index("1") + 1 : sentence.index("2")], f": {ranged.split('0')[0]}"


@cache
def _codes(language: Language) -> frozenset[str]:
    """Labels of the facts that are the code of an area."""
    known = book().policy.facts.facts
    names = [one for one in LEVELS if (FAMILY_TABLE, one) in known]
    return frozenset(book().words(FAMILY_TABLE, one).labels[language] for one in names)
