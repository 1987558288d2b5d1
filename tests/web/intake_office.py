"""An office of the tests: a workspace, a folder for uploads, and a worker that does what waits."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

LAYOUTS = Path(__file__).parents[2] / "src/tangga/packs/indonesia/layouts"
SAMPLES = LAYOUTS / "samples"
SETTINGS = 'name = "Mesuji"\npack = "indonesia"\nas_of = 2026-01-31\n'
VILLAGE = "1811012001"


@dataclass
class Office:
    """workspace: what `tangga run` works on. web: the service (conftest)."""

    workspace: Path
    web: Any

    def client(self, role: str = "operator_kabkota", area: str = "1811") -> Any:
        """Who brings files in; by default who answers for the whole workspace."""
        return self.web.client(role, area)

    def send(self, client: Any, *files: tuple[str, bytes]) -> Any:
        """Upload; the page that comes next."""
        sent = [SimpleUploadedFile(name, content) for name, content in files]
        return client.post("/unggah/", {"berkas": sent}, follow=True)

    def known(self, client: Any, *files: tuple[str, bytes]) -> str:
        """Upload and recognise; the address of the upload."""
        address = self.send(client, *files).redirect_chain[-1][0]
        self.work()
        return str(address)

    def work(self) -> list[Any]:
        """Do the jobs that wait, in order, as the worker would."""
        from tangga.web.intake import tasks
        from tangga.web.intake.models import Job

        done = []
        for job in list(Job.objects.filter(state=Job.QUEUED).order_by("at")):
            tasks.TASKS[job.kind](job=str(job.id))
            done.append(Job.objects.get(pk=job.pk))
        return done

    def source(self, name: str) -> str:
        """A descriptor as it was written."""
        return (self.workspace / "sources" / f"{name}.toml").read_text()

    def files(self) -> list[str]:
        """The data files of the workspace."""
        return sorted(p.name for p in (self.workspace / "data").rglob("*") if p.is_file())


@contextmanager
def open_office(web: Any, folder: Path, root: str = "1811") -> Iterator[Office]:
    """The service with a workspace of its own for as long as it lasts."""
    from django.conf import settings

    from tangga.web.database.grants import grant_to_app

    shutil.rmtree(folder, ignore_errors=True)
    (folder / "workspace" / "sources").mkdir(parents=True)
    (folder / "workspace" / "tangga.toml").write_text(SETTINGS)
    before = settings.ENV
    changed = {"workspace": str(folder / "workspace"), "var": folder / "var", "root_area": root}
    settings.ENV = replace(before, **changed)
    grant_to_app()
    try:
        yield Office(folder / "workspace", web)
    finally:
        settings.ENV = before


def sample(name: str) -> tuple[str, bytes]:
    """A sample of a shipped layout."""
    return name, (SAMPLES / name).read_bytes()


def table(rows: Iterable[Iterable[object]], sign: str = ",") -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=sign, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def workbook(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as XLSX."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(out)
    return out.getvalue()


def fields(page: Any) -> dict[str, str]:
    """The fields of the matching form as a browser would send them unchanged."""
    from html.parser import HTMLParser

    found: dict[str, str] = {}

    class Reader(HTMLParser):
        select = ""
        inside = False

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            said = dict(attributes)
            name = said.get("name") or ""
            if tag == "form":
                self.inside = "matching" in (said.get("class") or "")
            if not self.inside:
                return
            if tag == "input" and name and said.get("type") != "checkbox":
                found[name] = said.get("value") or ""
            if tag == "select":
                self.select = name
                found.setdefault(name, "")
            if tag == "option" and "selected" in said and self.select:
                found[self.select] = said.get("value") or ""

        def handle_endtag(self, tag: str) -> None:
            if tag == "select":
                self.select = ""

    Reader().feed(page.content.decode())
    found.pop("csrfmiddlewaretoken", None)
    return found
