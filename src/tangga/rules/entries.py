"""What a policy lists by id, each through time: programmes, moves, signals, choices of a payee.

A layer (the pack, then each overlay) names new ones, or adds versions to one that is there; it
never changes what another layer said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from tangga.rules.conditions import FAMILY, PERSON, All, Condition
from tangga.rules.policy import Choice, Move, Programme, Requirement, Rule, Signal
from tangga.rules.section import Section, told_apart
from tangga.rules.versions import join, read_versions
from tangga.rules.wording import words
from tangga.texts import Language

E = TypeVar("E", Programme, Move, Signal, Choice)
EVERYWHERE = frozenset(("id", "version", "case"))
SUBJECTS = ("family", "person")
NOTHING: Condition = All(())  # stands in for a condition that is wrong, until loading raises


@dataclass(frozen=True)
class Form(Generic[E]):
    """How one sort is written. head: its keys, and how it is read without its versions.

    words: stems of keys in every language, such as `do` of do_id and do_en.

    says: what a version may say beyond its header, and how that is read, given the head.
    """

    head_keys: frozenset[str]
    head: Callable[[Section], E]
    says_keys: frozenset[str]
    says: Callable[[Section, E], Any]
    words: tuple[str, ...] = ()


def add_entry(form: Form[E], section: Section, known: dict[str, E]) -> None:
    """Read one, and put it among those known: as a new one, or as more versions of an old one."""
    id_ = section.name("id")
    old = known.get(id_)
    head = _new_head(form, section) if old is None else _same_head(section, old)
    found = read_versions(section.tables("version"), form.says_keys, lambda v: form.says(v, head))
    if not section.tables("version"):
        section.spot.wrong(f"{id_!r} has no [[version]]")
    versions = join(head.rule.versions, found, section.mistakes)
    known[id_] = replace(head, rule=Rule(id_, head.labels, versions))


def add_entries(form: Form[E], sections: list[Section], known: dict[str, E]) -> None:
    """Read those of one file; in an overlay, `before` puts a new one at its place in the order."""
    ids = [str(section.data.get("id")) for section in sections]
    told_apart(sections, ids)
    for section in (one for n, one in enumerate(sections) if ids[n] not in ids[:n]):
        add_entry(form, section, known)
        if "before" in section.data:
            _move_before(section, known)


def _new_head(form: Form[E], section: Section) -> E:
    words = {f"{stem}_{one}" for stem in form.words for one in section.words.languages}
    section.check_keys(EVERYWHERE, form.head_keys, section.label_keys, words, {"before"})
    return form.head(section)


def _same_head(section: Section, old: E) -> E:
    for key in (key for key in section.data if key not in EVERYWHERE):
        what = f"{old.id!r} is there already: what is added to it are versions, not {key!r}"
        section.wrong(key, what)
    return old


def _move_before(section: Section, known: dict[str, E]) -> None:
    """Put the one read last before the one that it names."""
    new = list(known)[-1]
    other = section.choice("before", [id_ for id_ in known if id_ != new] or [new])
    order = [id_ for id_ in known if id_ != new]
    order.insert(order.index(other) if other in order else len(order), new)
    for id_ in order:
        known[id_] = known.pop(id_)


def read_requirements(section: Section, subject: str) -> tuple[Requirement, ...]:
    """`requires` of a version, then its `excludes`; ids all different."""
    asked, barred = section.tables("requires"), section.tables("excludes")
    found = [_requirement(one, subject) for one in asked]
    found += [_exclusion(one, subject) for one in barred]
    told_apart([*asked, *barred], [one.id for one in found])
    return tuple(found)


def _requirement(section: Section, subject: str) -> Requirement:
    section.check_keys({"id", "if"}, section.label_keys)
    condition = section.condition("if", subject)
    return Requirement(section.name("id"), section.labels(), condition or NOTHING)


def _exclusion(section: Section, subject: str) -> Requirement:
    """Sugar: of whom it is known that they do not receive that programme."""
    section.check_keys({"id", "programme"}, section.label_keys, {"of"} if subject == PERSON else ())
    prefix = FAMILY if section.choice("of", SUBJECTS, subject) != subject else ""
    other = section.code("programme", "programme")
    labels = section.labels_of("programme", other)
    said = {language: _excluded(word, language) for language, word in labels.items()}
    written = {"not": {"fact": f"{prefix}receives_{other}", "is": True}}
    inner = Section({**section.data, "programme": written}, section.spot, section.words)
    known = other in section.codes("programme")
    condition = inner.condition("programme", subject) if known else None
    id_ = section.text("id", f"not_{other}")
    return Requirement(id_, section.labels(said), condition or NOTHING, other)


def _excluded(programme: str, language: str) -> str:
    """An exclusion needs no words of its own: the name of the other programme says enough."""
    spoken: Language = "id" if language == "id" else "en"
    return words("excluded", spoken, programme=programme)
