"""Visits as workers record them, the sheets they take along, and what Tagana and others record.

What was seen is sealed; what a visit is counted by stands beside it. Nothing is ever removed: the
database keeps each former version of a visit (walls.sql).
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from tangga.web.work.models import Item

USER = settings.AUTH_USER_MODEL


class Sheet(models.Model):
    """A list of families taken along as a workbook.

    rows: [family_id, version] in its order, the version being that of all that is recorded of the
    family's visits. columns: those that can be filled in. questions: [row, person_id, fact].
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    worker = models.CharField(max_length=100, blank=True)
    area = models.CharField(max_length=10, db_collation="C")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    release = models.IntegerField()
    language = models.CharField(max_length=2, default="id")
    rows = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    questions = models.JSONField(default=list)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at",)


class Visit(models.Model):
    """One visit, made (on_date) or planned. id: the key of the form that it was saved by, so that a
    form sent twice is one visit. area: of the family on that day. version: grows with each change.

    called: how who saved it was called then. worker: their code in the register, '' where the post
    has none. facts: sealed JSON of what was seen (`facts.Seen`).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    family_id = models.CharField(max_length=40, db_index=True)
    area = models.CharField(max_length=10, db_collation="C")
    worker = models.CharField(max_length=100, blank=True, db_index=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    called = models.CharField(max_length=200, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    on_date = models.DateField(null=True, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    result = models.CharField(max_length=40, blank=True)
    facts = models.BinaryField(null=True)
    version = models.IntegerField(default=1)
    sheet = models.ForeignKey(Sheet, models.PROTECT, null=True, blank=True, related_name="+")
    dropped = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-on_date", "-at")
        constraints = (
            models.CheckConstraint(
                condition=Q(on_date__isnull=False) | Q(planned_on__isnull=False),
                name="visit_made_or_planned",
            ),
            models.CheckConstraint(
                condition=Q(on_date__isnull=True) | ~Q(result=""), name="visit_made_has_a_result"
            ),
            models.CheckConstraint(
                condition=Q(dropped=False) | Q(on_date__isnull=True),
                name="visit_only_plans_are_dropped",
            ),
            models.UniqueConstraint(
                fields=("family_id", "worker"),
                condition=Q(on_date__isnull=True, dropped=False),
                name="visit_one_open_plan",
            ),
        )
        indexes = (models.Index(fields=("area", "family_id"), name="visits_by_area"),)

    @property
    def made(self) -> bool:
        """Whether it took place, rather than being planned."""
        return self.on_date is not None


class Former(models.Model):
    """A visit as it was before a change; written by the database alone."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="former")
    version = models.IntegerField()
    area = models.CharField(max_length=10, db_collation="C")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    planned_on = models.DateField(null=True)
    on_date = models.DateField(null=True)
    purpose = models.CharField(max_length=40, blank=True)
    result = models.CharField(max_length=40, blank=True)
    facts = models.BinaryField(null=True)
    changed = models.DateTimeField()

    class Meta:
        ordering = ("visit", "version")
        constraints = (
            models.UniqueConstraint(fields=("visit", "version"), name="visit_former_once"),
        )


class Returned(models.Model):
    """A workbook that came back. sha256: of the file, so that the same file is known again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="returns")
    area = models.CharField(max_length=10, db_collation="C")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.UniqueConstraint(fields=("sheet", "sha256"), name="visit_sheet_returned_once"),
        )


class Row(models.Model):
    """One row of a workbook that came back. typed: sealed JSON, column -> what stood in the cell.

    state: saved; same (nothing new); blank (nobody wrote in it); wrong (problems say what);
    conflict (somebody else recorded a visit since the workbook was made); left (somebody decided
    that the other visit stands, or that the row stays out).
    """

    STATES = ("saved", "same", "blank", "wrong", "conflict", "left")

    returned = models.ForeignKey(Returned, models.PROTECT, related_name="rows")
    n = models.IntegerField()
    family_id = models.CharField(max_length=40)
    area = models.CharField(max_length=10, db_collation="C")
    version = models.IntegerField()
    state = models.CharField(max_length=10)
    problems = models.JSONField(default=list)
    typed = models.BinaryField(null=True)
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("returned", "n")
        constraints = (
            models.UniqueConstraint(fields=("returned", "n"), name="visit_row_once"),
            models.CheckConstraint(
                condition=Q(
                    state__in=("saved", "same", "blank", "wrong", "conflict", "left"),
                ),
                name="visit_row_has_a_state",
            ),
        )


class Field(models.Model):
    """What happened in a place, as one pilar records it: the details of an item of a record's kind.

    record: its name in the pack's work/visits.toml. happened_on: the day itself, from which the
    hours count. shock: of the code list, '' where the record has none. note: sealed.
    """

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="field")
    record = models.CharField(max_length=40)
    area = models.CharField(max_length=10, db_collation="C")
    worker = models.CharField(max_length=100, blank=True)
    happened_on = models.DateField()
    shock = models.CharField(max_length=40, blank=True)
    topic = models.CharField(max_length=40, blank=True)
    note = models.BinaryField(null=True)
    cased = models.BooleanField(default=False)


class Handed(models.Model):
    """Goods that a family was handed after something happened, against a receipt."""

    id = models.UUIDField(primary_key=True, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="handed")
    family_id = models.CharField(max_length=40, db_index=True)
    area = models.CharField(max_length=10, db_collation="C")
    goods = models.CharField(max_length=120)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    unit = models.CharField(max_length=30)
    receipt = models.CharField(max_length=100)
    on_date = models.DateField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    worker = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="visit_something_was_handed"),
            models.UniqueConstraint(fields=("item", "receipt"), name="visit_receipt_once"),
        )
