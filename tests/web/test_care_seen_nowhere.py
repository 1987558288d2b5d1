"""A file of rehabilitation is in no list, count or paper of anybody outside of the case team."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from test_care_cases import DAY, REHSOS, SECRET, SENTRA, opened, referred, step
from walking import addresses

from tangga.web.today import pretend

pytestmark = pytest.mark.slow

OUTSIDE = {
    "operator_desa": 10,
    "kepala_desa": 10,
    "pendamping_pkh": 6,
    "tksk": 6,
    "koordinator_pkh": 4,
    "operator_kabkota": 4,
    "verifikator_kabkota": 4,
    "kepala_dinas": 4,
    "bupati": 4,
    "dinas_provinsi": 2,
    "kemensos": 0,
    "auditor": 0,
}
LEAVES = ("keluar", "logout", "login", "unduh-semua")
OF_WHOM = {"family_id": "family", "person_id": "person"}


def body(response: Any) -> str:
    """Text of an answer, of a workbook its parts."""
    said = b"".join(response.streaming_content) if response.streaming else response.content
    if said[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(said)) as held:
            said = b"\n".join(held.read(name) for name in held.namelist())
    return bytes(said).decode("utf-8", "replace")


def paths(item: Any) -> list[str]:
    """Every address that takes nothing, or this family, or this person."""
    ids = {"family": item.family_id, "person": item.person_id}
    found = []
    for one in addresses():
        names = {name: name.rpartition(":")[2] for name in one.parameters}
        if any(word in one.route for word in LEAVES) or not set(names.values()) <= set(OF_WHOM):
            continue
        found.append(one.with_values({key: ids[OF_WHOM[n]] for key, n in names.items()}))
    return found


def test_no_page_of_others_tells_of_a_file(web: Any) -> None:
    from tangga.web.journeys.care import case_papers
    from tangga.web.journeys.care.models import Assessment

    item = referred(web, opened(web, 21))
    from care import acting

    with pretend(DAY), acting(web, REHSOS, item.area[:4]) as by:
        letter = case_papers.referral_letter(item, by)
        result = case_papers.assessment_result(item, Assessment.objects.get(item=item), by, SECRET)
    item = step(web, step(web, item, "accept", role=SENTRA), "begin", role=SENTRA)
    secrets = [item.number, str(item.pk), letter.number, result.number, SECRET]
    secrets += ["Tidak ada layanan NAPZA di kabupaten", "Perlu rumah layanan"]
    walked, told = 0, []
    for role, digits in OUTSIDE.items():
        client = web.client(role, item.area[:digits])
        for path in paths(item):
            with pretend(DAY):
                answer = client.get(path)
            if answer.status_code != 200:
                continue
            walked += 1
            text = body(answer)
            told += [(role, path, word) for word in secrets if word in text]
    assert not told
    assert walked > 150
    team = web.client(REHSOS, item.area[:4])
    with pretend(DAY):
        assert item.number in body(team.get("/rehabilitasi/"))
