"""What somebody typed into the one box: a number, or a name with a year and an area.

What was typed never stands in an address, in the log or in the trail.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from django.http import QueryDict

from tangga.web.pack import areas, pack
from tangga.web.register.tables import number_pattern
from tangga.web.viewer import Viewer

MOST_SIGNS = 100
"""Signs of a name that are looked at: no name on record is longer."""

EARLIEST = 1890
BETWEEN = re.compile(r"[\s.\-/_]+")
"""What people write between the digits of a number."""

MOSTLY_DIGITS = re.compile(r"[0-9]{6,}")


@dataclass(frozen=True)
class Asked:
    """A search. wrong: the name of a text that says what cannot be read, '' where all can.

    number: digits of a NIK or KK; name: the name to look for; one of both is ''.
    """

    typed: str = ""
    number: str = ""
    name: str = ""
    year: int | None = None
    area: str = ""
    page: int = 1
    wrong: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked yet."""
        return not (self.number or self.name)


def read(form: QueryDict, viewer: Viewer) -> Asked:
    """What was asked; whatever cannot be read is said, and nothing is raised."""
    typed = _tidy(form.get("q", ""))
    area = form.get("wilayah", viewer.area or "")
    if not viewer.covers(area) or (area and area not in areas().by_code):
        area = viewer.area or ""
    plain = BETWEEN.sub("", typed)
    page = form.get("halaman", "1")
    at = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 1
    asked = Asked(typed=typed, area=area, page=max(at, 1))
    if not typed:
        return _but(asked, wrong="nothing_asked")
    if _number().fullmatch(plain):
        return _but(asked, number=plain)
    if MOSTLY_DIGITS.fullmatch(plain) or len(plain) > 2 * len(re.sub("[0-9]", "", plain)) + 6:
        return _but(asked, wrong="not_a_number")
    if not any(sign.isalpha() for sign in typed):
        return _but(asked, wrong="no_letter")
    return _with_year(_but(asked, name=typed), form.get("tahun", "").strip())


def _but(asked: Asked, **changed: str | int) -> Asked:
    return Asked(**{**asked.__dict__, **changed})  # type: ignore[arg-type]


def _with_year(asked: Asked, text: str) -> Asked:
    if not text:
        return asked
    year = int(text) if re.fullmatch(r"[0-9]{4}", text) else 0
    if not EARLIEST <= year <= 2200:
        return _but(asked, name="", wrong="no_year")
    return _but(asked, year=year)


def _tidy(text: str) -> str:
    """One line, without signs that no keyboard writes, no longer than a name is."""
    text = unicodedata.normalize("NFC", text[: MOST_SIGNS * 4])
    kept = "".join(s if unicodedata.category(s)[0] != "C" else " " for s in text)
    return " ".join(kept.split())[:MOST_SIGNS]


@cache
def _number() -> re.Pattern[str]:
    return re.compile(number_pattern(pack()) or r"(?!)")
