"""Which rule chose a value, and how strongly a link is meant, in the pack's own terms."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tangga.texts import Language, catalogue, say
from tangga.web.family.eyes import Row
from tangga.web.pack import pack

STRENGTHS = ((10.0, "decisive"), (6.0, "strong"), (2.5, "plain"), (0.5, "weak"))
"""From this many bits on, evidence is called so."""

RULES, LINKAGE = "survivorship.toml", "linkage.toml"
NUMBER = "number"
DEFAULT = "default"


@cache
def _model(name: str) -> Mapping[str, Any]:
    """A model of the pack; empty where it has none."""
    file = pack().dir / "models" / name
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def chosen_by(table: str, column: str, language: Language) -> str:
    """The rule by which a value was chosen among those that sources say, in words."""
    said = _model(RULES)
    columns = said.get(table, {})
    rule = columns.get(column, columns.get(DEFAULT, ""))
    criteria = said.get("rules", {}).get(rule, ("recent",))
    then = say("explain.then", language)
    return then.join(say(f"explain.criterion_{one}", language) for one in criteria)


@dataclass(frozen=True)
class Weighed:
    """One comparison of two records: what was compared, its bits, and what they mean."""

    label: str
    bits: float | None
    said: str


@dataclass(frozen=True)
class Link:
    """What made two records one person, or has not yet. weight: bits, None for equal numbers;
    share: of the strongest link that there can be, for a bar."""

    left: str
    right: str
    decision: str
    tone: str
    why: str
    weight: float | None
    evidence: tuple[Weighed, ...]


STRONGEST = 30.0
"""Bits at which the bar is full."""


def link(row: Row, language: Language) -> Link:
    """A row of `links` in words."""
    decision, step = row["decision"], row.get("step")
    word = NUMBER if decision == "link" and step == NUMBER else decision
    why = row.get("why") or ""
    key = f"explain.why_{why.replace(' ', '_')}"
    weight = row.get("weight")
    return Link(
        left=_record(row, "left", language),
        right=_record(row, "right", language),
        decision=say(f"explain.decision_{word}", language),
        tone="good" if decision == "link" else "warn",
        why=say(key, language) if key in catalogue() else why,
        weight=None if weight is None else float(weight),
        evidence=tuple(_weighed(json.loads(row.get("reasons") or "[]"), language)),
    )


def _record(row: Row, side: str, language: Language) -> str:
    return f"{row[f'{side}_source']}: {source_id(row.get(f'{side}_id'), language)}"


def source_id(text: Any, language: Language) -> str:
    """The number of a record at its source; not shown where it holds a national number."""
    if text is None or str(text).startswith("="):
        return say("web_family.sealed_id", language)
    return str(text)


def _weighed(reasons: list[dict[str, Any]], language: Language) -> Iterator[Weighed]:
    for one in reasons:
        name = one["comparison"]
        if "bits" in one:
            bits = float(one["bits"])
            yield Weighed(_compared(name, language), bits, _strength(bits, language))
            continue
        what = _compared(name, language)
        yield Weighed(what, None, say("explain.equal_equal", language, what=what))
        if one.get("name_similarity") is not None:
            said = say("explain.confirmed_name", language, percent=one["name_similarity"])
            yield Weighed(say("web_family.confirmation", language), None, said)


def _compared(name: str, language: Language) -> str:
    """What is compared: a column of a person, the national number, the place."""
    columns = pack().tables["person"].columns
    column = _model(LINKAGE).get(NUMBER, {}).get("column", "") if name == NUMBER else name
    if column in columns:
        return columns[column].labels[language]
    key = {"same_visit": "explain.visit_equal"}.get(name, f"explain.{name}")
    return say(key, language) if key in catalogue() else name


def _strength(bits: float, language: Language) -> str:
    for least, name in STRENGTHS:
        if abs(bits) >= least:
            return say(f"explain.{name}_{'for' if bits > 0 else 'against'}", language)
    return say("explain.neutral", language)
