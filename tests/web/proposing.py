"""For tests of proposals: somebody in each part, a family, and the steps by which one goes up."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from families import one
from PIL import Image

REGENCY = "1811"
REASON = "Dilihat langsung di rumahnya bersama ketua RT"


def photo() -> Any:
    """A small picture, as a form brings it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    out = io.BytesIO()
    Image.new("RGB", (40, 30), "brown").save(out, "JPEG")
    return SimpleUploadedFile("rumah.jpg", out.getvalue(), content_type="image/jpeg")


@dataclass
class Office:
    """The people of one village and its regency."""

    web: Any
    village: str

    def client(self, part: str) -> Any:
        """operator, village_head, verifier, head, mayor."""
        role, area = {
            "operator": ("operator_desa", self.village),
            "village_head": ("kepala_desa", self.village),
            "verifier": ("verifikator_kabkota", REGENCY),
            "clerk": ("operator_kabkota", REGENCY),
            "head": ("kepala_dinas", REGENCY),
            "mayor": ("bupati", REGENCY),
        }[part]
        return self.web.client(role, area)

    def propose(self, path: str, form: dict[str, Any], by: str = "operator") -> str:
        """Send a form; the id of the item that it opened."""
        sent = {"reason": REASON, "photo": photo(), **form}
        answer = self.client(by).post(path, sent)
        assert answer.status_code == 302, problems(answer)
        return str(answer["Location"]).split("/")[2]

    def step(self, item: str, step: str, by: str, **form: str) -> Any:
        """Take a step of an item, with its version as it is."""
        sent = {"langkah": step, "versi": str(version(self.web, item)), **form}
        return self.client(by).post(f"/usul/{item}/langkah/", sent)

    def endorse(self, *items: str) -> Any:
        """By the village's deliberation."""
        form = {
            "usul": [f"{one}:{version(self.web, one)}" for one in items],
            "basis": "village_meeting",
            "document": "BA/07/2026",
            "held_on": "2026-01-05",
        }
        return self.client("village_head").post("/usul/musyawarah/", form)

    def batch(self, *items: str) -> str:
        """Recommend verified items; the id of their batch."""
        form = {
            "usul": [f"{one}:{version(self.web, one)}" for one in items],
            "dokumen": "460/12/Dinsos",
        }
        answer = self.client("head").post("/usul/bundel/", form)
        assert "/usul/bundel/" in answer["Location"] and len(answer["Location"]) > 20
        return str(answer["Location"]).split("/")[3]

    def sign(self, batch: str) -> Any:
        """As the mayor who has the page before them."""
        client = self.client("mayor")
        page = client.get(f"/usul/bundel/{batch}/")
        form = {
            "langkah": "sign",
            "versi": str(version(self.web, batch)),
            "dampak": fingerprint(page.content.decode()),
            "dokumen": "SK 460/2026",
        }
        return client.post(f"/usul/bundel/{batch}/langkah/", form)

    def value(self, family_id: str, column: str, text: str = "", section: str = "housing") -> str:
        """Propose one value of a family's home; '': any other code than what stands there."""
        text = text or other_code(self.web, family_id, column)
        path = f"/usul/baru/value/{family_id}/?siapa=keluarga&bagian={section}"
        return self.propose(path, {f"v_{column}": text})

    def verified(self, *items: str) -> None:
        """Endorsed and verified."""
        self.endorse(*items)
        for item in items:
            self.step(item, "verify", "verifier")

    def event(self, *items: str) -> None:
        """Verified by one, approved by another: what needs no deliberation."""
        for item in items:
            self.step(item, "verify", "verifier")
            self.step(item, "approve", "head")

    def through(self, *items: str) -> str:
        """Endorsed, verified, recommended and signed; the batch."""
        self.endorse(*items)
        for item in items:
            self.step(item, "verify", "verifier")
        batch = self.batch(*items)
        self.sign(batch)
        return batch


def other_code(web: Any, family_id: str, column: str, but: str = "") -> str:
    """A code of a column of the family that is not its own."""
    from tangga.web.pack import pack

    row = one(web, "SELECT to_jsonb(f) AS f FROM families AS f WHERE family_id = %s", family_id)
    codes = pack().tables["family"].columns[column].codes
    assert codes is not None
    return next(one for one in codes.codes if one not in (row["f"].get(column), but))


def fingerprint(text: str) -> str:
    """Of the effect that a page of a batch shows."""
    return text.partition('name="dampak" value="')[2].partition('"')[0]


def version(web: Any, item: str) -> int:
    """Of an item as it is."""
    return int(one(web, "SELECT version FROM work_item WHERE id = %s", item)["version"])


def state(web: Any, item: str) -> str:
    """Of an item as it is."""
    return str(one(web, "SELECT state FROM work_item WHERE id = %s", item)["state"])


def problems(answer: Any) -> list[str]:
    """What a page says is wrong, for the words of a test."""
    text = answer.content.decode()
    return [str(answer.status_code), *re.findall(r'class="error">(.*?)<', text)][:20]


def a_family(web: Any, where: str = "f.floor IS NOT NULL", area: str = REGENCY) -> dict[str, Any]:
    """A family of the release with a head and at least three living members."""
    return one(
        web,
        f"SELECT f.family_id, f.area, f.floor, f.head_person_id FROM families AS f "
        f"WHERE f.area LIKE %s AND f.status = 'active' AND {where} "
        "AND (SELECT count(*) FROM persons AS p WHERE p.family_id = f.family_id "
        "AND p.status <> 'dead') >= 3 ORDER BY f.family_id LIMIT 1",
        f"{area}%",
    )


def messages(answer: Any) -> str:
    """What the next page says on top; the same page, where it came back."""
    shown = answer if answer.status_code == 422 else answer.client.get(answer["Location"])
    text = shown.content.decode()
    return " ".join(part.partition("</p>")[0] for part in text.split('role="status">')[1:])


@contextmanager
def evidence_in(folder: Path) -> Iterator[None]:
    """Evidence lies in a folder of the tests."""
    from django.conf import settings

    before = settings.ENV
    settings.ENV = replace(before, var=folder)
    try:
        yield
    finally:
        settings.ENV = before
