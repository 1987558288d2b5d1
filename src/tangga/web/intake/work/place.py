"""Placing: the files of an upload into the workspace, if the engine finds it sound with them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tangga.errors import UserError
from tangga.web.audit.actions import record
from tangga.web.intake import engine, storage, workspace
from tangga.web.intake.models import Job, Upload
from tangga.web.intake.work.state import sound, telling


def do(job: Job) -> dict[str, Any]:
    """Put the files there and look; where the engine refuses, all is as it was."""
    upload = job.upload
    wanted = upload.wanted or {}
    files = list(upload.files.all())
    incoming = [
        workspace.Incoming(storage.path_of(one.stored), _name(one.name, one.stored), one.village)
        for one in files
    ]
    try:
        placed = workspace.place(
            upload.source, incoming, wanted.get("descriptor"), wanted.get("as_of", "")
        )
    except UserError as wrong:
        _back(upload, wrong)
        raise
    log = storage.jobs_folder(job.id) / "log.txt"
    try:
        sound(engine.run(["check", workspace.required()], log, look=telling(job)))
    except BaseException as wrong:
        placed.undo()
        _back(upload, wrong)
        raise
    with transaction.atomic():
        for one, name in zip(files, placed.files, strict=True):
            one.placed = name
            one.save()
        upload.state = Upload.PLACED
        upload.save()
        about = {"upload": str(upload.id), "source": upload.source, "files": len(files)}
        record("upload_placed", by=None, area=upload.area.strip("!"), about=about)
    return {"source": upload.source, "files": len(files)}


def _name(name: str, stored: str) -> str:
    """The officer's name with the ending that the content has."""
    clean = storage.clean_name(name)
    ending = stored[stored.index(".", stored.rindex("/")) :] if "." in stored else ""
    return clean if clean.endswith(ending) else f"{clean.split('.')[0]}{ending}"


def _back(upload: Upload, wrong: BaseException) -> None:
    """The officer looks at it again, with what was said."""
    upload.state = Upload.KNOWN
    upload.words = str(wrong) if isinstance(wrong, UserError) else ""
    upload.save()
