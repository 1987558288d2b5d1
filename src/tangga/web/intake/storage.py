"""Where uploaded files lie: a private folder an upload, names that mean nothing to a system."""

from __future__ import annotations

import hashlib
import re
import shutil
import unicodedata
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

MOST_BYTES = 500 * 1024 * 1024
"""Of all files that are sent in one go."""
LONGEST_NAME = 80
PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
LONG_NUMBER = re.compile(r"[0-9]{11,}")
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".gz", ".zip")


def uploads() -> Path:
    """The folder of all uploads."""
    return _private(settings.ENV.var.resolve() / "uploads")


def folder_of(upload: uuid.UUID) -> Path:
    """The folder of one upload."""
    return _private(uploads() / str(upload))


def jobs_folder(job: uuid.UUID) -> Path:
    """The folder of one job: progress, report, what the command said."""
    return _private(_private(settings.ENV.var.resolve() / "jobs") / str(job))


def _private(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def clean_name(name: str) -> str:
    """A name that is safe in any folder and holds no national number; its ending stays.

    `../../a b.CSV` is `a_b.csv`.
    """
    base = re.split(r"[/\\]", name)[-1]
    plain = unicodedata.normalize("NFKD", base).encode("ascii", "ignore").decode()
    plain = LONG_NUMBER.sub("", PLAIN.sub("_", plain)).strip("._-")
    stem, dot, ending = plain.rpartition(".")
    stem, ending = (stem, f".{ending.lower()}") if dot else (plain, "")
    return f"{(stem.strip('._-') or 'berkas')[:LONGEST_NAME]}{ending[:10]}"


def shown_name(name: str) -> str:
    """What the officer called it, without a path and without signs that nobody sees."""
    base = re.split(r"[/\\]", name)[-1]
    seen = "".join(c for c in base if c.isprintable()).strip()
    return LONG_NUMBER.sub("…", seen)[:200] or "berkas"


class Received(UploadedFile):
    """A file that has come in: it lies in a folder of ours already."""

    def __init__(self, path: Path, sha256: str, **more: Any) -> None:
        super().__init__(**more)
        self.path, self.sha256 = path, sha256


class ToOurFolder(FileUploadHandler):
    """Writes each file where only we read it, and hashes it on the way; never into memory, and
    never where other programs of the machine keep their files."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.received = 0
        self.too_much = False
        self.paths: list[Path] = []
        self.digest = hashlib.sha256()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin the next file."""
        super().new_file(*args, **kwargs)
        self.digest = hashlib.sha256()
        self.path = _private(uploads() / ".incoming") / uuid.uuid4().hex
        self.out = self.path.open("xb")
        self.path.chmod(0o600)
        self.paths.append(self.path)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece; stop where it is too much."""
        self.received += len(raw_data)
        if self.received > MOST_BYTES:
            self.too_much = True
            self.upload_interrupted()
            raise StopUpload(connection_reset=False)
        self.digest.update(raw_data)
        self.out.write(raw_data)

    def file_complete(self, file_size: int) -> Received:
        """The file is whole."""
        self.out.close()
        return Received(
            self.path,
            self.digest.hexdigest(),
            file=self.path.open("rb"),
            name=self.file_name,
            content_type="application/octet-stream",
            size=file_size,
        )

    def upload_interrupted(self) -> None:
        """Keep nothing of what did not come whole."""
        if hasattr(self, "out"):
            self.out.close()
        for path in self.paths:
            path.unlink(missing_ok=True)


def keep(received: Received, upload: uuid.UUID, number: int, ending: str) -> str:
    """Move a file into its upload's folder; gives where it lies, below the folder of uploads."""
    received.close()
    clean = clean_name(received.name or "")
    stem = Path(clean).name.removesuffix(Path(clean).suffix) or "berkas"
    target = folder_of(upload) / f"{number:03d}_{stem}{ending}"
    shutil.move(received.path, target)
    return str(target.relative_to(uploads()))


def path_of(stored: str) -> Path:
    """Where a stored file lies; ValueError for a name that leaves the folder."""
    path = (uploads() / stored).resolve()
    if not path.is_relative_to(uploads()):
        raise ValueError("outside the folder of uploads")
    return path
