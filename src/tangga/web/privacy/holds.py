"""Holds: of whom nothing may be removed, whatever the rules of retention say."""

from __future__ import annotations

from django.db import transaction

from tangga.errors import UserError
from tangga.web.audit.actions import record
from tangga.web.privacy.held import Whom
from tangga.web.privacy.models import Hold
from tangga.web.register.tables import NATION
from tangga.web.today import today
from tangga.web.viewer import Viewer

SHORTEST = 10


class NotHeld(UserError):
    """A hold that cannot be set. key: of the texts `web_privacy`."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def hold(whom: Whom, *, by: Viewer, reason: str, document: str = "") -> Hold:
    """From today, until it is lifted. NotHeld without a reason in words."""
    by.require("subject")
    said = " ".join(reason.split())
    if len(said) < SHORTEST:
        raise NotHeld("reason_missing")
    with transaction.atomic():
        made = Hold.objects.create(
            area=whom.area or NATION,
            family_id=whom.family,
            person_id=whom.person,
            reason=said[:300],
            document=document[:200],
            by_id=by.user.pk,
            by_called=by.user.called,
            since=today(),
        )
        _record("hold_set", whom, by, said)
    return made


def lift(found: Hold, whom: Whom, *, by: Viewer) -> None:
    """From today on the rules reach them again."""
    by.require("subject")
    with transaction.atomic():
        held = Hold.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if held.lifted_on is None:
            held.lifted_on = today()
            held.save(update_fields=["lifted_on"])
            _record("hold_lifted", whom, by, held.reason)


def holds_of(whom: Whom) -> list[Hold]:
    """Those in force."""
    return list(Hold.objects.filter(person_id=whom.person, lifted_on=None))


def _record(what: str, whom: Whom, by: Viewer, reason: str) -> None:
    record(
        what,
        by=by,
        family_id=whom.family or None,
        person_id=whom.person,
        area=whom.area,
        reason=reason,
    )
