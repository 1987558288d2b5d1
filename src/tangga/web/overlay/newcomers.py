"""People whom the register does not know yet: written as values, one a field, and sent as people.

Their ids here begin with `new-`; the next run gives them ids of the register's own. Each of their
values is sent as a correction too, so that it stands above what other sources say of them later,
and so that it is known to have arrived.
"""

from __future__ import annotations

from datetime import date

from tangga.web.overlay.answers import PEOPLE
from tangga.web.overlay.models import Value
from tangga.web.overlay.read import text_of
from tangga.web.overlay.references import NEW, References
from tangga.web.pack import pack

CARD = "kk"


def is_new(id_: str) -> bool:
    """Whether the id of a person or family is one that only the service has given."""
    return id_.startswith(NEW)


def newcomers() -> tuple[list[tuple[object, ...]], tuple[str, ...]]:
    """(one row a new person, its columns): `id, as_of, family` and the fields that are known.

    `family` is the service's own id of a new family; who joins a family of the register bears the
    number of its card.
    """
    found = Value.objects.filter(entity="person", entity_id__startswith=NEW, ended=None)
    said: dict[str, dict[str, str | None]] = {}
    days: dict[str, date] = {}
    families: dict[str, str] = {}
    for one in found.order_by("at", "id"):
        said.setdefault(one.entity_id, {})[one.field] = text_of(one)
        days[one.entity_id] = max(one.as_of, days.get(one.entity_id, one.as_of))
        families[one.entity_id] = one.family_id
    known = pack().tables["person"].for_kind(PEOPLE)
    fields = sorted({name for row in said.values() for name in row if name in known} | {CARD})
    cards = References.cards(families.values())
    return [
        (
            id_,
            days[id_],
            families[id_] if is_new(families[id_]) else None,
            *(row.get(name) or (cards.get(families[id_]) if name == CARD else None)
              for name in fields),
        )
        for id_, row in sorted(said.items())
    ], ("id", "as_of", "family", *fields)  # fmt: skip
