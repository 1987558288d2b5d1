"""What the pack says of privacy: the purpose of each role, and how long what is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tangga.registry.mistakes import Mistakes, nearest
from tangga.rules.toml_file import Spot, TomlFile, read_toml
from tangga.web.access import access

FOLDER = "privacy"
PURPOSES, RETENTION = "purposes.toml", "retention.toml"
DOINGS = ("remove", "blank", "file")
UNITS = ("days", "months", "years")
NEVER = ("audit_", "papers_", "register_", "accounts_", "privacy_")
"""Beginnings of tables that no rule reaches."""

NAME = re.compile(r"[a-z][a-z0-9_]*")
SINCE = re.compile(r"(?:[a-z_]+\.)?[a-z_]+")
RULE_KEYS = {
    *("id", "en", "table", "since", "keep", "do", "columns", "basis", "question"),
}
NEEDED = RULE_KEYS - {"columns", "question"}


@dataclass(frozen=True)
class Purpose:
    """Why a role sees personal data. ground, basis: in words."""

    labels: Mapping[str, str]
    ground: Mapping[str, str]
    basis: str


@dataclass(frozen=True)
class Rule:
    """One rule of retention; the keys are those of retention.toml. keep: (number, unit)."""

    code: str
    labels: Mapping[str, str]
    table: str
    since: str
    keep: tuple[int, str]
    do: str
    basis: str
    columns: tuple[str, ...] = ()
    question: str = ""

    def before(self, day: date) -> date:
        """What is older than this day is reached on a day."""
        many, unit = self.keep
        if unit == "days":
            return date.fromordinal(day.toordinal() - many)
        months = day.year * 12 + day.month - 1 - many * (12 if unit == "years" else 1)
        year, month = divmod(months, 12)
        return _clipped(year, month + 1, day.day)


@dataclass(frozen=True)
class Kept:
    """A table of the service without a rule, and why."""

    table: str
    labels: Mapping[str, str]
    why: str


def _clipped(year: int, month: int, day: int) -> date:
    """That day of a month, or its last."""
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


@cache
def purposes() -> Mapping[str, Purpose]:
    """Of every role of the pack that the service was set to."""
    from tangga.web.pack import pack

    return read_purposes(pack().dir, frozenset(access().roles))


@cache
def rules() -> Mapping[str, Rule]:
    """The rules of retention of that pack, by code."""
    from tangga.web.pack import pack

    return read_rules(pack().dir)


@cache
def kept() -> tuple[Kept, ...]:
    """Tables of people's data that no rule of that pack reaches, each with its reason."""
    from tangga.web.pack import pack

    return read_kept(pack().dir)


def read_kept(folder: Path) -> tuple[Kept, ...]:
    """BadPack for one that has a rule as well, or says no reason."""
    file = _file(folder, RETENTION)
    ruled = {one.get("table") for one in file.data.get("rules", {}).values()}
    said = file.data.get("kept", {})
    for table, one in said.items():
        spot = file.top.at("kept", table)
        if table in ruled:
            spot.wrong("it has a rule")
        elif set(one) != {"id", "en", "why"} or not all(one.values()):
            spot.wrong("lacks id, en or why")
    file.mistakes.raise_if_any()
    return tuple(Kept(table, _both(one), one["why"]) for table, one in said.items())


def read_purposes(folder: Path, roles: frozenset[str]) -> Mapping[str, Purpose]:
    """BadPack where a role has none, or more than one stands for it."""
    file = _file(folder, PURPOSES)
    said, grounds = file.data.get("roles", {}), file.data.get("grounds", {})
    for missing in sorted(roles - set(said)):
        file.top.wrong(f"no purpose of the role {missing}")
    for code, one in said.items():
        spot = file.top.at("roles", code)
        if code not in roles:
            spot.wrong(f"there is no role {code!r}", todo=nearest(code, roles))
        if one.get("ground") not in grounds or not {"id", "en"} <= set(one):
            spot.wrong("lacks id, en, or a ground that is described")
    file.mistakes.raise_if_any()
    return {
        code: Purpose(_both(one), _both(grounds[one["ground"]]), grounds[one["ground"]]["basis"])
        for code, one in said.items()
    }


def read_rules(folder: Path) -> Mapping[str, Rule]:
    """BadPack naming every mistake: an unknown key, a table that no rule may reach."""
    file = _file(folder, RETENTION)
    found = {}
    for code, said in file.data.get("rules", {}).items():
        if (rule := _rule(code, said, file.top.at("rules", code))) is not None:
            found[code] = rule
    file.mistakes.raise_if_any()
    return found


def _rule(code: str, said: Mapping[str, Any], spot: Spot) -> Rule | None:
    fits = spot.check_keys(said, RULE_KEYS)
    if missing := sorted(NEEDED - set(said)):
        spot.wrong(f"lacks {', '.join(missing)}")
        return None
    keep = said["keep"]
    for wrong, what in (
        (str(said["table"]).startswith(NEVER), "of this table nothing is ever removed"),
        (not NAME.fullmatch(str(said["table"])), "table: no name"),
        (not SINCE.fullmatch(str(said["since"])), "since: a column, or what.column"),
        (said["do"] not in DOINGS, "do: remove, blank or file"),
        ((said["do"] == "blank") != bool(said.get("columns")), "blank goes with columns"),
        (not all(NAME.fullmatch(c) for c in said.get("columns", ())), "columns: no names"),
        (not _fits(keep), "keep: one of days, months, years, at least 1"),
    ):
        if wrong:
            fits = False
            spot.wrong(what)
    if not fits:
        return None
    (unit, many), *_ = keep.items()
    return Rule(
        code,
        _both(said),
        said["table"],
        said["since"],
        (many, unit),
        said["do"],
        said["basis"],
        tuple(said.get("columns", ())),
        said.get("question", ""),
    )


def _fits(keep: Any) -> bool:
    return (
        isinstance(keep, dict)
        and len(keep) == 1
        and all(unit in UNITS and type(n) is int and n > 0 for unit, n in keep.items())
    )


def _both(said: Mapping[str, Any]) -> Mapping[str, str]:
    return {"id": said["id"], "en": said["en"]}


def _file(folder: Path, name: str) -> TomlFile:
    mistakes = Mistakes(folder)
    path = folder / FOLDER / name
    if not path.is_file():
        mistakes.add("not there", path)
    file = read_toml(path, mistakes) if path.is_file() else None
    mistakes.raise_if_any()
    assert file is not None
    return file
