"""A new field key: what the work keeps sealed is sealed again, and the old key can go."""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import transaction

from tangga.web.papers.content import Content
from tangga.web.papers.issue import issue
from tangga.web.privacy import resealing
from tangga.web.public.models import Phone
from tangga.web.secrets import Secrets, of_the_service, seal
from tangga.web.work.models import Evidence, Item

DAY = date(2026, 3, 1)


def key(sign: int) -> str:
    return base64.b64encode(bytes([sign]) * 32).decode()


def test_papers_telephones_and_files_open_with_the_new_key_alone(
    web: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = of_the_service()
    user = web.user("operator_desa", "1811012001")
    about = {"to": "RSUD", "name": "Sari", "address": "Dusun 2", "need": "Kartu"}
    with transaction.atomic():
        paper = issue("rujukan_layanan", by=None, area="1811", about=about)
    phone = Phone.objects.create(
        person_id="P-1", family_id="F-1", area="1811012001", number=seal("08121234567"),
        last="4567", by=user, since=DAY,
    )  # fmt: skip
    item = Item.objects.create(
        number="T/1", kind="correction", area="1811012001", state="x", opened_on=DAY
    )
    (tmp_path / "a.seal").write_bytes(old.seal_file(b"foto"))
    Evidence.objects.create(
        item=item, kind="photo", name="a", stored="a.seal", bytes=4, sha256="0" * 64, media="x"
    )
    new_key = key(7)
    both = Secrets.of(new_key, [base64.b64encode(bytes(range(32))).decode()])
    assert both.old[0].mark != both.now.mark
    monkeypatch.setattr(resealing, "of_the_service", lambda: both)
    monkeypatch.setattr(resealing.evidence, "folder", lambda: tmp_path)
    assert resealing.reseal() >= 3
    assert resealing.reseal() == 0, "nothing is left of the old key"
    alone = Secrets.of(new_key)
    with psycopg.connect(web.url) as con:
        content = con.execute("SELECT content FROM papers_paper WHERE id = %s", [paper.pk])
        sealed = content.fetchone()[0]
        number = con.execute("SELECT number FROM public_phone WHERE id = %s", [phone.pk])
        assert alone.unseal(number.fetchone()[0]) == "08121234567"
    assert alone.unseal_file((tmp_path / "a.seal").read_bytes()) == b"foto"
    monkeypatch.setattr("tangga.web.papers.content.unseal", alone.unseal)
    assert Content.opened(sealed).digest == paper.digest
    with psycopg.connect(web.url) as con, pytest.raises(psycopg.errors.InsufficientPrivilege):
        con.execute("UPDATE papers_paper SET number = 'x' WHERE id = %s", [paper.pk])
