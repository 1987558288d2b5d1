"""Reading uploads and jobs; the database shows those of the viewer's area only."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from tangga.web.intake.models import Job, Upload, UploadFile

SHOWN = 50


def uploads(page: int = 1) -> list[Upload]:
    """The newest first, with their files and who brought them; one more than a page."""
    first = (page - 1) * SHOWN
    return list(_whole()[first : first + SHOWN + 1])


def upload(number: uuid.UUID) -> Upload:
    """One; Http404 where there is none, or not in the viewer's area."""
    found = _whole().filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def delivered_with(one: Upload) -> list[Upload]:
    """What was chosen in one go with it, itself included."""
    return list(_whole().filter(delivery=one.delivery).order_by("at", "id"))


def _whole() -> QuerySet[Upload]:
    files = Prefetch("files", UploadFile.objects.order_by("name", "id"))
    return Upload.objects.select_related("by").defer("by__password").prefetch_related(files)


def job(number: uuid.UUID) -> Job:
    """One; Http404 where there is none, or not in the viewer's area."""
    found = (
        Job.objects.select_related("by", "upload").defer("by__password").filter(pk=number).first()
    )
    if found is None:
        raise Http404
    return found


def last_job(of: Upload) -> Job | None:
    """The latest job of an upload."""
    return of.jobs.order_by("-at").first()


def runs(most: int = 8) -> list[Job]:
    """The latest runs."""
    return list(
        Job.objects.filter(kind=Job.RUN)
        .select_related("by")
        .defer("by__password")
        .order_by("-at")[:most]
    )


def rows_of_uploads(found: Iterable[Upload], done: Iterable[Job]) -> dict[uuid.UUID, int]:
    """Upload -> the rows that the latest finished run read of its files; not those it did not. A
    withdrawn one has none: another may have come in under the name of its file."""
    rows = rows_of_files(done)
    used = [one for one in found if one.state == Upload.PLACED]
    placed = {one.id: [file.placed for file in one.files.all()] for one in used}
    return {
        number: sum(rows[name] for name in names if name in rows)
        for number, names in placed.items()
        if any(name in rows for name in names)
    }


def rows_of_files(done: Iterable[Job]) -> dict[str, int]:
    """File of the workspace -> the rows that the latest finished run read of it."""
    for one in done:
        if one.state == Job.DONE:
            return _rows(one.report)
    return {}


def _rows(report: dict[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for source in report.get("sources", {}).values():
        for file in source.get("files", ()):
            # A member of an archive: what counts is the file that was sent.
            name = file["file"].partition("!")[0]
            found[name] = found.get(name, 0) + file["rows_in"]
    return found
