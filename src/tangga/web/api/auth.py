"""Who asks the API: a bearer token, and nothing else. Cookies of the pages mean nothing here."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from tangga.web.api import tokens
from tangga.web.api.limits import LIMITER
from tangga.web.api.models import Token
from tangga.web.api.problems import Problem
from tangga.web.viewer import NOBODY, Viewer, open_for, posts_in_force, viewer_of

TRIED = "tangga_"
LONGEST = 100


class BearerToken(HttpBearer):
    """`Authorization: Bearer tangga_...`; opens the area of the token's post."""

    def __call__(self, request: HttpRequest) -> Token:
        """The token in force; Problem for none, an unknown or old one, or too many requests."""
        request.viewer = NOBODY  # type: ignore[attr-defined]
        found = super().__call__(request)
        if found is None:
            raise Problem("no_token")
        return found

    def authenticate(self, request: HttpRequest, token: str) -> Token:
        """The token of this text; `request.viewer` is its post, as narrow as its scopes."""
        found = tokens.find(token) if len(token) <= LONGEST else None
        if found is None or not found.user.is_active:
            raise Problem("unknown_token")
        # Known, though in no post yet: a limit that is reached is told of them in the trail.
        request.viewer = Viewer(user=found.user)  # type: ignore[attr-defined]
        LIMITER.count(found.pk)
        now = timezone.now()
        if found.state(now) != "in_force":
            raise Problem("expired_token")
        viewer = _viewer(found)
        request.viewer = viewer  # type: ignore[attr-defined]
        open_for(viewer)
        tokens.note_use(found, now)
        return found


def _viewer(token: Token) -> Viewer:
    """The user in the token's post; Problem where the post has ended or lost the right."""
    posts = [post for post in posts_in_force(token.user_id) if post.id == token.post_id]
    if not posts or "tokens" not in posts[0].role.verbs:
        raise Problem("expired_token")
    post = replace(posts[0], role=tokens.narrowed(posts[0].role, token.scopes))
    return viewer_of(token.user, post, like=Viewer())
