"""Lines of the plan that were offered or decided here, each version of them, and simulations."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from tangga.web.work.models import Item

USER = settings.AUTH_USER_MODEL


class PlanLine(models.Model):
    """What is the same in every version of a line. line: its id, as files of the plan have it.
    before: how many versions of it stand in those files already."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="plan_line")
    line = models.CharField(max_length=60, unique=True)
    area = models.CharField(max_length=10, blank=True, db_collation="C")
    other_area = models.CharField(max_length=10, blank=True, db_collation="C")
    year = models.IntegerField()
    level = models.CharField(max_length=20)
    repairs = models.CharField(max_length=40, blank=True)
    before = models.IntegerField(default=0)


class PlanVersion(models.Model):
    """One version of a line; never changed. state: as the code list of plan states has it."""

    line = models.ForeignKey(PlanLine, models.PROTECT, related_name="versions")
    version = models.IntegerField()
    action = models.CharField(max_length=300)
    programme = models.CharField(max_length=60, blank=True)
    focus = models.CharField(max_length=40, blank=True)
    fund_source = models.CharField(max_length=40, blank=True)
    cost = models.BigIntegerField(null=True, blank=True)
    pilar = models.CharField(max_length=40, blank=True)
    measure = models.CharField(max_length=60, blank=True)
    target = models.IntegerField(null=True, blank=True)
    owner = models.CharField(max_length=200, blank=True)
    due = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    rests_on = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    by_called = models.CharField(max_length=200)
    by_area = models.CharField(max_length=10, blank=True)
    on_day = models.DateField()

    class Meta:
        ordering = ("line", "version")
        constraints = (
            models.UniqueConstraint(fields=("line", "version"), name="version_once"),
            models.CheckConstraint(condition=Q(cost=None) | Q(cost__gte=0), name="cost_is_whole"),
            models.CheckConstraint(
                condition=Q(target=None) | Q(target__gte=0), name="target_is_whole"
            ),
        )


class Simulation(models.Model):
    """A simulation: what was asked, where it stands, and what it rests on.

    scenario: the TOML as it was run. about: run, pack, hashes and counts of the results.
    """

    QUEUED, RUNNING, DONE = "queued", "running", "done"
    REFUSED, FAILED, CANCELLED = "refused", "failed", "cancelled"
    ACTIVE = (QUEUED, RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area = models.CharField(max_length=10, db_collation="C")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    title = models.CharField(max_length=200)
    scenario = models.TextField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default=QUEUED)
    progress = models.JSONField(default=dict, blank=True)
    about = models.JSONField(default=dict, blank=True)
    words = models.TextField(blank=True)
    cancel_asked = models.BooleanField(default=False)
    seen = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "id")

    @property
    def active(self) -> bool:
        """Whether it waits or works."""
        return self.state in self.ACTIVE
