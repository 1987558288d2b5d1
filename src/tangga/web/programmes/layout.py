"""How a payment file and its results are laid out: `distribution/payment_file.toml` of the pack."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

from tangga.errors import BadPack
from tangga.registry.load import pack_dir
from tangga.web.pack import pack

FILE = "distribution/payment_file.toml"
OUT = frozenset(
    (
        *("code", "programme", "programme_code", "round", "period_start", "period_end"),
        *("village", "village_name", "head", "kk", "payee", "nik", "address", "sort", "amount"),
    )
)
BACK = ("code", "amount", "paid_on", "status", "failure")
NEEDED = ("code", "amount", "status")


@dataclass(frozen=True)
class Column:
    """One column: its heading, what it holds, and that in words."""

    name: str
    holds: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Layout:
    """out: columns of the payment file in order; back: of the results. status, failure: words in
    capitals -> code."""

    out: tuple[Column, ...]
    back: tuple[Column, ...]
    status: Mapping[str, str]
    failure: Mapping[str, str]

    def heading(self, holds: str) -> str:
        """The heading of the results' column that holds something; '' where there is none."""
        return next((one.name for one in self.back if one.holds == holds), "")


@cache
def layout() -> Layout:
    """That of the service's pack. BadPack for a column or a code that there is not."""
    path = pack_dir(settings.ENV.pack) / FILE
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as wrong:
        raise BadPack(f"{FILE} cannot be read: {wrong}", value=FILE) from None
    out, back = (_columns(said.get(key, []), key) for key in ("out", "back"))
    lacking = set(NEEDED) - {one.holds for one in back}
    unknown = {one.holds for one in out} - OUT | {one.holds for one in back} - set(BACK)
    if lacking or unknown or "code" not in {one.holds for one in out}:
        raise BadPack(f"{FILE}: {sorted(lacking | unknown)}", value=FILE)
    words = [_words(said, key) for key in ("status", "failure")]
    return Layout(out, back, *words)


def _columns(said: list[dict[str, Any]], key: str) -> tuple[Column, ...]:
    try:
        return tuple(
            Column(one["name"], one["is"], {"id": one["id"], "en": one["en"]}) for one in said
        )
    except (KeyError, TypeError) as wrong:
        raise BadPack(f"{FILE}: {key} lacks {wrong}", value=FILE) from None


def _words(said: Mapping[str, Any], key: str) -> dict[str, str]:
    codes = pack().codes[f"payment_{key}"]
    found = {str(word).upper(): code for word, code in said.get(key, {}).items()}
    wrong = [code for code in found.values() if code not in codes]
    if wrong:
        raise BadPack(f"{FILE}: {key} names {', '.join(map(str, wrong))}", value=FILE)
    for code in codes.codes:
        found.setdefault(code.upper(), code)
    return found
