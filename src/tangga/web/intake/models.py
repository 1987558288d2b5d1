"""What was uploaded, and the jobs that recognise, place and process it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

USER = settings.AUTH_USER_MODEL


class Upload(models.Model):
    """Files of one layout, brought in together: they become one source, or are added to one.

    area: of the post that brought them in, `!` the nation. delivery: what was chosen in one go;
    once the files are recognised it may be several uploads. wanted: the descriptor that an officer
    confirmed. words: why it was refused, or what to know. changed: of the last change of state.
    """

    RECEIVED, KNOWN, REFUSED = "received", "known", "refused"
    MATCHED, PLACED, WITHDRAWN = "matched", "placed", "withdrawn"
    STATES = (RECEIVED, KNOWN, REFUSED, MATCHED, PLACED, WITHDRAWN)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area = models.CharField(max_length=10, db_collation="C")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    delivery = models.UUIDField(default=uuid.uuid4, db_index=True)
    state = models.CharField(max_length=12, default=RECEIVED)
    layout = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=30, blank=True)
    source = models.CharField(max_length=60, blank=True)
    wanted = models.JSONField(null=True, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ("-at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    state__in=("received", "known", "refused", "matched", "placed", "withdrawn")
                ),
                name="upload_has_a_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("matched", "placed")) | ~Q(source=""),
                name="placed_as_a_source",
            ),
        )

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in (self.RECEIVED, self.KNOWN, self.MATCHED)


COUNTED = (Upload.RECEIVED, Upload.KNOWN, Upload.MATCHED, Upload.PLACED)
"""What is here: neither refused nor withdrawn."""


class UploadFile(models.Model):
    """One file as received. stored: where it lies, below the uploads' folder; placed: as which file
    of the workspace. village: of a file that holds one village and does not say which."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="files")
    area = models.CharField(max_length=10, db_collation="C")
    name = models.CharField(max_length=200)
    stored = models.CharField(max_length=300, unique=True)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    village = models.CharField(max_length=10, blank=True)
    placed = models.CharField(max_length=300, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="sha256_of_a_file"
            ),
        )


class Remembered(models.Model):
    """How an officer matched the columns of a header by hand, kept for the next file with it.

    area: of the office, as of an upload. header: hash of its columns. said: `form` and `codes`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area = models.CharField(max_length=10, db_collation="C")
    header = models.CharField(max_length=64)
    kind = models.CharField(max_length=30)
    source = models.CharField(max_length=60)
    said = models.JSONField(default=dict)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("area", "header"), name="a_header_once"),
            models.CheckConstraint(
                condition=Q(header__regex="^[0-9a-f]{64}$"), name="header_is_a_hash"
            ),
        )


class Job(models.Model):
    """Work of the engine, done by the worker in another process.

    progress: stage, done, of. report: counts, nothing personal. words: why it failed. seen: when
    the worker last said that it is at it. queued: its number in the queue of jobs.
    """

    RECOGNISE, PLACE, RUN = "recognise", "place", "run"
    QUEUED, RUNNING, DONE = "queued", "running", "done"
    REFUSED, FAILED, CANCELLED, INTERRUPTED = "refused", "failed", "cancelled", "interrupted"
    ACTIVE = (QUEUED, RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area = models.CharField(max_length=10, db_collation="C")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default=QUEUED)
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, blank=True, related_name="jobs")
    as_of = models.DateField(null=True, blank=True)
    progress = models.JSONField(default=dict, blank=True)
    report = models.JSONField(default=dict, blank=True)
    words = models.TextField(blank=True)
    cancel_asked = models.BooleanField(default=False)
    queued = models.BigIntegerField(null=True, blank=True)
    seen = models.DateTimeField(null=True, blank=True)
    begun = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=("recognise", "place", "run")), name="job_has_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=(
                        "queued",
                        "running",
                        "done",
                        "refused",
                        "failed",
                        "cancelled",
                        "interrupted",
                    )
                ),
                name="job_has_a_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("queued", "running")) ^ Q(ended__isnull=False),
                name="job_ended_or_active",
            ),
            # One workspace: a second run would only wait for the first.
            models.UniqueConstraint(
                fields=("kind",),
                condition=Q(kind="run", state__in=("queued", "running")),
                name="one_run_at_a_time",
            ),
        )

    @property
    def active(self) -> bool:
        """Whether it waits or works."""
        return self.state in self.ACTIVE
