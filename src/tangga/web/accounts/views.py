"""One's own account, and the administrator's pages."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tangga.web.access import access
from tangga.web.accounts import actions, own_sessions, queries
from tangga.web.accounts.forms import AccountForm, PostForm, language, say
from tangga.web.accounts.models import Post, User
from tangga.web.audit.actions import record
from tangga.web.viewer import for_account, must_confirm, needs

PAGE = 50
ALL_OTHERS = "lain"


@for_account
def me(request: HttpRequest) -> HttpResponse:
    """One's own account: posts, password, second factor."""
    methods = set(
        Authenticator.objects.filter(user=request.viewer.user).values_list("type", flat=True)
    )
    context = {"posts": request.posts, "totp": "totp" in methods, "step": request.step}
    return render(request, "accounts/me.html", context)


@for_account
@require_http_methods(["GET", "POST"])
def choose_post(request: HttpRequest) -> HttpResponse:
    """In which of one's posts to act; a page for who has none says so."""
    if request.method == "POST":
        chosen = next((p for p in request.posts if str(p.id) == request.POST.get("post")), None)
        if chosen is not None:
            request.session["post"] = chosen.id
            record("post_chosen", by=request.viewer, about={"post": chosen.id})
            return HttpResponseRedirect(reverse("dashboard"))
    return render(request, "accounts/choose_post.html", {"posts": request.posts})


@for_account
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is logged in. To end a session one confirms who one is; 404 for one of others."""
    if request.method != "POST":
        return render(request, "accounts/sessions.html", {"sessions": own_sessions.mine(request)})
    if (confirm := must_confirm(request)) is not None:
        return confirm
    said = request.POST.get("sesi", "")
    ended = own_sessions.end(request, None if said == ALL_OTHERS else _whole(said, 0))
    if not ended and said != ALL_OTHERS:
        raise Http404
    messages.success(request, say("sessions_ended", count=ended))
    return HttpResponseRedirect(reverse("sessions"))


@needs("accounts")
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts with a post in the administrator's area, and those that have none yet."""
    wanted = request.GET.get("cari", "")[:60]
    page = _whole(request.GET.get("hal"), 1)
    found = queries.accounts(request.viewer, wanted, limit=PAGE, offset=(page - 1) * PAGE)
    record("accounts_listed", by=request.viewer)
    context = {"accounts": found, "wanted": wanted, "pager": _pager(page, len(found), wanted)}
    return render(request, "accounts/accounts.html", context)


@needs("accounts", fresh=True)
@require_http_methods(["GET", "POST"])
def new_account(request: HttpRequest) -> HttpResponse:
    """A new account: its password is shown here, once."""
    form = AccountForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/new.html", {"form": form})
    user, password = actions.create_account(by=request.viewer, **form.cleaned_data)
    return _password_page(request, user, password)


@needs("accounts", fresh=True)
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, user_id: int) -> HttpResponse:
    """One account: its posts, a further post, its password and second factor."""
    user = _account(request, user_id)
    does = request.POST.get("lakukan", "")
    if request.method == "POST" and does in DOES:
        return DOES[does](request, user)
    return _account_page(request, user, PostForm(viewer=request.viewer, initial=_today()))


def _account_page(request: HttpRequest, user: User, form: PostForm) -> HttpResponse:
    context = {
        "account": user,
        "posts": queries.posts(user.pk),
        "managed": queries.may_manage(request.viewer, user.pk),
        "form": form,
        "role_name": _role_name,
        "totp": Authenticator.objects.filter(user=user, type="totp").exists(),
    }
    return render(request, "accounts/account.html", context)


def _role_name(code: str) -> str:
    role = access().roles.get(code)
    return role.label(language()) if role else code


def _give_post(request: HttpRequest, user: User) -> HttpResponse:
    form = PostForm(request.POST, viewer=request.viewer)
    if form.is_valid():
        try:
            actions.give_post(user=user, by=request.viewer, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, say("post_given"))
            return _back(user)
    return _account_page(request, user, form)


def _end_post(request: HttpRequest, user: User) -> HttpResponse:
    number = _whole(request.POST.get("post"), 0)
    post = Post.objects.filter(pk=number, user=user).first()
    if post is None:
        raise Http404
    actions.end_post(post=post, by=request.viewer)
    messages.success(request, say("post_ended"))
    return _back(user)


def _lock(request: HttpRequest, user: User) -> HttpResponse:
    actions.set_active(user=user, active=not user.is_active, by=request.viewer)
    messages.success(request, say("opened" if user.is_active else "locked"))
    return _back(user)


def _reset_password(request: HttpRequest, user: User) -> HttpResponse:
    return _password_page(request, user, actions.reset_password(user=user, by=request.viewer))


def _reset_second_factor(request: HttpRequest, user: User) -> HttpResponse:
    actions.reset_second_factor(user=user, by=request.viewer)
    messages.success(request, say("second_factor_reset"))
    return _back(user)


DOES = {
    "post": _give_post,
    "akhiri": _end_post,
    "kunci": _lock,
    "sandi": _reset_password,
    "kode": _reset_second_factor,
}
"""What the buttons of an account's page do."""


def _account(request: HttpRequest, user_id: int) -> User:
    """The account, where the administrator manages it or sees a post of it: else it does not
    exist, as one's own. Of an account that reaches further only the post seen can be ended."""
    if not queries.may_see(request.viewer, user_id):
        raise Http404
    return User.objects.get(pk=user_id)


def _password_page(request: HttpRequest, user: User, password: str) -> HttpResponse:
    context = {"account": user, "password": password, "hours": actions.ONE_TIME_HOURS}
    return render(request, "accounts/one_time.html", context)


def _back(user: User) -> HttpResponse:
    return HttpResponseRedirect(reverse("account", args=[user.pk]))


def _today() -> dict[str, Any]:
    return {"valid_from": timezone.localdate()}


def _whole(text: str | None, otherwise: int) -> int:
    """A number as typed into an address, of at most nine digits; anything else is the default."""
    plain = text is not None and text.isascii() and text.isdigit() and len(text) < 10
    return max(int(text), 1) if plain and text else otherwise


def _pager(page: int, shown: int, wanted: str) -> dict[str, Any]:
    from django.utils.http import urlencode

    def url(number: int) -> str:
        return "?" + urlencode({"cari": wanted, "hal": number})

    after = url(page + 1) if shown == PAGE else ""
    return {"number": page, "before": url(page - 1) if page > 1 else "", "after": after}
