"""What was proposed of a family: the words of the form, beside the item that goes its way."""

from __future__ import annotations

from django.db import models

from tangga.web.work.models import Item


class Proposal(models.Model):
    """One proposal. item: where it stands. sort: of the pack's `corrections.toml`.

    fields: "entity_id:column" of each value that it would change, so that two proposals on one
    value are seen. said: sealed JSON of what the form holds (`said.py`). marks: blind indexes of
    the national numbers of new people. on: since when it is true, or when it happened. basis: code
    of `correction_basis`, and held_on the day of the deliberation, once the village endorsed it.
    """

    item = models.OneToOneField(
        Item, models.PROTECT, primary_key=True, related_name="proposal", db_column="item_id"
    )
    sort = models.CharField(max_length=40)
    fields = models.JSONField(default=list)
    said = models.BinaryField()
    marks = models.JSONField(default=list, blank=True)
    on = models.DateField()
    basis = models.CharField(max_length=40, blank=True)
    held_on = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=("sort",), name="proposal_sort"),)


class Batch(models.Model):
    """A batch to be signed. effect: counts of what it would change in places, as it was signed."""

    item = models.OneToOneField(
        Item, models.PROTECT, primary_key=True, related_name="batch", db_column="item_id"
    )
    document = models.CharField(max_length=200)
    effect = models.JSONField(default=dict, blank=True)
