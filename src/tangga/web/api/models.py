"""Tokens: what a program shows instead of a password."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

LONGEST = timedelta(days=366)
"""A token that nobody renews ends after a year at the latest."""


class Token(models.Model):
    """A token acts in one post of its user, and never further than its scopes.

    digest: SHA-256 of the token, which itself is kept nowhere. prefix: its first signs, by which
    its owner tells it from others. The post is asked for by `posts_in_force` alone: an ended post
    ends its tokens, and row-level security hides the posts of others.
    """

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="tokens")
    post = models.ForeignKey("accounts.Post", models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=20))
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"))
                & Q(expires_at__lte=F("created_at") + LONGEST),
                name="token_ends_within_a_year",
            ),
            models.CheckConstraint(condition=~Q(scopes=[]), name="token_has_a_scope"),
            models.CheckConstraint(condition=~Q(name=""), name="token_has_a_name"),
        )

    def __str__(self) -> str:
        return self.prefix

    def state(self, now: datetime) -> str:
        """in_force, expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "in_force" if now < self.expires_at else "expired"
