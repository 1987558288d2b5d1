"""What a counter does, as the pack's `counter.toml` says; read once a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tangga.registry.mistakes import Mistakes
from tangga.rules.toml_file import Spot, read_toml
from tangga.texts import LANGUAGES, Language
from tangga.web.pack import pack

FILE = "counter.toml"
PARTS = ("telephone", "reasons", "referrals", "subjects", "deciders", "faith", "reactivation")
SAID = ("help", "document", "decides")
AGAIN = {"insurance": str, "update_months": int, "answer_days": int}
ENTRY = (
    *("id", "en", "urgent", "elsewhere"),
    *(f"{part}_{language}" for part in SAID for language in LANGUAGES),
)


@dataclass(frozen=True)
class Entry:
    """A reason, a referral or a subject. says: help, document or decides -> language -> words."""

    code: str
    labels: Mapping[str, str]
    says: Mapping[str, Mapping[str, str]]
    urgent: bool = False
    elsewhere: bool = False

    def label(self, language: Language) -> str:
        """What it is called."""
        return self.labels[language]

    def said(self, what: str, language: Language) -> str:
        """Its help, document or who decides; '' where the pack does not say."""
        return self.says.get(what, {}).get(language, "")


@dataclass(frozen=True)
class Telephone:
    """Numbers that residents give. dial: the country's code; shortest, longest: digits behind."""

    dial: str
    shortest: int
    longest: int

    def tidied(self, number: str) -> str | None:
        """0812-3456-7890 or +62 812 3456 7890 as +6281234567890; None for no such number."""
        if len(number) > 2 * self.longest + 4 or any(sign.isalpha() for sign in number):
            return None
        digits = "".join(sign for sign in number if sign.isascii() and sign.isdigit())
        plain = digits.removeprefix(self.dial).removeprefix("0")
        whole = f"+{self.dial}{plain}"
        return whole if self.shortest <= len(plain) <= self.longest else None


@dataclass(frozen=True)
class Faith:
    """How many reports in bad faith, within how many months, and for how many then none."""

    many: int
    within_months: int
    for_months: int


@dataclass(frozen=True)
class Desk:
    """The file, read."""

    telephone: Telephone
    reasons: Mapping[str, Entry]
    referrals: Mapping[str, Entry]
    subjects: Mapping[str, Entry]
    deciders: frozenset[str]
    faith: Faith
    insurance: str
    activates: Mapping[str, str]
    update_months: int
    answer_days: int


@cache
def desk() -> Desk:
    """Of the pack that the service was set to."""
    return read_desk(pack().dir)


def read_desk(folder: Path) -> Desk:
    """Of a pack's folder; BadPack naming every mistake with its line."""
    mistakes = Mistakes(folder)
    file = read_toml(folder / FILE, mistakes)
    if file is None:
        mistakes.raise_if_any()
        raise AssertionError
    file.top.check_keys(file.data, PARTS)
    parts = {
        part: {
            code: _entry(code, said, file.top.at(part, code))
            for code, said in file.data.get(part, {}).items()
        }
        for part in ("reasons", "referrals", "subjects")
    }
    telephone, faith, after = (
        _numbers(file.data.get(part, {}), keys, file.top.at(part))
        for part, keys in (
            ("telephone", {"dial": str, "shortest": int, "longest": int}),
            ("faith", {"many": int, "within_months": int, "for_months": int}),
            ("reactivation", {**AGAIN, "decides_id": str, "decides_en": str}),
        )
    )
    here = _numbers(file.data.get("deciders", {}), {"here": list}, file.top.at("deciders"))
    mistakes.raise_if_any()
    activates = {one: after.pop(f"decides_{one}") for one in LANGUAGES}
    return Desk(
        Telephone(**telephone),
        deciders=frozenset(here["here"]),
        faith=Faith(**faith),
        activates=activates,
        **parts,
        **after,
    )


def _numbers(said: Mapping[str, Any], keys: Mapping[str, type], spot: Spot) -> dict[str, Any]:
    spot.check_keys(said, keys)
    for key in [key for key, kind in keys.items() if type(said.get(key)) is not kind]:
        spot.at(key).wrong(f"{key} is missing, or of the wrong type")
    return {key: said[key] for key in keys if key in said}


def _entry(code: str, said: Mapping[str, Any], spot: Spot) -> Entry:
    spot.check_keys(said, ENTRY)
    for language in LANGUAGES:
        if not isinstance(said.get(language), str):
            spot.at(language).wrong(f"lacks {language}")
    says: dict[str, dict[str, str]] = {}
    for part in SAID:
        words = {one: said[f"{part}_{one}"] for one in LANGUAGES if f"{part}_{one}" in said}
        if words:
            says[part] = words
    return Entry(
        code,
        {one: str(said.get(one, code)) for one in LANGUAGES},
        says,
        urgent=bool(said.get("urgent", False)),
        elsewhere=bool(said.get("elsewhere", False)),
    )
