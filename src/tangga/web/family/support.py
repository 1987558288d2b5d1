"""The programmes of a family: what runs, what waits, what fits, what nobody knows yet, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from tangga.rules.days import month_of
from tangga.rules.policy import Component
from tangga.texts import catalogue, long_date, month, say
from tangga.web.family.counted import Household
from tangga.web.family.eyes import Eyes, Row, Shown, as_date
from tangga.web.family.people import Names
from tangga.web.family.reasons import Reasons, reasons
from tangga.web.pack import area_name, code_label
from tangga.web.policy.book import book

DETERMINED, WAITING = "determined", "waiting"
ORDER = (DETERMINED, WAITING, "fits", "not_known", "does_not_fit")
RANKED = "ranked"


@dataclass(frozen=True)
class Given:
    """How support reaches one person, or the family: since when, by which document."""

    person: str
    person_id: str | None
    document: str
    determined_on: date | None
    since: date | None
    status: str
    components: tuple[str, ...]
    component_hidden: bool
    place: str
    amount: Shown | None


@dataclass(frozen=True)
class Verdict:
    """What a programme says, alike for everybody in `given`."""

    programme: str
    label: str
    verdict: str
    determination: str
    outside: bool
    given: tuple[Given, ...]
    reasons: Reasons
    basis: str


def programmes(
    eyes: Eyes, found: dict[str, Any], household: Household, on: date
) -> list[tuple[str, list[Verdict]]]:
    """(state, verdicts) in the order of `ORDER`, without states that there are not."""
    alike: dict[tuple[Any, ...], list[Row]] = {}
    for row in found["decisions"] or ():
        state = row.get("determination") or row["verdict"]
        key = (state, row["programme"], row["verdict"], row.get("reasons"), row.get("basis"))
        alike.setdefault(key, []).append(row)
    teller = _Teller(eyes, found, household, on)
    by_state: dict[str, list[Verdict]] = {}
    for (state, *_), rows in alike.items():
        by_state.setdefault(state, []).append(teller.verdict(rows))
    for verdicts in by_state.values():
        verdicts.sort(key=lambda one: (one.label, one.given[0].person))
    return [(state, by_state[state]) for state in ORDER if state in by_state]


class _Teller:
    """Puts the decisions of one family into words."""

    def __init__(self, eyes: Eyes, found: dict[str, Any], household: Household, on: date) -> None:
        self.eyes, self.household, self.on = eyes, household, on
        self.names = household.names
        self.spells = _by(found["spells"])
        self.waits = {(r["programme"], r.get("person_id")): r for r in found["waiting"] or ()}

    def verdict(self, rows: Sequence[Row]) -> Verdict:
        first = rows[0]
        said = as_date(first.get("decided_on")) or self.on
        told = reasons(
            first.get("reasons"), said, self.eyes.classes, self.eyes.full, self.eyes.language
        )
        return Verdict(
            programme=first["programme"],
            label=book().label(first["programme"], self.eyes.language),
            verdict=first["verdict"],
            determination=first.get("determination", ""),
            outside=first.get("determination") == DETERMINED and first["verdict"] == "does_not_fit",
            given=tuple(self._given(row) for row in rows),
            reasons=told.of(self.household),
            basis=first.get("basis", ""),
        )

    def _given(self, row: Row) -> Given:
        of = (row["programme"], row.get("person_id"))
        spells = list(self._running(*of))
        sees = self.eyes.sees("spells", "component")
        by_component = bool(_components(row["programme"], self.on))
        parts = {s["component"]: None for s in spells if s.get("component")}
        latest = spells[0] if spells else {}
        amount = row.get("amount")
        return Given(
            person=self.names(row.get("person_id")),
            person_id=row.get("person_id"),
            document=row.get("document") or latest.get("document", ""),
            determined_on=as_date(row.get("determined_on")),
            since=min((d for s in spells if (d := as_date(s.get("valid_from")))), default=None),
            status=self._status(latest),
            components=tuple(self._component(one) for one in parts) if sees else (),
            component_hidden=(bool(parts) or by_component) and not sees,
            place=self._place(self.waits.get(of)),
            # The sum of components tells which they are.
            amount=(
                self.eyes.show("decisions", row, "amount")
                if amount and (sees or not by_component)
                else None
            ),
        )

    def _running(self, programme: str, person: str | None) -> Iterator[Row]:
        """The open spells of a programme: of a person, or all of them where it is the family's."""
        for row in self.spells.get(programme, ()):
            if row.get("open") and person in (None, row.get("person_id")):
                yield row

    def _status(self, spell: Row) -> str:
        code = spell.get("status")
        return "" if code is None else code_label("enrolment_status", code, self.eyes.language)

    def _component(self, code: str) -> str:
        return code_label("component", code, self.eyes.language)

    def _place(self, row: Row | None) -> str:
        if row is None:
            return ""
        language = self.eyes.language
        day = say_day(row.get("since"), self.eyes)
        if row.get("queue") != RANKED:
            return say("explain.waiting_rank", language, day=day)
        area = area_name(row.get("queue_area", row.get("area")), language)
        return say("explain.waiting_place", language, position=row["position"], area=area, day=day)


@lru_cache(maxsize=256)
def _components(id_: str, on: date) -> tuple[Component, ...]:
    """The components by which a programme pays on a day; none where it pays one sum."""
    programme = book().policy.programmes.get(id_)
    version = programme.rule.on(on) if programme else None
    return version.says.benefit.components if version else ()


def _by(rows: Iterable[Row] | None) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows or ():
        found.setdefault(row["programme"], []).append(row)
    return found


def say_day(value: Any, eyes: Eyes) -> str:
    """A day in words; a dash where there is none."""
    day = as_date(value)
    return "–" if day is None else long_date(day, eyes.language)


def letter(eyes: Eyes, row: Row) -> tuple[str, str]:
    """A letter about an adverse move in words, and when that takes effect."""
    title = say(
        "web_family.notice",
        eyes.language,
        number=row.get("number", "–"),
        day=say_day(row.get("date"), eyes),
        move=book().label(row.get("move", ""), eyes.language),
    )
    effect = say_day(row.get("takes_effect_on"), eyes)
    return title, say("web_family.notice_effect", eyes.language, day=effect)


@dataclass(frozen=True)
class Payee:
    """Who receives the money of a programme for the family, and what is to be settled about it."""

    programme: str
    name: str
    why: str = ""
    proposed: str = ""
    choice: str = ""
    unsure: bool = False


def _why_change(why: str | None, eyes: Eyes) -> str:
    """Why a payee must change, or that nobody knows whether they must; a requirement of the pack
    that has no words here: to be checked."""
    key = f"web_family.payee_{why or 'not_known'}"
    return say(key if key in catalogue() else "web_family.payee_other", eyes.language)


def payees(eyes: Eyes, found: dict[str, Any], names: Names) -> list[Payee]:
    """One row a programme that pays; first those of which something is to be settled."""
    told = []
    wrong = {row["programme"]: row for row in found["payees"] or ()}
    for programme, row in wrong.items():
        choice = row.get("choice")
        told.append(
            Payee(
                programme=book().label(programme, eyes.language),
                name=names(
                    row.get("payee_person_id"), eyes.classes.of("payees", "payee_person_id")
                ),
                why=_why_change(row.get("why"), eyes),
                proposed=names(
                    row.get("proposed_person_id"), eyes.classes.of("payees", "proposed_person_id")
                ),
                choice=book().label(choice, eyes.language) if choice else "",
                unsure=bool(row.get("unsure")),
            )
        )
    privacy = eyes.classes.of("spells", "payee_person_id")
    seen: dict[str, str] = {}
    for row in found["spells"] or ():
        payee = row.get("payee_person_id")
        of_family = payee is not None and payee != row.get("person_id")
        if row.get("open") and of_family and row["programme"] not in wrong:
            seen.setdefault(row["programme"], payee)
    for programme, payee in sorted(seen.items()):
        told.append(Payee(book().label(programme, eyes.language), names(payee, privacy)))
    return told


@dataclass(frozen=True)
class Payment:
    """Money of one period. tone: good, bad or "" by whether it arrived."""

    programme: str
    period: str
    amount: Shown
    paid_on: date | None
    status: str
    tone: str
    failure: str
    person: str


def payments(eyes: Eyes, rows: Iterable[Row] | None, names: Names) -> list[Payment]:
    """The payments in the order of the rows."""
    return [_payment(eyes, row, names) for row in rows or ()]


def _payment(eyes: Eyes, row: Row, names: Names) -> Payment:
    status = row.get("status", "")
    failure = row.get("failure")
    return Payment(
        programme=book().label(row.get("programme", ""), eyes.language),
        period=period(as_date(row.get("period_start")), as_date(row.get("period_end")), eyes),
        amount=eyes.show("payments", row, "amount", "payment"),
        paid_on=as_date(row.get("paid_on")),
        status=code_label("payment_status", status, eyes.language) if status else "",
        tone=_tone(status),
        failure=code_label("payment_failure", failure, eyes.language) if failure else "",
        person=names(row.get("person_id")),
    )


def period(start: date | None, end: date | None, eyes: Eyes) -> str:
    """From when to when; whole months of one year in short: Oktober – Desember 2025."""
    if start is None or end is None:
        return f"{say_day(start, eyes)} – {say_day(end, eyes)}"
    whole = start.day == 1 and (end + timedelta(days=1)).day == 1
    first, last = (month(month_of(day), eyes.language) for day in (start, end))
    if not whole or start.year != end.year:
        return f"{say_day(start, eyes)} – {say_day(end, eyes)}"
    return last if first == last else f"{first.rpartition(' ')[0]} – {last}"


def _tone(status: str) -> str:
    """By the policy's own lists of what counts as paid, and as failed."""
    clock = next(iter(reversed(book().policy.settings["clock"].versions)), None)
    if clock is None:
        return ""
    if status in clock.says["payment_counts"]:
        return "good"
    return "bad" if status in clock.says["payment_fails"] else ""
