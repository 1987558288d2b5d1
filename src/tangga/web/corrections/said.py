"""What a proposal says: read from its form, kept sealed, and read again for its page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tangga.web.secrets import seal, unseal

NOTHING: dict[str, Any] = {"changes": (), "people": (), "words": {}, "ids": ()}
"""What a form said, once retention has emptied it."""


@dataclass(frozen=True)
class Change:
    """One value that is proposed. before, after: as the schema writes them; None: not known."""

    entity: str
    entity_id: str
    field: str
    before: str | None
    after: str | None

    @property
    def key(self) -> str:
        """By which two proposals on one value are known."""
        return f"{self.entity_id}:{self.field}"


@dataclass(frozen=True)
class Said:
    """The words of a form. changes: of `values`; people: the columns of each new person, as the
    schema writes them; words: what else was asked (to_area, card, payee ...); ids: members and
    records that it concerns; note: what the proposer adds."""

    changes: tuple[Change, ...] = ()
    people: tuple[Mapping[str, str], ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    ids: tuple[str, ...] = ()

    def sealed(self) -> bytes:
        """To be kept."""
        return seal(json.dumps(asdict(self), ensure_ascii=False, sort_keys=True))


def opened(sealed: bytes | memoryview) -> Said:
    """What `Said.sealed` kept."""
    data = NOTHING | json.loads(unseal(bytes(sealed)) or "{}")
    return Said(
        changes=tuple(Change(**one) for one in data["changes"]),
        people=tuple(data["people"]),
        words=data["words"],
        ids=tuple(data["ids"]),
    )
