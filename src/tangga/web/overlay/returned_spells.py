"""Support that the service opened, as rows of a list: one row a time in which it stands alike.

Only what was opened here goes back. A change of support that an official list opened stays in the
overlay until that list says so itself: the list is not ours to rewrite.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tangga.web.database.rows import rows
from tangga.web.overlay.models import Spell
from tangga.web.overlay.references import References, register
from tangga.web.programmes.spells import ACTIVE, ENDED, SUSPENDED, change_of
from tangga.web.programmes.timeline import CLOSED, OPEN, PAUSED, Kind, Piece, timeline
from tangga.web.register.loading.ledger import JOINED

COLUMNS = ("id", "person_id", "family_id", "as_of", "programme", "component", "status",
           "valid_from", "valid_to", "determined_on", "document", "exit", "reason",
           "payee_nik")  # fmt: skip
LISTED = """
SELECT DISTINCT family_id, programme FROM {spells}
WHERE family_id = ANY(%(ids)s) AND source <> 'web_enrolments'
"""
Matter = tuple[str, str]
"""A family and a programme."""


def enrolments() -> tuple[list[tuple[object, ...]], tuple[str, ...]]:
    """(rows, columns). The id of a row joins those of all changes that it holds, so that a release
    which lists it has taken in each of them."""
    matters: dict[Matter, list[Spell]] = {}
    for one in Spell.objects.filter(ended=None).select_related("item").order_by("at", "id"):
        matters.setdefault((one.family_id, one.programme), []).append(one)
    opened = {key: each for key, each in matters.items() if any(_opens(one) for one in each)}
    listed = _listed(sorted({family for family, _ in opened}))
    payees = {one.payee_person_id for each in opened.values() for one in each}
    numbers = References.numbers(payees - {""})
    found = []
    for key, each in sorted(opened.items()):
        found += list(_of_matter(each, numbers, whole=key not in listed))
    return found, COLUMNS


def _opens(one: Spell) -> bool:
    return bool(one.change == OPEN)


def _listed(families: Sequence[str]) -> set[Matter]:
    """Where a list has support of the same family and programme too."""
    found: set[Matter] = set()
    for name in ("spells", "spells_case"):
        table = register(name)
        if table is not None and families:
            asked = rows(table.text(LISTED, "spells"), {"ids": list(families)})
            found |= {(row["family_id"], row["programme"]) for row in asked}
    return found


def _of_matter(
    each: Sequence[Spell], numbers: dict[str, str], *, whole: bool
) -> Iterator[tuple[object, ...]]:
    """whole: every change of the programme is one of what we opened, and of nothing else."""
    changes = [change_of(one) for one in each]
    own = {change.kind for change in changes if change.change == OPEN}
    pieces = timeline([], changes)
    for kind in sorted(own):
        mine = [
            row for row, change in zip(each, changes, strict=True)
            if change.kind == kind or (whole and change.kind.covers(kind))
        ]  # fmt: skip
        stands = [piece for piece in pieces if piece.kind == kind]
        yield from _rows_of(kind, mine, stands, numbers)


def _rows_of(
    kind: Kind, mine: Sequence[Spell], stands: Sequence[Piece], numbers: dict[str, str]
) -> Iterator[tuple[object, ...]]:
    chain = JOINED.join(one.correction_id for one in mine)
    ends = {piece.valid_from: piece.by for piece in stands if piece.state == CLOSED}
    shown = [piece for piece in stands if piece.state != CLOSED]
    for place, piece in enumerate(shown):
        end = ends.get(piece.valid_to) if piece.valid_to else None
        status = SUSPENDED if piece.state == PAUSED else ACTIVE
        yield (
            chain if not place else f"{chain}{JOINED}{place + 1}",
            *(kind.person_id or None, kind.family_id, max(one.recorded_on for one in mine)),
            *(kind.programme, kind.component, ENDED if end else status),
            *(piece.valid_from, piece.valid_to, mine[0].recorded_on, piece.document),
            *((end.exit, end.reason) if end else ("", "")),
            numbers.get(piece.payee),
        )
