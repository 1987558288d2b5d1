"""The linking model of a pack, read from `models/linkage.toml` and checked at birth."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tangga.errors import BadPack
from tangga.registry.pack_toml import pack_toml

KEY_FORMS = (
    "value",
    "prefix",
    "skeleton",
    "sorted",
    "first",
    "skeleton_prefix",
    "year",
    "month_day",
    "digits",
)
LEVELS = {
    "name": (
        "sorted",
        "part_of",
        "one_edit",
        "cut",
        "initial",
        "close",
        "first",
        "within",
        "near",
        "differs",
    ),
    "date": (
        "heaped",
        "swapped",
        "year_slip",
        "year_other",
        "one_part",
        "year_only",
        "year_near",
        "differs",
    ),
    "equal": ("equal", "differs"),
    "number": (
        "equal",
        "edit_same_date",
        "one_edit",
        "both_proved",
        "neighbours",
        "serial_slip",
        "differs",
    ),
    "place": ("differs",),
    "text": ("equal", "close", "near", "differs"),
    "visit": ("equal",),
}
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Key:
    """One derived value that blocks and comparisons read."""

    name: str
    of: str
    form: str
    length: int | None = None


@dataclass(frozen=True)
class Block:
    """Records are compared when all keys of one block agree, unless too many share the value."""

    name: str
    on: tuple[str, ...]
    cap: int


@dataclass(frozen=True)
class Comparison:
    """One kind of evidence; `weights` are bits for each level (`LEVELS`).

    levels: of a place, from the nearest: key and bits. rarity: level -> the key whose rarity
    (log2 of everybody over those who share its value) is added, so that what agreement on a
    place is worth grows with the nation as the prior shrinks. heaped: of a date, the days (month *
    100 + day) that stand for "about then": who does not know the day is written down on one.
    """

    name: str
    kind: str
    weights: dict[str, float]
    column: str | None = None
    key: str | None = None
    year: str | None = None
    levels: tuple[tuple[str, float], ...] = ()
    rarity: dict[str, str] = field(default_factory=dict)
    heaped: tuple[int, ...] = ()

    @property
    def slug(self) -> str:
        """The name as part of a column name."""
        return self.name.replace(" ", "_")


@dataclass(frozen=True)
class Number:
    """How the national number is used before anything is weighed.

    doubted: states of the civil registry that say a number is not its holder's own; such a
    number is never held against a link.
    """

    column: str
    confirm_name: float
    confirm_years: int
    group_cap: int
    doubted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """A whole linking model; thresholds in bits."""

    version: str
    number: Number
    keys: dict[str, Key]
    blocks: tuple[Block, ...]
    comparisons: tuple[Comparison, ...]
    link: float
    review: float
    margin: float
    cluster: int
    name_bits: float
    date_bits: float

    def places(self) -> list[str]:
        """The keys whose rarity is worth something: of which places people share."""
        return sorted({key for c in self.comparisons for key in c.rarity.values()})

    def homes(self) -> list[str]:
        """The keys of the two nearest levels of place: the same card or village."""
        found = [key for c in self.comparisons if c.kind == "place" for key, _ in c.levels]
        return [key for key in found[:2] if self.keys[key].form in ("value", "prefix")]

    def usable(self, columns: set[str]) -> Model:
        """The same model without what rests on columns that no source carries."""
        keys = {k: v for k, v in self.keys.items() if v.of in columns}
        blocks = tuple(b for b in self.blocks if all(k in keys for k in b.on))
        kept = tuple(_with_levels(c, keys) for c in self.comparisons if _rests_on(c, keys, columns))
        return Model(**{**self.__dict__, "keys": keys, "blocks": blocks, "comparisons": kept})


def _rests_on(comparison: Comparison, keys: dict[str, Key], columns: set[str]) -> bool:
    if comparison.kind == "visit":
        return True
    if comparison.kind == "place":
        return any(key in keys for key, _ in comparison.levels)
    if comparison.key is not None:
        return comparison.key in keys
    return comparison.column in columns


def _with_levels(comparison: Comparison, keys: dict[str, Key]) -> Comparison:
    levels = tuple(level for level in comparison.levels if level[0] in keys)
    rarity = {level: key for level, key in comparison.rarity.items() if key in keys}
    return Comparison(**{**comparison.__dict__, "levels": levels, "rarity": rarity})


def load_model(file: Path) -> Model:
    """Read a model; every mistake is named with the file.

    Raises BadPack for unknown keys, forms, kinds or levels, and for blocks on unknown keys.
    """
    wrong: list[str] = []
    try:
        with pack_toml(file) as data:
            model = _build(data, wrong)
            wrong += _unknown(data) + _dangling(model)
    except OSError as error:
        raise BadPack(f"the linking model cannot be read: {error}", file=file) from error
    if wrong:
        raise BadPack("the linking model says something impossible: " + "; ".join(wrong), file=file)
    return model


def _build(data: dict[str, Any], wrong: list[str]) -> Model:
    limits, thresholds = data.get("limits", {}), data.get("thresholds", {})
    number = data.get("number", {})
    return Model(
        version=str(data.get("version", "unversioned")),
        number=Number(
            column=number.get("column", "nik"),
            confirm_name=float(number.get("confirm_name", 0.8)),
            confirm_years=int(number.get("confirm_years", 11)),
            group_cap=int(number.get("group_cap", 500)),
            doubted=tuple(str(state) for state in number.get("doubted", ())),
        ),
        keys={name: _key(name, spec, wrong) for name, spec in data.get("keys", {}).items()},
        blocks=tuple(
            Block(b.get("name", "?"), tuple(b.get("on", ())), int(b.get("cap", 60)))
            for b in data.get("block", [])
        ),
        comparisons=tuple(_comparison(c, wrong) for c in data.get("comparison", [])),
        link=float(thresholds.get("link", 2.0)),
        review=float(thresholds.get("review", -4.0)),
        margin=float(thresholds.get("margin", 0.0)),
        cluster=int(limits.get("cluster", 24)),
        name_bits=float(limits.get("name_bits", 17.0)),
        date_bits=float(limits.get("date_bits", 14.5)),
    )


def _key(name: str, spec: dict[str, Any], wrong: list[str]) -> Key:
    key = Key(name, str(spec.get("of")), str(spec.get("as", "value")), spec.get("length"))
    if not _NAME.fullmatch(name) or not _NAME.fullmatch(key.of):
        wrong.append(f"key {name!r} is not a plain name")
    if key.form not in KEY_FORMS:
        wrong.append(f"key {name!r}: as = {key.form!r} is none of {', '.join(KEY_FORMS)}")
    return key


def _comparison(spec: dict[str, Any], wrong: list[str]) -> Comparison:
    name, kind = str(spec.get("name", "?")), str(spec.get("kind"))
    weights = {level: float(bits) for level, bits in spec.get("weights", {}).items()}
    expected = set(LEVELS.get(kind, ()))
    if kind not in LEVELS:
        wrong.append(f"comparison {name!r}: kind {kind!r} is none of {', '.join(LEVELS)}")
    elif set(weights) != expected:
        wrong.append(f"comparison {name!r}: weights must be exactly {', '.join(sorted(expected))}")
    if not _NAME.fullmatch(name.replace(" ", "_")):
        wrong.append(f"comparison {name!r} is not a plain name")
    return Comparison(
        name=name,
        kind=kind,
        weights=weights,
        column=spec.get("column"),
        key=spec.get("key"),
        year=spec.get("year"),
        levels=tuple((str(key), float(bits)) for key, bits in spec.get("levels", [])),
        rarity=dict(spec.get("rarity", {})),
        heaped=_days(name, spec.get("heaped", []), wrong),
    )


def _days(name: str, written: list[str], wrong: list[str]) -> tuple[int, ...]:
    """`MM-DD` as month * 100 + day."""
    good = [day for day in written if re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", day)]
    if len(good) < len(written):
        wrong.append(f"comparison {name!r}: heaped holds days such as '07-01'")
    return tuple(int(day.replace("-", "")) for day in good)


def _unknown(data: dict[str, Any]) -> list[str]:
    known = {"version", "number", "thresholds", "limits", "keys", "block", "comparison", "trained"}
    return [f"unknown key {key!r}" for key in sorted(set(data) - known)]


def _dangling(model: Model) -> list[str]:
    used = [(f"block {b.name!r}", key) for b in model.blocks for key in b.on]
    used += [(f"comparison {c.name!r}", c.key) for c in model.comparisons if c.key]
    used += [(f"comparison {c.name!r}", key) for c in model.comparisons for key, _ in c.levels]
    used += [(f"comparison {c.name!r}", k) for c in model.comparisons for k in c.rarity.values()]
    return [f"{who} reads an unknown key {key!r}" for who, key in used if key not in model.keys]
