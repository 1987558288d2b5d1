"""A new field key: ids of records that hold a number are sealed with it again."""

from __future__ import annotations

from tangga.web.duplicates.actions import Record, pair_of
from tangga.web.duplicates.models import Ruling
from tangga.web.secrets import STAND_IN, of_the_service


def reseal() -> int:
    """Seal with the present key what an old one sealed; returns how many rulings. As the owner."""
    secrets, changed = of_the_service(), 0
    for one in Ruling.objects.all():
        ids = [
            secrets.stand_in(secrets.stood_for(id_)) if id_.startswith(STAND_IN) else id_
            for id_ in (one.left_id, one.right_id)
        ]
        if ids == [one.left_id, one.right_id]:
            continue
        one.left_id, one.right_id = ids
        one.pair = pair_of(Record(one.left_source, ids[0]), Record(one.right_source, ids[1]))
        one.save()
        changed += 1
    return changed
