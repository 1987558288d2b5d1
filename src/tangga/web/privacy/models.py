"""Who took lists out, what must not be removed, and what was removed by the rules of retention."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

USER = settings.AUTH_USER_MODEL


class Taken(models.Model):
    """The families of one list that left the service, on paper or as a workbook. request: of the
    trail, by which the event is found that tells who, when and why. Only added to."""

    request = models.CharField(max_length=40, db_index=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    area = models.CharField(max_length=10, db_collation="C")
    what = models.CharField(max_length=40)
    list = models.CharField(max_length=60)
    cased = models.BooleanField(default=False)
    families = ArrayField(models.CharField(max_length=40))

    class Meta:
        indexes = (
            GinIndex(fields=("families",), name="taken_families"),
            models.Index(fields=("by", "at"), name="taken_by"),
        )


class Hold(models.Model):
    """Nothing of a family or person is removed until this is lifted: a dispute, a lawsuit, an audit
    or a request of theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area = models.CharField(max_length=10, db_collation="C")
    family_id = models.CharField(max_length=40, blank=True, db_index=True)
    person_id = models.CharField(max_length=40, blank=True, db_index=True)
    reason = models.CharField(max_length=300)
    document = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    by_called = models.CharField(max_length=200)
    since = models.DateField()
    lifted_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-since", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(family_id="") | ~Q(person_id=""), name="hold_is_about_somebody"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_a_reason"),
        )


class Run(models.Model):
    """One time that the rules of retention were applied, or only reckoned (dry). by: None: the
    clock. day: the day they spoke of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    day = models.DateField()
    dry = models.BooleanField()
    by_called = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-at",)


class Removed(models.Model):
    """What one rule did in a run: rows removed or blanked, rows held back, files removed. before:
    the last day whose rows it reached. failed: why it did nothing."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="removed")
    rule = models.CharField(max_length=60)
    before = models.DateField()
    rows = models.IntegerField()
    held = models.IntegerField()
    files = models.IntegerField(default=0)
    failed = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("run", "rule"), name="rule_once_a_run"),)
