"""How django-allauth behaves here: nobody signs up, nothing is mailed, every step is recorded."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tangga.web import secrets
from tangga.web.accounts.known_devices import known_as, remember
from tangga.web.accounts.models import User
from tangga.web.accounts.own_sessions import begin
from tangga.web.audit.actions import fingerprint, record
from tangga.web.audit.pushed_back import pushed_back
from tangga.web.viewer import Viewer, act_as

TOO_MANY = ("too_many_login_attempts", "rate_limited")
"""What allauth calls its limits, in forms."""


class Accounts(DefaultAccountAdapter):
    """Logging in and out."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator makes accounts."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The account of a name and a password. A locked one, and one whose given password has
        expired, answers as if the password were wrong: nobody learns that it exists."""
        user = super().authenticate(request, **credentials)
        if user is None:
            return None
        if _may_enter(user):
            act_as(user.pk)
            return user
        self.authentication_failed(request, **credentials)
        return None

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Recorded by a fingerprint: a password is typed into the wrong field now and then."""
        about = {
            "account": fingerprint(credentials.get("username", "")),
            "from": fingerprint(self.get_client_ip(request)),
        }
        # The password was compared in the name of who it was said to be.
        act_as(request.viewer.user.pk if request.viewer.user is not None else None)
        record("login_failed", by=request.viewer, about=about)

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """As allauth; that there were too many attempts is recorded, whichever form was sent."""
        if code in TOO_MANY and context.request is not None:
            pushed_back(context.request, "limit_reached")
        return super().validation_error(code, *args)

    def login(self, request: HttpRequest, user: User) -> None:
        """Begins a session."""
        super().login(request, user)
        request.session.pop("ended", None)
        begin(request)
        record("login", by=Viewer(user=user, request=request.viewer.request))

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """On to the page; the browser is known from here on."""
        response = super().post_login(request, user, **more)
        remember(request, response, user.username)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What failures are counted by: the name, and apart from others where it is known."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        device = known_as(request, credentials.get("username", ""))
        return f"{key}:{device}" if device else str(key)

    def logout(self, request: HttpRequest) -> None:
        """Ends it."""
        record("logout", by=request.viewer)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        """The hash alone is written: a request may not touch whatever else an account is."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Not to set up the first second factor: the password has only just been given."""
        user = self.request.user if self.request is not None else None
        if app == "allauth.mfa" and user is not None and user.is_authenticated:
            return Authenticator.objects.filter(user=user).exists()
        return super().is_reauthentication_required(app=app, **more)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say themselves what happened."""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is mailed: an office may have no internet."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is mailed."""


class SecondFactor(DefaultMFAAdapter):
    """The second factor: its secret is sealed in the database, and cannot be taken off."""

    def get_totp_issuer(self) -> str:
        """What the app on the telephone shows."""
        return "Tangga"

    def encrypt(self, text: str) -> str:
        """Sealed under the service's field key."""
        return base64.b64encode(secrets.seal(text)).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """As it was."""
        return secrets.unseal(base64.b64decode(encrypted_text))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Only an administrator resets it."""
        return False


def _may_enter(user: User) -> bool:
    expired = user.password_until is not None and user.password_until < timezone.now()
    return user.is_active and not expired
