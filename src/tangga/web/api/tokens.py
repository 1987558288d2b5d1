"""Making, finding and ending tokens."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from tangga.web.access.model import ABOUT_FAMILIES, LIMITS, Role
from tangga.web.api.models import LONGEST, Token
from tangga.web.audit import actions as audit
from tangga.web.database.prepared import value
from tangga.web.viewer import Viewer, act_as

SCOPES = ("figures", "families", "search", "lists", "case")
"""Verbs that a token can carry. What shows a whole NIK or changes anything is none of them."""

MARK = "tangga_"
SHOWN = len(MARK) + 6
OWNER = "SELECT public.api_token_owner(%s)"
USED_EVERY = timedelta(minutes=1)
"""When a token was last used is written down this often at most."""


@transaction.atomic
def issue(*, by: Viewer, name: str, scopes: list[str], expires_at: datetime) -> tuple[Token, str]:
    """A new token of the viewer's own post, and its text, which nobody can ever see again.

    Raises PermissionDenied for a scope that the role has not, ValueError for an end that lies in
    the past or too far away.
    """
    by.require("tokens")
    assert by.post is not None
    if not scopes or any(scope not in allowed_scopes(by) for scope in scopes):
        raise PermissionDenied("scopes")
    now = timezone.now()
    if not now < expires_at <= now + LONGEST:
        raise ValueError("expires_at")
    text = MARK + secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=by.user,
        post_id=by.post.id,
        name=name,
        prefix=text[:SHOWN],
        digest=digest_of(text),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=expires_at,
    )
    audit.record("token_made", by=by, about={"token": token.pk, "scopes": token.scopes})
    return token, text


@transaction.atomic
def revoke(*, by: Viewer, number: int) -> bool:
    """End one of the viewer's own tokens; False where they have none of that number."""
    now = timezone.now()
    mine = Token.objects.filter(pk=number, user=by.user, revoked_at__isnull=True)
    ended = mine.update(revoked_at=now)
    if ended:
        audit.record("token_revoked", by=by, about={"token": number})
    return bool(ended)


def end_all(*, of_user: int, by: Viewer | None) -> None:
    """End every token of an account: who lost a password or a telephone may have lost them too."""
    mine = Token.objects.filter(user_id=of_user, revoked_at__isnull=True)
    ended = mine.update(revoked_at=timezone.now())
    if ended:
        audit.record("tokens_ended", by=by, about={"account": of_user, "tokens": ended})


def allowed_scopes(viewer: Viewer) -> list[str]:
    """What a token of this viewer may carry."""
    return [scope for scope in SCOPES if viewer.may(scope)]


def digest_of(text: str) -> bytes:
    """What is kept of a token. It is 256 random bits: no slow hash is needed."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def find(text: str) -> Token | None:
    """The token of this text and its user, in force or not; the transaction then acts for them."""
    digest = digest_of(text)
    owner = value(OWNER, [digest])
    if owner is None:
        return None
    act_as(owner)
    return Token.objects.filter(digest=digest).first()


def note_use(token: Token, now: datetime) -> None:
    """Write down that it was used, seldom enough for requests not to wait for one another."""
    if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)


def narrowed(role: Role, scopes: list[str]) -> Role:
    """The role as far as the scopes reach; sees no more than they need."""
    verbs = role.verbs & frozenset(scopes)
    sees: dict[str, Any] = dict(role.sees)
    if "case" not in verbs:
        sees["case"] = "hidden"
    if not verbs & ABOUT_FAMILIES:
        sees = {name: seen if name == "open" else "hidden" for name, seen in sees.items()}
    limits = {limit: most for limit, most in role.limits.items() if LIMITS[limit] in verbs}
    return replace(role, verbs=verbs, sees=sees, limits=limits)
