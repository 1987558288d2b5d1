"""Whatever waits for somebody, each step that was taken, what proves it, and who acts for whom."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

USER = settings.AUTH_USER_MODEL


class Item(models.Model):
    """One matter on its way through a workflow of the pack.

    number: as it is told to people. area: of the family, or of the office; who holds it sees the
    item. other_area: of who sees it beside them ('' nobody). version: grows with each step, so
    that nobody acts on what they have not seen. title: in words, without anything personal.
    cased: of the case team alone. by: who opened it; None: a resident, or the clock.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=40)
    area = models.CharField(max_length=10, db_collation="C")
    other_area = models.CharField(max_length=10, blank=True, db_collation="C")
    state = models.CharField(max_length=40)
    version = models.IntegerField(default=1)
    family_id = models.CharField(max_length=40, blank=True, db_index=True)
    person_id = models.CharField(max_length=40, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    title = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    cased = models.BooleanField(default=False)
    opened_on = models.DateField()
    due = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("due", "at", "id")
        indexes = (
            models.Index(fields=("kind", "state", "area"), name="work_waiting"),
            models.Index(fields=("due",), condition=Q(closed_on=None), name="work_due"),
        )

    @property
    def closed(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.closed_on is not None


class Taken(models.Model):
    """One step that was taken; never changed. hand: proposer, verifier or approver, which are three
    people: the database refuses one user a second hand. on_behalf: number of the delegation."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="steps")
    n = models.IntegerField()
    step = models.CharField(max_length=40)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40)
    hand = models.CharField(max_length=10, blank=True)
    user = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    called = models.CharField(max_length=200, blank=True)
    post = models.BigIntegerField(null=True, blank=True)
    role = models.CharField(max_length=60, blank=True)
    on_behalf = models.CharField(max_length=60, blank=True)
    on_day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(blank=True)
    document = models.CharField(max_length=200, blank=True)
    about = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("item", "n")
        constraints = (models.UniqueConstraint(fields=("item", "n"), name="step_once"),)


class Evidence(models.Model):
    """A photo or document that proves something of an item. stored: where it lies, below the
    folder of evidence. place: sealed "latitude,longitude"."""

    PHOTO, DOCUMENT = "photo", "document"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    stored = models.CharField(max_length=300, unique=True)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    media = models.CharField(max_length=60)
    taken_on = models.DateField(null=True, blank=True)
    place = models.BinaryField(null=True, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=("photo", "document")), name="evidence_has_a_kind"
            ),
        )


class Delegation(models.Model):
    """A power given to another account in writing, in an area, for a time (valid_to exclusive)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    verb = models.CharField(max_length=40)
    area = models.CharField(max_length=10, blank=True, db_collation="C")
    from_user = models.ForeignKey(USER, models.PROTECT, related_name="+")
    from_called = models.CharField(max_length=200)
    from_role = models.CharField(max_length=60)
    to_user = models.ForeignKey(USER, models.PROTECT, related_name="+")
    to_called = models.CharField(max_length=200)
    document = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    revoked_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to__gt=models.F("valid_from")), name="delegated_for_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(from_user=models.F("to_user")), name="delegated_to_another"
            ),
            models.CheckConstraint(condition=~Q(document=""), name="delegated_in_writing"),
        )


class Counter(models.Model):
    """The last ticket number of an office in a year."""

    prefix = models.CharField(max_length=20)
    office = models.CharField(max_length=10)
    year = models.IntegerField()
    last = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("prefix", "office", "year"), name="one_counter"),
        )
