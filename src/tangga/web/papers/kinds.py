"""The papers that an office issues, as the pack describes them: `documents/KIND.toml` and its page.

    id, en       what the paper is called
    title        as it stands on the paper itself; {leader}, {chief}, {office}, {name} stand for
                 those of the office (optional)
    head         who stands at the head of it, where that is not the office: words, a line each
    group        act, letter, list or report
    number       how its number is written: {n} (also {n:04}), {office}, {month} in Roman figures,
                 {year}, {series}
    verbs        who may issue it: whoever has one of these; [] the service itself, from a step
    levels       of the area of the office that issues it; a paper of a district is its regency's
    sees         the narrowest class of columns that it holds: to whom that is hidden, it is closed
    case         true: of the case team alone
    by_hand      true: may be filled in for a family, on a page made of what it asks for
    basis, question   the legal basis; what is open about it
    signs        who signs: words; {leader}, {chief} and {office} stand for those of the office;
                 on a second line the name, as one of the asks has it
    asks         what else it is to say: [asks.NAME] id, en, type, optional, and check: how the
                 public check shows it (`checked.HOW`); what has none is not shown there
    annex        [annex] id, en and [annex.columns.NAME] id, en, type, sum: its rows

The page is `documents/KIND.html`, in Jinja's sandbox: what `asks` names, and what `render.py` adds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from tangga.registry.mistakes import Mistakes, nearest
from tangga.registry.privacy import PRIVACY_LABELS
from tangga.rules.toml_file import Spot, read_toml
from tangga.web.access import LEVELS, VERBS
from tangga.web.papers.checked import DAYS, HOW
from tangga.web.papers.offices import FILE as OFFICES
from tangga.web.papers.offices import PARTS

FOLDER = "documents"
GROUPS = ("act", "letter", "list", "report")
TYPES = ("text", "long", "lines", "whole", "number", "rupiah", "day", "identifier")
"""Of what a paper says. identifier: a national number, masked unless a permit opens it; whole: a
number that is a name (a year, a decile); lines: several texts."""

IN_COLUMNS = tuple(one for one in TYPES if one != "lines")
NUMBERED = ("n", "office", "month", "year", "series")
KEYS = {
    "id": str,
    "en": str,
    "group": str,
    "number": str,
    "verbs": list,
    "levels": list,
    "sees": str,
    "case": bool,
    "by_hand": bool,
    "basis": str,
    "question": str,
    "signs": list,
    "asks": dict,
    "annex": dict,
    "title": str,
    "head": list,
}
OPTIONAL = {"case", "by_hand", "question", "asks", "annex", "title", "head"}
IN_ASKED = {"id", "en", "type", "optional", "sum", "check"}
NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Asked:
    """Something that a paper says, or a column of its annex."""

    name: str
    labels: Mapping[str, str]
    type: str = "text"
    optional: bool = False
    sum: bool = False
    check: str = ""


@dataclass(frozen=True)
class Annex:
    """The rows of a paper. columns: none where whoever issues it brings them (a list)."""

    labels: Mapping[str, str]
    columns: Mapping[str, Asked] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """A paper of the pack; the keys are those of its file. body: the text of its page."""

    code: str
    labels: Mapping[str, str]
    group: str
    number: str
    verbs: tuple[str, ...]
    levels: tuple[str, ...]
    sees: str
    basis: str
    signs: tuple[str, ...]
    body: str
    question: str = ""
    title: str = ""
    head: tuple[str, ...] = ()
    case: bool = False
    by_hand: bool = False
    asks: Mapping[str, Asked] = field(default_factory=dict)
    annex: Annex | None = None

    def label(self, language: str) -> str:
        """What it is called."""
        return self.labels[language]


@cache
def kinds() -> Mapping[str, Kind]:
    """Every paper of the pack that the service was set to, by code."""
    from tangga.web.pack import pack

    return read_kinds(pack().dir)


def read_kinds(folder: Path) -> Mapping[str, Kind]:
    """The papers of a pack in a folder; BadPack naming every mistake with file, line and key."""
    mistakes = Mistakes(folder)
    found = {}
    for path in sorted((folder / FOLDER).glob("*.toml")):
        if path.name != OFFICES and (kind := _read(path, mistakes)) is not None:
            found[kind.code] = kind
    mistakes.raise_if_any()
    return found


def _read(path: Path, mistakes: Mistakes) -> Kind | None:
    file = read_toml(path, mistakes)
    if file is None:
        return None
    data, spot, before = file.data, file.top, len(mistakes.found)
    page = path.with_suffix(".html")
    for wrong in _wrong(path.stem, data, spot):
        spot.at(wrong[0]).wrong(wrong[1])
    if not page.is_file():
        spot.wrong(f"has no page {page.name}")
    if len(mistakes.found) > before:
        return None
    annex = data.get("annex")
    return Kind(
        code=path.stem,
        labels=_labels(data),
        group=data["group"],
        number=data["number"],
        verbs=tuple(data["verbs"]),
        levels=tuple(data["levels"]),
        sees=data["sees"],
        basis=data["basis"],
        signs=tuple(data["signs"]),
        body=page.read_text(encoding="utf-8"),
        question=data.get("question", ""),
        title=data.get("title", ""),
        head=tuple(data.get("head", ())),
        case=data.get("case", False),
        by_hand=data.get("by_hand", False),
        asks=_asked(data.get("asks", {})),
        annex=Annex(_labels(annex), _asked(annex.get("columns", {}))) if annex else None,
    )


def _labels(data: Mapping[str, Any]) -> Mapping[str, str]:
    return {"id": data["id"], "en": data["en"]}


def _asked(said: Mapping[str, Any]) -> Mapping[str, Asked]:
    return {
        name: Asked(
            name,
            _labels(one),
            one.get("type", "text"),
            one.get("optional", False),
            one.get("sum", one.get("type") == "rupiah"),
            one.get("check", ""),
        )
        for name, one in said.items()
    }


def _wrong(code: str, data: Mapping[str, Any], spot: Spot) -> Iterator[tuple[str, str]]:
    """Each mistake of a file: the key, and what is wrong with it."""
    spot.check_keys(data, KEYS)
    typed = True
    for key, kind in KEYS.items():
        if key in data and type(data[key]) is not kind:
            typed = False
            yield key, f"{key} is of the wrong type"
        elif key not in data and key not in OPTIONAL:
            typed = False
            yield key, f"lacks {key}"
    if not typed:
        return
    if not NAME.fullmatch(code):
        yield "id", "the file's name is none for a paper: small letters, digits and _"
    yield from _wrong_words(data)
    yield from _wrong_asked("asks", data.get("asks", {}), TYPES)
    annex = data.get("annex", {})
    if annex:
        for key in sorted(set(annex) - {"id", "en", "columns"}):
            yield "annex", f"unknown key {key!r} of the annex"
        if not (isinstance(annex.get("id"), str) and isinstance(annex.get("en"), str)):
            yield "annex", "the annex lacks id or en"
        yield from _wrong_asked("annex", annex.get("columns", {}), IN_COLUMNS)


def _role(sign: object) -> str:
    return str(sign).partition("\n")[0]


def _name(sign: object) -> str:
    return str(sign).partition("\n")[2]


def _wrong_words(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    asked = tuple(data.get("asks", {}))
    each: tuple[tuple[str, list[Any], tuple[str, ...]], ...] = (
        ("group", [data["group"]], GROUPS),
        ("verbs", data["verbs"], VERBS),
        ("levels", data["levels"], tuple(LEVELS)),
        ("sees", [data["sees"]], tuple(PRIVACY_LABELS)),
        ("number", names_in(data["number"]), NUMBERED),
        ("signs", [n for one in data["signs"] for n in names_in(_role(one))], PARTS),
        ("signs", [n for one in data["signs"] for n in names_in(_name(one))], asked),
        ("title", names_in(data.get("title", "")), PARTS),
        ("head", [name for one in data.get("head", ()) for name in names_in(str(one))], PARTS),
    )
    for key, said, valid in each:
        for word in [word for word in said if word not in valid]:
            yield key, f"{key}: {word!r} is none. {nearest(str(word), valid)}"
    if "n" not in names_in(data["number"]) or "year" not in names_in(data["number"]):
        yield "number", "number: without {n} or {year} two papers would bear the same"
    if (data["sees"] == "case") != data.get("case", False):
        yield "sees", "case goes with sees = 'case'"


def _wrong_asked(
    key: str, said: Mapping[str, Any], types: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    for name, one in said.items():
        if not NAME.fullmatch(name) or not isinstance(one, dict):
            yield key, f"{key}: {name!r} is no name, or says nothing"
        elif not (isinstance(one.get("id"), str) and isinstance(one.get("en"), str)):
            yield key, f"{key}.{name} lacks id or en"
        elif one.get("type", "text") not in types or set(one) - IN_ASKED:
            yield key, f"{key}.{name}: no such type, or an unknown key"
        elif one.get("check", HOW[0]) not in HOW or ("check" in one and key != "asks"):
            yield key, f"{key}.{name}: no such check"
        elif one.get("check") in DAYS and one.get("type") != "day":
            yield key, f"{key}.{name}: its check needs a day"


def names_in(pattern: str) -> list[str]:
    """The names that a text stands open for; one that reaches into a value is no name."""
    try:
        return [name for _, name, _, _ in Formatter().parse(pattern) if name is not None]
    except ValueError:
        return [pattern]
