"""The ways in which `facts.toml` can make a fact: the keys of each, its type, what is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tangga.registry import PRIVACY_LABELS, SQL_TYPES
from tangga.rules.conditions import Condition
from tangga.rules.facts import (
    EVERYONE,
    HEAD,
    SPOUSE,
    Birth,
    CountOf,
    Derivation,
    Earliest,
    First,
    History,
    Latest,
    Lookup,
    OfRelation,
    Per,
    SumOf,
    When,
)
from tangga.rules.lines import Lines
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, FactType
from tangga.rules.parse_values import TEXTS, WHOLE
from tangga.rules.section import Section

BOTH, PERSON, FAMILY = (PERSON_TABLE, FAMILY_TABLE), (PERSON_TABLE,), (FAMILY_TABLE,)
KINDS: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "birth": (PERSON, frozenset()),
    "when": (BOTH, frozenset()),
    "count": (FAMILY, frozenset()),
    "sum": (FAMILY, frozenset({"where"})),
    "earliest": (FAMILY, frozenset({"where"})),
    "latest": (FAMILY, frozenset({"where"})),
    "per": (BOTH, frozenset()),
    "lookup": (BOTH, frozenset({"by"})),
    "first": (BOTH, frozenset({"of"})),
    "of_head": (FAMILY, frozenset()),
    "of_spouse": (FAMILY, frozenset()),
    "history": (BOTH, frozenset({"type", "codes", "not_known", "privacy"})),
}
"""The key that says how a fact is made -> of which entities it can be, its further keys."""

RELATIONS = {"of_head": HEAD, "of_spouse": SPOUSE}

Find = Callable[[str, str, str], FactType | None]
"""(key of the section, entity, name of a fact) -> its type; None and a mistake where none is."""


@dataclass(frozen=True)
class Draft:
    """A derived fact of a file, before anything of it is read but how it is made."""

    entity: str
    name: str
    section: Section
    kind: str

    def named(self, key: str) -> str:
        """The name of a fact under a key; "" and a mistake where there is none."""
        return self.section.need(key, str, "")

    def pair(self) -> tuple[str, str] | None:
        """The two names of `per`."""
        names = self.section.need("per", list, [])
        if len(names) == 2 and all(isinstance(name, str) for name in names):
            return names[0], names[1]
        self.section.wrong("per", "per must be two names of facts")
        return None


def type_of(draft: Draft, find: Find) -> FactType | None:
    """The type of a fact; None, and a mistake, where what it is made from has none or is unfit."""
    match draft.kind:
        case "birth":
            _is_true(draft)
            return FactType("date", ranged=True)
        case "when":
            return FactType("boolean")
        case "count":
            return FactType("integer", ranged=draft.section.data["count"] is not True)
        case "lookup":
            return _made_from(draft, find, "by", draft.entity, TEXTS) and FactType("money")
        case "first":
            return _made_from(draft, find, "of", draft.entity, TEXTS) and FactType("area")
        case "sum":
            found = _made_from(draft, find, "sum", PERSON_TABLE, WHOLE)
            return FactType(found.type, ranged=True) if found else None
        case "earliest" | "latest" as kind:
            found = _made_from(draft, find, kind, PERSON_TABLE, ("date",))
            return found and FactType("date", ranged=True)
        case "per":
            return _type_of_per(draft, find)
        case "history":
            return _type_of_history(draft)
        case of:
            return find(of, PERSON_TABLE, draft.named(of))


def _is_true(draft: Draft) -> None:
    if draft.section.data[draft.kind] is not True:
        draft.section.wrong(draft.kind, f"{draft.kind} can only be true")


def _made_from(
    draft: Draft, find: Find, key: str, entity: str, types: tuple[str, ...]
) -> FactType | None:
    name = draft.named(key)
    found = find(key, entity, name)
    if found is not None and found.type not in types:
        draft.section.wrong(key, f"{name} is a {found.type}, and must be {' or '.join(types)}")
        return None
    return found


def _type_of_per(draft: Draft, find: Find) -> FactType | None:
    pair = draft.pair()
    if pair is None:
        return None
    found = [find("per", draft.entity, name) for name in pair]
    for name, one in zip(pair, found, strict=True):
        if one is not None and one.type not in WHOLE:
            draft.section.wrong("per", f"{name} is a {one.type}, and must be a whole number")
            return None
    return FactType(found[0].type) if found[0] and found[1] else None


def _type_of_history(draft: Draft) -> FactType | None:
    section = draft.section
    _is_true(draft)
    kind = section.choice("type", SQL_TYPES)
    if (kind == "code") != ("codes" in section.data):
        section.wrong("type", "type code needs codes, and only type code may have them")
        return None
    codes = frozenset(section.codes(section.text("codes"))) if kind == "code" else None
    return FactType(kind, codes=codes) if kind in SQL_TYPES else None


def build(draft: Draft, kind: FactType, lines: Callable[[Section], Lines | None]) -> Derivation:
    """How a fact of this type is made. Where that cannot be read, `History`: a blank (noted)."""
    section = draft.section
    match draft.kind:
        case "birth":
            made: Derivation | None = Birth()
        case "when":
            condition = section.condition("when", draft.entity)
            made = When(condition) if condition else None
        case "count":
            where = _members(section, "count") if kind.ranged else EVERYONE
            made = CountOf(where) if where else None
        case "sum" | "earliest" | "latest" as key:
            where = _members(section, "where") if "where" in section.data else EVERYONE
            made = _OVER[key](section.data[key], where) if where else None
        case "per":
            made = Per(*section.data["per"])
        case "lookup":
            found = lines(section)
            made = Lookup(section.text("by"), found) if found else None
        case "first":
            made = First(section.whole_number("first", low=1), section.text("of"))
        case "history":
            made = History()
        case of:
            made = OfRelation(section.text(of), RELATIONS[of], kind.ranged)
    return made or History()


_OVER: dict[str, type[SumOf | Earliest | Latest]] = {
    "sum": SumOf,
    "earliest": Earliest,
    "latest": Latest,
}


def _members(section: Section, key: str) -> Condition | None:
    return section.condition(key, PERSON_TABLE)


def privacy_of(draft: Draft) -> str:
    """The class that a history fact names; `personal` where it names none, or is none."""
    if draft.kind != "history":
        return "personal"
    found = draft.section.choice("privacy", PRIVACY_LABELS, "personal")
    return found if found in PRIVACY_LABELS else "personal"
