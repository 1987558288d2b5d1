"""Steps on the ladder, plans, places, groups and what a village has to offer.

Each matter is an item of work; here is what only the ladder asks of it. Nothing is ever removed.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from tangga.web.work.models import Item

USER = settings.AUTH_USER_MODEL


class Area(models.Model):
    """What belongs to a place."""

    area = models.CharField(max_length=10, db_collation="C")

    class Meta:
        abstract = True


class Step(Area):
    """What is proposed about one family. move: of the ladder's rules, "" where nothing moves.

    choice: what was chosen where the workflow leaves several (move, extension, end; protection,
    watch, stands). worker: whose proposal it is, and whose work it counts as. agreed: the family
    signed, refused (with the right to object), or was not asked. until: of an extension, inclusive.
    place: the matter that gives the place. checked: what the rule said at each step: {step, on,
    by, policy, answers: {requirement: answer}}. effect_on: the first day on which it holds.
    notice: number of the letter. due_since: the day from which it waited in the queue. objection:
    number of one that was lodged after it took effect. owed: arrears of a restoration, one row a
    kind of support and unbroken time.
    """

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="ladder")
    family_id = models.CharField(max_length=40, db_index=True)
    move = models.CharField(max_length=60, blank=True)
    choice = models.CharField(max_length=20, blank=True)
    rung_before = models.CharField(max_length=40, blank=True)
    worker = models.CharField(max_length=100, blank=True)
    proposed_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    agreed = models.CharField(max_length=10, blank=True)
    until = models.DateField(null=True, blank=True)
    place = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="+")
    due_since = models.DateField(null=True, blank=True)
    told_on = models.DateField(null=True, blank=True)
    effect_on = models.DateField(null=True, blank=True)
    notice = models.CharField(max_length=100, blank=True)
    minutes = models.CharField(max_length=200, blank=True)
    checked = models.JSONField(default=list, blank=True)
    objection = models.CharField(max_length=100, blank=True)
    owed = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(effect_on=None) | Q(told_on=None) | Q(effect_on__gte=F("told_on")),
                name="climb_told_before_effect",
            ),
        )


class Effect(Area):
    """What one decision did to one spell of support. ends: False for what goes on. amount_year: in
    whole rupiah, None where nobody knows; freed: of the year in which it ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="climb_effects")
    family_id = models.CharField(max_length=40, db_index=True)
    person_id = models.CharField(max_length=40, blank=True)
    programme = models.CharField(max_length=60)
    component = models.CharField(max_length=60, blank=True)
    ends = models.BooleanField()
    on_date = models.DateField()
    amount_year = models.BigIntegerField(null=True, blank=True)
    freed = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("item", "programme", "component", "person_id"), name="climb_effect_once"
            ),
            models.CheckConstraint(
                condition=Q(ends=True) | Q(freed=None) | Q(freed=0), name="climb_only_ends_free"
            ),
        )


class Potential(Area):
    """Something that work can rest on in a place. kind: of KINDS; source and on_date: who says so,
    and when it was true. gone: no longer there."""

    KINDS = ("commodity", "buyer", "bumdes", "cooperative", "trainer", "employer", "place")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    business = models.CharField(max_length=40, blank=True)
    capacity = models.IntegerField(null=True, blank=True)
    note = models.TextField(blank=True)
    source = models.CharField(max_length=200)
    on_date = models.DateField()
    gone = models.DateField(null=True, blank=True)
    version = models.IntegerField(default=1)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("kind", "name", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(source=""), name="climb_potential_has_a_source"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=(
                        *("commodity", "buyer", "bumdes", "cooperative"),
                        *("trainer", "employer", "place"),
                    )
                ),
                name="climb_potential_kind",
            ),
        )


class Line(Area):
    """One line of a family's plan or package: who goes where, by when. state: of STATES."""

    STATES = ("planned", "offered", "accepted", "placed", "refused", "dropped")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="climb_lines")
    family_id = models.CharField(max_length=40, db_index=True)
    person_id = models.CharField(max_length=40, blank=True)
    programme = models.CharField(max_length=60)
    potential = models.ForeignKey(
        Potential, models.PROTECT, null=True, blank=True, related_name="lines"
    )
    by_when = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, default="planned")
    state_on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    state__in=("planned", "offered", "accepted", "placed", "refused", "dropped")
                ),
                name="climb_line_state",
            ),
            models.UniqueConstraint(
                fields=("item", "person_id", "programme"), name="climb_line_once"
            ),
        )


class Group(Area):
    """A business group. account: sealed; key: its id for the engine."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="group")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    business = models.CharField(max_length=40, blank=True)
    potential = models.ForeignKey(
        Potential, models.PROTECT, null=True, blank=True, related_name="groups"
    )
    companion = models.CharField(max_length=100, blank=True)
    formed_on = models.DateField(null=True, blank=True)
    minutes = models.CharField(max_length=200, blank=True)
    plan = models.TextField(blank=True)
    plan_cost = models.BigIntegerField(null=True, blank=True)
    aided_on = models.DateField(null=True, blank=True)
    aid_document = models.CharField(max_length=200, blank=True)
    aid_amount = models.BigIntegerField(null=True, blank=True)
    account = models.BinaryField(null=True, blank=True)
    bank = models.CharField(max_length=100, blank=True)
    state_on = models.DateField()

    class Meta:
        ordering = ("name", "item_id")
        constraints = (
            models.CheckConstraint(
                condition=Q(plan_cost=None) | Q(plan_cost__gt=0), name="climb_plan_costs"
            ),
        )


class Member(Area):
    """One member's time in a group, exclusive of `left_on`. counts: since the group was formed; a
    name on a list of candidates is no membership. why: how it ended."""

    WHY = ("left", "graduated", "moved", "died", "dissolved")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="members")
    family_id = models.CharField(max_length=40, db_index=True)
    person_id = models.CharField(max_length=40, db_index=True)
    role = models.CharField(max_length=40, default="member")
    counts = models.BooleanField(default=False)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    why = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ("joined_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("person_id",), condition=Q(left_on=None), name="climb_one_group_at_a_time"
            ),
            models.UniqueConstraint(
                fields=("group", "role"),
                condition=Q(left_on=None) & ~Q(role="member"),
                name="climb_one_of_each_role",
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("joined_on")),
                name="climb_left_after_joined",
            ),
        )


class Asset(Area):
    """What a group owns, whoever is in it. gone_on: sold, lost or worn out, with the document."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="assets")
    name = models.CharField(max_length=200)
    value = models.BigIntegerField(null=True, blank=True)
    got_on = models.DateField()
    document = models.CharField(max_length=200)
    gone_on = models.DateField(null=True, blank=True)
    gone_document = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("got_on", "name", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(document=""), name="climb_asset_has_a_paper"),
            models.CheckConstraint(
                condition=Q(gone_on=None) | ~Q(gone_document=""), name="climb_gone_with_a_paper"
            ),
        )


class Place(Area):
    """A place in empowerment of a person or family. begun: since when; check-ups count from it."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="place_of")
    family_id = models.CharField(max_length=40, db_index=True)
    person_id = models.CharField(max_length=40, blank=True)
    programme = models.CharField(max_length=60)
    potential = models.ForeignKey(
        Potential, models.PROTECT, null=True, blank=True, related_name="places"
    )
    provider = models.CharField(max_length=200, blank=True)
    document = models.CharField(max_length=200, blank=True)
    begun = models.DateField(null=True, blank=True)
    ended = models.DateField(null=True, blank=True)
    result = models.CharField(max_length=20, blank=True)


class Turnover(Area):
    """The turnover of a month. month: 3, 6 or 12 after the start, of a check-up; 0: in between."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="turnovers")
    month = models.IntegerField()
    amount = models.BigIntegerField()
    on_date = models.DateField()
    by_called = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("on_date", "at")
        constraints = (
            models.CheckConstraint(condition=Q(amount__gte=0), name="climb_turnover_is_no_debt"),
            models.CheckConstraint(condition=Q(month__gte=0), name="climb_month_of_a_check_up"),
            models.UniqueConstraint(
                fields=("item", "month"), condition=~Q(month=0), name="climb_check_up_once"
            ),
        )
