"""Ruling on a pair of records, and taking a ruling back; both only add a row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from tangga.errors import UserError
from tangga.texts import Language, say
from tangga.web.audit.actions import record
from tangga.web.database.rows import value
from tangga.web.duplicates import queries
from tangga.web.duplicates.models import RULINGS, UNSURE, Ruling
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

NUMBER = "SELECT number FROM public.register_current"


class Refused(UserError):
    """A ruling that is not made; key: `web_doubles.refused_KEY`."""

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(self.words("en"))

    def words(self, language: Language) -> str:
        """What is wrong, and what to do."""
        return say(f"web_doubles.refused_{self.key}", language, **self.values)


@dataclass(frozen=True)
class Record:
    """One source record, as the release names it, and whose it is now."""

    source: str
    id: str
    person_id: str = ""
    area: str = ""

    @property
    def name(self) -> str:
        """By which it is told from all others."""
        return f"{self.source}\x1f{self.id}"


def pair_of(one: Record, other: Record) -> str:
    """The key of a pair, as `queries.PAIR` makes it."""
    low, high = sorted((one.name, other.name), key=lambda name: name.encode())
    return hashlib.sha256(f"{low}\x1e{high}".encode()).hexdigest()


def rule(
    left: Record,
    right: Record,
    *,
    ruling: str,
    reason: str,
    by: Viewer | None,
    n: int | None = None,
    item: Item | None = None,
    takes_back: Ruling | None = None,
) -> Ruling:
    """Add a ruling, which holds until the next one. n: how many the page showed; None: whatever
    there is.

    item: the proposal that was accepted, where it came by one. Raises Refused where somebody ruled
    meanwhile, where both are one record, or without a reason.
    """
    if ruling not in RULINGS or left.name == right.name:
        raise Refused("pair")
    if not reason.strip():
        raise Refused("reason")
    pair = pair_of(left, right)
    before = Ruling.objects.filter(pair=pair).count()
    if n is not None and n != before:
        raise Refused("meanwhile")
    try:
        with transaction.atomic():
            found = Ruling.objects.create(
                pair=pair, n=before + 1, left_source=left.source, left_id=left.id,
                right_source=right.source, right_id=right.id, left_person=left.person_id,
                right_person=right.person_id, area=left.area, other_area=right.area,
                ruling=ruling, reason=reason.strip(), on_day=today(),
                release=value(NUMBER), item=item, takes_back=takes_back, **_who(by),
            )  # fmt: skip
    except IntegrityError:
        raise Refused("meanwhile") from None
    about = {"pair": pair, "ruling": ruling, "n": found.n}
    record(
        "double_ruled", by=by, person_id=left.person_id or None, area=left.area or None,
        about=about | {"other": right.person_id},
    )  # fmt: skip
    return found


def rule_persons(
    left: str, right: str, *, ruling: str, reason: str, by: Viewer | None, item: Item | None = None
) -> Ruling:
    """As `rule`, of two persons of the register, by the record of each that says most.

    Refused where one of them is not there, or not in the viewer's area.
    """
    records = []
    for person in (left, right):
        found = queries.record_of(person)
        if found is None:
            raise Refused("gone")
        records.append(Record(*found, person, queries.area_of(person)))
    return rule(*records, ruling=ruling, reason=reason, by=by, item=item)


def take_back(found: Ruling, *, reason: str, by: Viewer) -> Ruling:
    """Undo a ruling: of the pair nobody knows again. Refused where it holds no more."""
    last = Ruling.objects.filter(pair=found.pair).order_by("-n").first()
    if last is None or last.pk != found.pk:
        raise Refused("meanwhile")
    if found.takes_back_id is not None or found.ruling == UNSURE:
        raise Refused("nothing")
    left, right = sides_of(found)
    return rule(left, right, ruling=UNSURE, reason=reason, by=by, n=found.n, takes_back=found)


def sides_of(found: Ruling) -> tuple[Record, Record]:
    """The two records of a ruling."""
    return (
        Record(found.left_source, found.left_id, found.left_person, found.area),
        Record(found.right_source, found.right_id, found.right_person, found.other_area),
    )


def _who(by: Viewer | None) -> dict[str, Any]:
    if by is None or by.user is None:
        return {}
    return {"by": by.user, "called": by.user.called, "role": by.role.code if by.role else ""}
