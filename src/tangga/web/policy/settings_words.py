"""Plain settings (the clock, the cap, notice, classes, exits, payee) in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.policy import Period
from tangga.rules.sentences import phrase
from tangga.texts import long_date, number
from tangga.web.policy.describe import Describer, has_text, listed_codes, questions

SHOWN = ("clock", "cap", "notice", "exits", "payee", "classes", "consumption")
"""Those that a page tells in full, in this order; the others with their basis and questions."""

CODES: Mapping[str, str] = {
    "programmes": "programme",
    "enrolment_counts": "enrolment_status",
    "enrolment_open": "enrolment_status",
    "payment_counts": "payment_status",
    "payment_fails": "payment_status",
    "rehabilitation": "case_kind",
    "suspension": "case_kind",
    "case_over": "case_state",
    "disasters": "shock",
    "shock_ends": "event",
    "complete_visit": "visit_result",
    "counts": "exit",
    "natural": "removal_reason",
    "not_eligible": "removal_reason",
    "all_died": "removal_reason",
    "moved": "removal_reason",
    "resigned": "removal_reason",
    "sanctioned": "removal_reason",
    "restorable": "exit",
    "restored": "event",
}
"""Settings that hold codes -> the list of the pack that they are of."""


@dataclass(frozen=True)
class SettingsVersion:
    """One version of a file of settings. lines: what it says; classes: (label, bounds)."""

    period: Period
    state: str
    lines: tuple[str, ...]
    classes: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]
    own: bool


@dataclass(frozen=True)
class SettingsPart:
    """A file of settings with its versions, the newest first."""

    id: str
    label: str
    versions: tuple[SettingsVersion, ...]


def settings_parts(describer: Describer, *, full: bool) -> Iterator[SettingsPart]:
    """The settings that are told in full, or the others."""
    held = describer.book.policy.settings
    names = [n for n in SHOWN if n in held] if full else [n for n in held if n not in SHOWN]
    for name in names:
        versions = [_version(describer, name, one) for one in reversed(held[name].versions)]
        key = f"settings_{name}"
        label = describer.say(key) if has_text(key) else name
        yield SettingsPart(name, label, tuple(versions))


def _version(describer: Describer, name: str, one: Any) -> SettingsVersion:
    return SettingsVersion(
        period=one.period,
        state=describer.state(one.period),
        lines=tuple(_lines(describer, name, one.says.values, one.period.valid_from)),
        classes=tuple(_classes(describer, one.says.values, one.period.valid_from)),
        questions=questions(one.period),
        own=describer.of_the_office(one.period),
    )


def _lines(describer: Describer, name: str, values: Mapping[str, Any], day: date) -> Iterator[str]:
    """A sentence for each setting that has one; what only the program needs has none."""
    for key, value in values.items():
        text = f"{name}_{key}"
        if value is None or not has_text(text):
            continue
        yield describer.say(text, value=_value(describer, key, value, day))


def _value(describer: Describer, key: str, value: Any, day: date) -> str:
    language = describer.language
    if key in CODES:
        return listed_codes([value] if isinstance(value, str) else value, CODES[key], language)
    if isinstance(value, Mapping):
        return str(value.get(language, ""))
    if isinstance(value, date):
        return long_date(value, language)
    if isinstance(value, bool | str):
        known = f"{key}_{value}"
        return describer.say(known) if has_text(known) else str(value)
    if isinstance(value, int):
        return number(value, language)
    if isinstance(value, tuple | list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, float) or not hasattr(value, "__dataclass_fields__"):
        text = str(value)
        return text.replace(".", ",") if language == "id" else text
    return _phrase(describer, value, day)


def _phrase(describer: Describer, condition: Any, day: date) -> str:
    for subject in (PERSON_TABLE, FAMILY_TABLE):
        try:
            return phrase(condition, subject, day, describer.book.words, describer.language)
        except KeyError:
            continue
    return "–"


def _classes(
    describer: Describer, values: Mapping[str, Any], day: date
) -> Iterator[tuple[str, str]]:
    for one in values.get("class", ()):
        label = one.get("labels", {}).get(describer.language, one.get("id", ""))
        yield label, _bounds(describer, one)


def _bounds(describer: Describer, one: Mapping[str, Any]) -> str:
    """Which deciles, or which multiples of the poverty line, a class is."""
    if one.get("deciles"):
        return describer.say("deciles", value=", ".join(str(n) for n in one["deciles"]))
    low, below = (_value(describer, "", one.get(end), date.min) for end in ("from", "below"))
    if one.get("below") is None:
        return describer.say("times_from", low=low)
    return describer.say("times_between", low=low, below=below)
