"""Which record is believed about which column: the pack's rules, read and checked at birth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tangga.errors import BadPack
from tangga.registry.pack_toml import pack_toml

CRITERIA = {
    "civil_registry": "civil DESC",
    "recent": "as_of DESC NULLS LAST",
    "trusted": "trust DESC",
}
"""Criterion -> the order it gives to rows that have `civil, as_of, trust`."""
FALLBACK = ("recent", "trusted")
CIVIL = "civil_registry"
TIES = "rid"
CORRECTION = 0
"""The rank of an accepted correction, above every record."""


@dataclass(frozen=True)
class Rules:
    """rules: name -> criteria. person, family: column -> name of a rule, with `default`."""

    rules: Mapping[str, tuple[str, ...]]
    person: Mapping[str, str]
    family: Mapping[str, str]

    def of_person(self, columns: list[str]) -> dict[str, str]:
        """The rule of each of these columns of a person."""
        return {name: self.person.get(name, self.person["default"]) for name in columns}

    def of_family(self, columns: list[str]) -> dict[str, str]:
        """The rule of each of these columns of a family."""
        return {name: self.family.get(name, self.family["default"]) for name in columns}

    def without(self, criterion: str) -> Rules:
        """The same rules where a criterion can decide nothing in this run."""
        left = {
            name: tuple(c for c in criteria if c != criterion) or FALLBACK
            for name, criteria in self.rules.items()
        }
        return Rules(left, self.person, self.family)

    def plain(self) -> set[str]:
        """The rules whose order is that of a person's slots."""
        return {name for name, criteria in self.rules.items() if criteria == FALLBACK}


def order_of(criteria: tuple[str, ...]) -> str:
    """ORDER BY over rows with `base, civil, as_of, trust, rid`: total, the base first."""
    return ", ".join(["base DESC", *(CRITERIA[c] for c in criteria), TIES])


def load_rules(pack: Path) -> Rules:
    """Read `models/survivorship.toml` of a pack; without it, the most recent value is believed.

    Raises BadPack for an unknown key, criterion or rule.
    """
    file = pack / "models" / "survivorship.toml"
    if not file.is_file():
        plain = {"default": "latest"}
        return Rules({"latest": FALLBACK}, plain, plain)
    with pack_toml(file) as data:
        return _rules(data, file)


def _rules(data: Mapping[str, Any], file: Path) -> Rules:
    unknown = sorted(set(data) - {"version", "rules", "person", "family"})
    if unknown:
        raise BadPack(f"unknown key {unknown[0]!r}", file=file, todo="Known: rules, person, family")
    rules = {name: _criteria(file, name, given) for name, given in data.get("rules", {}).items()}
    tables = (_columns(file, table, data.get(table, {}), rules) for table in ("person", "family"))
    return Rules(rules, *tables)


def _criteria(file: Path, name: str, given: object) -> tuple[str, ...]:
    if not isinstance(given, list) or not given or not set(given) <= set(CRITERIA):
        todo = f"Write a list of: {', '.join(CRITERIA)}"
        raise BadPack(f"rule {name!r} cannot be {given!r}", file=file, todo=todo)
    return tuple(given)


def _columns(
    file: Path, table: str, given: Mapping[str, str], rules: Mapping[str, object]
) -> dict[str, str]:
    columns = {"default": "latest", **given}
    for column, rule in columns.items():
        if rule not in rules:
            todo = f"Rules of this file: {', '.join(rules)}"
            raise BadPack(f"[{table}] {column} names no rule: {rule!r}", file=file, todo=todo)
    return columns
