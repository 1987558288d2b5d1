"""Papers that were issued: numbered, frozen, and whom their annexes name."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

USER = settings.AUTH_USER_MODEL


class Paper(models.Model):
    """One paper; only its being revoked is ever written after it was issued.

    kind: of the pack; series: what tells apart papers of a kind that are counted apart ('' all
    together). office: area of who issued it, by whom it is numbered; area: whom it is about, `!`
    the nation; who holds that area sees it. n: its place in the office's year, without gaps. code:
    what the check by anybody asks. sees: the classes of what it says, a blank between them. digest:
    proves the content, which is sealed. rows: of its annex.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    series = models.CharField(max_length=60, blank=True)
    office = models.CharField(max_length=10, blank=True, db_collation="C")
    area = models.CharField(max_length=10, db_collation="C")
    year = models.IntegerField()
    n = models.IntegerField()
    number = models.CharField(max_length=120)
    code = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=200)
    on_day = models.DateField()
    rows = models.IntegerField()
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    cased = models.BooleanField(default=False)
    sees = models.CharField(max_length=80)
    item = models.ForeignKey(
        "work.Item", models.PROTECT, null=True, blank=True, related_name="papers"
    )
    family_id = models.CharField(max_length=40, blank=True, db_index=True)
    person_id = models.CharField(max_length=40, blank=True)
    about = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    revoked_on = models.DateField(null=True, blank=True)
    revoked_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_why = models.CharField(max_length=300, blank=True)
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces"
    )

    class Meta:
        ordering = ("-at", "id")
        indexes = (models.Index(fields=("area", "-at"), name="papers_of_an_area"),)
        constraints = (
            models.UniqueConstraint(
                fields=("office", "kind", "series", "year", "n"), name="paper_numbered_once"
            ),
            models.CheckConstraint(condition=Q(n__gte=1), name="papers_count_from_one"),
            models.CheckConstraint(condition=Q(rows__gte=0), name="paper_has_rows_or_none"),
            models.CheckConstraint(
                condition=Q(revoked_on=None) | ~Q(revoked_why=""), name="revoked_with_a_reason"
            ),
        )


class Named(models.Model):
    """Whom a row of an annex names. n: the row, from 1. No text of it: that is in the paper."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="named")
    area = models.CharField(max_length=10, db_collation="C")
    cased = models.BooleanField(default=False)
    n = models.IntegerField()
    family_id = models.CharField(max_length=40, blank=True)
    person_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("family_id",), name="named_family"),
            models.Index(fields=("person_id",), name="named_person"),
        )
        constraints = (models.UniqueConstraint(fields=("paper", "n"), name="named_once_a_row"),)
