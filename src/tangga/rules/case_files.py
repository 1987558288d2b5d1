"""Reads `[[case]]`: examples beside the rules, in the words of the facts.

Of a case's family and members only what matters is written. What is not said takes the fact's
`usual` (facts.toml), or is not known; what is listed in `unknown` is not known in spite of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from tangga.registry.mistakes import nearest
from tangga.rules.answer import NO, NOT_KNOWN, YES, Answer
from tangga.rules.days import can_be_asked
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, FactType
from tangga.rules.parse_values import read_plain
from tangga.rules.policy import Place
from tangga.rules.section import Section
from tangga.rules.values import Value, ranged

Row = Mapping[str, Value]
EXPECTED: dict[str, dict[str, Answer]] = {
    "programme": {"fits": YES, "does_not_fit": NO, "not_known": NOT_KNOWN},
    "move": {"due": YES, "not_due": NO, "not_known": NOT_KNOWN},
    "signal": {"shows": YES, "does_not_show": NO, "not_known": NOT_KNOWN},
}
"""What a case speaks of -> what it can expect."""
OF_ALL = frozenset(("name", "on", "family", "members", "person", "unknown", "expect"))
ENDS = ("from", "to")
"""Of a fact that must lie in a range: `{ from = 1, to = 3 }`, one of them may be missing."""
OF_RULES = frozenset(("because",))


@dataclass(frozen=True)
class Case:
    """One example. of: programme, move, signal or facts; id: which one ("" for facts).

    family, members: what is said of them, by fact or column. person: which member it is about,
    counted from 1; None: the family. unknown: what is not known here. answer: what is expected of
    the rule; None for facts, where `facts` says what must come out (None: not known). amount: in
    rupiah a year. because: ids of the requirements that decide.
    """

    name: str
    of: str
    id: str
    on: date
    family: Row
    members: tuple[Row, ...]
    person: int | None
    unknown: tuple[str, ...]
    place: Place = field(compare=False)
    answer: Answer | None = None
    facts: Row = field(default_factory=dict)
    amount: int | None = None
    because: tuple[str, ...] | None = None

    @property
    def expects(self) -> str:
        """What is expected of the rule, as the file says it."""
        return next(word for word, one in EXPECTED[self.of].items() if one is self.answer)


def read_cases(section: Section, of: str, ids: Iterable[str]) -> list[Case]:
    """Every case of a file; `of` as in `Case`; ids: which there are.

    A programme's file speaks of that programme; in other files each case names its move or signal.
    """
    ids = list(ids)
    found = []
    for one in section.tables("case"):
        before = len(one.mistakes.found)
        case = _read(one, of, ids)
        if len(one.mistakes.found) == before:
            found.append(case)
    return found


def _read(section: Section, of: str, ids: list[str]) -> Case:
    about = () if of in ("programme", "facts") else (of,)
    section.check_keys(OF_ALL, about, _further(of))
    id_ = ids[0] if of == "programme" else section.choice(of, ids) if about else ""
    members = tuple(_row(one, PERSON_TABLE) for one in section.tables("members"))
    family = section.table("family")
    person = section.whole_number("person", low=1) if "person" in section.data else None
    if person is not None and person > len(members):
        section.wrong("person", f"person = {person}, and there are {len(members)} members")
    expected = EXPECTED.get(of)
    return Case(
        name=section.text("name"),
        of=of,
        id=id_,
        on=_on(section),
        family={} if family is None else _row(family, FAMILY_TABLE),
        members=members,
        person=person,
        unknown=_unknown(section),
        place=section.place,
        answer=None if expected is None else expected.get(section.choice("expect", expected)),
        facts=_expected_facts(section, person) if expected is None else {},
        amount=section.whole_number("amount") if "amount" in section.data else None,
        because=_because(section),
    )


def _on(section: Section) -> date:
    on = section.day("on")
    if "on" in section.data and not can_be_asked(on):
        section.wrong("on", f"on = {on} lies too far from today for a rule")
    return on


def _further(of: str) -> frozenset[str]:
    if of == "facts":
        return frozenset(("not_known",))
    return OF_RULES | {"amount"} if of == "programme" else OF_RULES


def _because(section: Section) -> tuple[str, ...] | None:
    if "because" not in section.data:
        return None
    if section.data.get("expect") in ("fits", "due", "shows"):
        section.wrong("because", "because is for what keeps somebody out, or is not known")
    return tuple(str(one) for one in section.take("because", list, []))


def _row(section: Section, entity: str) -> dict[str, Value]:
    """What is said of a family or a member, each value of its fact's type."""
    return {name: _said(section, name, value, entity) for name, value in section.data.items()}


def _said(section: Section, name: str, value: object, entity: str) -> Value:
    facts = section.words.names.family if entity == FAMILY_TABLE else section.words.names.person
    if name not in facts:
        what = f"no fact {name!r} of a {entity}"
        section.spot.at(name).wrong(what, todo=nearest(name, facts))
        return None
    return _value(section, name, value, facts[name])


def _value(section: Section, name: str, value: object, kind: FactType) -> Value:
    if not isinstance(value, dict) or not kind.ranged:
        return read_plain(value, kind, section.spot.at(name))
    inner = Section(value, section.spot.at(name), section.words)
    inner.check_keys(ENDS)
    low, high = (
        read_plain(value[end], kind, inner.spot.at(end)) if end in value else None for end in ENDS
    )
    try:
        return ranged(low, high)  # type: ignore[arg-type]
    except ValueError as error:
        section.wrong(name, str(error))
        return None


def _unknown(section: Section) -> tuple[str, ...]:
    names = section.words.names
    return section.several("unknown", {*names.family, *names.person})


def _expected_facts(section: Section, person: int | None) -> dict[str, Value]:
    """What must come out; the names in `not_known` must come out as not known."""
    entity = FAMILY_TABLE if person is None else PERSON_TABLE
    names = section.words.names
    known = names.family if entity == FAMILY_TABLE else names.person
    expected = section.table("expect")
    missing = section.several("not_known", known)
    if not missing and (expected is None or not expected.data):
        section.spot.wrong(f"{section.called}expects nothing")
    said = {} if expected is None else _row(expected, entity)
    return {**said, **dict.fromkeys(missing)}
