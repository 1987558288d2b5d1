"""What is said to officers, in Indonesian and English, from one catalogue.

The catalogue is texts.toml (what the commands say) and the files of web/texts/ (what pages say).
"""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Literal

Language = Literal["id", "en"]

LANGUAGES: tuple[Language, ...] = ("id", "en")
"""In the order in which they are printed."""


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """`section.name` -> language -> text."""
    here = resources.files("tangga")
    pages = sorted(here.joinpath("web", "texts").iterdir(), key=lambda file: file.name)
    found: dict[str, dict[str, str]] = {}
    for file in (here.joinpath("texts.toml"), *(f for f in pages if f.name.endswith(".toml"))):
        for section, part in tomllib.loads(file.read_text(encoding="utf-8")).items():
            found |= {f"{section}.{name}": entry for name, entry in part.items()}
    return found


def say(key: str, language: Language, **values: object) -> str:
    """One text in one language. Whole numbers get that language's separators of thousands, Decimal
    its sign before the fraction."""
    if not values:
        return _bare(key, language)
    return catalogue()[key][language].format(**{k: _said(v, language) for k, v in values.items()})


@cache
def _bare(key: str, language: Language) -> str:
    """A text without values; most are, and a page has a hundred of them."""
    return catalogue()[key][language].format()


def both(key: str, *, between: str = "\n", **values: object) -> str:
    """One text in both languages, Indonesian first; once only where they are the same."""
    texts = [say(key, language, **values) for language in LANGUAGES]
    return between.join(dict.fromkeys(texts))


def number(value: int, language: Language) -> str:
    """20000 is 20.000 in Indonesian and 20,000 in English."""
    text = f"{value:,}"
    return text.replace(",", ".") if language == "id" else text


def decimal(value: float, language: Language) -> str:
    """Two digits behind the sign: 0,11 in Indonesian, 0.11 in English."""
    text = f"{value:.2f}"
    return text.replace(".", ",") if language == "id" else text


def month(number: int, language: Language) -> str:
    """A month as `year * 12 + month - 1` in words: Maret 2027, March 2027."""
    name = say(f"month.m{number % 12 + 1}", language)
    return f"{name} {number // 12}"


def long_date(day: date, language: Language) -> str:
    """A day in words: 31 Januari 2026, 31 January 2026."""
    return f"{day.day} {month(day.year * 12 + day.month - 1, language)}"


def _said(value: object, language: Language) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value, language)
    if isinstance(value, Decimal):
        return str(value).replace(".", ",") if language == "id" else str(value)
    return str(value)
