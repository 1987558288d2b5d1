"""The pages on which somebody logs in, confirms, and logs out: django-allauth's, in our words."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import unstash_login
from allauth.mfa.base import views as second
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters

from tangga.web.accounts import own_sessions
from tangga.web.accounts.actions import password_changed
from tangga.web.audit.actions import record
from tangga.web.viewer import act_as, for_account, for_anyone


class Change(account.PasswordChangeView):
    """A new password; whoever was given one for one use chooses their own."""

    template_name = "accounts/password.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Changed, and recorded; other sessions of the user end."""
        answer = super().form_valid(form)
        password_changed(user=self.request.user, by=self.request.viewer)
        own_sessions.end(self.request, None)
        return answer

    def get_default_success_url(self) -> str:
        """Back to one's own page, or on to the step that is owed next."""
        return reverse("dashboard")


class SetUp(totp.ActivateTOTPView):
    """The second factor: the square to scan is drawn here, by the server."""

    template_name = "accounts/set_up.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever has one already goes to their own page."""
        if Authenticator.objects.filter(user=request.user, type="totp").exists():
            return HttpResponseRedirect(reverse("me"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the drawing as part of the page, so that nothing is fetched for it."""
        context = super().get_context_data(**kwargs)
        svg = context["totp_svg"]
        drawn = svg[svg.index("<svg") :]
        # Made by us from a base32 secret and a plain username.
        context["qr"] = mark_safe(drawn)  # nosec B308 B703
        context["secret"] = context["form"].secret
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        """From here on this session has given its second factor."""
        answer = super().form_valid(form)
        self.request.session.cycle_key()
        record_authentication(
            self.request, self.request.user, "mfa", type="totp", reauthenticated=True
        )
        record("second_factor_set", by=self.request.viewer)
        return answer


class Leave(account.LogoutView):
    """The end of a session; a browser on a shared computer is asked to forget what it showed."""

    template_name = "accounts/logout.html"

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Out, and to the login."""
        answer = super().post(*args, **kwargs)
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer


class Confirm(account.ReauthenticateView):
    """The password once more; the session goes on under a new key."""

    template_name = "accounts/confirm.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """A key that somebody saw before is worth nothing now."""
        self.request.session.cycle_key()
        return super().form_valid(form)


class ConfirmCode(second.ReauthenticateView):
    """The same by the second factor."""

    template_name = "accounts/confirm.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """As above."""
        self.request.session.cycle_key()
        return super().form_valid(form)


def _code(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The second step of logging in, for whom the first has told who they are."""
    pending = unstash_login(request, peek=True)
    if pending is not None and pending.user is not None:
        act_as(pending.user.pk)
    return second.AuthenticateView.as_view(template_name="accounts/code.html")(
        request, *args, **kwargs
    )


hidden = sensitive_post_parameters()
log_in = for_anyone(hidden(account.LoginView.as_view(template_name="accounts/login.html")))
log_out = for_account(Leave.as_view())
give_code = for_anyone(hidden(_code))
confirm = for_account(hidden(Confirm.as_view()))
confirm_code = for_account(hidden(ConfirmCode.as_view()))
change_password = for_account(hidden(Change.as_view()))
set_up = for_account(hidden(SetUp.as_view()))
recovery_codes = for_account(
    codes.ViewRecoveryCodesView.as_view(template_name="accounts/recovery.html")
)
new_recovery_codes = for_account(
    codes.GenerateRecoveryCodesView.as_view(template_name="accounts/recovery_new.html")
)
