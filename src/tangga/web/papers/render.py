"""The page of a paper: the pack's template in Jinja's sandbox, everything that it prints escaped.

A template knows what its kind asks for, and: `paper` (number, day), `office`, `areas` (level: name,
around the area), `place` (the area by name), `basis`, `annex` (rows, total(column)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from tangga.errors import BadPack
from tangga.texts import long_date, number
from tangga.web.papers.content import CLOSES, OPENS, PRIVATE
from tangga.web.papers.kinds import Asked, Kind

NOTHING = "–"
EMPTY: Mapping[str, Any] = {"lines": (), "text": "", "long": "", "identifier": NOTHING}
"""What a template gets for what is not said; for numbers and days nothing at all."""


@dataclass
class Numbers:
    """National numbers of a page, each where it first stands."""

    each: list[str] = field(default_factory=list)

    def keep(self, value: str) -> Markup:
        """A token in its stead."""
        self.each.append(value)
        return Markup("{}{}{}").format(OPENS, len(self.each) - 1, CLOSES)


def render(kind: Kind, about: Mapping[str, Any], more: Mapping[str, Any], numbers: Numbers) -> str:
    """The body of a paper. about: checked already; BadPack where the template asks for more."""
    said = {name: _said(asked, about.get(name), numbers) for name, asked in kind.asks.items()}
    try:
        return _template(kind.code, kind.body).render({**said, **more})
    except (TemplateError, TypeError, ValueError, KeyError) as wrong:
        raise BadPack(f"documents/{kind.code}.html: {wrong}") from None


@cache
def _template(code: str, body: str) -> Template:
    try:
        return _sandbox().from_string(body)
    except TemplateError as wrong:
        raise BadPack(f"documents/{code}.html: {wrong}") from None


@cache
def _sandbox() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters.update(day=_day, whole=_whole, rupiah=_rupiah)
    return made


def _said(asked: Asked, value: Any, numbers: Numbers) -> Any:
    """A value as the template gets it."""
    if value is None or value == "":
        return EMPTY.get(asked.type)
    if asked.type == "identifier":
        return numbers.keep(str(value))
    if asked.type == "lines":
        return [PRIVATE.sub("", str(one)) for one in value]
    return PRIVATE.sub("", value) if isinstance(value, str) else value


def _day(value: date | None) -> str:
    return NOTHING if value is None else long_date(value, "id")


def _whole(value: int | None) -> str:
    return NOTHING if value is None else number(int(value), "id")


def _rupiah(value: int | None) -> str:
    return NOTHING if value is None else f"Rp{number(int(value), 'id')}"
