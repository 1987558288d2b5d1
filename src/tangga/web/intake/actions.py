"""What officers do with uploads and jobs; each in the request's transaction, with its event."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from tangga.errors import UserError
from tangga.web.access import Role, access
from tangga.web.audit.actions import record
from tangga.web.database.rows import run
from tangga.web.database.scope import FIRST
from tangga.web.intake import disguise, queries, storage, workspace
from tangga.web.intake.blame import blamed_upload
from tangga.web.intake.models import COUNTED, Job, Upload, UploadFile
from tangga.web.intake.own_area import own_area
from tangga.web.intake.remembered import kept
from tangga.web.intake.storage import Received
from tangga.web.intake.work.recognise import seen_of
from tangga.web.viewer import Viewer

SILENT = timedelta(seconds=90)
"""A worker that has not said for so long that it is at a job has died."""
RELEASE_LOCK = """
UPDATE public.procrastinate_jobs SET status = 'failed'
WHERE id = %s AND status IN ('doing', 'todo')
"""


@transaction.atomic
def receive(files: Sequence[Received], *, by: Viewer) -> Upload | None:
    """Take files in: those that may come in as one upload, which a job then recognises; each of
    the others as a refused one, whose content is not kept. None where there is no file at all."""
    delivery = uuid.uuid4()
    upload = Upload(area=own_area(by), by=by.user, delivery=delivery)
    kept: list[UploadFile] = []
    refused: list[Upload] = []
    for file in files:
        looked = disguise.look(file.path, file.name or "")
        why = looked.why or _twice(file, kept)
        if why:
            refused.append(_refuse(file, why, upload))
        else:
            stored = storage.keep(file, upload.id, len(kept), looked.ending)
            kept.append(_file(file, upload, stored))
    if kept:
        upload.save()
        UploadFile.objects.bulk_create(kept)
        start(Job.RECOGNISE, by=by, upload=upload)
    about = {"upload": str(delivery), "files": len(kept), "refused": len(refused)}
    record("uploaded", by=by, about=about)
    return upload if kept else next(iter(refused), None)


def _file(file: Received, upload: Upload, stored: str) -> UploadFile:
    return UploadFile(
        upload=upload,
        area=upload.area,
        name=storage.shown_name(file.name or ""),
        stored=stored,
        bytes=file.size or 0,
        sha256=file.sha256,
    )


def _twice(file: Received, kept: Sequence[UploadFile]) -> str:
    if any(one.sha256 == file.sha256 for one in kept):
        return "same_now"
    there = UploadFile.objects.filter(sha256=file.sha256, upload__state__in=COUNTED)
    return "same_before" if there.exists() else ""


def _refuse(file: Received, why: str, beside: Upload) -> Upload:
    file.close()
    file.path.unlink(missing_ok=True)
    upload = Upload(
        area=beside.area,
        by=beside.by,
        delivery=beside.delivery,
        state=Upload.REFUSED,
        words=f"web_intake.refused_{why}",
    )
    upload.save()
    _file(file, upload, f"refused/{upload.id}").save()
    return upload


def start(kind: str, *, by: Viewer, upload: Upload | None = None, as_of: date | None = None) -> Job:
    """Put a job into the queue. UserError where a run waits or works already."""
    from tangga.web.intake import tasks

    job = Job(kind=kind, area=own_area(by), by=by.user, upload=upload, as_of=as_of)
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:
        raise UserError("another run is at work", todo="Wait until it has ended") from None
    job.queued = tasks.TASKS[kind].defer(job=str(job.id))
    job.save(update_fields=["queued"])
    if kind == Job.RUN:
        record("job_started", by=by, about={"job": str(job.id), "kind": kind})
    return job


@transaction.atomic
def confirm(upload: Upload, source: str, wanted: dict[str, Any], *, by: Viewer) -> None:
    """Keep what an officer said of an upload. Whoever answers for the whole workspace places it at
    once; of anybody else it waits for them."""
    upload.source, upload.wanted, upload.words = source, wanted, ""
    upload.state = Upload.MATCHED
    upload.save()
    record("upload_matched", by=by, area=_area(upload), about=_about(upload))
    if may_place(by):
        place(upload, by=by)


def place(upload: Upload, *, by: Viewer) -> Job:
    """Let a job put the files into the workspace."""
    by.require("jobs")
    if upload.state != Upload.MATCHED or active(upload) is not None:
        raise UserError("this upload cannot be placed now")
    return start(Job.PLACE, by=by, upload=upload)


def may_place(viewer: Viewer) -> bool:
    """Whether a viewer answers for everything in the workspace."""
    return viewer.may("jobs") and viewer.holds_everything


def who_may_place() -> list[Role]:
    """The roles of an office whose area is that of the whole register."""
    root = settings.ENV.root_area
    return [
        role for role in access().roles.values() if "jobs" in role.verbs and role.may_hold(root)
    ]


def active(upload: Upload) -> Job | None:
    """The job that is at an upload."""
    return upload.jobs.filter(state__in=Job.ACTIVE).first()


@transaction.atomic
def withdraw(upload: Upload, *, by: Viewer) -> None:
    """Take an upload back: its files leave the workspace for the bin, and nothing is deleted."""
    if upload.state == Upload.WITHDRAWN or active(upload) is not None:
        raise UserError("this upload cannot be withdrawn now")
    if upload.state == Upload.PLACED:
        by.require("jobs")
        files = [one.placed for one in upload.files.all() if one.placed]
        workspace.withdraw(upload.id, upload.source, files)
        if blamed_upload(upload, next(iter(queries.runs(1)), None)):
            _forget(upload)
    upload.state = Upload.WITHDRAWN
    upload.save()
    record("upload_withdrawn", by=by, area=_area(upload), about=_about(upload))


@transaction.atomic
def reopen(upload: Upload, *, by: Viewer) -> None:
    """Let an upload be matched anew, by who answers for the workspace: what was placed leaves it.
    How its office matched the header is not kept any more, where it turned out to be wrong."""
    by.require("jobs")
    if not may_place(by) or upload.state not in (Upload.MATCHED, Upload.PLACED):
        raise UserError("this upload cannot be matched anew now")
    if active(upload) is not None or Job.objects.filter(kind=Job.RUN, state__in=Job.ACTIVE):
        raise UserError("a job is at work")
    if upload.state == Upload.PLACED:
        files = [one.placed for one in upload.files.all() if one.placed]
        workspace.withdraw(upload.id, upload.source, files)
        upload.files.update(placed="")
        _forget(upload)
    upload.state, upload.words = Upload.KNOWN, ""
    upload.save()
    record("upload_reopened", by=by, area=_area(upload), about=_about(upload))


@transaction.atomic
def cancel(job: Job, *, by: Viewer) -> None:
    """Ask a job to end; one that waits ends at once."""
    found = Job.objects.select_for_update().get(pk=job.pk)
    if not found.active:
        return
    found.cancel_asked = True
    if found.state == Job.QUEUED:
        found.state, found.ended = Job.CANCELLED, timezone.now()
        run(RELEASE_LOCK, [found.queued])
    found.save()
    record("job_cancelled", by=by, about={"job": str(job.pk), "kind": job.kind})


def find_interrupted() -> int:
    """Jobs whose worker has died are told so, and the queue goes on; how many."""
    silent = Job.objects.filter(state=Job.RUNNING, seen__lt=timezone.now() - SILENT)
    found = 0
    for job in silent:
        with transaction.atomic():
            found += Job.objects.filter(pk=job.pk, state=Job.RUNNING).update(
                state=Job.INTERRUPTED, ended=timezone.now()
            )
            run(RELEASE_LOCK, [job.queued])
    return found


def _forget(upload: Upload) -> None:
    """How its office matched its header is not proposed again."""
    kept(upload.area, seen_of(upload).get("columns", ())).delete()


def _area(upload: Upload) -> str:
    return "" if upload.area == FIRST else upload.area


def _about(upload: Upload) -> dict[str, str]:
    return {"upload": str(upload.id), "source": upload.source}
