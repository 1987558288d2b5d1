"""Who logs in, and in which posts. An account says nothing of a person but what to call them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from tangga.web.database.rows import value

AREA = r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{10})?$"
"""Code of an area of any level; empty: the nation."""

USERNAME = RegexValidator(r"^[a-z0-9][a-z0-9._-]{2,59}\Z")


BECOME = """
WITH asker AS MATERIALIZED (SELECT set_config('app.user', %s, true)::bigint AS id)
SELECT public.accounts_password(id) FROM asker
"""


class Users(BaseUserManager["User"]):
    """Makes accounts; a username is compared in lower case."""

    def get_queryset(self) -> models.QuerySet[User]:
        """Accounts without the hash of their password, which a request reads of one alone."""
        return super().get_queryset().defer("password")

    def create_user(self, username: str, password: str | None = None, **more: Any) -> User:
        """One account; without a password nobody can log in with it."""
        user = self.model(username=username.lower(), **more)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The account of a name as typed."""
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """An account. must_change_password: the password was given by somebody else, for one use,
    until `password_until`. sessions_ended_at: sessions that began before it hold no more."""

    # Sealed, and therefore longer than Django's own.
    password = models.CharField(max_length=255)
    username = models.CharField(max_length=60, unique=True, validators=[USERNAME])
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    password_until = models.DateTimeField(null=True, blank=True)
    sessions_ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = Users()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        base_manager_name = "objects"
        constraints = (
            models.CheckConstraint(
                condition=Q(password_until__isnull=True) | Q(must_change_password=True),
                name="only_a_given_password_expires",
            ),
            models.CheckConstraint(
                condition=Q(username__regex=r"^[a-z0-9][a-z0-9._-]{2,59}$"),
                name="username_is_plain",
            ),
        )

    def __str__(self) -> str:
        return self.username

    def refresh_from_db(self, using: str | None = None, fields: Any = None, **more: Any) -> None:
        """As Django; asked for the hash alone, this transaction acts for the account from here on.

        So it is where somebody says who they are and gives a password (`act_as(None)` undoes it).
        """
        if fields is not None and set(fields) == {"password"}:
            self.password = value(BECOME, [str(self.pk)]) or ""
            return
        super().refresh_from_db(using=using, fields=fields, **more)

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """What a session was begun with: another password ends it, and so does another end."""
        if self.sessions_ended_at is None:
            return str(super()._get_session_auth_hash(secret=secret))
        salt = "tangga.web.accounts.models.sessions_ended_at"
        held = f"{self.sessions_ended_at.isoformat()} {self.password}"
        return salted_hmac(salt, held, secret=secret, algorithm="sha256").hexdigest()

    @property
    def called(self) -> str:
        """The name to call them by."""
        return self.name or self.username


class Post(models.Model):
    """A role in an area for a time. valid_from inclusive, valid_to exclusive, empty: open.

    worker: the worker's code in the register, where the post is that of a social worker.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=40)
    area = models.CharField(max_length=10, blank=True, default="", db_collation="C")
    worker = models.CharField(max_length=60, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="post_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(area__regex=AREA), name="post_area_is_a_code"),
            models.CheckConstraint(condition=~Q(role=""), name="post_has_a_role"),
            models.CheckConstraint(
                condition=Q(given_by__isnull=True) | ~Q(given_by=F("user")),
                name="nobody_gives_themselves_a_post",
            ),
            models.UniqueConstraint(
                fields=("user", "role", "area"),
                condition=Q(valid_to__isnull=True),
                name="one_open_post_of_a_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.area}"
