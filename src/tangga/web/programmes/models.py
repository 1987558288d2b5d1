"""Rounds of distribution and what came of them, determinations, places, complaints."""

from __future__ import annotations

import uuid
from decimal import Decimal

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


class Round(Area):
    """One distribution of a programme in an area: who gets how much, for which time.

    called: how the office calls it ("Tahap 1"). goods: given in kind, `each` (whole) of
    `unit` a family.
    state: of its item. total: rupiah, or goods, of the rows to pay. digest: sha256 over the list,
    as signed once `frozen_at` is set. release: by whose register it was made.
    """

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="round")
    programme = models.CharField(max_length=60)
    called = models.CharField(max_length=100)
    goods = models.BooleanField(default=False)
    what = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    each = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    period_start = models.DateField()
    period_end = models.DateField()
    state = models.CharField(max_length=40)
    release = models.CharField(max_length=100, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    payees = models.IntegerField(default=0)
    total = models.DecimalField(max_digits=20, decimal_places=2, default=Decimal(0))
    frozen_at = models.DateTimeField(null=True, blank=True)
    paper = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("-period_start", "programme", "area")
        constraints = (
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")), name="round_has_a_time"
            ),
            models.CheckConstraint(
                condition=Q(goods=False) | Q(each__isnull=False, each__gt=0),
                name="goods_have_a_quantity",
            ),
            models.UniqueConstraint(
                fields=("programme", "area", "period_start", "period_end"),
                condition=~Q(state="dropped"),
                name="one_round_of_a_time",
            ),
        )


class Row(Area):
    """One line of a round's list. state: pay, held (why: what is to be settled first), out (why it
    gets nothing) or instead (proposed for a place that fell free).

    sort: regular, or arrears of the time of an earlier round. code: its id in the payment file.
    parts: what the amount is made of. who: sealed, the names and numbers as they were.
    """

    REGULAR, ARREARS = "regular", "arrears"
    PAY, HELD, OUT, INSTEAD = "pay", "held", "out", "instead"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="lines")
    n = models.IntegerField()
    code = models.CharField(max_length=60, unique=True)
    family_id = models.CharField(max_length=40, db_index=True)
    person_id = models.CharField(max_length=40, blank=True)
    sort = models.CharField(max_length=10, default=REGULAR)
    state = models.CharField(max_length=10)
    why = models.CharField(max_length=60, blank=True)
    for_start = models.DateField()
    for_end = models.DateField()
    amount = models.BigIntegerField(null=True, blank=True)
    payee_person_id = models.CharField(max_length=40, blank=True)
    parts = models.JSONField(default=list, blank=True)
    who = models.BinaryField(null=True, blank=True)

    class Meta:
        ordering = ("round", "n")
        constraints = (
            models.UniqueConstraint(fields=("round", "n"), name="row_has_its_number"),
            models.CheckConstraint(
                condition=Q(state__in=("pay", "held", "out", "instead")), name="row_has_a_state"
            ),
            models.CheckConstraint(
                condition=Q(sort__in=("regular", "arrears")), name="row_has_a_sort"
            ),
            models.CheckConstraint(
                condition=~Q(state="pay") | Q(amount__gte=0), name="what_is_paid_has_an_amount"
            ),
        )
        indexes = (models.Index(fields=("round", "state", "area"), name="programmes_rows"),)


class ResultFile(Area):
    """A file of results as the payer sent it: every rupiah of it is matched, or it is not."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    lines = models.IntegerField()
    amount = models.BigIntegerField()
    matched = models.BigIntegerField()
    unmatched = models.BigIntegerField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(fields=("round", "sha256"), name="results_once"),
            models.CheckConstraint(
                condition=Q(amount=F("matched") + F("unmatched")), name="results_add_up"
            ),
        )


class Result(Area):
    """One line of such a file. state: matched, or why it is not. matched + unmatched = amount."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(ResultFile, models.PROTECT, related_name="results")
    round = models.ForeignKey(Round, models.PROTECT, related_name="results")
    row = models.ForeignKey(Row, models.PROTECT, null=True, blank=True, related_name="results")
    line = models.IntegerField()
    said = models.BinaryField()
    status = models.CharField(max_length=40, blank=True)
    failure = models.CharField(max_length=40, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20)
    amount = models.BigIntegerField()
    matched = models.BigIntegerField()
    unmatched = models.BigIntegerField()

    class Meta:
        ordering = ("file", "line")
        constraints = (
            models.UniqueConstraint(fields=("file", "line"), name="a_line_once"),
            models.CheckConstraint(
                condition=Q(amount=F("matched") + F("unmatched")), name="a_line_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(matched__gte=0, unmatched__gte=0), name="a_line_is_not_negative"
            ),
        )
        indexes = (models.Index(fields=("round", "state"), name="programmes_results"),)


class Store(Area):
    """Goods of a round that came to a place, or left it otherwise than to a family.

    way: in, back (to the store) or lost (spoilt, missing).
    """

    IN, BACK, LOST = "in", "back", "lost"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="stores")
    way = models.CharField(max_length=5)
    quantity = models.DecimalField(max_digits=14, decimal_places=2)
    on_day = models.DateField()
    document = models.CharField(max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    called = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("on_day", "at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(way__in=("in", "back", "lost")), name="a_way"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_quantity"),
            models.CheckConstraint(condition=~Q(document=""), name="moved_with_a_document"),
        )


class Delivery(Area):
    """Goods handed to a family against a receipt. to: how the one who took them belongs to it;
    taker: sealed name. undone: taken back with a reason, and written anew."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="deliveries")
    row = models.ForeignKey(Row, models.PROTECT, related_name="deliveries")
    receipt = models.CharField(max_length=60, unique=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    on_day = models.DateField()
    to = models.CharField(max_length=10)
    taker = models.BinaryField()
    person_id = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    called = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    undone_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("on_day", "at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("row",), condition=Q(undone_at=None), name="handed_over_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="handed_over_something"),
            models.CheckConstraint(
                condition=Q(to__in=("head", "member", "proxy")), name="handed_to_somebody"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None) | ~Q(undone_why=""), name="undone_for_a_reason"
            ),
        )


class Determination(Area):
    """Who receives a local programme, by a signed decree. valid_to: exclusive. free: the places
    there were. paper: the decree's number; digest: sha256 over the list as signed."""

    item = models.OneToOneField(
        Item, models.PROTECT, primary_key=True, related_name="determination"
    )
    programme = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    free = models.IntegerField(null=True, blank=True)
    state = models.CharField(max_length=40)
    paper = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-item__at",)


class Pick(Area):
    """A family (a person) of a determination. position: in the waiting list, None outside it.

    state: in order; outside (taken before others, with a reason); passed (left out, with one).
    why: sealed.
    """

    ORDER, OUTSIDE, PASSED = "order", "outside", "passed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    determination = models.ForeignKey(Determination, models.PROTECT, related_name="picks")
    n = models.IntegerField()
    family_id = models.CharField(max_length=40)
    person_id = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=10, blank=True)
    position = models.IntegerField(null=True, blank=True)
    decile = models.IntegerField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10)
    why = models.BinaryField(null=True, blank=True)

    class Meta:
        ordering = ("determination", "n")
        constraints = (
            models.UniqueConstraint(
                fields=("determination", "family_id", "person_id"), name="picked_once"
            ),
            models.CheckConstraint(
                condition=Q(state="order") | Q(state__in=("outside", "passed"), why__isnull=False),
                name="outside_the_order_with_a_reason",
            ),
        )


class Quota(Area):
    """Places of a programme in an area and year by a document; the latest holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.OneToOneField(Item, models.PROTECT, related_name="quota")
    programme = models.CharField(max_length=60)
    year = models.IntegerField()
    places = models.IntegerField()
    document = models.CharField(max_length=200)
    state = models.CharField(max_length=40)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-decided_at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(places__gte=0), name="places_are_counted"),
            models.CheckConstraint(condition=~Q(document=""), name="places_by_a_document"),
        )


class Complaint(Area):
    """What somebody says went wrong with support: said, called, contact and answer are sealed."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="complaint")
    programme = models.CharField(max_length=60)
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="+")
    row = models.ForeignKey(Row, models.PROTECT, null=True, blank=True, related_name="complaints")
    what = models.CharField(max_length=40)
    said = models.BinaryField()
    called = models.BinaryField(null=True, blank=True)
    contact = models.BinaryField(null=True, blank=True)
    found = models.BinaryField(null=True, blank=True)
    answer = models.BinaryField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("-item__at",)
