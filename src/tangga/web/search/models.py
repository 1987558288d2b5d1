"""What somebody keeps for themselves: a list with its filters, under a name."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

NAME = RegexValidator(r"\A(?!.*[0-9]{8})[^\x00-\x1f<>]{1,60}\Z")
"""No long number: a filter is called by what it shows, not by whom."""

LIST = RegexValidator(r"\A[a-z][a-z0-9_]{0,59}\Z")


class SavedFilter(models.Model):
    """A list and how it was narrowed. Of one user in one post: another post may see another area.

    query: the part of the address behind `?`, codes only.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    post = models.ForeignKey("accounts.Post", models.CASCADE, related_name="+")
    list = models.CharField(max_length=60, validators=[LIST])
    name = models.CharField(max_length=60, validators=[NAME])
    query = models.CharField(max_length=600, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("post", "user", "list", "name"), name="filter_once"),
        )

    def __str__(self) -> str:
        return self.name
