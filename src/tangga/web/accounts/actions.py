"""Every change of an account or a post, with its event in the trail.

by: the viewer who does it; None: the command line, which acts for the owner of the database.
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from tangga.texts import say
from tangga.web.access import Role, access
from tangga.web.accounts.models import Post, User
from tangga.web.accounts.queries import may_manage
from tangga.web.api.tokens import end_all
from tangga.web.audit.actions import record
from tangga.web.database.rows import rows
from tangga.web.viewer import Viewer, open_accounts

HELD = "SELECT role FROM public.accounts_roles_held(%s) AS held (role)"
"""All posts of a user, also in areas that the administrator does not see."""

ONE_TIME_HOURS = 72
SYLLABLES = [c + v for c in "bdgklmnprst" for v in "aiu"]


def one_time_password() -> str:
    """A random password that can be read out on the telephone: about 65 bits."""
    words = ["".join(secrets.choice(SYLLABLES) for _ in range(4)) for _ in range(3)]
    return "-".join([*words, f"{secrets.randbelow(10**4):04d}"])


@transaction.atomic
def create_account(
    *,
    username: str,
    by: Viewer | None,
    name: str = "",
    email: str = "",
    password: str | None = None,
    role: str = "",
    area: str = "",
    worker: str = "",
) -> tuple[User, str]:
    """A new account and its password: the one given, or else a random one, for one use.

    role, area, worker: of a post given at once; none where role is empty. ValidationError where
    the username is taken or not plain, or the post cannot be given.
    """
    given = password or one_time_password()
    user = User.objects.create_user(
        username,
        given,
        name=name,
        email=email,
        must_change_password=password is None,
        password_until=_soon() if password is None else None,
        created_by=by.user if by is not None else None,
    )
    record("account_made", by=by, about={"account": user.pk})
    if role:
        give_post(user=user, role=role, area=area, worker=worker, by=by)
    return user, given


@transaction.atomic
def give_post(
    *,
    user: User,
    role: str,
    area: str,
    by: Viewer | None,
    worker: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Post:
    """A post from a day on (today). ValidationError says, per field, why it cannot be given."""
    known = _role_for(role, area)
    _one_kind_only(user, known)
    if by is None:
        open_accounts("")
    elif by.user.pk == user.pk:
        raise PermissionDenied("nobody gives themselves a post")
    elif not (by.may("accounts") and by.post is not None and area.startswith(by.post.area)):
        raise PermissionDenied("outside the administrator's area")
    else:
        _must_manage(user, by)
    post = Post(
        user=user,
        role=role,
        area=area,
        worker=worker,
        valid_from=valid_from or timezone.localdate(),
        valid_to=valid_to,
        given_by=by.user if by is not None else None,
    )
    post.full_clean()
    post.save()
    record("post_given", by=by, area=area, about={"account": user.pk, "role": role})
    return post


@transaction.atomic
def end_post(*, post: Post, by: Viewer | None) -> None:
    """The post ends today, at once. One that has ended already stays as it was."""
    if by is None:
        open_accounts("")
    if post.valid_to is not None and post.valid_to <= timezone.localdate():
        return
    post.valid_to = max(timezone.localdate(), post.valid_from)
    post.save(update_fields=["valid_to"])
    about = {"account": post.user_id, "role": post.role}
    record("post_ended", by=by, area=post.area, about=about)


@transaction.atomic
def set_active(*, user: User, active: bool, by: Viewer | None) -> None:
    """Lock an account, or open it again; whoever is logged in is out with the next page, and is not
    in again when it is opened."""
    _must_manage(user, by)
    user.is_active = active
    if not active:
        user.sessions_ended_at = timezone.now()
    user.save(update_fields=["is_active", "sessions_ended_at"])
    record("account_opened" if active else "account_locked", by=by, about={"account": user.pk})


@transaction.atomic
def reset_password(*, user: User, by: Viewer | None) -> str:
    """A random password for one use, valid for three days; every session of the user ends, and
    every token."""
    _must_manage(user, by)
    password = one_time_password()
    user.set_password(password)
    user.must_change_password, user.password_until = True, _soon()
    user.save(update_fields=["password", "must_change_password", "password_until"])
    end_all(of_user=user.pk, by=by)
    record("password_reset", by=by, about={"account": user.pk})
    return password


@transaction.atomic
def reset_second_factor(*, user: User, by: Viewer | None) -> None:
    """The telephone is lost: the second factor is set up anew at the next login. Sessions end, and
    tokens: somebody may have the telephone, and be logged in on it."""
    _must_manage(user, by)
    Authenticator.objects.filter(user=user).delete()
    user.sessions_ended_at = timezone.now()
    user.save(update_fields=["sessions_ended_at"])
    end_all(of_user=user.pk, by=by)
    record("second_factor_reset", by=by, about={"account": user.pk})


@transaction.atomic
def password_changed(*, user: User, by: Viewer) -> None:
    """The user has chosen a password of their own; every token ends, as other sessions do."""
    user.must_change_password, user.password_until = False, None
    user.save(update_fields=["must_change_password", "password_until"])
    end_all(of_user=user.pk, by=by)
    record("password_changed", by=by, about={"account": user.pk})


def _must_manage(user: User, by: Viewer | None) -> None:
    """PermissionDenied where the account reaches further than the administrator."""
    if by is not None and not may_manage(by, user.pk):
        raise PermissionDenied("an account with posts outside the administrator's area")


def _soon() -> object:
    return timezone.now() + timedelta(hours=ONE_TIME_HOURS)


def _role_for(role: str, area: str) -> Role:
    known = access().roles.get(role)
    if known is None:
        raise ValidationError({"role": say("accounts.no_role", "id")})
    if not known.may_hold(area):
        raise ValidationError({"area": say("accounts.wrong_level", "id", role=known.label("id"))})
    return known


def _one_kind_only(user: User, role: Role) -> None:
    """Who gives accounts holds no post about families, and the other way round."""
    roles = access().roles
    held = [row["role"] for row in rows(HELD, [user.pk])]
    gives = "accounts" in role.verbs
    if any(("accounts" in roles[other].verbs) != gives for other in held if other in roles):
        raise ValidationError({"role": say("accounts.apart", "id")})
