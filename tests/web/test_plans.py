"""The plan on screen: lines offered and answered, totals spread; nobody types an achievement."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tangga.web.today import pretend

DAY = date(2026, 2, 2)
SAID = {
    "action": "Pelatihan olahan singkong",
    "programme": "",
    "focus": "empowerment",
    "fund_source": "apbd_regency",
    "cost": 120_000_000,
    "pilar": "pkh_companion",
    "measure": "graduations",
    "target": 40,
    "owner": "Dinas Sosial Mesuji",
    "due": date(2026, 11, 30),
    "rests_on": "",
}


@pytest.fixture(autouse=True)
def the_day() -> Any:
    with pretend(DAY):
        yield


@pytest.fixture
def as_who(web: Any) -> Any:
    from functools import partial

    from acting import acting

    return partial(acting, web)


def offered(as_who: Any, role: str, own: str, area: str, **more: Any) -> Any:
    from tangga.web.plans.actions import offer

    with as_who(role, own) as viewer:
        return offer(by=viewer, area=area, year=2026, said={**SAID, **more.pop("said", {})}, **more)


def answered(as_who: Any, role: str, own: str, item: Any, step: str, **more: Any) -> Any:
    from tangga.web.plans.actions import answer

    with as_who(role, own) as viewer:
        return answer(item, step, by=viewer, version=item.version, **more)


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """The data of every village are good enough."""
    from tangga.web.plans import actions, queries

    for module in (actions, queries):
        monkeypatch.setattr(module, "must_repair", lambda line: None)


def codes_of_the_pack() -> None:
    from tangga.web.pack import pack

    assert SAID["focus"] in pack().codes["focus"]
    assert SAID["fund_source"] in pack().codes["fund_source"]


def test_an_area_rejects_with_a_reason_and_the_province_sees_it(as_who: Any, web: Any) -> None:
    codes_of_the_pack()
    item = offered(as_who, "dinas_provinsi", "18", "1811")
    from tangga.web.work.refusals import Lacking

    with pytest.raises(Lacking):
        answered(as_who, "kepala_dinas", "1811", item, "reject")
    item = answered(as_who, "kepala_dinas", "1811", item, "reject", reason="Tidak ada pelatih")
    assert item.state == "rejected"
    page = web.client("dinas_provinsi", "18").get("/rencana/").content.decode()
    assert "Tidak ada pelatih" in page
    assert (
        "Tidak ada pelatih"
        not in web.client("kepala_dinas", "1771").get("/rencana/").content.decode()
    )


def test_who_offers_does_not_answer(as_who: Any) -> None:
    from tangga.web.work.refusals import NotYours, SameHand

    item = offered(as_who, "kepala_dinas", "1811", "1811")
    with pytest.raises(NotYours):
        answered(as_who, "operator_kabkota", "1811", item, "accept")
    with pytest.raises(SameHand):
        answered(as_who, "kepala_dinas", "1811", item, "accept")


def test_accepted_by_the_other_side_after_a_counter(as_who: Any, ready: None) -> None:
    from tangga.web.plans.models import PlanVersion
    from tangga.web.plans.queries import line_of
    from tangga.web.work.refusals import Refusal

    item = offered(as_who, "dinas_provinsi", "18", "1811")
    less = {"target": 25, "cost": 80_000_000}
    item = answered(
        as_who, "kepala_dinas", "1811", item, "counter", reason="Pelatih hanya dua", said=less
    )
    assert item.state == "with_office"
    with pytest.raises(Refusal):
        answered(as_who, "kepala_dinas", "1811", item, "accept")
    item = answered(as_who, "dinas_provinsi", "18", item, "accept_there")
    with as_who("kepala_dinas", "1811"):
        now = line_of(item.number).now
    assert (now.state, now.said["target"], now.said["cost"]) == ("accepted", 25, 80_000_000)
    found = PlanVersion.objects.filter(line__item=item)
    assert list(found.values_list("version", "state")) == [
        (1, "proposed"),
        (2, "changed"),
        (3, "accepted"),
    ]


def test_data_come_first(as_who: Any) -> None:
    """The village of the invented release is not ready: without a repair nothing is accepted."""
    from tangga.web.plans.actions import NotAllowed, adopt
    from tangga.web.plans.queries import line_of

    with as_who("kepala_dinas", "1771") as viewer:
        repair = adopt(line_of("P-1771-01"), by=viewer)
    answered(as_who, "kepala_dinas", "1771", repair, "cancel", reason="pelaksana mundur")
    item = offered(as_who, "dinas_provinsi", "17", "1771")
    with pytest.raises(NotAllowed, match="Data dahulu: 1 dari 1"):
        answered(as_who, "kepala_dinas", "1771", item, "accept")
    said = {"pilar": "", "measure": "", "target": None, "cost": None}
    again = offered(as_who, "dinas_provinsi", "17", "1771", said=said, repairs="matched")
    answered(as_who, "kepala_dinas", "1771", again, "accept")
    assert answered(as_who, "kepala_dinas", "1771", item, "accept").state == "accepted"


def test_nobody_registered_is_no_ready_data(as_who: Any, web: Any) -> None:
    from tangga.web.plans.actions import NotAllowed

    item = offered(as_who, "dinas_provinsi", "17", "1701")
    with pytest.raises(NotAllowed, match="belum ada keluarga"):
        answered(as_who, "kepala_dinas", "1701", item, "accept")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"measure": ""}, "ukuran"),
        ({"pilar": ""}, "pilar"),
        ({"due": date(2026, 1, 1)}, "lewat"),
        ({"action": ""}, "kegiatan harus"),
    ],
)
def test_a_line_that_says_something_impossible(as_who: Any, said: Any, why: str) -> None:
    from tangga.web.plans.actions import NotAllowed

    with pytest.raises(NotAllowed, match=why):
        offered(as_who, "dinas_provinsi", "18", "1811", said=said)


def test_nobody_plans_for_another_area(as_who: Any) -> None:
    from tangga.web.plans.actions import NotAllowed

    with pytest.raises(NotAllowed):
        offered(as_who, "operator_kabkota", "1811", "1771")


def test_a_total_is_spread_and_offered(web: Any) -> None:
    """What is shown sums exactly; nothing is offered before the second button."""
    from django.db.models import Sum

    from tangga.web.plans.models import PlanLine, PlanVersion

    client = web.client("dinas_provinsi", "17")
    asked = {
        "year": 2026,
        "action": "Graduasi mandiri",
        "by": "families",
        "focus": "empowerment",
        "fund_source": "apbn",
        "cost": 447_000_000_001,
        "pilar": "pkh_companion",
        "measure": "graduations",
        "target": 4_120,
        "owner": "Dinas sosial",
        "due": "2026-12-31",
    }
    before = PlanLine.objects.count()
    page = client.post("/rencana/sebar/", asked).content.decode()
    assert "Rp447.000.000.001" in page
    assert "4.120" in page
    assert PlanLine.objects.count() == before
    client.post("/rencana/sebar/", asked | {"tawarkan": "1"})
    made = PlanVersion.objects.filter(action="Graduasi mandiri")
    sums = made.aggregate(target=Sum("target"), cost=Sum("cost"))
    assert sums == {"target": 4_120, "cost": 447_000_000_001}


def test_a_line_of_the_files_is_answered_here(web: Any, as_who: Any) -> None:
    from tangga.web.plans.actions import adopt
    from tangga.web.plans.queries import lines

    with as_who("kepala_dinas", "1811") as viewer:
        open_ones = [one for one in lines("1811") if one.now.state in ("proposed", "changed")]
        if not open_ones:
            pytest.skip("the invented release has no open line of 1811")
        item = adopt(open_ones[0], by=viewer)
        known = open_ones[0].now.version
    answered(as_who, "kepala_dinas", "1811", item, "reject", reason="ditunda")
    with as_who("kepala_dinas", "1811"):
        now = next(one for one in lines("1811") if one.kept and one.kept.pk == item.pk).now
    assert (now.version, now.state) == (known + 1, "rejected")


def test_pages(web: Any, as_who: Any) -> None:
    item = offered(as_who, "dinas_provinsi", "18", "1811")
    client = web.client("kepala_dinas", "1811")
    for path in ("/rencana/", "/rencana/baru/", "/rencana/sebar/", f"/rencana/{item.pk}/"):
        assert client.get(path).status_code == 200, path
    assert web.client("kepala_dinas", "1771").get(f"/rencana/{item.pk}/").status_code == 404
    sent = {"langkah": "reject", "versi": "1", "alasan": "x"}
    assert client.post(f"/tugas/{item.pk}/langkah/", sent).status_code == 404
    answer = client.post(f"/rencana/{item.pk}/jawab/", sent, follow=True)
    assert "Ditolak" in answer.content.decode()


def test_no_form_takes_an_achievement() -> None:
    """Nor does any column of a version: what was achieved is computed from records alone."""
    from tangga.web.plans.forms import Counter, NewLine, Spreading
    from tangga.web.plans.models import PlanVersion

    fields = {one.name for one in PlanVersion._meta.get_fields()}
    for form in (Counter, NewLine, Spreading):
        fields |= set(form.base_fields)
    assert not {one for one in fields if "achiev" in one or "capaian" in one}


def test_a_scenario_from_the_form_is_toml() -> None:
    import tomllib

    from tangga.web.plans.simulate import written

    text = written('Kata "aneh"\n[cap]', programme="sembako", decile=4, cap=60, who="x")
    said = tomllib.loads(text)
    assert said["cutoffs"] == {"sembako": 4}
    assert said["cap"] == {"months": 60, "in_force": True}
    assert said["title_id"] == 'Kata "aneh" [cap]'


def asked(web: Any, as_who: Any, title: str, scenario: str) -> Any:
    from tangga.web.plans import simulate

    with as_who("kemensos", "") as viewer:
        return simulate.ask(by=viewer, title=title, scenario=scenario)


@pytest.fixture
def office(workspace: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A service with a workspace, and a folder of its own."""
    from dataclasses import replace

    from django.conf import settings

    there = replace(settings.ENV, workspace=str(workspace), var=tmp_path)
    monkeypatch.setattr(settings, "ENV", there)
    return there


def test_a_simulation_from_the_page_to_its_report(web: Any, as_who: Any, office: Any) -> None:
    from tangga.web.plans import simulate
    from tangga.web.plans.models import Simulation

    client = web.client("kemensos", "")
    sent = {"title": "Sembako sampai desil 3", "programme": "sembako", "decile": 3}
    page = client.post("/simulasi/", sent, follow=True)
    found = Simulation.objects.get(title="Sembako sampai desil 3")
    assert "Menunggu giliran" in page.content.decode()
    simulate.work(str(found.pk))
    found.refresh_from_db()
    assert (found.state, found.words) == ("done", "")
    shown = client.get(f"/simulasi/{found.pk}/").content.decode()
    assert "Keluarga layak menurut aturan" in shown
    assert found.about["run"] in shown and found.sha256 in shown
    assert client.get(f"/simulasi/{found.pk}/cost.id.svg").status_code == 200
    for name in ("changed.csv", "manifest.json", "..%2Fscenario.toml"):
        assert client.get(f"/simulasi/{found.pk}/{name}").status_code == 404, name
    assert web.client("kepala_dinas", "1811").get(f"/simulasi/{found.pk}/").status_code == 403


def test_a_scenario_that_says_nonsense_is_told(web: Any, as_who: Any, office: Any) -> None:
    from tangga.web.plans import simulate

    found = asked(web, as_who, "Salah", 'name = "x"\n[cutoffs]\nsembakoo = 4\n')
    simulate.work(str(found.pk))
    found.refresh_from_db()
    assert found.state == "refused"
    assert "sembakoo" in found.words


def test_a_simulation_called_off(web: Any, as_who: Any, office: Any) -> None:
    from tangga.web.plans import simulate

    found = asked(web, as_who, "Batal", 'name = "x"\n')
    with as_who("kemensos", "") as viewer:
        simulate.cancel(found, by=viewer)
    simulate.work(str(found.pk))
    found.refresh_from_db()
    assert (found.state, found.about) == ("cancelled", {})


def test_a_narrow_post_is_told_why_it_cannot_simulate(web: Any) -> None:
    """Not "ask for another post": the role may, its area is not the whole register."""
    answer = web.client("kepala_dinas", "1811").get("/simulasi/")
    text = answer.content.decode()
    assert answer.status_code == 403 and "belum seluruh data layanan ini" in text
    assert "mintalah jabatan" not in text
    other = web.client("pendamping_pkh", "181105").get("/simulasi/")
    assert other.status_code == 403 and "mintalah jabatan" in other.content.decode()


def test_numbers_of_a_report_need_no_style_of_their_own() -> None:
    from types import SimpleNamespace

    from tangga.web.plans.simulation_views import _html

    made = _html(SimpleNamespace(pk=None), "| a | b |\n| --- | ---: |\n| x | 1 |\n")  # type: ignore[arg-type]
    assert "style=" not in made and made.count('class="number"') == 2


def test_a_measure_is_said_in_words(web: Any) -> None:
    from tangga.web.plans.forms import measures

    said = dict(measures("id"))
    assert said["graduations"] != "graduations"
