"""Files of rehabilitation, support under check, moves: what an item of each kind holds besides."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from tangga.web.work.models import Item

USER = settings.AUTH_USER_MODEL


class Case(models.Model):
    """A file of rehabilitation: who serves the person, and what only the case team reads.

    sealed: JSON of cluster and need, codes of the pack. provider: sentra or local; sentra: its id
    in sentra.csv. opened: day of the referral, from which the case runs. worker: who accompanies
    the file, by the number under which workers' targets stand. violence: recorded;
    against_payee: done by who would be payee; against: id of the person who did it, '' unknown.
    """

    SENTRA, LOCAL = "sentra", "local"

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="care")
    sealed = models.BinaryField()
    mode = models.CharField(max_length=40, blank=True)
    provider = models.CharField(max_length=10, blank=True)
    sentra = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=200, blank=True)
    opened = models.DateField(null=True, blank=True)
    closed = models.DateField(null=True, blank=True)
    reviewed = models.DateField(null=True, blank=True)
    state_on = models.DateField()
    goals_met = models.BooleanField(null=True, blank=True)
    worker = models.CharField(max_length=60, blank=True)
    violence = models.BooleanField(default=False)
    against_payee = models.BooleanField(default=False)
    against = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(provider__in=("", "sentra", "local")), name="care_provider"
            ),
            models.CheckConstraint(
                condition=Q(closed=None) | Q(opened=None) | Q(closed__gte=models.F("opened")),
                name="care_opened_before_closed",
            ),
            models.CheckConstraint(
                condition=Q(violence=True) | Q(against_payee=False, against=""),
                name="care_violence_first",
            ),
        )


class Assessment(models.Model):
    """What was found about a person. sealed: JSON of the schema's columns that are case data.
    worker: number of who assessed, '' of one who is no worker of a pilar."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="assessments")
    person_id = models.CharField(max_length=40, db_index=True)
    on_date = models.DateField()
    sealed = models.BinaryField()
    document = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    by_called = models.CharField(max_length=200)
    worker = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-on_date", "-at")


class Note(models.Model):
    """What was written down with a step of a file; never changed. n: the item's version then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="notes")
    n = models.IntegerField()
    step = models.CharField(max_length=40)
    text = models.BinaryField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    by_called = models.CharField(max_length=200)
    on_day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at", "-n")


class Check(models.Model):
    """Support under check. reason: a code of removal_reason. finding: yes, no, not_known, '' not
    yet checked. ends: the support that would end: {programme, component, person_id}. fact_on: the
    day of what was found (a death). stops_on: first day without support; owed: arrears of a
    restoration, one row a programme and component; overpaid: payments after a death."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="check_of")
    signal = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=60)
    exit = models.CharField(max_length=60, blank=True)
    finding = models.CharField(max_length=10, blank=True)
    fact_on = models.DateField(null=True, blank=True)
    checked_by = models.CharField(max_length=200, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    notice = models.CharField(max_length=100, blank=True)
    object_by = models.DateField(null=True, blank=True)
    objection = models.CharField(max_length=100, blank=True)
    stopped_on = models.DateField(null=True, blank=True)
    restored_on = models.DateField(null=True, blank=True)
    ends = models.JSONField(default=list, blank=True)
    owed = models.JSONField(default=list, blank=True)
    overpaid = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(finding__in=("", "yes", "no", "not_known")), name="check_finding"
            ),
            # What is not known ends nothing, whatever a page would like.
            models.CheckConstraint(
                condition=Q(stopped_on=None) | Q(finding="yes"), name="check_stop_needs_proof"
            ),
            models.CheckConstraint(
                condition=Q(stopped_on=None) | Q(object_by__lt=models.F("stopped_on")),
                name="check_stop_after_notice",
            ),
        )


class AreaMove(models.Model):
    """A family on its way to another area. packet: sealed JSON of what the destination needs to
    decide. consent_on, consent_document: that the family agreed that its data go along.
    correction_id: of the overlay's event, '' until it is accepted."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="move_of")
    from_village = models.CharField(max_length=10)
    to_village = models.CharField(max_length=10)
    moved_on = models.DateField()
    packet = models.BinaryField()
    consent_on = models.DateField()
    consent_document = models.CharField(max_length=200, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    correction_id = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(from_village=models.F("to_village")), name="move_goes_elsewhere"
            ),
        )
