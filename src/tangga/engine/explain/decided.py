"""Where a family stands on the ladder and what each programme says, in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tangga.engine.explain.data import Decision, Due, Ladder
from tangga.engine.explain.reading import (
    Decided,
    Family,
    ladder,
    person_ladders,
    programmes,
    read_family,
)
from tangga.engine.explain.register import Register, Row
from tangga.engine.explain.words import Words, joined, words
from tangga.engine.plan.asked import facts_of
from tangga.engine.plan.decisions import basis_of, kept_view, quoted
from tangga.engine.plan.waiting import RANKED, area_of
from tangga.rules.answer import NOT_KNOWN, YES
from tangga.rules.conditions import Count, Sum
from tangga.rules.days import month_of
from tangga.rules.holds import Finding
from tangga.rules.ladder import Reason, Standing, Step
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.on_date import OnDate
from tangga.rules.policy import IN_FORCE, Labels, Requirement
from tangga.rules.sentences import requirement_sentence
from tangga.rules.values import Range, Value
from tangga.rules.wording import WordsOf, shown, words_of
from tangga.texts import LANGUAGES, long_date, month

MONTHS_A_YEAR = 12
SEMICOLON = Words.same("; ")
COLON = Words.same(": ")
DUE_SAYS = {
    "notified": "due_told",
    "suspended": "due_suspended",
    "upheld": "due_upheld",
    "in_effect": "due_in_effect",
}
"""State of a letter about a due move -> how it is said."""


@dataclass
class Told:
    """What is said of a family: the ladder, the programmes, what to ask. teller: who said it.
    decided: the verdicts of programmes, with all that they rest on."""

    ladder: Ladder | None = None
    decisions: tuple[Decision, ...] = ()
    gaps: tuple[Words, ...] = ()
    to_ask: tuple[Words, ...] = ()
    teller: Teller | None = None
    decided: tuple[Decided, ...] = ()


@dataclass
class Teller:
    """Puts what a run decided about a family into words."""

    register: Register
    family: Family
    of: WordsOf = field(init=False)
    names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.of = words_of(self.family.today.facts, self.register.pack)
        people = self.register.picked("resolve", "persons", "person_id", self.family.members)
        rows = self.register.ask(f"SELECT * FROM {people}")
        self.names = {row["person_id"]: row.get("name") or row["person_id"] for row in rows}

    def sentences(
        self, reasons: Iterable[tuple[Requirement, Finding]], subject: str
    ) -> tuple[Words, ...]:
        """Each requirement with its answer and the facts behind it."""
        return tuple(
            Words(
                *(
                    requirement_sentence(one, found, subject, self.of, lang, self.member)
                    for lang in LANGUAGES
                )
            )
            for one, found in reasons
        )

    def member(self, number: int) -> str:
        """What a member is called, by their place in `family.members`."""
        person_id = self.family.members[number]
        return self.names.get(person_id, person_id)

    def value(self, name: str, value: Value) -> Words:
        """A fact of the family in words."""
        fact = self.of(FAMILY_TABLE, name)
        return Words(*(shown(value, fact, language) for language in LANGUAGES))


def tell(register: Register, today: OnDate, family_id: str, person_id: str | None = None) -> Told:
    """What the run decided about a family; of a person, what concerns that person.

    Conflict where the Python reading of the rules says otherwise than the run has stored.
    """
    family = read_family(register, today, family_id)
    if family is None:
        return Told()
    teller = Teller(register, family)
    decided = list(programmes(register, family))
    steps = [(id_, track, step) for id_, track, step in person_ladders(register, family)]
    return Told(
        ladder=_ladder(teller, ladder(register, family), steps, person_id),
        decisions=tuple(_decisions(teller, decided, person_id)),
        gaps=tuple(
            words("gap", programme=labels(gap.labels), day=day_words(gap.day))
            for gap in today.gaps
            if gap.sort == "programme"
        ),
        to_ask=tuple(_to_ask(teller, person_id)),
        teller=teller,
        decided=tuple(decided),
    )


# --- the ladder -------------------------------------------------------------------------------


def _ladder(
    teller: Teller, step: Step, steps: list[tuple[str, str, Step]], person_id: str | None
) -> Ladder:
    facts = teller.family.facts
    due = [] if step.due is None else [_due(teller, step.due, None)]
    due += [
        _due(teller, of_person.due, id_)
        for id_, _, of_person in steps
        if of_person.due is not None and person_id in (None, id_)
    ]
    return Ladder(
        rung=step.rung,
        words=_rung(teller, step),
        months=int(facts.get("months_protected") or 0),  # type: ignore[arg-type]
        clock=tuple(clock_words(teller)),
        due=tuple(due),
        listed=(
            *_not_decided(teller, step),
            *(words("due_listed", move=labels(s.move.labels)) for s in step.listed),
        ),
    )


def _not_decided(teller: Teller, step: Step) -> Iterator[Words]:
    """Moves of which it is not known whether they are due, where none is: and what is not known."""
    for standing in step.standings if step.due is None else ():
        if standing.acts and standing.answer is NOT_KNOWN:
            facts = dict.fromkeys(
                said for one in standing.because(NOT_KNOWN) for said in _not_known(teller, one)
            )
            move = labels(standing.move.labels)
            yield words("due_not_known", move=move, facts=joined(facts, SEMICOLON))


def _not_known(teller: Teller, reason: Reason) -> Iterator[Words]:
    """The facts of the family behind a requirement that is not known, ranges with their ends."""
    leaves = [one for one in reason.finding.because() if one.member is None]
    for leaf in leaves:
        if isinstance(leaf.condition, Count | Sum):
            yield labels(reason.requirement.labels)  # a count has no name of its own
            continue
        for name in facts_of(leaf.condition):
            value = teller.family.facts.get(name)
            label = labels(teller.of(FAMILY_TABLE, name).labels)
            if isinstance(value, Range):
                yield joined([label, teller.value(name, value)], COLON)
            elif value is None:
                yield label


def _rung(teller: Teller, step: Step) -> Words:
    if step.rung is None:
        return words("ladder_no_rung")
    rung, since = teller.value("rung", step.rung), teller.family.facts.get("rung_since")
    if since is None:
        return words("ladder_rung", rung=rung)
    return words("ladder_rung", rung=words("ladder_since", rung=rung, day=day_words(since)))


def clock_words(teller: Teller) -> Iterator[Words]:
    """The months of support, and when the cap is reached if nothing changes."""
    today, facts = teller.family.today, teller.family.facts
    if today.cap is None:
        return
    months, cap = int(facts.get("months_protected") or 0), int(today.cap.says["months"])  # type: ignore[arg-type]
    if facts.get("must_climb_adults") == 0:
        yield words("clock_free", months=months)
    elif months >= cap:
        yield words("clock_reached", months=months, cap=cap)
    elif facts.get("support_open") is True:
        at = month_of(today.day) + cap - months
        when = Words(*(month(at, language) for language in LANGUAGES))
        yield words("clock_counts", months=months, cap=cap, years=cap // MONTHS_A_YEAR, month=when)
    elif months:
        yield words("clock_stands", months=months, cap=cap)
    if facts.get("months_unsure"):
        yield words("clock_unsure", months=facts.get("months_unsure"))
    if months and not today.cap_in_force:
        yield words("clock_announced", cap=cap)
    until = facts.get("extended_until")
    if until is not None and until > today.day:  # type: ignore[operator]
        yield words("clock_extended", day=day_words(until))


def _due(teller: Teller, standing: Standing, person_id: str | None) -> Due:
    move = standing.move
    subject = PERSON_TABLE if person_id else FAMILY_TABLE
    label = labels(move.labels)
    if person_id:
        person = Words.same(teller.names.get(person_id, person_id))
        track = teller.register.labels.code("event", "track", move.track)
        label = words("due_of", person=person, track=track, move=label)
    return Due(
        move=move.id,
        person_id=person_id,
        label=label,
        because=teller.sentences(_pairs(standing.reasons), subject),
        basis=basis_of(teller.family.today, move, standing.rule),
        do=labels(move.do) if move.do else None,
        notice=_notice(teller, move.id, person_id) if move.adverse else None,
        support=tuple(_at_cap(teller)) if move.under_cap else (),
    )


def _at_cap(teller: Teller) -> Iterator[Words]:
    """What of the running support ends at the cap, and what goes on."""
    for key, said in zip(("cap_ends", "cap_continues"), at_cap(teller), strict=True):
        if said is not None:
            yield words(key, said=said)


def at_cap(teller: Teller) -> tuple[Words | None, Words | None]:
    """The running support that ends at the cap, and that which goes on; None where none does."""
    rows = teller.register.rows(
        "plan", "cap_ends", "family_id = ? ORDER BY ALL", [teller.family.id]
    )
    both = (
        dict.fromkeys(_part(teller, row) for row in rows if row["ends"] is ends)
        for ends in (True, False)
    )
    ends, continues = (joined(parts, SEMICOLON) if parts else None for parts in both)
    return ends, continues


def _part(teller: Teller, row: Row) -> Words:
    """A programme, or a component of it and whose it is."""
    known = teller.family.today.programmes.get(row["programme"])
    parts = [labels(known[0].labels) if known else Words.same(row["programme"])]
    if row["component"]:
        parts.append(teller.register.labels.code("enrolment", "component", row["component"]))
        if row["person_id"]:
            parts.append(Words.same(teller.names.get(row["person_id"], row["person_id"])))
    return joined(parts)


def _pairs(reasons: Iterable[Reason]) -> Iterator[tuple[Requirement, Finding]]:
    return ((reason.requirement, reason.finding) for reason in reasons)


def _notice(teller: Teller, move: str, person_id: str | None) -> Words:
    rows = teller.register.rows(
        "plan",
        "notice_in_force",
        "family_id = ? AND move = ? AND person_id IS NOT DISTINCT FROM ?",
        [teller.family.id, move, person_id],
    )
    if not rows:
        return words("due_untold")
    row = rows[0]
    said = words(
        DUE_SAYS[row["effect"]],
        number=row["number"],
        day=day_words(row["date"]),
        effect=day_words(row["takes_effect_on"]),
        objected=day_words(row["objected_on"]),
    )
    late = teller.register.rows(
        "plan", "objections", "number = ? AND state = 'late' ORDER BY ALL", [row["number"]]
    )
    after = [words("objected_late", objected=day_words(one["lodged_on"])) for one in late]
    return joined([said, *after], Words.same(" "))


# --- programmes -------------------------------------------------------------------------------


def _decisions(
    teller: Teller, decided: Iterable[Decided], person_id: str | None
) -> Iterator[Decision]:
    view = kept_view(teller.register.run, "decisions")
    rows = teller.register.ask(f"SELECT * FROM ({view}) WHERE family_id = ?", [teller.family.id])
    stored = {(row["programme"], row["person_id"]): row for row in rows}
    places = {(row["programme"], row["person_id"]): row for row in _places(teller)}
    for one in decided:
        if person_id is None or one.person_id in (None, person_id):
            of = one.programme.id, one.person_id
            yield _decision(teller, one, stored[of], places.get(of))


def _decision(teller: Teller, one: Decided, row: Row, place: Row | None) -> Decision:
    name = None if one.person_id is None else teller.names.get(one.person_id, one.person_id)
    reasons = ((reason.requirement, reason.finding) for reason in one.verdict.reasons())
    return Decision(
        programme=one.programme.id,
        person_id=one.person_id,
        label=labels(one.programme.labels),
        person=None if name is None else Words.same(name),
        verdict=row["verdict"],
        words=words(f"verdict_{row['verdict']}"),
        determination=row["determination"],
        determined=tuple(_determined(teller, one, row, place)),
        amount=row["amount"] or None,
        because=teller.sentences(reasons, one.programme.unit),
        basis=one.version.period.basis,
    )


def _determined(teller: Teller, one: Decided, row: Row, place: Row | None) -> Iterator[Words]:
    if one.version.period.status != IN_FORCE:
        yield words("rule_announced")
    if row["determination"] == "determined":
        state = words("determination_determined")
        known = [v for v in (row["document"], row["determined_on"]) if v is not None]
        said = [day_words(v) if v == row["determined_on"] else Words.same(v) for v in known]
        yield joined((state, *said))
        if one.verdict.answer is not YES and row["verdict"] == "does_not_fit":
            yield words("determined_outside")
    elif row["determination"] == "waiting":
        yield words("determination_waiting")
    if place is not None:
        yield _place(teller, place)


def _place(teller: Teller, row: Row) -> Words:
    """The place in the waiting list, or in the queue of those without a rank."""
    since, labels_ = day_words(row["since"]), teller.register.labels
    if row["queue"] != RANKED:
        return words("waiting_rank", day=since)
    labels_.learn_areas([row["area"]])
    area = labels_.code(FAMILY_TABLE, "village", row["area"] or "-")
    return words("waiting_place", position=row["position"], area=area, day=since)


def _places(teller: Teller) -> Iterator[Row]:
    """The family's rows of `waiting`. Only lists in which it stands are put in order, one by one:
    a list is that of a programme and area."""
    family, register = teller.family, teller.register
    rows = register.rows("plan", "waits", "family_id = ?", [family.id])
    for id_ in sorted({row["programme"] for row in rows}):
        programme, _ = family.today.programmes[id_]
        area = area_of(programme.area, family.village)
        of_area = "area IS NULL" if area is None else f"area = {quoted(area)}"
        where = f"programme = {quoted(id_)} AND {of_area} AND family_id = ?"
        view = kept_view(register.run, "waiting")
        yield from register.ask(f"SELECT * FROM ({view}) WHERE {where}", [family.id])


# --- what to ask ------------------------------------------------------------------------------


def _to_ask(teller: Teller, person_id: str | None) -> Iterator[Words]:
    """The questions of the next visit, as the run lists them."""
    view = kept_view(teller.register.run, "visits_asked")
    where = f"family_id = {quoted(teller.family.id)}"
    rows = teller.register.ask(f"SELECT questions FROM ({view}) WHERE {where}")
    for asked in (one for row in rows for one in json.loads(row["questions"])):
        question, of = Words(*(asked[f"ask_{lang}"] for lang in LANGUAGES)), asked["person_id"]
        if of is None:
            yield question
        elif person_id in (None, of):
            yield words("ask_of", person=Words.same(teller.names.get(of, of)), question=question)


def labels(said: Labels) -> Words:
    """What a policy calls something."""
    return Words(*(said.get(language, "") for language in LANGUAGES))


def day_words(day: object) -> Words:
    """A day as it is written in letters; a dash where there is none."""
    if day is None:
        return Words.same("-")
    return Words(*(long_date(day, language) for language in LANGUAGES))  # type: ignore[arg-type]
