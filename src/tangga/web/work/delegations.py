"""Powers given in writing: who may act for whom, where and until when."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tangga.texts import say
from tangga.web.access import access
from tangga.web.audit.actions import record
from tangga.web.database.rows import value
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.models import Delegation
from tangga.web.work.refusals import Lacking, NotYours

HOLDS = "SELECT work_giver_holds(%s, %s, %s, %s)"
LONGEST_DAYS = 366
NOT_DELEGATED = frozenset({"delegate", "accounts", "audit", "case", "objectors"})
"""Verbs that show or give more than an act; each goes with a post alone."""


def may_delegate(viewer: Viewer) -> list[str]:
    """The verbs that a viewer can give away: their own acts."""
    if viewer.role is None or not viewer.may("delegate"):
        return []
    return [verb for verb in access().verbs if verb in viewer.role.verbs - NOT_DELEGATED]


@transaction.atomic
def delegate(
    *,
    verb: str,
    to_user: int,
    valid_from: date,
    valid_to: date,
    by: Viewer,
    document: str = "",
    reason: str = "",
) -> Delegation:
    """Let another account use a verb in the viewer's own area; valid_to is exclusive.

    document: the number of a letter that was signed elsewhere; '': one is issued here, and then
    names the reason. NotYours: the verb is none that the viewer can give, or they give it to
    themselves. Lacking: neither document nor reason, or longer than a year.
    """
    from tangga.web.accounts.models import User

    if verb not in may_delegate(by) or to_user == by.user.pk or by.post is None:
        raise NotYours(verb=_verb(verb, by))
    days = (valid_to - valid_from).days
    document, reason = document.strip(), reason.strip()
    if not (document or reason) or not 0 < days <= LONGEST_DAYS:
        raise Lacking(
            needs=say("work.need_warrant", by.language), step=say("work.delegate", by.language)
        )
    to = User.objects.get(pk=to_user)
    made = Delegation.objects.create(
        verb=verb,
        area=by.post.area,
        from_user=by.user,
        from_called=by.user.called,
        from_role=by.post.role.code,
        to_user=to,
        to_called=to.called,
        document=document or _letter(verb, to.called, valid_from, valid_to, reason, by),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    record("delegated", by=by, about={"verb": verb, "to": to_user, "until": str(valid_to)})
    return made


def _letter(verb: str, to: str, valid_from: date, valid_to: date, reason: str, by: Viewer) -> str:
    """Issue the letter of a delegation; its number."""
    from tangga.web.papers.issue import issue

    assert by.post is not None
    about = {
        "from_name": by.user.called,
        "from_role": by.post.role.label("id"),
        "to_name": to,
        "verb": access().verbs[verb].labels["id"],
        "valid_from": valid_from,
        "valid_to": valid_to,
        "reason": reason,
    }
    return str(issue("pelimpahan", by=by, area=by.post.area, about=about).number)


@transaction.atomic
def revoke(delegation: Delegation, *, by: Viewer) -> None:
    """End a delegation today; only who gave it can."""
    if delegation.from_user_id != by.user.pk:
        raise NotYours(verb=_verb(delegation.verb, by))
    delegation.revoked_on = today()
    delegation.save(update_fields=["revoked_on"])
    record("delegation_revoked", by=by, about={"verb": delegation.verb})


def held(viewer: Viewer, verb: str, area: str) -> Delegation | None:
    """By which the viewer may use a verb in an area today; None without one."""
    return next((one for one in of_mine(viewer, verb) if area.startswith(one.area)), None)


def of_mine(viewer: Viewer, verb: str = "") -> list[Delegation]:
    """In force today for the viewer, of one verb or of all; it ends with the giver's own post."""
    if viewer.user is None:
        return []
    day = today()
    found = Delegation.objects.filter(
        Q(revoked_on=None) | Q(revoked_on__gt=day),
        to_user_id=viewer.user.pk,
        valid_from__lte=day,
        valid_to__gt=day,
    )
    wanted = found.filter(verb=verb) if verb else found
    return [one for one in wanted if _still_theirs(one)]


def _still_theirs(one: Delegation) -> bool:
    """Whether who gave it still has the post it came from, and that role the verb."""
    role = access().roles.get(one.from_role)
    if role is None or one.verb not in role.verbs:
        return False
    asked = [one.from_user_id, one.from_role, one.area, timezone.localdate()]
    return bool(value(HOLDS, asked))


def _verb(verb: str, viewer: Viewer) -> str:
    known = access().verbs.get(verb)
    return known.labels[viewer.language] if known else verb
