"""What clerks ruled of pairs of records: only added to, the last one of a pair holds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from tangga.web.work.models import Item

USER = settings.AUTH_USER_MODEL
SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
RULINGS = (SAME, DIFFERENT, UNSURE)
LONGEST_ID = 400


class Ruling(models.Model):
    """One word about two source records. pair: a hash of both, whichever is named first; n: how
    manieth of the pair, so that of two clerks at once one is told. Ids as the release holds them: a
    number in one is sealed. area, other_area: of the two persons. takes_back: the ruling that this
    one undoes. item: the proposal by which it came, where it was one."""

    pair = models.CharField(max_length=64, db_collation="C")
    n = models.IntegerField()
    left_source = models.CharField(max_length=100)
    left_id = models.CharField(max_length=LONGEST_ID)
    right_source = models.CharField(max_length=100)
    right_id = models.CharField(max_length=LONGEST_ID)
    left_person = models.CharField(max_length=40, blank=True)
    right_person = models.CharField(max_length=40, blank=True)
    area = models.CharField(max_length=10, blank=True, db_collation="C")
    other_area = models.CharField(max_length=10, blank=True, db_collation="C")
    ruling = models.CharField(max_length=10)
    reason = models.TextField()
    by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    called = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=60, blank=True)
    on_day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    release = models.IntegerField(null=True, blank=True)
    takes_back = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("area", "-at"), name="rulings_by_area"),)
        constraints = (
            models.UniqueConstraint(fields=("pair", "n"), name="one_ruling_at_a_time"),
            models.CheckConstraint(
                condition=Q(ruling__in=("same", "different", "unsure")), name="ruling_is_a_word"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="ruling_has_a_reason"),
        )
