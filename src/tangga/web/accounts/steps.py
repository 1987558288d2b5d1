"""What a viewer still owes before any page opens: an own password, a post, the second factor."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from tangga.web.viewer import ActivePost, Viewer

OWN_PASSWORD = "account_change_password"  # pragma: allowlist secret
CHOOSE_POST = "choose_post"
SET_UP_CODE = "mfa_activate_totp"
GIVE_CODE = "mfa_reauthenticate"


def step_owed(request: HttpRequest, viewer: Viewer) -> str | None:
    """The name of the page to go to first; None where nothing is owed."""
    if viewer.user.must_change_password:
        return OWN_PASSWORD
    if viewer.post is None:
        return CHOOSE_POST
    if lacks_second_factor(request, viewer.post):
        has = Authenticator.objects.filter(user=viewer.user, type=Authenticator.Type.TOTP).exists()
        return GIVE_CODE if has else SET_UP_CODE
    return None


def lacks_second_factor(request: HttpRequest, post: ActivePost) -> bool:
    """Whether a post may not be used before this session has given a code.

    In the demonstration, where all people are invented, a password alone is enough.
    """
    return post.role.second_factor and not request.second_factor and not settings.ENV.demo
