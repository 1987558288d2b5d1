"""Items: who may take which step, when, with which hand; nothing half done."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tangga.web.today import pretend

WORKFLOW = """
id = "Percobaan"
en = "Probe"
from = 2026-01-01
number = "UJI"
[windows.month]
days = [1, 10]
[states.proposed]
id = "Diusulkan"
en = "Proposed"
waits_for = "verify"
days = 14
overdue = "late"
[states.verified]
id = "Diverifikasi"
en = "Verified"
waits_for = "recommend"
[states.late]
id = "Terlambat"
en = "Late"
waits_for = "verify"
[states.done]
id = "Selesai"
en = "Done"
final = true
[steps.propose]
id = "Usulkan"
en = "Propose"
from = []
to = "proposed"
verb = "propose"
hand = "proposer"
[steps.verify]
id = "Verifikasi"
en = "Verify"
from = ["proposed", "late"]
to = "verified"
verb = "verify"
hand = "verifier"
needs = ["reason"]
[steps.decide]
id = "Putuskan"
en = "Decide"
from = ["verified"]
to = "done"
verb = "recommend"
hand = "approver"
window = "month"
[steps.late]
id = "Lewat waktu"
en = "Late"
from = ["proposed"]
to = "late"
system = true
"""
DAY = date(2026, 3, 5)
VILLAGE = "1811012001"


@pytest.fixture(autouse=True)
def probe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    from tangga.rules.workflow import load_workflows
    from tangga.web.work import clock_job, kinds, queries, views

    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "probe.toml").write_text(WORKFLOW, encoding="utf-8")
    flows = load_workflows(tmp_path)
    for module in (kinds, queries, clock_job, views):
        monkeypatch.setattr(module, "workflows", lambda: flows)
    with pretend(DAY):
        yield


@pytest.fixture
def acting(web: Any) -> Any:
    """`with acting(role, area) as viewer`."""
    from functools import partial

    from acting import acting

    return partial(acting, web)


def begun(acting: Any, **more: Any) -> Any:
    from tangga.web.work import actions

    with acting("operator_desa", VILLAGE) as viewer:
        return actions.begin("probe", by=viewer, area=VILLAGE, **more)


def taken(acting: Any, role: str, area: str, item: Any, step: str, **more: Any) -> Any:
    from tangga.web.work import actions

    with acting(role, area) as viewer:
        return actions.take(
            item, step, by=viewer, version=more.pop("version", item.version), **more
        )


def test_an_item_goes_its_way(acting: Any) -> None:
    from tangga.web.work.models import Taken

    item = begun(acting)
    assert item.number.startswith("UJI/1811/2026/")
    assert (item.state, item.due) == ("proposed", date(2026, 3, 19))
    item = taken(acting, "verifikator_kabkota", "1811", item, "verify", reason="sesuai")
    item = taken(acting, "kepala_dinas", "1811", item, "decide")
    assert (item.state, item.version, item.closed_on) == ("done", 3, DAY)
    assert list(Taken.objects.filter(item=item).values_list("step", "hand")) == [
        ("propose", "proposer"),
        ("verify", "verifier"),
        ("decide", "approver"),
    ]


def test_numbers_follow_each_other(acting: Any) -> None:
    first, second = begun(acting), begun(acting)
    assert int(second.number[-6:]) == int(first.number[-6:]) + 1


def test_what_is_refused_changes_nothing(acting: Any) -> None:
    from tangga.web.work import refusals as no

    item = begun(acting)
    for role, area, step, more, why in (
        ("verifikator_kabkota", "1811", "verify", {"reason": " "}, no.Lacking),
        ("verifikator_kabkota", "1811", "verify", {"reason": "x", "version": 0}, no.Stale),
        ("verifikator_kabkota", "1811", "decide", {}, no.WrongState),
        ("verifikator_kabkota", "1811", "late", {}, no.NotYours),
        ("kepala_dinas", "1811", "verify", {"reason": "x"}, no.NotYours),
    ):
        with pytest.raises(why):
            taken(acting, role, area, item, step, **more)
    item.refresh_from_db()
    assert (item.state, item.version) == ("proposed", 1)


def test_another_area_does_not_see_it(acting: Any) -> None:
    from tangga.web.work.models import Item

    item = begun(acting)
    with pytest.raises(Item.DoesNotExist):
        taken(acting, "verifikator_kabkota", "1771", item, "verify", reason="x")


def test_a_window_that_is_closed(acting: Any) -> None:
    from tangga.web.work.refusals import Closed

    item = taken(acting, "verifikator_kabkota", "1811", begun(acting), "verify", reason="ya")
    with pretend(date(2026, 3, 11)), pytest.raises(Closed) as refused:
        taken(acting, "kepala_dinas", "1811", item, "decide")
    assert "1 April 2026" in refused.value.words("id")


def test_one_person_has_one_hand(acting: Any, web: Any) -> None:
    """Also where one account has two posts, and where the page would have let it through."""
    from tangga.web.work import actions
    from tangga.web.work.refusals import SameHand

    user = web.user("verifikator_kabkota", "1811")
    item = begun(acting)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE work_taken SET user_id = %s WHERE item_id = %s", [user.pk, item.pk])
    with acting("verifikator_kabkota", "1811") as viewer:
        assert actions.steps_for(item, viewer) == []
    with pytest.raises(SameHand):
        taken(acting, "verifikator_kabkota", "1811", item, "verify", reason="x")


def test_a_power_delegated_in_writing(acting: Any, web: Any) -> None:
    from tangga.web.work import delegations
    from tangga.web.work.models import Taken
    from tangga.web.work.refusals import Lacking, NotYours

    item = taken(acting, "verifikator_kabkota", "1811", begun(acting), "verify", reason="ya")
    other = web.user("koordinator_pkh", "1811")
    with pytest.raises(NotYours):
        taken(acting, "koordinator_pkh", "1811", item, "decide")
    said = {"verb": "recommend", "to_user": other.pk, "valid_from": DAY}
    with acting("kepala_dinas", "1811") as viewer:
        with pytest.raises(Lacking):
            delegations.delegate(**said, document=" ", valid_to=date(2026, 4, 1), by=viewer)
        with pytest.raises(NotYours):
            wrong = said | {"verb": "sign"}
            delegations.delegate(**wrong, document="S-1", valid_to=date(2026, 4, 1), by=viewer)
        delegations.delegate(**said, document="S-1", valid_to=date(2026, 4, 1), by=viewer)
        issued = delegations.delegate(
            **said | {"verb": "plan_decide"},
            reason="cuti tahunan",
            valid_to=date(2026, 4, 1),
            by=viewer,
        )
    assert "/LIMPAH/" in issued.document
    item = taken(acting, "koordinator_pkh", "1811", item, "decide")
    assert Taken.objects.get(item=item, step="decide").on_behalf == "S-1"


def test_the_clock_takes_what_is_late(acting: Any) -> None:
    from tangga.web.work.clock_job import overdue

    item = begun(acting)
    overdue(date(2026, 3, 19))
    item.refresh_from_db()
    assert item.state == "proposed", "the last day is still in time"
    assert overdue(date(2026, 3, 20)) >= 1
    item.refresh_from_db()
    assert (item.state, item.due) == ("late", None)


def test_what_waits_for_whom(web: Any, acting: Any) -> None:
    item = begun(acting)
    page = web.client("verifikator_kabkota", "1811").get("/tugas/").content.decode()
    assert item.number in page
    assert item.number not in web.client("kepala_dinas", "1811").get("/tugas/").content.decode()
    assert (
        item.number not in web.client("verifikator_kabkota", "1771").get("/tugas/").content.decode()
    )


def test_steps_on_a_page(web: Any, acting: Any) -> None:
    item = begun(acting)
    client = web.client("verifikator_kabkota", "1811")
    address = f"/tugas/{item.pk}/"
    assert 'value="verify"' in client.get(address).content.decode()
    sent = {"langkah": "verify", "versi": "1", "alasan": "sesuai <script>"}
    answer = client.post(address + "langkah/", sent, follow=True)
    assert "Diverifikasi" in answer.content.decode()
    assert "sesuai &lt;script&gt;" in answer.content.decode()
    replayed = client.post(address + "langkah/", sent, follow=True).content.decode()
    assert "tidak dapat diambil lagi" in replayed
    assert web.client("verifikator_kabkota", "1771").get(address).status_code == 404


def test_a_step_taken_never_changes(acting: Any) -> None:
    from django.db import connection
    from django.db.utils import ProgrammingError

    item = begun(acting)
    for statement in ("UPDATE work_taken SET reason = ''", "DELETE FROM work_item"):
        with pytest.raises(ProgrammingError), acting("operator_desa", VILLAGE):
            connection.cursor().execute(statement)
    item.refresh_from_db()
    assert item.version == 1
