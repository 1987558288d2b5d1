"""The rules as pages show them: periods, requirements, benefits and examples in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tangga.rules.answer import NO, YES
from tangga.rules.case_files import Case
from tangga.rules.components import in_order
from tangga.rules.conditions import PERSON
from tangga.rules.days import whole_months
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.policy import ANNOUNCED, Benefit, Dated, Period, ProgrammeRule, Requirement
from tangga.rules.values import Range
from tangga.rules.wording import shown
from tangga.texts import Language, catalogue, long_date, number, say
from tangga.web.pack import code_label
from tangga.web.policy.book import Book, Listed, subject_of
from tangga.web.policy.plain_words import plainly

MARK = re.compile(r"^(?:-|\d{1,2}\.)\s+")
TONES = {YES: "good", NO: "bad"}
OF_COMPONENTS = "component"
"""The requirement that is the sum of all components: they are told one by one instead."""


@dataclass(frozen=True)
class Line:
    """A requirement: its label, how it is read, and how it differs from the version before."""

    id: str
    label: str
    read: str
    change: str = ""
    before: str = ""


@dataclass(frozen=True)
class Part:
    """A component of a benefit."""

    id: str
    label: str
    amount: int
    most: int | None
    who: str
    by_clock: bool
    change: str = ""
    before: int | None = None


@dataclass(frozen=True)
class Version:
    """One version of a rule. state: in_force, announced, past or coming, on the day asked for."""

    period: Period
    state: str
    lines: tuple[Line, ...]
    gone: tuple[str, ...] = ()
    benefit: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    about: tuple[tuple[str, str], ...] = ()
    order: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True)
class Example:
    """A `[[case]]`: who it is about, on which day, and what the rule must say."""

    name: str
    day: date
    family: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]
    about: int | None
    expects: str
    tone: str
    because: tuple[str, ...] = ()
    amount: int | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Described:
    """A programme, move, signal or choice with every version, the newest first."""

    id: str
    label: str
    subject: str
    versions: tuple[Version, ...]
    examples: tuple[Example, ...] = ()
    about: tuple[str, ...] = field(default=())

    @property
    def state(self) -> str:
        """Of the version of today; past where none holds."""
        states = [one.state for one in self.versions]
        return next((s for s in ("in_force", "announced", "coming") if s in states), "past")


class Describer:
    """Puts the rules of a book into a language, as they stand on a day."""

    def __init__(self, book: Book, language: Language, day: date) -> None:
        self.book, self.language, self.day = book, language, day

    def say(self, key: str, **values: object) -> str:
        """A text of these pages."""
        return say(f"web_policy.{key}", self.language, **values)

    def rule(self, listed: Listed, of: str) -> Described:
        """A rule whole. of: what its examples call it (programme, move, signal)."""
        versions: Sequence[Dated[Any]] = listed.rule.versions
        pairs = zip(versions, (None, *versions), strict=False)
        told = [self._version(listed, version, before) for version, before in pairs]
        return Described(
            id=listed.id,
            label=listed.labels.get(self.language, listed.id),
            subject=subject_of(listed),
            versions=tuple(reversed(told)),
            examples=tuple(self.examples(of, listed.id)),
        )

    def state(self, period: Period) -> str:
        """Whether a version holds on the day."""
        if self.day < period.valid_from:
            return "coming"
        if not period.covers(self.day):
            return "past"
        return "announced" if period.status == ANNOUNCED else "in_force"

    def _version(self, listed: Listed, version: Dated[Any], before: Dated[Any] | None) -> Version:
        says, period = version.says, version.period
        subject = subject_of(listed)
        lines = tuple(self._lines(says.requires, before, subject, period.valid_from))
        known = {one.id for one in says.requires}
        gone = [one for one in (before.says.requires if before else ()) if one.id not in known]
        of_programme = isinstance(says, ProgrammeRule)
        former = before.says.benefit if before is not None and of_programme else None
        return Version(
            period=period,
            state=self.state(period),
            lines=lines,
            gone=tuple(one.labels[self.language] for one in gone),
            benefit=tuple(self._benefit(says, former)) if of_programme else (),
            parts=tuple(self._parts(says.benefit, former, period)) if of_programme else (),
            about=tuple(self._about(says.about)) if of_programme else (),
            order=tuple(self.say(f"order_{key}") for key in getattr(says, "waiting", ())),
            questions=questions(period),
            own=self.of_the_office(period),
        )

    def of_the_office(self, period: Period) -> bool:
        """Whether a version stands in an overlay of the office, not in the pack."""
        if period.place is None:
            return False
        return any(folder in period.place.file.parents for folder in self.book.overlays)

    def _lines(
        self, requires: Sequence[Requirement], before: Dated[Any] | None, subject: str, day: date
    ) -> Iterator[Line]:
        former = {one.id: one for one in (before.says.requires if before else ())}
        for one in requires:
            read = self._read(one, subject, day)
            old = former.get(one.id)
            change, said = "", ""
            if before is not None and old is None:
                change = "new"
            elif old is not None and old.condition != one.condition:
                change, said = "changed", self._read(old, subject, day)
            yield Line(one.id, one.labels[self.language], read, change, said)

    def _read(self, one: Requirement, subject: str, day: date) -> str:
        if one.id == OF_COMPONENTS:
            return self.say("components_below")
        return plainly(one.condition, subject, day, self.book.words, self.language)

    def _benefit(self, says: ProgrammeRule, former: Benefit | None) -> Iterator[str]:
        benefit, language = says.benefit, self.language
        if benefit.in_kind:
            yield benefit.in_kind.get(language, "")
        if benefit.amount_year:
            amount = number(benefit.amount_year, language)
            yield self.say("amount", amount=amount, times=benefit.payments)
            if former is not None and former.amount_year not in (0, benefit.amount_year):
                yield self.say("amount_before", amount=number(former.amount_year, language))
        if benefit.components:
            yield self.say("highest", times=benefit.payments)
        for key, most in (("members", benefit.most_members), ("children", benefit.most_children)):
            if most is not None:
                yield self.say(f"most_{key}", n=most)
        if says.group is not None:
            level = self.say(f"level_{says.group.area}")
            yield self.say("group", least=says.group.least, most=says.group.most, level=level)

    def _parts(self, benefit: Benefit, former: Benefit | None, period: Period) -> Iterator[Part]:
        known = {one.id: one for one in (former.components if former else ())}
        for one in in_order(benefit):
            old = known.get(one.id)
            change = ""
            if former is not None and old is None:
                change = "new"
            elif old is not None and (old.amount_year, old.who) != (one.amount_year, one.who):
                change = "changed"
            yield Part(
                id=one.id,
                label=one.labels[self.language],
                amount=one.amount_year,
                most=one.most,
                who=plainly(one.who, PERSON, period.valid_from, self.book.words, self.language),
                by_clock=one.ends_by_clock,
                change=change,
                before=old.amount_year if old and old.amount_year != one.amount_year else None,
            )

    def _about(self, about: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
        for topic, said in about.items():
            yield self.say(f"topic_{topic}"), said[self.language]

    # --- examples -------------------------------------------------------------------------------

    def examples(self, of: str, id_: str | None = None) -> Iterator[Example]:
        """The cases of a rule, or of all rules of a sort."""
        for case in self.book.policy.cases:
            if case.of == of and id_ in (None, case.id):
                yield self._example(case)

    def _example(self, case: Case) -> Example:
        return Example(
            name=case.name,
            day=case.on,
            family=tuple(self._facts(FAMILY_TABLE, case.family, case)),
            members=tuple(tuple(self._facts(PERSON_TABLE, row, case)) for row in case.members),
            about=case.person,
            expects=self.say(f"expects_{case.expects}") if case.answer is not None else "",
            tone="" if case.answer is None else TONES.get(case.answer, "warn"),
            because=tuple(self._because(case)),
            amount=case.amount,
            facts=tuple(self._facts(self._entity(case), case.facts, case)),
        )

    def _entity(self, case: Case) -> str:
        return FAMILY_TABLE if case.person is None else PERSON_TABLE

    def _facts(self, entity: str, row: Mapping[str, Any], case: Case) -> Iterator[str]:
        for name, value in row.items():
            yield self._fact(entity, name, value, case.on)

    def _fact(self, entity: str, name: str, value: Any, on: date) -> str:
        try:
            words = self.book.words(entity, name)
        except KeyError:
            return f"{name}: {value}"
        label = words.labels.get(self.language) or name
        said = shown(value, words, self.language)
        if isinstance(value, date) and words.age and not isinstance(value, Range):
            years = whole_months(value, on) // 12
            said = f"{said} ({say('rules.years', self.language, number=years)})"
        return f"{label}: {said}"

    def _because(self, case: Case) -> Iterator[str]:
        for name in case.because or ():
            asked = self.book.asked(f"{case.id}/{name}", case.on)
            yield asked.requirement.labels[self.language] if asked else self.say("from_rung")


def questions(period: Period) -> tuple[str, ...]:
    """What is open about a version, one by one: numbered or marked lines may be folded."""
    lines = [line.strip() for line in period.question.splitlines() if line.strip()]
    marked = any(MARK.match(line) for line in lines)
    found: list[str] = []
    for line in lines:
        if found and marked and not MARK.match(line):
            found[-1] = f"{found[-1]} {line}"
        else:
            found.append(MARK.sub("", line))
    return tuple(found)


def until(period: Period, language: Language) -> str:
    """From when to when a version holds, in words; the last day is exclusive."""
    start = long_date(period.valid_from, language)
    if period.valid_to is None:
        return say("web_policy.from_on", language, start=start)
    end = long_date(period.valid_to, language)
    return say("web_policy.from_to", language, start=start, end=end)


def listed_codes(values: Iterable[str], codes: str, language: Language) -> str:
    """Codes of a list of the pack in words."""
    return ", ".join(code_label(codes, one, language) for one in values)


def has_text(key: str) -> bool:
    """Whether the catalogue has a text of these pages."""
    return f"web_policy.{key}" in catalogue()
