"""What can be proposed about a family: `corrections.toml` of the pack, read once a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tangga.registry.load import pack_dir
from tangga.registry.mistakes import Mistakes, nearest
from tangga.registry.model import Column, Pack
from tangga.rules.toml_file import Spot, TomlFile, read_toml
from tangga.texts import Language
from tangga.web.pack import pack

FILE = "corrections.toml"
PERSON, FAMILY, REGISTER = "person", "family", "register"
ABOUT = (PERSON, FAMILY, REGISTER)
VALUES, PEOPLE, EVENT, RULING = "values", "people", "event", "ruling"
PAYEE, CHECK, NOTHING = "payee", "check", "nothing"
FOLLOWS = (VALUES, PEOPLE, EVENT, RULING, PAYEE, CHECK, NOTHING)
ASKS = (
    *("value", "people", "date", "members", "head", "to_area", "from_area", "card"),
    *("person", "family", "payee", "reason"),
)
EVENTS, BASES = "event", "correction_basis"
SORT_KEYS: dict[str, type] = {
    **dict.fromkeys(("id", "en", "help_id", "help_en", "paper_id", "paper_en"), str),
    **dict.fromkeys(("workflow", "about", "follows", "event"), str),
    "asks": list,
    "records": bool,
    "evidence": bool,
}
MAY_LACK = {"event", "records", "evidence"}
PEOPLE_KEYS: dict[str, type] = {
    "columns": list,
    "required": list,
    "shared": list,
    "without_number": str,
    "most": int,
}
BASES_KEYS: dict[str, type] = {"deliberation": list, "acts": list, "paper": str}
VALUES_KEYS: dict[str, type] = {"person": list, "family": list, "sections": list}
UPWARD_KEYS: dict[str, type] = {"order": list}


@dataclass(frozen=True)
class Sort:
    """One sort of proposal. follows: what becomes true once it holds; event: the code recorded."""

    name: str
    labels: Mapping[str, str]
    helps: Mapping[str, str]
    papers: Mapping[str, str]
    workflow: str
    about: str
    follows: str
    event: str = ""
    asks: tuple[str, ...] = ()
    records: bool = False
    evidence: bool = True

    def label(self, language: Language) -> str:
        """What it is called."""
        return self.labels[language]


@dataclass(frozen=True)
class Book:
    """All sorts in order; which columns the forms of people and of values have.

    deliberation, paper: codes of what a village endorses by, and of what a paper alone proves.
    acts: the paper of `documents` that is issued for each code of deliberation. entry: sorts in the
    order in which they are entered in the ministry's system.
    """

    sorts: Mapping[str, Sort]
    people: tuple[Column, ...]
    required: frozenset[str]
    shared: tuple[Column, ...]
    without_number: str
    most: int
    not_values: Mapping[str, frozenset[str]]
    not_sections: frozenset[str]
    deliberation: tuple[str, ...]
    acts: Mapping[str, str]
    paper: str
    entry: tuple[str, ...] = ()

    def correctable(self, entity: str) -> dict[str, Column]:
        """Columns of a person or family whose value can be proposed, in the order of the form."""
        return {
            name: column
            for name, column in pack().tables[entity].columns.items()
            if not column.register
            and not column.reference
            and not column.kinds
            and name not in self.not_values[entity]
            and column.section not in self.not_sections
        }


@cache
def book() -> Book:
    """That of the pack that the service was set to."""
    from django.conf import settings

    return read_book(pack_dir(settings.ENV.pack), pack())


def read_book(folder: Path, of: Pack) -> Book:
    """The sorts of a pack in a folder; BadPack naming every mistake with file and line."""
    mistakes = Mistakes(folder)
    file = read_toml(folder / FILE, mistakes) if (folder / FILE).is_file() else None
    if file is None:
        if not mistakes.found:
            mistakes.add("not there: nothing could be proposed", folder / FILE)
        mistakes.raise_if_any()
        raise AssertionError
    made = _book(file, of)
    mistakes.raise_if_any()
    assert made is not None
    return made


def _book(file: TomlFile, of: Pack) -> Book | None:
    top, data = file.top, file.data
    if not top.check_keys(data, ("people", "values", "bases", "upward", "sorts")):
        return None
    people, values = data.get("people", {}), data.get("values", {})
    if not _fits(people, PEOPLE_KEYS, set(), top.at("people")):
        return None
    if not _fits(values, VALUES_KEYS, set(), top.at("values")):
        return None
    bases, upward = data.get("bases", {}), data.get("upward", {})
    if not _bases(bases, of, top.at("bases")):
        return None
    if not _fits(upward, UPWARD_KEYS, set(), top.at("upward")):
        return None
    sorts = _sorts(data.get("sorts", {}), upward["order"], of, top)
    columns = of.tables[PERSON].columns
    for part, table in (("people", PERSON), ("values", FAMILY)):
        _known_columns(data[part], part, table, of, top)
    return Book(
        sorts=sorts,
        people=tuple(columns[one] for one in people["columns"] if one in columns),
        required=frozenset(people["required"]),
        shared=tuple(columns[one] for one in people["shared"] if one in columns),
        without_number=people["without_number"],
        most=people["most"],
        not_values={one: frozenset(values[one]) for one in (PERSON, FAMILY)},
        not_sections=frozenset(values["sections"]),
        deliberation=tuple(bases["deliberation"]),
        acts=dict(zip(bases["deliberation"], bases["acts"], strict=False)),
        paper=bases["paper"],
        entry=tuple(upward["order"]),
    )


def _sorts(data: Mapping[str, Any], entry: list[str], of: Pack, top: Spot) -> dict[str, Sort]:
    """Each sort; those that are entered above are all named, and no other."""
    for name in [one for one in entry if one not in data]:
        top.at("upward", "order").wrong(f"no sort {name!r}", todo=nearest(str(name), data))
    for name in [one for one in data if one not in entry]:
        top.at("upward", "order").wrong(f"lacks {name!r}")
    return {
        name: sort
        for name, one in data.items()
        if (sort := _sort(name, one, of, top.at("sorts", name))) is not None
    }


def _bases(bases: Any, of: Pack, spot: Spot) -> bool:
    """Whether every key is there; codes that there are not, and acts that lack one, are told."""
    if not _fits(bases, BASES_KEYS, set(), spot):
        return False
    known = of.codes[BASES]
    for code in [one for one in (*bases["deliberation"], bases["paper"]) if one not in known]:
        spot.wrong(f"no basis {code!r}", todo=nearest(str(code), known.codes))
    if len(bases["acts"]) != len(bases["deliberation"]):
        spot.wrong("acts: one paper for each code of deliberation")
    return True


def _known_columns(data: Mapping[str, Any], part: str, table: str, of: Pack, top: Spot) -> None:
    lists = ("columns", "required", "shared") if part == "people" else (PERSON, FAMILY)
    for key in lists:
        known = of.tables[key if key in (PERSON, FAMILY) else PERSON].columns
        for name in [one for one in data[key] if one not in known]:
            top.at(part, key).wrong(f"no column {name!r}", todo=nearest(str(name), known))


def _sort(name: str, data: Any, of: Pack, spot: Spot) -> Sort | None:
    if not _fits(data, SORT_KEYS, MAY_LACK, spot):
        return None
    events = of.codes[EVENTS].codes if EVENTS in of.codes else {}
    for key, known in (("about", ABOUT), ("follows", FOLLOWS), ("event", (*events, ""))):
        if data.get(key, "") not in known:
            spot.at(key).wrong(f"{key} {data[key]!r} is none", todo=nearest(data[key], known))
    for word in [one for one in data["asks"] if one not in ASKS]:
        spot.at("asks").wrong(f"nothing asks {word!r}", todo=nearest(str(word), ASKS))
    return Sort(
        name=name,
        labels={"id": data["id"], "en": data["en"]},
        helps={"id": data["help_id"], "en": data["help_en"]},
        papers={"id": data["paper_id"], "en": data["paper_en"]},
        workflow=data["workflow"],
        about=data["about"],
        follows=data["follows"],
        event=data.get("event", ""),
        asks=tuple(data["asks"]),
        records=data.get("records", False),
        evidence=data.get("evidence", True),
    )


def _fits(data: Any, kinds: Mapping[str, type], may_lack: set[str], spot: Spot) -> bool:
    """Whether each key is known and of its type, and none is missing."""
    if not isinstance(data, dict):
        spot.wrong("is no table")
        return False
    fits = spot.check_keys(data, kinds)
    for key in [one for one in kinds if one not in data and one not in may_lack]:
        spot.wrong(f"lacks {key}")
        fits = False
    for key in [one for one in data if one in kinds and type(data[one]) is not kinds[one]]:
        spot.at(key).wrong(f"{key} is of the wrong type")
        fits = False
    return fits
