"""Forms of logging in and of accounts, labelled from the texts."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.app_settings import TOTP_PERIOD as PERIOD
from allauth.mfa.base import forms as second
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import get_language

from tangga import texts
from tangga.texts import Language
from tangga.web.access import Role, access
from tangga.web.accounts.models import USERNAME, User
from tangga.web.audit.actions import record
from tangga.web.pack import area_name, areas
from tangga.web.viewer import Viewer
from tangga.web.widgets import DayInput

"""As a browser wants a day, whatever the language: any other form leaves the field empty."""

CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}


def language() -> Language:
    """The language of the request."""
    return "en" if get_language() == "en" else "id"


def say(key: str, **values: object) -> str:
    """A text of this part in the language of the request."""
    return texts.say(f"accounts.{key}", language(), **values)


class Labelled(forms.BaseForm):
    """Labels `accounts.field_NAME`; no grey words inside the fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label, field.help_text = say(f"field_{name}"), ""
            field.widget.attrs.pop("placeholder", None)
            field.error_messages["required"] = say("required")


class LoginForm(Labelled, account.LoginForm):
    """Name and password."""

    error_messages = {}  # noqa: RUF012

    def clean(self) -> dict[str, Any]:
        """One answer to a wrong name, a wrong password and a locked account."""
        try:
            return super().clean()
        except forms.ValidationError as error:
            limited = error.code == "too_many_login_attempts"
            text = say("too_many" if limited else "wrong_login")
            raise forms.ValidationError(text, code=error.code) from None


class ReauthenticateForm(Labelled, account.ReauthenticateForm):
    """The password once more."""


class ChangePasswordForm(Labelled, account.ChangePasswordForm):
    """The old password and a new one, twice."""


def _is_first_use(user: User, code: str) -> bool:
    """Whether this code of the telephone has not been given before, in all the time it holds.

    allauth forgets after one period; with clocks that may be off by one, a code holds for three.
    """
    key = f"tangga.code.{user.pk}.{''.join(filter(str.isdigit, code))}"
    periods = 1 + 2 * settings.MFA_TOTP_TOLERANCE
    return bool(cache.add(key, 1, timeout=periods * PERIOD))


class Recorded:
    """A wrong code is recorded, and so is one that was used before, which is as wrong."""

    def clean_code(self) -> str:
        """The code, where it is right and new."""
        code = super().clean_code()  # type: ignore[misc]
        telephone = self.authenticator.type == Authenticator.Type.TOTP
        if telephone and not _is_first_use(self.user, code):
            self._emit_authentication_failed(self.authenticator)
            raise get_adapter().validation_error("incorrect_code")
        return str(code)

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        record("code_failed", by=Viewer(user=self.user))


class CodeForm(Recorded, Labelled, second.AuthenticateForm):
    """The code of the telephone, or one from the paper."""


class CodeAgainForm(Recorded, Labelled, second.ReauthenticateForm):
    """The same, to confirm."""


class SetUpForm(Labelled, ActivateTOTPForm):
    """The first code, which proves that the telephone has the secret.

    The secret stays the same until it is used: who loads the page again may have scanned it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = context.request.session
        before = session.get(SECRET_SESSION_KEY)
        super().__init__(*args, **kwargs)
        if before:
            self.secret = session[SECRET_SESSION_KEY] = before

    def clean_code(self) -> str:
        """The code; from here on it is used, for whatever else asks for one."""
        code = str(super().clean_code())
        _is_first_use(self.user, code)
        return code


class AccountForm(forms.Form):
    """A new account."""

    username = forms.CharField(max_length=60)
    name = forms.CharField(max_length=120)
    email = forms.EmailField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = say(f"field_{name}")
        self.fields["username"].help_text = say("username_help")

    def clean_username(self) -> str:
        """In lower case, and not taken."""
        username = self.cleaned_data["username"].lower()
        try:
            USERNAME(username)
        except forms.ValidationError:
            raise forms.ValidationError(say("username_help")) from None
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(say("taken"))
        return username


class PostForm(forms.Form):
    """A post to give: what the administrator may choose from follows from their own area."""

    role = forms.ChoiceField()
    area = forms.CharField(required=False, max_length=10)
    worker = forms.CharField(required=False, max_length=60)
    valid_from = forms.DateField(widget=DayInput())
    valid_to = forms.DateField(required=False, widget=DayInput())

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.fields["role"].choices = [(one.code, one.label(language())) for one in self._roles()]
        for name, field in self.fields.items():
            field.label = say(f"field_{name}")
        own = area_name(viewer.post.area, language()) if viewer.post else ""
        self.fields["area"].help_text = say("area_help", area=own)
        self.fields["worker"].help_text = say("worker_help")
        self.fields["valid_to"].help_text = say("valid_to_help")

    def clean_area(self) -> str:
        """A code that the pack has, inside the administrator's own area."""
        code = self.cleaned_data["area"].replace(".", "").strip()
        own = self.viewer.post.area if self.viewer.post else "-"
        if (code and areas().name(code) is None) or not code.startswith(own):
            raise forms.ValidationError(say("unknown_area"))
        return code

    def _roles(self) -> list[Role]:
        own = self.viewer.post.role if self.viewer.post else None
        return [role for role in access().roles.values() if own is not None]
