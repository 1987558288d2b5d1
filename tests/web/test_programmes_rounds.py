"""Rounds of distribution: what a list says, how it is frozen, paid out and reconciled."""

from __future__ import annotations

from datetime import date

import pytest
from at_programmes import (
    HEAD,
    OPERATOR,
    Q1,
    Q2,
    VERIFIER,
    a_matter,
    acting,
    came_back,
    prepared,
    result,
    rows_of,
    sent_out,
    signed,
    step,
)

from tangga.rules.days import month_of
from tangga.web.today import pretend

DAY = date(2026, 2, 20)
LATER = date(2026, 5, 20)


@pytest.fixture(autouse=True)
def today():
    with pretend(DAY):
        yield


def test_a_list_owes_what_the_engine_owes(web):
    """Of every family with a payment that the engine matched in full, the round says the same."""
    from tangga.web.database.rows import rows
    from tangga.web.programmes.listing import lines
    from tangga.web.programmes.standings import standing

    seen = 0
    with acting(web, *OPERATOR):
        for programme in ("pkh", "sembako"):
            of = standing(programme, "1811")
            for start in (date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1)):
                first = month_of(start)
                owed = {
                    row["family_id"]: row["owed"]
                    for row in rows(
                        "SELECT family_id, owed FROM reconciliation WHERE programme = %s "
                        "AND period_start = %s AND state = 'matched'",
                        [programme, start],
                    )
                }
                ours = {one.family_id: one.amount for one in lines(of, first, first + 3)}
                assert {family: ours.get(family) for family in owed} == owed
                seen += len(owed)
    assert seen > 50


def test_the_payment_file_is_the_list_to_the_rupiah(fresh_web):
    web = fresh_web
    round_ = signed(web, "pkh", Q1)
    file = sent_out(web, round_)
    paid = rows_of(web, round_, "pay")
    assert len(file) == round_.payees == len(paid) > 5
    assert sum(int(line["JUMLAH"]) for line in file) == round_.total == sum(r.amount for r in paid)
    assert [line["ID_SALUR"] for line in file] == [row.code for row in paid]
    assert all(len(line["NIK_PENGURUS"]) == 16 for line in file if line["NIK_PENGURUS"])
    assert sent_out(web, round_) == file


def test_a_signed_list_never_changes(fresh_web):
    from django.db import transaction
    from django.db.utils import IntegrityError

    from tangga.web.programmes.models import Round, Row

    web = fresh_web
    round_ = signed(web, "sembako", Q1)
    row = rows_of(web, round_, "pay")[0]
    for act in (
        lambda: Row.objects.filter(pk=row.pk).delete(),
        lambda: Round.objects.filter(pk=round_.pk).update(total=1),
        lambda: Row.objects.create(
            round=round_, n=99999, code="X", area="1811", family_id="F", state="out",
            for_start=Q1[0], for_end=Q1[1],
        ),
    ):  # fmt: skip
        with (
            pytest.raises(IntegrityError),
            acting(web, *OPERATOR),
            transaction.atomic(),
        ):
            act()


def test_nobody_has_two_hands_and_a_signature_needs_the_check(fresh_web):
    from tangga.web.work.refusals import NotYours, WrongState

    web = fresh_web
    round_ = prepared(web, "sembako", Q1)
    with pytest.raises(WrongState):
        step(web, round_.item, "sign", HEAD)
    step(web, round_.item, "ask", OPERATOR)
    with pytest.raises(NotYours):
        step(web, round_.item, "check", OPERATOR)
    step(web, round_.item, "check", VERIFIER)
    step(web, round_.item, "refuse", HEAD, reason="jumlah belum cocok")
    with pytest.raises(WrongState):
        step(web, round_.item, "sign", HEAD)


def test_a_list_that_has_changed_meanwhile_is_not_signed(fresh_web):
    from tangga.web.programmes import spells
    from tangga.web.programmes.refusals import Changed

    web = fresh_web
    round_ = prepared(web, "sembako", Q1)
    step(web, round_.item, "ask", OPERATOR)
    step(web, round_.item, "check", VERIFIER)
    row = rows_of(web, round_, "pay")[0]
    with acting(web, *OPERATOR) as viewer:
        item = a_matter(viewer, row.family_id, row.area)
        spells.pause(
            item=item, by=viewer, family_id=row.family_id, area=row.area, on=date(2026, 1, 1)
        )
    with pytest.raises(Changed) as refused:
        step(web, round_.item, "sign", HEAD)
    assert f"{row.family_id}: keadaannya berubah" in refused.value.words("id")
    step(web, round_.item, "return", VERIFIER, reason="ada yang ditangguhkan")
    step(web, round_.item, "recount", OPERATOR)
    out = rows_of(web, round_, "out")
    assert [(one.family_id, one.why) for one in out if one.why == "paused"] == [
        (row.family_id, "paused")
    ]
    for name, who in (("ask", OPERATOR), ("check", VERIFIER), ("sign", HEAD)):
        step(web, round_.item, name, who)


def test_matched_and_unmatched_are_the_total_in_every_line(fresh_web):
    from tangga.web.programmes.models import Result
    from tangga.web.programmes.refusals import BadFile
    from tangga.web.programmes.results import failed, unanswered

    web = fresh_web
    round_ = signed(web, "pkh", Q1)
    file = sent_out(web, round_)
    a, b, c, d, *rest = file
    kept = came_back(
        web,
        round_,
        [
            result(a),
            result(a),  # twice
            result(b, "GAGAL", SEBAB="REKENING TIDAK AKTIF"),
            result(c, JUMLAH=int(c["JUMLAH"]) + 1000),
            result(d, JUMLAH=1000),
            result(a, ID_SALUR="THP-LAIN-00001"),
            result(rest[0], JUMLAH="seratus ribu"),
            result(rest[0], STATUS="entah"),
        ],
    )
    with acting(web, *OPERATOR):
        found = {one.line: one for one in Result.objects.filter(file=kept)}
    assert all(one.matched + one.unmatched == one.amount for one in found.values())
    assert [one.state for _, one in sorted(found.items())] == [
        *("matched", "twice", "failed", "overpaid", "underpaid"),
        *("unknown", "unreadable", "no_status"),
    ]
    assert kept.amount == kept.matched + kept.unmatched
    assert kept.matched == int(a["JUMLAH"]) + int(c["JUMLAH"]) + 1000
    with acting(web, *OPERATOR):
        assert [row.code for row in failed(round_)] == [b["ID_SALUR"]]
        assert unanswered(round_).count() == len(file) - 5 + 1 - (1 if rest else 0)
    with pytest.raises(BadFile):
        came_back(web, round_, [])
        came_back(web, round_, [])


def test_a_failed_payment_comes_again_as_arrears_and_never_twice(fresh_web):
    web = fresh_web
    first = signed(web, "pkh", Q1)
    file = sent_out(web, first)
    lost = file[2]
    came_back(web, first, [result(one, "GAGAL" if one is lost else "TERSALUR") for one in file])
    with pretend(LATER):
        second = signed(web, "pkh", Q2)
        again = [row for row in rows_of(web, second, "pay") if row.sort == "arrears"]
        assert [(row.amount, row.for_start) for row in again] == [(int(lost["JUMLAH"]), Q1[0])]
        total = sum(row.amount for row in rows_of(web, second, "pay"))
        assert sum(int(line["JUMLAH"]) for line in sent_out(web, second)) == second.total == total
    with pretend(date(2026, 8, 20)):
        third = prepared(web, "pkh", (date(2026, 7, 1), date(2026, 9, 30)))
        assert [row for row in rows_of(web, third, "pay", "held") if row.sort == "arrears"] == []


def test_no_two_rounds_pay_a_family_for_the_same_time(fresh_web):
    from tangga.web.programmes.refusals import Again, NoTime
    from tangga.web.programmes.rounds import prepare

    web = fresh_web
    prepared(web, "sembako", Q1)

    def another(area, time):
        with acting(web, *OPERATOR) as viewer:
            prepare(
                programme="sembako", area=area, start=time[0], end=time[1], called="x", by=viewer
            )

    for area in ("1811", "181105", "1811052010"):
        with pytest.raises(Again):
            another(area, Q1)
    with pytest.raises(NoTime):
        another("1811", (Q1[0], date(2026, 2, 28)))
    another("181105", Q2)
    with pytest.raises(Again):
        another("1811", Q2)


def test_money_on_an_impossible_day_is_not_matched_and_says_why(fresh_web):
    from tangga.web.programmes.models import Result
    from tangga.web.programmes.results import unanswered

    web = fresh_web
    round_ = signed(web, "pkh", Q1)
    file = sent_out(web, round_)
    days = ["2027-01-01", "2025-01-01", "31/02/2026", "", "20/02/2026"]
    brought = [result(one, TANGGAL=day) for one, day in zip(file, days, strict=False)]
    brought += [result(file[5], JUMLAH="12abc"), result(file[6], JUMLAH="-600000")]
    kept = came_back(web, round_, brought)
    with acting(web, *OPERATOR):
        found = list(Result.objects.filter(file=kept).order_by("line"))
        assert unanswered(round_).count() == len(file) - 7
    assert [one.state for one in found] == [
        *("to_come", "too_early", "bad_day", "bad_day", "matched"),
        *("unreadable", "unreadable"),
    ]
    assert all(one.matched == 0 for one in found if one.state != "matched")
    text = web.client(*OPERATOR).get(f"/program/hasil/{kept.pk}/").content.decode()
    for said in ("tanggal belum tiba", "sebelum daftar ditetapkan", "31/02/2026", "12abc"):
        assert said in text, said
    assert "-600000" in text and "6 baris tidak dapat dipercaya" in text
    text = web.client(*OPERATOR).get(f"/program/tahap/{round_.pk}/").content.decode()
    assert "tanggal belum tiba" in text


def test_a_round_with_open_lines_closes_with_a_reason_and_they_are_held_next(fresh_web):
    from tangga.web.programmes.models import Round
    from tangga.web.programmes.refusals import NothingOpen, StillOpen
    from tangga.web.work.refusals import Lacking

    web = fresh_web
    round_ = signed(web, "pkh", Q1)
    step(web, round_.item, "send", OPERATOR)
    file = sent_out(web, round_)
    lost, odd, silent, *rest = file
    came_back(
        web,
        round_,
        [result(one) for one in rest] + [result(lost, "GAGAL"), result(odd, TANGGAL="2027-01-01")],
    )
    page = f"/program/tahap/{round_.pk}/"
    text = web.client(*OPERATOR).get(page).content.decode()
    for said in ("1 baris belum ada hasilnya", "1 gagal salur", "tidak dapat dipercaya"):
        assert said in text, said
    assert 'value="settle_open"' in text and 'value="settle"' not in text
    with pytest.raises(StillOpen):
        step(web, round_.item, "settle", OPERATOR)
    with pytest.raises(Lacking):
        step(web, round_.item, "settle_open", OPERATOR)
    step(web, round_.item, "settle_open", OPERATOR, reason="penyalur menutup tahap")
    assert "Ditutup, masih ada yang terbuka" in web.client(*OPERATOR).get(page).content.decode()
    with pretend(LATER):
        second = prepared(web, "pkh", Q2)
        again = [row for row in rows_of(web, second, "pay", "held") if row.sort == "arrears"]
        codes = {row.code: row.family_id for row in rows_of(web, round_, "pay")}
        assert {row.family_id: (row.state, row.why) for row in again} == {
            codes[lost["ID_SALUR"]]: ("pay", ""),
            codes[odd["ID_SALUR"]]: ("held", "unanswered"),
            codes[silent["ID_SALUR"]]: ("held", "unanswered"),
        }
        with acting(web, *OPERATOR):
            closed = Round.objects.get(pk=round_.pk)
        came_back(web, closed, [result(silent), result(odd)], "telat.csv")
        step(web, second.item, "recount", OPERATOR)
        left = [row for row in rows_of(web, second, "pay", "held") if row.sort == "arrears"]
        assert [row.family_id for row in left] == [codes[lost["ID_SALUR"]]]
    whole = signed(web, "sembako", Q1)
    step(web, whole.item, "send", OPERATOR)
    came_back(web, whole, [result(one) for one in sent_out(web, whole)], "semua.csv")
    with pytest.raises(NothingOpen):
        step(web, whole.item, "settle_open", OPERATOR, reason="x")
    step(web, whole.item, "settle", OPERATOR)
