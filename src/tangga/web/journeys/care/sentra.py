"""Which Sentra serves a place, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tangga.rules.sentra import Sentra
from tangga.texts import Language, say
from tangga.web.pack import code_label
from tangga.web.policy.book import book


@dataclass(frozen=True)
class Serving:
    """The Sentra of an area in words. serves: whether it has the service that is needed; None: its
    services, or the need, are not known."""

    id: str
    name: str
    services: tuple[str, ...]
    serves: bool | None
    source: str
    question: str


def of_area(area: str, need: str, on: date, language: Language) -> Serving | None:
    """None where nobody is known to serve it; not the nearest in its place."""
    found = book().policy.sentras.sentra_for(area, on)
    return None if found is None else _serving(found, need, language)


def _serving(found: Sentra, need: str, language: Language) -> Serving:
    has = found.services
    return Serving(
        id=found.id,
        name=found.name,
        services=tuple(sorted(code_label("need", one, language) for one in has or ())),
        serves=None if has is None or not need else need in has,
        source=found.source,
        question=found.question,
    )


def name_of(sentra: str, language: Language) -> str:
    """A Sentra by name; the id where the list has it no more."""
    rows = [row for row in book().policy.sentras.rows if row.id == sentra]
    return rows[-1].name if rows else sentra or say("web_care.local", language)
