"""Numbers told in bands, as the pack's publish.toml parts them: months of support, years of age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from tangga.rules.on_date import OnDate
from tangga.texts import Language
from tangga.web.policy.book import book

PUBLISH = "publish"


@cache
def rules_of(day: date) -> OnDate:
    """The rules of this service as they stand on a day."""
    return book().policy.on(day)


def settings(name: str, day: date) -> Mapping[str, Any]:
    """A file of settings of the policy as it stands on a day; empty where there is none."""
    found = rules_of(day).settings.get(name)
    return found.says.values if found else {}


def bands(name: str, day: date) -> Sequence[Mapping[str, Any]]:
    """The bands of that name on a day, the lowest first."""
    return tuple(settings(PUBLISH, day).get(name, ()))


def band_label(name: str, key: str, language: Language, day: date) -> str:
    """A band in words; the key itself where the policy has no such band any more."""
    found = (one["labels"][language] for one in bands(name, day) if one["id"] == key)
    return next(found, key)


def band_sql(name: str, column: str, day: date) -> str:
    """SQL that gives the id of the band in which a number lies; NULL where it is NULL."""
    cases = [_case(column, one) for one in bands(name, day)]
    return f"CASE {' '.join(cases)} END" if cases else "NULL::text"


def _case(column: str, band: Mapping[str, Any]) -> str:
    below = "IS NOT NULL" if band["below"] is None else f"< {band['below']}"
    return f"WHEN {column} {below} THEN '{band['id']}'"
