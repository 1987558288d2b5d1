"""Photos and documents that prove something of an item: taken in cleaned, kept sealed.

Files lie below `TANGGA_VAR/evidence`, each under a name that means nothing, sealed with the
service's key; who copies the disk reads none. A row is written after its file: what a broken
request leaves behind is a file that no row names, and `sweep` removes it.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
import uuid
from datetime import date
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction

from tangga.web.audit.actions import record
from tangga.web.intake.storage import shown_name
from tangga.web.secrets import Unreadable, of_the_service, seal, unseal
from tangga.web.today import is_told, today
from tangga.web.viewer import Viewer
from tangga.web.work import camera
from tangga.web.work.cleaning import MOST_BYTES, Cleaned, Refused, clean
from tangga.web.work.models import Evidence, Item

MOST_FILES = 20
"""Of one item."""
PLACE = re.compile(r"\s*(-?\d{1,2}(?:[.]\d{1,8})?)\s*,\s*(-?\d{1,3}(?:[.]\d{1,8})?)\s*")
SUFFIX = ".sealed"
ORPHAN_SECONDS = 24 * 3600


class Gone(Exception):
    """The file is not there, or is no longer what was kept."""


def folder() -> Path:
    """The folder of all evidence: private."""
    found: Path = settings.ENV.var.resolve() / "evidence"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def keep(
    upload: IO[bytes],
    *,
    item: Item,
    by: Viewer | None,
    kind: str,
    taken_on: date | None = None,
    place: str = "",
) -> Evidence:
    """Keep one file as evidence of an item; it is recorded in the trail.

    upload: as a form brings it (`.read`, `.name`). kind: `photo` or `document`. place: "latitude,
    longitude", or "". Of a photo both are read from it where nobody says them, save in a case.
    Raises Refused (words for the page) for a file that is not kept, whatever it is called: neither
    picture nor PDF, too large, damaged, locked.
    """
    _check(item, taken_on)
    where = _place(place)
    content = upload.read(MOST_BYTES + 1)
    cleaned = clean(content)
    if kind == Evidence.PHOTO and not item.cased:
        told = camera.said(content, today())
        taken_on, where = taken_on or told.day, where or told.place
    with transaction.atomic():
        _room(item)
        found = Evidence.objects.create(
            item=item,
            kind=kind,
            name=shown_name(str(getattr(upload, "name", "") or "")),
            taken_on=taken_on,
            place=seal(where) if where else None,
            by=None if by is None else by.user,
            **_stored(cleaned),
        )
        received = hashlib.sha256(content).hexdigest()
        about = {"item": item.number, "evidence": str(found.pk), "received": received}
        record("evidence_kept", by=by, about=about, **_of(item))
    return found


def _room(item: Item) -> None:
    """Refused where it has as many files as it may; two requests at once both count."""
    Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if Evidence.objects.filter(item=item).count() >= MOST_FILES:
        raise Refused("too_many", most=MOST_FILES)


def _stored(cleaned: Cleaned) -> dict[str, Any]:
    """Write the file; what its row says of it."""
    return {
        "stored": _store(cleaned),
        "sha256": hashlib.sha256(cleaned.content).hexdigest(),
        "bytes": len(cleaned.content),
        "media": cleaned.media,
    }


def of(item: Item) -> list[Evidence]:
    """The evidence of an item, the oldest first."""
    kept = item.evidence.select_related("by", "item").defer("by__password").order_by("at", "id")
    found = list(kept)
    for one in found:
        one.told_on = one.taken_on or brought_on(one)  # type: ignore[attr-defined]
    return found


def brought_on(found: Evidence) -> date | None:
    """The service's day on which it came, where that is not the clock's: of the item's last step
    till then. None: the moment itself tells it."""
    if not is_told():
        return None
    before = found.item.steps.filter(at__lte=found.at).order_by("-n").first()
    return None if before is None else before.on_day


def opened(found: Evidence, *, by: Viewer) -> bytes:
    """The content of one file, recorded as seen. Gone where it is lost or was changed."""
    try:
        content = of_the_service().unseal_file((folder() / found.stored).read_bytes())
    except (OSError, Unreadable):
        raise Gone(found.pk) from None
    if hashlib.sha256(content).hexdigest() != found.sha256:
        raise Gone(found.pk)
    about = {"item": found.item.number, "evidence": str(found.pk)}
    record("evidence_seen", by=by, about=about, **_of(found.item))
    return content


def place_of(found: Evidence) -> str:
    """Where it was taken, "latitude, longitude"; '' where nobody said so."""
    return "" if found.place is None else unseal(found.place)


def also_used(found: Evidence) -> list[Item]:
    """Other items for which the very same file is evidence, as far as the viewer may see them."""
    same = Evidence.objects.filter(sha256=found.sha256).exclude(item=found.item)
    return list(Item.objects.filter(evidence__in=same).distinct().order_by("number")[:5])


def may_see(viewer: Viewer) -> bool:
    """Whether the post sees what evidence holds: faces, names and numbers of people."""
    return viewer.sight("identity") == "full"


def sweep() -> int:
    """Remove files that no row names, a day after they were written; returns how many."""
    kept = set(Evidence.objects.values_list("stored", flat=True))
    removed = 0
    for file in folder().glob(f"*/*{SUFFIX}"):
        old = time.time() - file.stat().st_mtime > ORPHAN_SECONDS
        if old and str(file.relative_to(folder())) not in kept:
            file.unlink(missing_ok=True)
            removed += 1
    return removed


def _check(item: Item, taken_on: date | None) -> None:
    if item.closed:
        raise Refused("closed")
    if taken_on is not None and taken_on > today():
        raise Refused("day")


def _of(item: Item) -> dict[str, str | None]:
    """Whom an event of the trail is about."""
    family, person = item.family_id or None, item.person_id or None
    return {"family_id": family, "person_id": person, "area": item.area}


def _place(said: str) -> str:
    """As it is kept; Refused where it is no place on earth."""
    if not said.strip():
        return ""
    match = PLACE.fullmatch(said)
    if match is None or abs(float(match[1])) > 90 or abs(float(match[2])) > 180:
        raise Refused("place")
    return f"{match[1]}, {match[2]}"


def _store(cleaned: Cleaned) -> str:
    """Write the file whole and sealed; where it lies, below the folder of evidence."""
    name = uuid.uuid4().hex
    path = folder() / name[:2] / f"{name}{SUFFIX}"
    path.parent.mkdir(exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(of_the_service().seal_file(cleaned.content))
        out.flush()
        os.fsync(out.fileno())
    return str(path.relative_to(folder()))
