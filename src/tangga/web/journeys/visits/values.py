"""What somebody wrote for a column of the schema, read as a value; the same for forms and sheets.

A value is kept as text: codes as they are, days as 2026-03-31, numbers in plain digits, yes and no
as true and false.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tangga.registry.model import Column
from tangga.texts import LANGUAGES, Language, catalogue, long_date, number, say
from tangga.web.family.eyes import in_words
from tangga.web.pack import areas

LONGEST = 4000
DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%y")
THOUSANDS = re.compile(r"[0-9]{1,3}([.,  ][0-9]{3})+")
WHOLE = re.compile(r"-?[0-9]{1,15}")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
YES, NO = "true", "false"
NUMBERS = ("integer", "decimal", "money")


class Unread(ValueError):
    """A text that is no value of its column. key: of `web_visits.wrong_...`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values

    def words(self, language: Language) -> str:
        """What is wrong with it."""
        values = {
            name: long_date(one, language) if isinstance(one, date) else one
            for name, one in self.values.items()
        }
        return say(f"web_visits.wrong_{self.key}", language, **values)


def read(column: Column, text: str, on: date) -> str:
    """A text as it is kept; '' for nothing. on: the day the value speaks of. Unread."""
    text = CONTROL.sub("", text).strip()
    if not text:
        return ""
    match column.type:
        case "code":
            return _code(column, text)
        case "boolean":
            return _yes_or_no(text)
        case "integer" | "money":
            return _whole(column, text)
        case "decimal":
            return _decimal(column, text)
        case "date":
            return _day(column, text, on)
        case "area":
            return _area(text)
        case _:
            return _text(column, text)


def _code(column: Column, text: str) -> str:
    assert column.codes is not None
    if text in column.codes:
        return text
    said = text.casefold()
    for code, one in column.codes.codes.items():
        if said in {label.casefold() for label in one.labels.values()}:
            return code
    raise Unread("code")


def _yes_or_no(text: str) -> str:
    said = text.casefold()
    for value, words in ((YES, ("true", "1", "y")), (NO, ("false", "0", "t", "n"))):
        key = "rules.yes" if value == YES else "rules.no"
        own = {catalogue()[key][language].casefold() for language in LANGUAGES}
        if said in own or said in words:
            return value
    raise Unread("yes_or_no")


def _whole(column: Column, text: str) -> str:
    plain = re.sub(r"(?i)^rp\.?\s*", "", text)
    plain = re.sub(r",(-|00)$", "", plain)
    if THOUSANDS.fullmatch(plain):
        plain = re.sub(r"[^0-9]", "", plain)
    plain = re.sub(r"\.0+$", "", plain)
    if not WHOLE.fullmatch(plain):
        raise Unread("whole")
    _within(column, int(plain))
    return str(int(plain))


def _decimal(column: Column, text: str) -> str:
    plain = text.replace(".", "").replace(",", ".") if "," in text else text
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise Unread("decimal") from None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 12:
        raise Unread("decimal")
    _within(column, value)
    return format(value.normalize(), "f")


def _within(column: Column, value: Any) -> None:
    if column.minimum is not None and value < column.minimum:
        raise Unread("low", least=column.minimum)
    if column.maximum is not None and value > column.maximum:
        raise Unread("high", most=column.maximum)


def _day(column: Column, text: str, on: date) -> str:
    value = day_of(text)
    if value is None:
        raise Unread("day")
    _within(column, value)
    if column.not_after_as_of and value > on:
        raise Unread("later", day=on)
    return value.isoformat()


def day_of(text: str) -> date | None:
    """A day as it is written here; None for what is none."""
    for form in DAYS:
        try:
            return datetime.strptime(text.strip()[:10], form).date()
        except ValueError:
            continue
    return None


def _area(text: str) -> str:
    if text not in areas().by_code:
        raise Unread("area")
    return text


def _text(column: Column, text: str) -> str:
    longest = column.max_length or LONGEST
    if len(text) > longest:
        raise Unread("long", most=longest)
    if column.pattern and not re.fullmatch(column.pattern, text):
        raise Unread("pattern")
    return text


def typed(column: Column, text: str) -> Any:
    """A kept text as a value of its type."""
    match column.type:
        case "boolean":
            return text == YES
        case "integer" | "money":
            return int(text)
        case "decimal":
            return Decimal(text)
        case "date":
            return date.fromisoformat(text)
        case _:
            return text


def kept(column: Column, value: Any) -> str:
    """A value of the register as it would be kept."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, date):
        return value.isoformat()
    if column.type == "decimal":
        return format(Decimal(str(value)).normalize(), "f")
    return str(value)


def words(column: Column, text: str, language: Language) -> str:
    """A kept value as people say it."""
    if column.type == "money":
        return f"Rp{number(int(text), language)}"
    return in_words(typed(column, text), column, language)
