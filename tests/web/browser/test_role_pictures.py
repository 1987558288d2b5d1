"""The page where each role works most, for its guide: taken in a service full of example work by

TANGGA_SCREENSHOTS=1 ./tangga test -m slow tests/web/browser/test_role_pictures.py
"""

from __future__ import annotations

import json
import os
import tomllib
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from climbing import plain_rules
from example_work import cast
from intake_office import Office
from pictures import take
from proposing import evidence_in

from tangga.cli.demo_accounts import FIRST_NAMES, LAST_NAMES
from tangga.web.today import pretend

pytestmark = pytest.mark.slow

KEPT = Path(__file__).parents[3] / "docs" / "images"
DAY = date(2026, 2, 2)
MOST_BYTES = 60_000
WIDTH = 1000
ITEM = "SELECT id::text FROM work_item WHERE kind = %s ORDER BY state <> %s, number LIMIT 1"
PICTURES = {
    "peran-kepala-desa": ("kepala_desa", "/usul/musyawarah/", 760),
    "peran-tksk": ("tksk", "/kunjungan/kejadian/", 560),
    "peran-tagana": ("tagana", "/kunjungan/kejadian/{disaster:recording}/", 860),
    "peran-pelopor-perdamaian": ("pelopor_perdamaian", "/kunjungan/kejadian/{tension:}/", 820),
    "peran-pendamping-pkh": ("pendamping_pkh", "/kunjungan/", 780),
    "peran-koordinator-pkh": ("koordinator_pkh", "/tugas/", 700),
    "peran-operator-kabkota": ("operator_kabkota", "/program/tahap/{round:sent}/", 860),
    "peran-kepala-dinas": ("kepala_dinas", "/tugas/", 760),
    "peran-dinas-provinsi": ("dinas_provinsi", "/rencana/", 700),
    "peran-kemensos": ("kemensos", "/wilayah/", 760),
    "peran-disdukcapil": ("disdukcapil", "/daftar/", 700),
    "peran-auditor": ("auditor", "/audit/", 760),
    "peran-administrator": ("administrator", "/akun/", 560),
}
"""File -> who is looking, at what, how high the window is. {KIND:STATE}: a matter, that state
first."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where pictures go: to the guides where that is wanted."""
    return KEPT if os.environ.get("TANGGA_SCREENSHOTS") == "1" else tmp_path


@pytest.fixture(scope="module")
def office(office: Office, workspace: Path) -> Office:
    """Its rules are those that the release was decided by."""
    said = tomllib.loads((workspace / "tangga.toml").read_text(encoding="utf-8"))
    local = json.dumps([str(workspace / name) for name in said["policy"]])
    settings = office.workspace / "tangga.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(f"policy = {local}\n{before}", encoding="utf-8")
    return office


@pytest.fixture(scope="module")
def full(web: Any, office: Office, workspace: Path) -> dict[str, Any]:
    """Role -> its account, in a service with example work."""
    from tangga.web.example.furnish import furnish

    users, village = cast(web)
    names = (f"{first} {last}" for last, first in product(LAST_NAMES, FIRST_NAMES))
    for user, user.name in zip(users.values(), names, strict=False):
        user.save(update_fields=["name"])
    with pretend(DAY), evidence_in(office.workspace.parent / "var"):
        for _ in plain_rules(web, workspace):
            furnish(users, village)
    return users


def _area(user: Any) -> str:
    from django.db import transaction

    from tangga.web.viewer import posts_in_force

    with transaction.atomic():
        return posts_in_force(user.pk)[0].area


def _address(web: Any, path: str) -> str:
    """With the id of a matter in the place of what it is called."""
    if "{" not in path:
        return path
    before, _, rest = path.partition("{")
    called, _, after = rest.partition("}")
    with web.owner() as con:
        (number,) = con.execute(ITEM, called.split(":")).fetchone()
    return f"{before}{number}{after}"


def test_pictures_of_the_roles(full: dict[str, Any], service: Any, folder: Path) -> None:
    for name, (role, path, height) in PICTURES.items():
        area = _area(full[role])
        service.web.made[role, area] = full[role]
        page = service.open(role, area, viewport={"width": WIDTH, "height": height})
        answer = page.goto(_address(service.web, path))
        assert answer.status == 200, (name, answer.status)
        take(page, folder / f"{name}.png")
        page.context.close()
    sizes = {name: (folder / f"{name}.png").stat().st_size for name in PICTURES}
    assert {name: size for name, size in sizes.items() if size >= MOST_BYTES} == {}


def test_every_path_of_a_guide_opens_for_its_role(full: dict[str, Any], workspace: Path) -> None:
    from django.test import Client
    from role_guides import GUIDES, paths_of
    from users import log_in

    closed = []
    with pretend(DAY):
        for guide in GUIDES:
            client = Client()
            log_in(client, full[guide.stem])
            for path in paths_of(guide):
                status = client.get(path).status_code
                if status not in (200, 302):
                    closed.append((guide.stem, path, status))
    assert closed == []
