"""Where a family lives and what it has, section by section, in the pack's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from tangga.texts import Language, say
from tangga.web.family.classes import Classes
from tangga.web.family.eyes import Eyes, Row, Shown
from tangga.web.family.people import chosen
from tangga.web.pack import pack

FAMILIES, FAMILY = "families", "family"


@dataclass(frozen=True)
class Section:
    """A section of the form. hidden: how many of its columns the viewer may not see."""

    label: str
    values: tuple[tuple[str, Shown], ...]
    hidden: int = 0


@dataclass(frozen=True)
class Belongings:
    """What a family has, what it has not, and how much of the list nobody has asked."""

    has: tuple[str, ...]
    has_not: tuple[str, ...]
    unknown: int


def sections(eyes: Eyes, family: Row) -> list[Section]:
    """The sections of a home that say something, or that the viewer may not read."""
    found = (_section(eyes, family, name) for name in chosen()["home"]["sections"])
    return [one for one in found if one.values or one.hidden]


def _section(eyes: Eyes, family: Row, name: str) -> Section:
    table = pack().tables[FAMILY]
    columns = _columns(eyes, name)
    hidden = sum(eyes.sight(FAMILIES, column) == "hidden" for column in columns)
    values = tuple(
        (table.columns[column].labels[eyes.language], shown)
        for column in columns
        if family.get(column) is not None and (shown := eyes.show(FAMILIES, family, column, FAMILY))
    )
    labels = table.sections.get(name, {})
    return Section(labels.get(eyes.language, name), values, hidden)


def _columns(eyes: Eyes, *sections_: str) -> tuple[str, ...]:
    """The columns of sections that the release holds, in the order of the form."""
    return _held(eyes.classes, sections_)


@lru_cache(maxsize=64)
def _held(classes: Classes, sections_: tuple[str, ...]) -> tuple[str, ...]:
    held = classes.tables.get(FAMILIES, {})
    table = pack().tables.get(FAMILY)
    columns = table.columns.items() if table else ()
    return tuple(name for name, one in columns if one.section in sections_ and name in held)


def _thing(label: str, language: Language) -> str:
    """What a number counts, as a thing that one does not own: `Jumlah sapi` is `Sapi`."""
    counted = say("web_family.counted", language)
    rest = label.removeprefix(counted)
    return rest[:1].upper() + rest[1:]


def belongings(eyes: Eyes, family: Row) -> Belongings:
    """Of the sections in which a yes or a number is something that one has."""
    has, has_not, unknown = [], [], 0
    shared = _shared_words(eyes)
    for name in _columns(eyes, *chosen()["home"]["belongings"]):
        value = family.get(name)
        if not eyes.sees(FAMILIES, name):
            continue
        label = pack().tables[FAMILY].columns[name].labels[eyes.language].removeprefix(shared)
        if value is None:
            unknown += 1
        elif value is True or (value and value is not False):
            shown = eyes.show(FAMILIES, family, name, FAMILY).text
            has.append(label if value is True else f"{label}: {shown}")
        else:
            has_not.append(_thing(label, eyes.language))
    return Belongings(tuple(has), tuple(has_not), unknown)


def _shared_words(eyes: Eyes) -> str:
    """The words with which every yes-or-no label begins ("Punya "): said once, in the heading."""
    columns = pack().tables[FAMILY].columns
    labels = [
        columns[name].labels[eyes.language].split()
        for name in _columns(eyes, *chosen()["home"]["belongings"])
        if columns[name].type == "boolean"
    ]
    alike = takewhile(lambda words: len(set(words)) == 1, zip(*labels, strict=False))
    shared = [words[0] for words in alike] if len(labels) > 1 else []
    return f"{' '.join(shared)} " if shared else ""


def picked(eyes: Eyes, family: Row, names: Sequence[str]) -> list[tuple[str, Shown]]:
    """Some columns of the family's own row with their labels, those that the release holds."""
    held = eyes.classes.tables.get(FAMILIES, {})
    columns = pack().tables[FAMILY].columns
    return [
        (columns[name].labels[eyes.language], eyes.show(FAMILIES, family, name, FAMILY))
        for name in names
        if name in columns and name in held
    ]
