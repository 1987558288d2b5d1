"""The register of a counter: who was served, with what; a line a service."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from tangga.web.work.models import Item


class Served(models.Model):
    """One service at a counter; never changed. office: the area of who served; n: how manieth of
    the office on that day. paper: id of what was issued."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.CharField(max_length=10, db_collation="C")
    on_day = models.DateField()
    n = models.IntegerField()
    service = models.CharField(max_length=40)
    area = models.CharField(max_length=10, blank=True, db_collation="C")
    family_id = models.CharField(max_length=40, blank=True)
    person_id = models.CharField(max_length=40, blank=True)
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="+")
    paper = models.UUIDField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    called = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("office", "on_day", "n")
        constraints = (
            models.UniqueConstraint(fields=("office", "on_day", "n"), name="served_once"),
        )


class Reactivation(models.Model):
    """A request to pay somebody's health insurance contribution again. reason: of counter.toml;
    facility: of the letter; update_by: until when the family's data must be brought up to date."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="reactivation")
    area = models.CharField(max_length=10, db_collation="C")
    reason = models.CharField(max_length=40)
    urgent = models.BooleanField(default=False)
    facility = models.CharField(max_length=120, blank=True)
    update_by = models.DateField(null=True, blank=True)
