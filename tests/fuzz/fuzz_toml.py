"""Mutations of TOML and JSON by what they say: types changed, keys removed and added, deep nesting,
huge numbers, texts that name each other, versions in a circle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from random import Random
from typing import Any

from fuzz_inputs import MOST_BYTES, Input, blind

from tangga.registry.toml_limits import parse_toml
from tangga.registry.toml_text import write_toml

DEEP = 3000
MOST_PLACES = 20_000
VALUES: tuple[Any, ...] = (
    True, False, 0, 1, -1, 2**31, 2**63 - 1, -(2**63), 0.5, 1e308, float("nan"), float("inf"), "",
    " ", "x", "\0", "a\0b", "x" * 5000, "../..", "/", "*", "**", "[", "%Y", "%", "{", "}", "{x}",
    "\u202e", "é", "2026-02-30", "2026-01-31", date(1, 1, 1), date(9999, 12, 31),
    datetime(2026, 1, 31, 12), time(1, 2), [], [[]], [1, "a"], [None], {}, {"x": {}},
    {"column": 1}, {"column": "nik"}, {"column": ""}, {"columns": []}, {"file": "%Y"},
    {"constant": 1}, "all", "any", "not", "id", "en", "columns", "1811", "(a+)+$", "[", "(?P<x>",
    "\\", "999999999999999999999",
)  # fmt: skip
TORN = (
    "= ", "[", "]", "[[", "]]", '"', '"""', "'''", "#", "\n", "{", "}", ".", "\\u0000", "\\uD800",
    "a.b.c.d = 1\n", "\0", "\ufeff", "[a]\n[a]\n", "x = 0x", "x = 1e99999\n", "x = 1979-05-27\n",
    "x = 25:61:61\n", "x = +nan\n", "\r", "x = 1_000\n", '"" = 1\n', "'\\0' = 1\n",
)  # fmt: skip


def mutate_toml(rng: Random, one: Input, all_: Sequence[Input]) -> Input:
    """What a file says, how it says it, or its bytes."""
    draw = rng.random()
    if draw < 0.2:
        return blind(rng, one, all_)
    if draw < 0.35:
        return one.but(_torn(rng, one.content))
    try:
        said = parse_toml(one.content.decode())
    except (ValueError, RecursionError):
        return blind(rng, one, all_)
    for _n in range(rng.choice((1, 1, 1, 2, 4))):
        changed_value(rng, said)
    try:
        return one.but(write_toml(said).encode("utf-8", "replace")[:MOST_BYTES])
    except (TypeError, ValueError, AttributeError, RecursionError):
        return one.but(_torn(rng, one.content))


def mutate_json(rng: Random, one: Input, all_: Sequence[Input]) -> Input:
    """The same of JSON."""
    draw = rng.random()
    if draw < 0.2:
        return blind(rng, one, all_)
    if draw < 0.25:
        deep = DEEP * rng.choice((1, 30))
        return one.but(rng.choice((b"[" * deep, b'{"a":' * deep, b"9" * 5000)))
    try:
        said = json.loads(one.content)
    except (ValueError, RecursionError):
        return blind(rng, one, all_)
    for _n in range(rng.choice((1, 1, 1, 2, 4))):
        changed_value(rng, said)
    return one.but(json.dumps(said, default=str).encode()[:MOST_BYTES])


def _torn(rng: Random, content: bytes) -> bytes:
    """The text with something put between its lines."""
    if rng.random() < 0.15:
        deep = DEEP if rng.random() < 0.7 else 60_000
        extra = rng.choice(
            (f"x = {'[' * deep}{']' * deep}", f"x = {'{a=' * deep}1{'}' * deep}",
             f"x = {'9' * 5000}", f"x{'.a' * deep} = 1", f"[{'a.' * deep}a]",
             f"x = 0x{'f' * 6000}", f"x = 0.{'1' * 6000}")
        )  # fmt: skip
    else:
        extra = rng.choice(TORN)
    lines = content.split(b"\n")
    at = rng.randrange(len(lines) + 1)
    if rng.random() < 0.3 and lines:
        line = rng.randrange(len(lines))
        place = rng.randrange(len(lines[line]) + 1)
        lines[line] = lines[line][:place] + extra.encode() + lines[line][place:]
    else:
        lines.insert(at, extra.encode())
    return b"\n".join(lines)


def _places(said: Any) -> list[tuple[Any, Any]]:
    """(container, key) of everything in it; of what a mutation made huge, of a part."""
    found, waiting = [], [said]
    while waiting and len(found) < MOST_PLACES:
        one = waiting.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one))
        for key in keys:
            found.append((one, key))
            if isinstance(one[key], (dict, list)):
                waiting.append(one[key])
    return found


def changed_value(rng: Random, said: Any) -> None:
    """One thing changed in place: gone, of another kind, taken from elsewhere, nested, renamed."""
    places = _places(said)
    if not places:
        if isinstance(said, dict):
            said["x"] = rng.choice(VALUES)
        return
    holder, key = rng.choice(places)
    value = holder[key]
    match rng.randrange(9):
        case 0:
            del holder[key]
        case 1 | 2:
            holder[key] = rng.choice(VALUES)
        case 3:
            other, at = rng.choice(places)
            holder[key] = other[at] if not isinstance(other[at], (dict, list)) else str(at)
        case 4:
            holder[key] = [value] if rng.random() < 0.5 else {"x": value}
        case 5 if isinstance(holder, dict):
            names = [at for _, at in places if isinstance(at, str)] or ["x"]
            holder[rng.choice((*names, "unknown", "", f"{key}x", "a b", "é"))] = value
            if rng.random() < 0.5:
                holder.pop(key, None)
        case 6 if isinstance(value, list) and value:
            value.extend(value * rng.choice((1, 2, 20)))
        case 7 if isinstance(value, str):
            at = rng.randrange(len(value) + 1)
            holder[key] = value[:at] + str(rng.choice(VALUES)) + value[at + rng.randrange(3) :]
        case _:
            holder[key] = value + 1 if isinstance(value, int) else rng.choice(VALUES)
