"""What a paper says, frozen when it was issued: sealed at rest, and proven by its digest.

National numbers stand apart from the words. Where the page has one there is a token, and who shows
the page decides whether the number is masked (always) or whole (with a permit).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from tangga.registry.privacy import masked
from tangga.web.papers.checked import Shown
from tangga.web.secrets import seal, unseal

OPENS, CLOSES = "\ue000", "\ue001"
"""Around the place of a number within `numbers`: signs for private use, in no text of ours."""

TOKEN = re.compile(f"{OPENS}(\\d+){CLOSES}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PRIVATE = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True)
class Column:
    """A column of an annex. type: of `kinds.TYPES`; sum: whether its sum stands below it."""

    name: str
    labels: Mapping[str, str]
    type: str = "text"
    sum: bool = False

    @property
    def numeric(self) -> bool:
        """Whether its values stand to the right."""
        return self.type in ("number", "rupiah")


@dataclass(frozen=True)
class Content:
    """One paper. body: HTML with tokens; numbers: what they stand for; rows: of the annex, each a
    value a column; totals: of the columns that can be added up; by: who issued it, in words; salt:
    makes the digest one that cannot be guessed from a name; check: what the public check says."""

    title: Mapping[str, str]
    lines: tuple[str, ...]
    office: str
    city: str
    basis: str
    signs: tuple[str, ...]
    by: tuple[str, ...]
    body: str
    numbers: tuple[str, ...]
    annex: Mapping[str, str] | None
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    salt: str
    check: tuple[Shown, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return hashlib.sha256(self._text().encode()).hexdigest()

    def sealed(self) -> bytes:
        """As the database keeps it."""
        return seal(base64.b85encode(zlib.compress(self._text().encode())).decode())

    @classmethod
    def opened(cls, sealed: bytes) -> Content:
        """What was sealed. Unreadable where no key of the service opens it."""
        text = zlib.decompress(base64.b85decode(unseal(sealed))).decode()
        said = json.loads(text)
        columns = tuple(Column(**one) for one in said["columns"])
        days = {n for n, one in enumerate(columns) if one.type == "day"}
        rows = tuple(tuple(_read(n in days, v) for n, v in enumerate(row)) for row in said["rows"])
        lists = {key: tuple(said[key]) for key in ("lines", "signs", "by", "numbers")}
        check = tuple((how, labels, text) for how, labels, text in said.get("check", ()))
        return cls(**{**said, **lists, "columns": columns, "rows": rows, "check": check})

    def page(self, *, whole: bool = False) -> Markup:
        """The body, national numbers masked unless `whole`."""
        said: Callable[[str], str] = str if whole else mask
        body = TOKEN.sub(lambda at: escape(said(self.numbers[int(at[1])])), self.body)
        # Drawn by an escaping template when the paper was issued.
        return Markup(body)  # nosec B704

    @property
    def numbered(self) -> bool:
        """Whether there is any national number in it."""
        return bool(self.numbers) or any(one.type == "identifier" for one in self.columns)

    def total(self, column: str) -> int:
        """The sum of a column of the annex; what is not known counts nothing."""
        return total(self.columns, self.rows, column)

    def _text(self) -> str:
        said = {**asdict(self), "title": dict(self.title)}
        return json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)


def mask(number: str) -> str:
    """A national number as everybody sees it."""
    return masked("last4", number) or ""


def total(columns: Sequence[Column], rows: Sequence[Sequence[Any]], name: str) -> int:
    """The sum of a column. KeyError where there is none of that name."""
    places = {one.name: n for n, one in enumerate(columns)}
    return sum(int(row[places[name]] or 0) for row in rows)


def _read(is_day: bool, value: Any) -> Any:
    """A value of an annex as it was; a text in a column of days stays one."""
    if is_day and isinstance(value, str) and DAY.fullmatch(value):
        return date.fromisoformat(value)
    return value
