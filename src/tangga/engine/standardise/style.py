"""How a country writes months, yes and no, numbers and area codes: models/values.toml of a pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tangga.errors import BadPack
from tangga.registry.pack_toml import pack_toml

ENGLISH = "january february march april may june july august september october november december"
MONTHS = {
    name: number
    for number, whole in enumerate(ENGLISH.split(), start=1)
    for name in (whole, whole[:3])
}
YES = frozenset({"true", "yes", "y", "1"})
NO = frozenset({"false", "no", "n", "0"})
KEYS = {"months", "booleans", "numbers", "areas"}


@dataclass(frozen=True)
class Style:
    """Written forms. Without a file: English months, yes/no/1/0, 1,500.00.

    months: lower-case name -> 1..12. yes, no: lower case. thousands, decimal: one sign each.
    currency: lower-case marks dropped from amounts. before: lower-case words that may stand before
    a number. nothing: lower-case words for no number at all. widths: area system -> digits per
    level.
    """

    months: Mapping[str, int] = field(default_factory=lambda: MONTHS)
    yes: frozenset[str] = YES
    no: frozenset[str] = NO
    thousands: str = ","
    decimal: str = "."
    currency: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    nothing: frozenset[str] = frozenset()
    widths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def load_style(pack_dir: Path) -> Style:
    """The style of a pack; BadPack where its file says something unknown."""
    path = pack_dir / "models" / "values.toml"
    if not path.is_file():
        return Style()
    with pack_toml(path) as data:
        return _style(data, path)


def _style(data: Mapping[str, Any], path: Path) -> Style:
    unknown = sorted(data.keys() - KEYS)
    if unknown:
        raise BadPack(f"unknown key {unknown[0]!r}", file=path, todo=f"Known: {sorted(KEYS)}")
    numbers, booleans = data.get("numbers", {}), data.get("booleans", {})
    return Style(
        months=MONTHS | _months(data.get("months", {})),
        yes=YES | {word.casefold() for word in booleans.get("yes", ())},
        no=NO | {word.casefold() for word in booleans.get("no", ())},
        thousands=numbers.get("thousands", ","),
        decimal=numbers.get("decimal", "."),
        currency=tuple(mark.casefold() for mark in numbers.get("currency", ())),
        before=tuple(word.casefold() for word in numbers.get("before", ())),
        nothing=frozenset(word.casefold() for word in numbers.get("nothing", ())),
        widths={name: tuple(of["widths"]) for name, of in data.get("areas", {}).items()},
    )


def _months(names: Mapping[str, list[str]]) -> dict[str, int]:
    return {name.casefold(): int(number) for number, all_ in names.items() for name in all_}
