"""Telephones to which a one-time code may be sent, and the codes that were."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Phone(models.Model):
    """The telephone of a person, given by them at a counter. number: sealed. ended_on: from when
    it counts no more; a person has one at a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person_id = models.CharField(max_length=40)
    family_id = models.CharField(max_length=40)
    area = models.CharField(max_length=10, db_collation="C")
    number = models.BinaryField()
    last = models.CharField(max_length=4)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    since = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person_id",), condition=Q(ended_on=None), name="one_telephone"
            ),
        )


class Code(models.Model):
    """A code that was sent to a person's telephone. digest: keyed, of the code itself. tries: how
    often a wrong one was given. It is used once, until `until`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person_id = models.CharField(max_length=40)
    family_id = models.CharField(max_length=40)
    area = models.CharField(max_length=10, db_collation="C")
    digest = models.CharField(max_length=64)
    tries = models.IntegerField(default=0)
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(auto_now_add=True)
