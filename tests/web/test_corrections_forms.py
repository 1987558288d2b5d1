"""Forms that people understand, and lists in the order of their work."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from families import ask, connection, one
from proposing import Office, a_family, evidence_in, photo, problems, version

from tangga.web.today import pretend

REASON = "Dilihat langsung bersama ketua RT"


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with pretend(date(2026, 2, 5)):
        yield


@pytest.fixture(autouse=True, scope="module")
def evidence_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with evidence_in(tmp_path_factory.mktemp("var")):
        yield


@pytest.fixture(scope="module")
def family(web: Any) -> dict[str, Any]:
    return a_family(web)


@pytest.fixture(scope="module")
def office(web: Any, family: dict[str, Any]) -> Office:
    return Office(web, family["area"])


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def eldest(web: Any, family: dict[str, Any]) -> dict[str, Any]:
    return one(
        web,
        "SELECT person_id, birth_date FROM persons WHERE family_id = %s AND status <> 'dead' "
        "AND birth_date IS NOT NULL ORDER BY birth_date LIMIT 1",
        family["family_id"],
    )


def test_a_record_says_whose_it_seems_to_be(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    person = eldest(web, family)["person_id"]
    records = ask(web, "SELECT source, as_of FROM crosswalk WHERE person_id = %s", person)
    path = f"/usul/baru/different_persons/{family['family_id']}/?siapa={person}"
    page = text_of(office.client("operator").get(path))
    assert page.count('name="records"') == len(records)
    told = re.findall(r'name="records".*?<label[^>]*>(.*?)</label>', page, re.S)
    assert all("***" in words and "2" in words for words in told), "a name, masked, and a day"


def test_the_other_person_is_chosen_from_the_family(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    person = eldest(web, family)["person_id"]
    path = f"/usul/baru/same_person/{family['family_id']}/?siapa={person}"
    page = text_of(office.client("operator").get(path))
    listed = re.findall(r'<option value="([^"]+ – P[^"]+)">', page)
    assert listed and not any(person in one for one in listed)
    item = office.propose(path, {"person": listed[0]})
    kept = text_of(office.client("operator").get(f"/usul/{item}/"))
    assert listed[0].partition(" – ")[0] in kept


def test_nothing_happens_to_somebody_before_they_are_born(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    person = eldest(web, family)
    path = f"/usul/baru/death/{family['family_id']}/?siapa={person['person_id']}"
    early = person["birth_date"].replace(year=person["birth_date"].year - 1)
    form = {"on": str(early), "reason": REASON, "photo": photo()}
    answer = office.client("operator").post(path, form)
    assert answer.status_code == 422 and "sebelum orangnya lahir" in text_of(answer)


def test_who_is_born_is_born_on_the_day_of_the_birth(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    path = f"/usul/baru/birth/{family['family_id']}/"
    child = {"p0_name": "Putri Rahayu", "p0_sex": "female", "p0_relation": "child"}
    form = {**child, "on": "2026-01-20", "p0_birth_date": "2026-01-19", "reason": REASON}
    answer = office.client("operator").post(path, {**form, "photo": photo()})
    assert answer.status_code == 422, "the day of an event is the day it happened"
    assert any("sama" in one for one in problems(answer))
    item = office.propose(path, {**child, "on": "2026-01-20"})
    page = text_of(office.client("operator").get(f"/usul/{item}/"))
    assert page.count("20 Januari 2026") == 2 and "Terjadi pada" in page


def test_new_people_are_called_by_name_and_share_a_home(web: Any, office: Office) -> None:
    form = {
        "orang": "2", "village": office.village, "s_address": "Jalan Melati 3",
        "p0_name": "Siti Aminah", "p0_sex": "female", "p0_relation": "head",
        "p1_name": "Budi Aminah", "p1_sex": "male", "p1_relation": "child",
    }  # fmt: skip
    item = office.propose("/usul/baru/new_family/", form)
    client = office.client("village_head")
    page = text_of(client.get(f"/usul/{item}/")).partition("<main")[2]
    assert page.count("Jalan Melati 3") == 1
    assert page.index("Siti Aminah") < page.index("Perempuan") < page.index("Budi Aminah")
    listed = text_of(client.get("/usul/musyawarah/"))
    assert "Siti Aminah; Budi Aminah" in listed


def test_a_file_that_was_chosen_is_asked_for_again(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    client = office.client("operator")
    path = f"/usul/baru/value/{family['family_id']}/?siapa=keluarga&bagian=housing"
    answer = client.post(path, {"reason": "", "photo": photo()})
    assert answer.status_code == 422
    assert text_of(answer).count("pilih berkas lagi") == 2, "at the field, and in the summary"


def test_the_verifier_sees_the_photo_beside_the_values(web: Any, office: Office) -> None:
    id_ = a_family(web)["family_id"]
    item = office.value(id_, "disposal")
    text = text_of(office.client("verifier").get(f"/usul/{item}/"))
    assert "5 Februari 2026" in text.partition('<ul class="evidence">')[2].partition("</ul>")[0]
    (address,) = re.findall(r'<img src="(/bukti/[^"]+/berkas/)"[^>]+loading="lazy"', text)
    answer = office.client("verifier").get(address)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("image/")


def test_the_verifier_reads_why_beside_what(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    item = office.value(family["family_id"], "wall")
    page = text_of(office.client("operator").get(f"/usul/{item}/"))
    card = page.partition('id="isi"')[2].partition("</section>")[0]
    assert "Alasan pengusul" in card and "Dilihat langsung di rumahnya" in card


def test_an_appeal_against_a_rank_leads_to_the_facts(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    page = text_of(office.client("operator").get(f"/usul/baru/rank_appeal/{family['family_id']}/"))
    assert f"/usul/baru/value/{family['family_id']}/" in page and "BPS menilai" in page


def test_what_goes_up_stands_in_the_order_of_entry(web: Any, office: Office) -> None:
    """By village, then as the pack orders the sorts, and what concerns one family together."""
    from tangga.web.corrections.sorts import book

    families = ask(
        web,
        "SELECT family_id FROM families AS f WHERE area = %s AND status = 'active' AND "
        "(SELECT count(*) FROM persons AS p WHERE p.family_id = f.family_id "
        "AND p.status <> 'dead') >= 3 AND roof IS NOT NULL ORDER BY family_id DESC LIMIT 2",
        office.village,
    )
    first, second = (row["family_id"] for row in families)
    values = [office.value(first, "roof"), office.value(second, "roof"),
              office.value(first, "wall")]  # fmt: skip
    office.through(*values)
    child = {"p0_name": "Anak Baru", "p0_sex": "male", "p0_relation": "child", "on": "2026-01-20"}
    birth = office.propose(f"/usul/baru/birth/{second}/", child)
    office.event(birth)
    assert book().entry.index("birth") < book().entry.index("value")
    client = office.client("clerk")
    for path in ("/usul/siks/", "/usul/siks/cetak/"):
        page = text_of(client.get(path))
        numbers = {
            row["id"]: row["number"]
            for row in ask(web, "SELECT id::text, number FROM work_item WHERE state = 'ready'")
        }
        places = {item: page.index(numbers[item]) for item in (birth, *values)}
        assert min(places, key=places.__getitem__) == birth
        pair = sorted((values[0], values[2]), key=places.__getitem__)
        between = range(places[pair[0]], places[pair[1]])
        assert places[values[1]] not in between, "one family's are not torn apart"


def test_all_that_is_shown_is_chosen_at_once_and_nothing_else(web: Any, office: Office) -> None:
    ids = [
        row["family_id"]
        for row in ask(
            web,
            "SELECT family_id FROM families WHERE area = %s AND status = 'active' "
            "AND floor IS NOT NULL ORDER BY family_id LIMIT 3",
            office.village,
        )
    ]
    items = [office.value(id_, "floor") for id_ in ids]
    client = office.client("village_head")
    page = text_of(client.get("/usul/musyawarah/"))
    shown = re.findall(r'name="tampil" value="([^"]+)"', page)
    assert {one.partition(":")[0] for one in shown} >= set(items)
    later = office.value(ids[0], "wall")
    form = {"semua": "1", "tampil": shown, "basis": "village_meeting", "document": "BA/09/2026",
            "held_on": "2026-02-01"}  # fmt: skip
    assert client.post("/usul/musyawarah/", form).status_code == 302
    states = {
        row["id"]: row["state"]
        for row in ask(web, "SELECT id::text, state FROM work_item WHERE area = %s", office.village)
    }
    assert {states[one] for one in items} == {"endorsed"}
    assert states[later] == "proposed", "what came after the page was shown is not endorsed"
    assert version(web, later) == 1


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('order = ["new_family", ', 'order = ["new_familly", ', "new_family"),
        ('order = ["new_family", ', "order = [", "new_family"),
    ],
)
def test_the_order_of_entry_names_each_sort(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    from tangga.errors import BadPack
    from tangga.registry.load import load_pack, pack_dir
    from tangga.web.corrections.sorts import FILE, read_book

    text = (pack_dir("indonesia") / FILE).read_text(encoding="utf-8")
    assert before in text
    (tmp_path / FILE).write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(BadPack, match=said):
        read_book(tmp_path, load_pack())


def test_a_power_ends_with_the_office_it_came_from(web: Any, office: Office) -> None:
    """Who signs for a mayor whose term is over signs nothing, whatever the letter says."""
    from django.test import Client
    from proposing import REGENCY, fingerprint, state
    from users import log_in, make_user

    from tangga.web.accounts.actions import give_post

    family_id = one(
        web,
        "SELECT family_id FROM families WHERE area = %s AND floor IS NOT NULL "
        "AND status = 'active' ORDER BY family_id DESC LIMIT 1",
        office.village,
    )["family_id"]
    item = office.value(family_id, "floor")
    office.verified(item)
    batch = office.batch(item)
    term = make_user("bupati", REGENCY, username="bupati-lama")
    deputy = make_user("operator_kabkota", REGENCY, username="wakil")
    mayor, client = Client(), Client()
    log_in(mayor, term)
    log_in(client, deputy)
    letter = {
        "verb": "sign", "to": deputy.username, "document": "Surat kuasa 7/2026",
        "valid_from": "2026-02-01", "valid_to": "2026-06-01",
    }  # fmt: skip
    assert mayor.post("/tugas/pelimpahan/", letter).status_code == 302
    page = client.get(f"/usul/bundel/{batch}/").content.decode()
    assert 'value="sign"' in page
    with web.owner() as con:
        con.execute("SELECT set_config('app.accounts_from', '!', true)")
        con.execute("UPDATE accounts_post SET valid_to = valid_from WHERE user_id = %s", [term.pk])
    form = {"langkah": "sign", "versi": "1", "dampak": fingerprint(page), "dokumen": "SK 3"}
    client.post(f"/usul/bundel/{batch}/langkah/", form)
    assert (state(web, batch), state(web, item)) == ("presented", "recommended")
    give_post(user=term, role="bupati", area=REGENCY, by=None)
    client.post(f"/usul/bundel/{batch}/langkah/", form)
    assert (state(web, batch), state(web, item)) == ("signed", "ready")


def test_a_number_of_another_village_is_seen_by_who_verifies(web: Any, office: Office) -> None:
    """A village does not see its neighbour; the regency sees both, and makes nobody twice."""
    from proposing import REGENCY, messages, state

    from tangga.web.secrets import unseal

    other = one(
        web,
        "SELECT person_id, nik, family_id FROM persons WHERE nik IS NOT NULL AND area = %s "
        "AND family_id IS NOT NULL ORDER BY person_id DESC LIMIT 1",
        office.village,
    )
    # The release has one village of this regency: this person lives in the next one.
    with connection(web) as con:
        con.execute(
            "UPDATE persons SET area = %s WHERE person_id = %s",
            [f"{REGENCY}999999", other["person_id"]],
        )
    form = {"p0_name": "Orang Seberang", "p0_sex": "male", "p0_relation": "head",
            "village": office.village, "p0_nik": unseal(bytes(other["nik"]))}  # fmt: skip
    item = office.propose("/usul/baru/new_family/", form)
    office.endorse(item)
    answer = office.step(item, "verify", "verifier")
    assert other["family_id"] in messages(answer) and state(web, item) == "endorsed"
    office.step(item, "decline", "verifier", alasan="Sudah tercatat di desa sebelah")
    assert state(web, item) == "declined"


def test_a_number_is_given_to_one_person_only(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    """As a correction too: whose it is by the register, by a proposal, or since the release."""
    from tangga.web.secrets import unseal

    people = ask(
        web,
        "SELECT person_id, family_id, nik FROM persons WHERE area = %s AND nik IS NOT NULL "
        "AND status <> 'dead' AND family_id IS NOT NULL ORDER BY person_id LIMIT 3",
        office.village,
    )
    first, second, third = people
    client = office.client("operator")

    def give(whom: dict[str, Any], number: str) -> Any:
        page = client.get(f"/usul/baru/value/{whom['family_id']}/?siapa={whom['person_id']}")
        for section in re.findall(r'name="bagian"[^>]*value="([^"]+)"', page.content.decode()):
            path = (f"/usul/baru/value/{whom['family_id']}/?siapa={whom['person_id']}"
                    f"&bagian={section}")  # fmt: skip
            if 'name="v_nik"' in client.get(path).content.decode():
                return client.post(path, {"v_nik": number, "reason": REASON, "photo": photo()})
        raise AssertionError("no section asks for the number")

    taken = give(first, unseal(bytes(third["nik"])))
    assert taken.status_code == 422 and third["family_id"] in text_of(taken)
    fresh = "1811054205890003"
    made = give(first, fresh)
    assert made.status_code == 302, problems(made)
    assert give(second, fresh).status_code == 422, "it waits for a decision on somebody else"
    office.through(str(made["Location"]).split("/")[2])
    again = give(second, fresh)
    assert again.status_code == 422, "it holds, though no release knows it yet"
