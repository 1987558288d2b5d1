"""What somebody typed: a national number, a birth date and a name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from django.http import QueryDict

from tangga.web.pack import pack
from tangga.web.register.tables import number_pattern

LONGEST_NAME = 100
BETWEEN = re.compile(r"[\s.\-/_]+")
EARLIEST = 1890
DAY_FIRST = re.compile(r"(\d{1,2})\D+(\d{1,2})\D+(\d{4})|(\d{2})(\d{2})(\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})")


@dataclass(frozen=True)
class Asked:
    """wrong: fields that cannot be read, by name -> text. The form of what was typed is all that it
    speaks of: whether anybody is so called is not asked here."""

    number: str = ""
    born: date | None = None
    name: str = ""
    wrong: tuple[tuple[str, str], ...] = ()


def read(form: QueryDict, today: date) -> Asked:
    """What was asked, tidied."""
    number = BETWEEN.sub("", form.get("nik", "")[:60])
    asked = Asked(number, read_day(form.get("lahir", "")), _tidy(form.get("nama", "")))
    wrong = []
    if not re.fullmatch(number_pattern(pack()) or r"(?!)", number):
        wrong.append(("nik", "wrong_number"))
    if asked.born is None or not asked.born.year >= EARLIEST or asked.born > today:
        wrong.append(("lahir", "wrong_day"))
    if not any(sign.isalpha() for sign in asked.name):
        wrong.append(("nama", "wrong_name"))
    return replace(asked, wrong=tuple(wrong))


def read_day(text: str) -> date | None:
    """17-8-1965, 17/08/1965, 17 08 1965, 17081965 or 1965-08-17; None for anything else."""
    text = text.strip()[:20]
    if found := YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := DAY_FIRST.fullmatch(text):
        day, month, year = (one for one in found.groups() if one is not None)
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _tidy(text: str) -> str:
    text = unicodedata.normalize("NFC", text[: LONGEST_NAME * 4])
    kept = "".join(s if unicodedata.category(s)[0] != "C" else " " for s in text)
    return " ".join(kept.split())[:LONGEST_NAME]
