"""What has become true since the release in force: each row by an item that was accepted.

A row is open until a release that lists its correction_id is in force. upward: what became of it
in the ministry's own system.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from tangga.web.work.models import Item

USER = settings.AUTH_USER_MODEL


class Upward(models.TextChoices):
    """How far it came on its way up."""

    READY = "ready"
    ENTERED = "entered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNANSWERED = "unanswered"


class Overlaid(models.Model):
    """What every row of the overlay has. area: of the family. ended: taken back on a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    correction_id = models.CharField(max_length=60, unique=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    family_id = models.CharField(max_length=40, db_index=True)
    area = models.CharField(max_length=10, db_collation="C")
    document = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    by_called = models.CharField(max_length=200, blank=True)
    recorded_on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    upward = models.CharField(max_length=12, choices=Upward.choices, default=Upward.READY)
    upward_on = models.DateField(null=True, blank=True)
    upward_by = models.CharField(max_length=200, blank=True)
    ended = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ("at", "id")


class Value(Overlaid):
    """One value of a person or family. value: sealed text, as the schema writes it."""

    entity = models.CharField(max_length=10)
    entity_id = models.CharField(max_length=40, db_index=True)
    field = models.CharField(max_length=63)
    value = models.BinaryField(null=True)
    as_of = models.DateField()
    basis = models.CharField(max_length=40)

    class Meta(Overlaid.Meta):
        constraints = (
            models.CheckConstraint(
                condition=Q(entity__in=("family", "person")), name="value_of_an_entity"
            ),
        )


class Event(Overlaid):
    """Something that happened, in the words of the schema's table of events. worker: whose work it
    counts as. case: of the case team alone. about: sealed JSON of what identifies others."""

    event = models.CharField(max_length=40)
    person_id = models.CharField(max_length=40, blank=True, db_index=True)
    on_date = models.DateField()
    from_area = models.CharField(max_length=10, blank=True)
    to_area = models.CharField(max_length=10, blank=True)
    shock = models.CharField(max_length=40, blank=True)
    incident = models.CharField(max_length=100, blank=True)
    track = models.CharField(max_length=40, blank=True)
    rung = models.CharField(max_length=40, blank=True)
    exit = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    until = models.DateField(null=True, blank=True)
    objection_upheld = models.BooleanField(null=True, blank=True)
    worker = models.CharField(max_length=100, blank=True)
    programme = models.CharField(max_length=60, blank=True)
    cased = models.BooleanField(default=False)
    about = models.BinaryField(null=True, blank=True)


class Spell(Overlaid):
    """A change of a spell of support: what is opened, closed, paused, resumed or paid to another.

    change: open, close, pause, resume, payee. valid_from: from when the change holds; valid_to:
    exclusive, of what is opened for a time. component: '' the whole programme.
    """

    person_id = models.CharField(max_length=40, blank=True)
    programme = models.CharField(max_length=60)
    component = models.CharField(max_length=60, blank=True)
    change = models.CharField(max_length=12)
    status = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    payee_person_id = models.CharField(max_length=40, blank=True)
    exit = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=60, blank=True)

    class Meta(Overlaid.Meta):
        constraints = (
            models.CheckConstraint(
                condition=Q(change__in=("open", "close", "pause", "resume", "payee")),
                name="spell_changes",
            ),
        )
