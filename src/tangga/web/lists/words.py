"""What the values of a list's columns and filters are called."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from tangga.texts import Language, catalogue, long_date, number, say
from tangga.web.dashboard.words import key_label
from tangga.web.lists.definitions import UNKNOWN, Filter
from tangga.web.pack import area_name
from tangga.web.policy.book import book

RULES = ("signal", "choice")
"""Values that the rules name, with the office's own overlays."""

DAY = "%d-%m-%Y"
"""Days in tables: short, and read alike by everybody here."""


def word(codes: str, value: str, language: Language, day: date) -> str:
    """A coded value in words; the value itself where nobody named it."""
    if codes in RULES and value != UNKNOWN:
        return book().label(value, language)
    if "." in codes and value != UNKNOWN:
        key = f"{codes}_{value}"
        return say(key, language) if key in catalogue() else value
    return key_label(Filter("", "", codes), value, language, day)


def filter_word(one: Filter, value: str, language: Language, day: date) -> str:
    """A key of a filter in words."""
    if value == UNKNOWN and one.whole:
        return say(one.whole, language)
    if one.bands:
        return key_label(one, value, language, day)
    if one.codes:
        return word(one.codes, value, language, day)
    if value == UNKNOWN:
        return say("web.unknown", language)
    return _day_or_text(value, language)


def said(kind: str, value: Any, language: Language) -> str:
    """A value that is not a code in words; '' where there is none."""
    if value is None:
        return ""
    if kind == "yes_no":
        return say("rules.yes" if value else "rules.no", language)
    if kind == "area":
        return area_name(str(value), language)
    if kind == "rupiah":
        return f"Rp{number(int(value), language)}"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):{DAY}}"
    if isinstance(value, date):
        return f"{value:{DAY}}"
    return _counted(kind, value, language)


def _counted(kind: str, value: Any, language: Language) -> str:
    if kind == "number" and isinstance(value, int):
        return number(value, language)
    if isinstance(value, float | Decimal):
        text = f"{float(value):,.2f}".rstrip("0").rstrip(".")
        return text.translate(str.maketrans(",.", ".,")) if language == "id" else text
    return str(value)


def _day_or_text(value: str, language: Language) -> str:
    try:
        return long_date(date.fromisoformat(value), language)
    except ValueError:
        return value
