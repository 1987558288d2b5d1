"""What goes back to the engine: cases and assessments, in the words of the schema."""

from __future__ import annotations

from typing import Any

from care import acting, acting_as, somebody
from test_care_cases import DAY, REHSOS, SENTRA, opened, referred, step
from test_care_tangguh import family, raised
from users import make_user

from tangga.web.today import pretend


def exported(web: Any) -> dict[str, list[dict[str, Any]]]:
    from tangga.web.journeys.care.export import exported as all_of

    with pretend(DAY):
        return {
            kind: [dict(zip(columns, row, strict=True)) for row in rows]
            for kind, columns, rows in all_of()
        }


def test_cases_assessments_and_checks(web: Any) -> None:
    from tangga.web.pack import pack

    item = step(web, referred(web, opened(web)), "accept", role=SENTRA)
    item = step(web, item, "begin", role=SENTRA)
    check = raised(web, family(web, 0))
    found = exported(web)
    (case,) = [one for one in found["cases"] if one["id"] == str(item.pk)]
    assert case["person_id"] == item.person_id and case["as_of"] == DAY
    assert (case["kind"], case["state"], case["sentra"]) == ("drugs", "in_service", "wyata_guna")
    assert (case["opened"], case.get("closed")) == (DAY, None)
    (held,) = [one for one in found["cases"] if one["id"] == str(check.pk)]
    assert (held["kind"], held["reason"], held["person_id"]) == ("suspension", "electricity", None)
    (assessed,) = found["assessments"]
    assert (assessed["kind"], assessed["need"]) == ("rehabilitation", "psychosocial")
    for kind, table in (("cases", "case"), ("assessments", "assessment")):
        for row in found[kind]:
            for name in set(row) - {"id", "person_id", "family_id", "as_of"}:
                column = pack().tables[table].columns[name]
                assert column.codes is None or row[name] is None or row[name] in column.codes


def test_what_the_rules_read(web: Any) -> None:
    from tangga.web.journeys.care import read

    item = referred(web, opened(web, 3))
    with acting(web, "pendamping_rehsos", "1811"):
        (case,) = read.cases_of(item.family_id)
        (assessed,) = read.assessments_of(item.family_id)
    assert (case["kind"], case["state"], case["opened"]) == ("drugs", "referred", DAY)
    assert (assessed["person_id"], assessed["need"]) == (item.person_id, "psychosocial")
    with acting(web, "kepala_dinas", "1811"):
        assert read.cases_of(item.family_id) == []


def test_a_worker_goes_along_by_the_number_of_their_target(web: Any) -> None:
    """The run counts who assessed in time by worker; a name would credit nobody."""
    from tangga.web.journeys.care import people, rehabilitation

    user = make_user(REHSOS, "1811", username="rehsos-dengan-nomor", worker="PRS-0007")
    who = somebody(web, "1811", 5)
    with pretend(DAY), acting_as(user, REHSOS) as viewer:
        person = people.person(who["person_id"])
        item = rehabilitation.open_file(person, cluster="drugs", words="Catatan", by=viewer)
        values = {"kind": "rehabilitation", "need": "psychosocial"}
        rehabilitation.keep_assessment(
            item, values=values, on_date=DAY, by=viewer, version=item.version
        )
    item = referred_by(user, item.pk)
    found = exported(web)
    (case,) = [one for one in found["cases"] if one["id"] == str(item.pk)]
    (assessed,) = [one for one in found["assessments"] if one["person_id"] == who["person_id"]]
    assert (case["by"], assessed["by"]) == ("PRS-0007", "PRS-0007")


def referred_by(user: Any, number: Any) -> Any:
    """Referred to the Sentra by who assessed: from then on it is a case of the register."""
    from tangga.web.journeys.care import rehabilitation
    from tangga.web.journeys.care.rehabilitation import Plan
    from tangga.web.work.models import Item

    plan = Plan(
        cluster="drugs",
        need="psychosocial",
        mode="residential",
        provider="sentra",
        why_not_local="Tidak ada layanan NAPZA di kabupaten",
    )
    with pretend(DAY), acting_as(user, REHSOS) as viewer:
        item = Item.objects.get(pk=number)
        return rehabilitation.refer(
            item, plan=plan, words="Perlu rumah layanan", by=viewer, version=item.version
        )
