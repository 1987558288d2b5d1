"""Values as the schema writes them, read back, shown, and asked for in a form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from tangga.registry.checks import as_text, check_value
from tangga.registry.model import Column
from tangga.texts import Language, say
from tangga.web.family.eyes import opened as unsealed
from tangga.web.pack import areas, pack
from tangga.web.today import today
from tangga.web.widgets import DayInput

DIGITS = re.compile(r"\d{2,10}")
NOT_IN_TEXT = re.compile(r"[<>\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Signs that no value holds: those of markup and of control, and what turns writing around."""
LONGEST = 300
YES, NO = "true", "false"


def written(value: Any) -> str | None:
    """A value of the register, or of a form, as the schema writes it."""
    if value is None or value == "":
        return None
    if isinstance(value, bytes | memoryview):
        return unsealed(value)
    if isinstance(value, float):
        value = Decimal(str(value))
    return as_text(value)


def typed(text: str | None, column: Column) -> Any:
    """What a written value is, in the column's type; None for what cannot be read."""
    if text is None:
        return None
    try:
        match column.type:
            case "boolean":
                return {YES: True, NO: False}.get(text)
            case "integer" | "money":
                return int(text)
            case "decimal":
                return Decimal(text)
            case "date":
                return date.fromisoformat(text)
    except (ValueError, InvalidOperation):
        return None
    return text


def field_of(column: Column, language: Language, *, required: bool = False) -> forms.Field:
    """The field of a form that asks for a column, made from what the schema says of it."""
    made = _field(column, language)
    made.required = required
    made.label = column.labels[language]
    made.checked = column  # type: ignore[attr-defined]
    return made


def _field(column: Column, language: Language) -> forms.Field:
    match column.type:
        case "code":
            assert column.codes is not None
            codes = column.codes
            listed = [(code, codes.label(code, language)) for code in codes.codes]
            return forms.ChoiceField(choices=[("", "–"), *listed])
        case "boolean":
            answers = [(YES, say("rules.yes", language)), (NO, say("rules.no", language))]
            return forms.ChoiceField(choices=[("", "–"), *answers])
        case "integer" | "money":
            return WholeField(widget=forms.TextInput({"inputmode": "numeric"}))
        case "decimal":
            return FractionField(
                decimal_places=3, max_digits=18, widget=forms.TextInput({"inputmode": "decimal"})
            )
        case "date":
            return forms.DateField(widget=DayInput())
        case "area":
            return AreaField(language=language)
    longest = column.max_length or LONGEST
    numeric = {"inputmode": "numeric"} if column.type == "identifier" else {}
    return forms.CharField(max_length=longest + 20, widget=forms.TextInput(numeric))


class WholeField(forms.IntegerField):
    """A whole number, with or without separators of thousands: 1.500.000."""

    def to_python(self, value: Any) -> int | None:
        """The number."""
        text = re.sub(r"(?<=\d)[ .](?=\d{3}\b)", "", value) if isinstance(value, str) else value
        found: int | None = super().to_python(text)
        return found


class FractionField(forms.DecimalField):
    """A number that may have a fraction, behind a comma or a point."""

    def to_python(self, value: Any) -> Decimal | None:
        """The number."""
        text = value.replace(".", "") if isinstance(value, str) and "," in value else value
        found: Decimal | None = super().to_python(
            text.replace(",", ".") if isinstance(text, str) else text
        )
        return found


class AreaField(forms.CharField):
    """An area by its code, or as the list of the page names it: "Mesuji – 1811"."""

    def __init__(self, *, language: Language, **more: Any) -> None:
        super().__init__(max_length=120, widget=forms.TextInput({"list": "areas"}), **more)
        self.language = language

    def clean(self, value: Any) -> str:
        """The code; '' for nothing."""
        text: str = super().clean(value)
        found = DIGITS.findall(text.replace(".", ""))
        if not text:
            return ""
        if not found or found[-1] not in areas().by_code:
            raise forms.ValidationError(say("web_corrections.no_area", self.language))
        return str(found[-1])


def value_of(column: Column, cleaned: Any) -> str | None:
    """What a form says of a column, as the schema writes it. ValidationError for what it cannot be.

    A number of somebody may be typed with blanks, points or dashes in it.
    """
    if cleaned is None or cleaned == "":
        return None
    if isinstance(cleaned, str):
        cleaned = " ".join(cleaned.split())
        if column.type == "identifier":
            cleaned = re.sub(r"[ .\-]", "", cleaned)
        if NOT_IN_TEXT.search(cleaned):
            raise forms.ValidationError("markup")
    value = _exact(cleaned, column)
    for problem in check_value(column, value, as_of=today()):
        raise forms.ValidationError(problem)
    if column.type == "identifier" and placeholder(column.name, str(cleaned)):
        raise forms.ValidationError("placeholder_number")
    return written(value)


def _exact(cleaned: Any, column: Column) -> Any:
    if column.type == "boolean" and isinstance(cleaned, str):
        return cleaned == YES
    if column.type == "decimal" and isinstance(cleaned, Decimal):
        return cleaned.quantize(Decimal("0.001"))
    return cleaned


def placeholder(column: str, number: str) -> bool:
    """Whether a number is one that people type where they have none, as the pack lists them."""
    for said in pack().data.get("numbers", {}).values():
        if column in said.get("columns", ()):
            known = said.get("placeholders", {})
            alike = known.get("same_digit", False) and len(set(number)) == 1
            starts = number.startswith(tuple(known.get("starts", ())))
            return bool(alike or starts or number in known.get("values", ()))
    return False


def wrong(problem: str, language: Language) -> str:
    """Why a value cannot be, in words."""
    from tangga.registry.problems import PROBLEMS

    if problem in PROBLEMS:
        return PROBLEMS[problem].label(language)
    return say(f"web_corrections.wrong_{problem}", language)


def plain(text: str) -> str:
    """Free words as they are kept: on one line, without signs of markup."""
    return NOT_IN_TEXT.sub("", " ".join(text.split()))


def area_options(language: Language, within: str = "") -> Iterator[str]:
    """What the list of areas offers: regencies of the country, and places inside `within`."""
    for code, area in areas().by_code.items():
        if area.level == "regency" or (within and code.startswith(within)):
            above = areas().name(area.parent) if area.parent else None
            yield f"{area.name}{f', {above}' if above else ''} – {code}"
