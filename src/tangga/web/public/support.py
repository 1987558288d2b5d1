"""Which programmes reach a person today: as the release lists them, and as decided here since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tangga.rules.names import FAMILY_TABLE
from tangga.web.family.support import DETERMINED
from tangga.web.policy.book import book
from tangga.web.programmes import spells
from tangga.web.programmes.timeline import CLOSED, PAUSED, Piece

REHABILITATION = "rehabilitation"
"""A focus of the rules (FOCI): nobody but the case team is told of its programmes."""


def reaches(
    family_id: str, person_id: str, decisions: Iterable[Mapping[str, Any]], on: date
) -> dict[str, bool]:
    """Programme -> whether it is paused, of the family as a whole and of this one member.

    Support that was closed here counts no more, though the release still has it as determined.
    """
    pieces = spells.pieces_of(family_id=family_id)
    known = {piece.kind.programme for piece in pieces if _is_own(piece, person_id)}
    found: dict[str, bool] = {}
    for piece in pieces:
        if _is_own(piece, person_id) and piece.holds(on) and piece.state != CLOSED:
            paused = piece.state == PAUSED
            found[piece.kind.programme] = found.get(piece.kind.programme, True) and paused
    for row in decisions:
        if row.get("determination") == DETERMINED and row["programme"] not in known:
            found.setdefault(row["programme"], False)
    return {programme: paused for programme, paused in found.items() if may_be_told(programme)}


def may_be_told(programme: str) -> bool:
    """Whether residents are told of a programme without coming to the counter."""
    known = book().policy.programmes.get(programme)
    return known is None or known.focus != REHABILITATION


def _is_own(piece: Piece, person_id: str) -> bool:
    known = book().policy.programmes.get(piece.kind.programme)
    of_family = known is not None and known.unit == FAMILY_TABLE
    return of_family or piece.kind.person_id in ("", person_id)
