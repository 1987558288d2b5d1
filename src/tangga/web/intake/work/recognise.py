"""Recognising: what the files of an upload are, told apart by their layout."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from tangga.web.intake import engine, storage, workspace
from tangga.web.intake.guesses import merged
from tangga.web.intake.models import COUNTED, Job, Upload, UploadFile
from tangga.web.intake.work.state import sound, telling

SEEN = "recognised.json"
"""In the folder of an upload, for its owner's eyes: it holds rows of the file."""
Seen = Mapping[str, Any]


def do(job: Job) -> dict[str, Any]:
    """Ask the engine about all files; an upload of several layouts becomes several uploads."""
    upload = job.upload
    files = list(upload.files.all())
    found = _asked(job, files)
    with transaction.atomic():
        groups = _groups(files, found)
        for number, (_, group) in enumerate(sorted(groups.items())):
            of = upload if number == 0 else _sibling(upload)
            _tell(of, group, found)
    return {"uploads": len(groups)}


def _asked(job: Job, files: Sequence[UploadFile]) -> dict[str, Seen]:
    """What `tangga recognise` says of each file, by id."""
    folder = storage.jobs_folder(job.id)
    answer = folder / "recognised.json"
    paths = {str(one.id): storage.path_of(one.stored) for one in files}
    place = workspace.folder()
    options: list[str | Path] = ["--pack", settings.ENV.pack, "--to", answer]
    if place is not None and (place / "areas").is_dir():
        options += ["--areas", place / "areas"]
    try:
        ended = engine.run(
            ["recognise", *paths.values(), *options], folder / "log.txt", look=telling(job)
        )
        sound(ended)
        said = engine.read_json(answer)
    finally:
        answer.unlink(missing_ok=True)
    return {key: said.get(str(path), {}) for key, path in paths.items()}


def _groups(
    files: Sequence[UploadFile], found: Mapping[str, Seen]
) -> dict[tuple[str, ...], list[UploadFile]]:
    """Files of one header together; each that cannot be read, or is there already, by itself."""
    groups: dict[tuple[str, ...], list[UploadFile]] = {}
    there = _there_already(files)
    for one in files:
        seen = found[str(one.id)]
        header = tuple(name.casefold() for name in seen.get("columns", ()))
        repair = (seen.get("repair") or {}).get("source") or ""
        alone = "columns" not in seen or one.sha256 in there
        key = ("alone", str(one.id)) if alone else ("table", repair, *header)
        groups.setdefault(key, []).append(one)
    return groups


def _sibling(upload: Upload) -> Upload:
    made = Upload(area=upload.area, by=upload.by, delivery=upload.delivery)
    made.save()
    return made


def _tell(upload: Upload, files: Sequence[UploadFile], found: Mapping[str, Seen]) -> None:
    for one in files:
        if one.upload_id != upload.id:
            one.upload = upload
            one.save()
    seen = [found[str(one.id)] for one in files]
    why = _refusal(upload, files, seen[0])
    if why:
        upload.state, upload.words = Upload.REFUSED, why
    else:
        one = merged(seen)
        _keep(upload, one)
        upload.state = Upload.KNOWN
        upload.layout, upload.kind = one["recognised"] or "", one["kind"]
    upload.save()


def _refusal(upload: Upload, files: Sequence[UploadFile], seen: Seen) -> str:
    """Why an upload cannot go on, in words or by the name of them; '' where it can."""
    if "columns" not in seen:
        said = seen.get("error") or "web_intake.refused_no_table"
        return said.replace(str(storage.uploads()) + os.sep, "")
    if any(one.sha256 in _there_already(files) for one in files):
        return "web_intake.refused_same_elsewhere"
    if _no_list(seen):
        return "web_intake.refused_no_column"
    return ""


def _there_already(files: Sequence[UploadFile]) -> set[str]:
    """SHA-256 of those of the files that another delivery brought, by whomever in which area."""
    told = [one.sha256 for one in files]
    others = UploadFile.objects.filter(sha256__in=told, upload__state__in=COUNTED)
    ours = {one.upload.delivery for one in files}
    return set(others.exclude(upload__delivery__in=ours).values_list("sha256", flat=True))


def _no_list(seen: Seen) -> bool:
    """Whether no column is one of the register's, and there is too little to match by hand."""
    fits = any(one["columns"] for one in seen["proposals"].values()) or seen.get("repair")
    return not fits and (len(seen["columns"]) < 2 or not seen["rows"])


def _keep(upload: Upload, seen: Seen) -> None:
    file = storage.folder_of(upload.id) / SEEN
    unfinished = file.with_suffix(".tmp")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(seen, out, ensure_ascii=False)
    shutil.move(unfinished, file)


def seen_of(upload: Upload) -> dict[str, Any]:
    """What was recognised of an upload; empty where that is not done."""
    return engine.read_json(storage.folder_of(upload.id) / SEEN)
