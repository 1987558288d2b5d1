"""What an objection, a request or a report says, and who reported, apart from it."""

from __future__ import annotations

from django.db import models

from tangga.web.work.models import Item


class Appeal(models.Model):
    """What was lodged. area: of the item. subject: of counter.toml, or a programme. notice: number
    of the letter it is about. said: sealed, in the words of who lodged it; of a report only what
    does not tell who that was. whom: sealed JSON, of somebody whom no register knows yet.
    effect_on: when what it is about takes effect; suspends: it was lodged before. answer_by: as
    promised."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="appeal")
    area = models.CharField(max_length=10, db_collation="C")
    subject = models.CharField(max_length=60)
    notice = models.CharField(max_length=80, blank=True)
    said = models.BinaryField()
    whom = models.BinaryField(null=True, blank=True)
    effect_on = models.DateField(null=True, blank=True)
    suspends = models.BooleanField(default=False)
    answer_by = models.DateField()
    reminded_on = models.DateField(null=True, blank=True)


class Objector(models.Model):
    """Who reported another family. Kept in a table of its own, which only the verb `objectors`
    reads; who takes a report in can write it, and not read it again. judged: founded, unfounded,
    bad_faith, lapsed or withdrawn."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="objector")
    area = models.CharField(max_length=10, db_collation="C")
    person_id = models.CharField(max_length=40)
    said = models.BinaryField()
    judged = models.CharField(max_length=12, blank=True)
    judged_on = models.DateField(null=True, blank=True)


class Reminder(models.Model):
    """That somebody was reminded, on the telephone they registered, of the time to object. number:
    of the announcement. Once each."""

    area = models.CharField(max_length=10, db_collation="C")
    number = models.CharField(max_length=80)
    person_id = models.CharField(max_length=40)
    on_day = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("number", "person_id"), name="reminded_once"),
        )
