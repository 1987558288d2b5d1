"""Determination by decree, goods against receipts, places by a document, complaints."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from at_programmes import (
    HEAD,
    OPERATOR,
    REGENT,
    VERIFIER,
    acting,
    prepared,
    rows_of,
    signed,
    step,
)

from tangga.web.papers.content import Content
from tangga.web.papers.models import Paper
from tangga.web.today import pretend

DAY = date(2026, 2, 20)
PLACE = "181105"
KUBE = "kube"


@pytest.fixture(autouse=True)
def today():
    with pretend(DAY):
        yield


def drawn(web, many=3, programme=KUBE, area=PLACE):
    from tangga.web.programmes.determinations import draw_up

    with acting(web, *OPERATOR) as viewer:
        return draw_up(
            programme=programme, area=area, many=many, start=date(2026, 2, 1), end=None, by=viewer
        )


def picks_of(web, act):
    from tangga.web.programmes.models import Pick

    with acting(web, *OPERATOR):
        return list(Pick.objects.filter(determination=act).order_by("n"))


def determined(web, many=3):
    act = drawn(web, many)
    step(web, act.item, "ask", OPERATOR)
    step(web, act.item, "check", VERIFIER)
    step(web, act.item, "sign", REGENT, document="Perbup 3/2026")
    return act


def test_the_queue_is_taken_in_its_order_and_only_a_decree_opens_support(fresh_web):
    from tangga.web.database.rows import rows
    from tangga.web.papers.models import Paper
    from tangga.web.programmes import spells
    from tangga.web.programmes.models import Determination

    web = fresh_web
    act = drawn(web)
    picks = picks_of(web, act)
    with acting(web, *OPERATOR):
        queue = rows(
            "SELECT family_id, position FROM waiting WHERE programme = %s AND queue = 'ranked' "
            "AND queue_area = %s ORDER BY position LIMIT 3",
            [KUBE, PLACE],
        )
        assert [(one.family_id, one.position) for one in picks] == [
            (row["family_id"], row["position"]) for row in queue
        ]
        assert spells.running(family_id=picks[0].family_id) == [
            one
            for one in spells.running(family_id=picks[0].family_id)
            if one.kind.programme != KUBE
        ]
    step(web, act.item, "ask", OPERATOR)
    step(web, act.item, "check", VERIFIER)
    step(web, act.item, "sign", REGENT, document="Perbup 3/2026")
    with acting(web, *OPERATOR):
        now = Determination.objects.get(pk=act.pk)
        assert now.state == "determined" and now.paper
        for pick in picks:
            (piece,) = [
                one
                for one in spells.running(family_id=pick.family_id)
                if one.kind.programme == KUBE
            ]
            assert (piece.document, piece.since) == (now.paper, date(2026, 2, 1))
        paper = Paper.objects.get(item_id=act.pk)
        assert (paper.number, paper.rows) == (now.paper, len(picks))
    others = picks_of(web, drawn(web))
    assert not {one.family_id for one in others} & {one.family_id for one in picks}


def test_a_national_programme_is_not_determined_here(web):
    from tangga.web.programmes.refusals import NotLocal

    with pytest.raises(NotLocal):
        drawn(web, programme="pkh", area="1811")


def test_out_of_order_needs_a_reason_and_a_second_signature_by_another(fresh_web):
    from tangga.web.programmes import determinations
    from tangga.web.programmes.refusals import NotHere, SecondHand, SecondNeeded
    from tangga.web.work.refusals import Lacking

    web = fresh_web
    act = drawn(web, 2)
    first, _ = picks_of(web, act)
    far = picks_of(web, drawn(web, 6))[-1]
    with acting(web, *OPERATOR) as viewer:
        add = determinations.outside
        with pytest.raises(Lacking):
            add(act, family_id=far.family_id, why=" ", by=viewer)
        with pytest.raises(NotHere):
            add(act, family_id="F00000000000000", why="tetangga", by=viewer)
        with pytest.raises(NotHere):
            add(act, family_id=first.family_id, why="dua kali", by=viewer)
        add(act, family_id=far.family_id, why="kebakaran rumah 14 Februari", by=viewer)
    step(web, act.item, "ask", OPERATOR)
    step(web, act.item, "check", VERIFIER)
    with pytest.raises(SecondNeeded):
        step(web, act.item, "sign", REGENT, document="Perbup 3/2026")
    step(web, act.item, "sign_first", REGENT, reason="kebakaran, mendesak")
    with pytest.raises(SecondHand):
        step(web, act.item, "sign_second", REGENT, document="Perbup 3/2026")
    step(web, act.item, "sign_second", HEAD, document="Perbup 3/2026")


def test_who_is_left_out_stays_on_the_list_and_the_next_takes_the_place(fresh_web):
    from django.db import transaction
    from django.db.utils import IntegrityError

    from tangga.web.programmes import determinations
    from tangga.web.programmes.models import Pick
    from tangga.web.programmes.refusals import NotNow

    web = fresh_web
    act = drawn(web, 2)
    first, second = picks_of(web, act)
    with acting(web, *OPERATOR) as viewer:
        came = determinations.passed(act, first, why="menolak, surat 3 Feb", by=viewer)
        assert came.position > second.position
    picks = picks_of(web, act)
    assert [one.state for one in picks] == ["passed", "order", "order"]
    with acting(web, *OPERATOR):
        assert determinations.needs_two(act)
        assert len(determinations.taken_in(act)) == 2
    step(web, act.item, "ask", OPERATOR)
    with acting(web, *OPERATOR) as viewer, transaction.atomic():
        now = type(act).objects.get(pk=act.pk)
        with pytest.raises(NotNow):
            determinations.passed(now, second, why="x", by=viewer)
    with pytest.raises(IntegrityError), acting(web, *OPERATOR), transaction.atomic():
        Pick.objects.filter(determination=act).delete()


def test_places_hold_once_another_has_confirmed_them(fresh_web):
    from tangga.web.programmes import places
    from tangga.web.programmes.quotas import write_down
    from tangga.web.work.refusals import NotYours

    web = fresh_web
    with acting(web, *OPERATOR) as viewer:
        made = write_down(
            programme=KUBE, area=PLACE, year=2026, places=7, document="SK 1/2026", by=viewer
        )
        assert places.free(KUBE, PLACE) is None
    with pytest.raises(NotYours):
        step(web, made.item, "confirm", OPERATOR)
    step(web, made.item, "confirm", HEAD)
    with acting(web, *OPERATOR):
        before = places.free(KUBE, PLACE)
    determined(web)
    with acting(web, *OPERATOR):
        assert places.free(KUBE, PLACE) == before - 3


def goods_round(web, many=3):
    determined(web, many)
    time = (date(2026, 2, 1), date(2026, 2, 28))
    round_ = signed(web, KUBE, time, each=Decimal(10), unit="kg", what="beras")
    step(web, round_.item, "send", OPERATOR)
    rows = rows_of(web, round_, "pay")
    return round_, rows


def test_rice_from_the_list_to_the_last_receipt(fresh_web):
    """Rule, places, list, goods that came, receipts, minutes, what is left: it adds up."""
    from tangga.web.papers.models import Paper
    from tangga.web.programmes import goods
    from tangga.web.programmes.models import Delivery, Round
    from tangga.web.programmes.refusals import NotDelivered, TooMuch
    from tangga.web.work.refusals import Lacking

    web = fresh_web
    round_, rows = goods_round(web)
    assert round_.total == 10 * len(rows) and round_.payees == len(rows) >= 3
    village = rows[0].area
    here = [row for row in rows if row.area == village]
    worker = ("operator_desa", village)

    def give(row, **more):
        with acting(web, *worker) as viewer:
            mine = type(row).objects.select_related("round").get(pk=row.pk)
            return goods.hand_over(mine, **{"to": "head", "on_day": DAY, "by": viewer, **more})

    def stored(way, quantity, document="Surat jalan 1"):
        with acting(web, *worker) as viewer:
            mine = Round.objects.get(pk=round_.pk)
            goods.store(
                mine,
                area=village,
                way=way,
                quantity=Decimal(quantity),
                document=document,
                on_day=DAY,
                by=viewer,
            )

    with pytest.raises(TooMuch):
        give(here[0])
    stored("in", 10 * len(here) + 15)
    first = give(here[0])
    assert first.receipt == here[0].code
    with pytest.raises(NotDelivered):
        give(here[0])
    with pytest.raises(Lacking):
        give(here[-1], to="proxy", taker="Tetangga")
    with pytest.raises(NotDelivered):
        give(here[-1], on_day=DAY + timedelta(days=1))
    with acting(web, *worker) as viewer:
        mine = Delivery.objects.select_related("row", "round").get(pk=first.pk)
        goods.undo(mine, reason="salah keluarga", by=viewer)
    again = give(here[0], to="proxy", taker="Sari", document="Kuasa 2/2026")
    assert again.receipt == f"{here[0].code}-2"
    stored("lost", 5, "BA rusak 1")
    stored("back", 5, "Surat kembali 1")
    with pytest.raises(TooMuch):
        stored("back", 10_000)
    with acting(web, *worker) as viewer:
        there = goods.balance(round_, village)
        assert there.came == there.handed + there.back + there.lost + there.left
        assert (there.handed, there.served, there.families) == (10, 1, len(here))
        paper = goods.minutes(
            Round.objects.get(pk=round_.pk), village, on_day=DAY, at_place="Balai desa", by=viewer
        )
        assert Paper.objects.get(pk=paper.pk).rows == len(here)
    from tangga.web.programmes.export import COLUMNS, exported

    ((kind, columns, given),) = exported()
    assert (kind, columns) == ("payments", COLUMNS)
    assert [(row[2], row[9]) for row in given] == [(here[0].family_id, "paid")]
    step(web, round_.item, "settle_open", OPERATOR, reason="tidak diambil")
    ((_, _, given),) = exported()
    assert sorted(row[9] for row in given) == ["failed"] * (len(rows) - 1) + ["paid"]
    for path in (
        f"/program/tahap/{round_.pk}/serah/",
        f"/program/tahap/{round_.pk}/serah/?desa={village}&lihat=sudah",
        f"/program/tahap/{round_.pk}/serah/?desa={village}&cetak=ya",
        f"/program/tanda-terima/{again.pk}/",
        f"/program/tahap/{round_.pk}/",
    ):
        for who in (worker, OPERATOR, ("tksk", PLACE)):
            assert web.client(*who).get(path).status_code == 200, (path, who)
    other = web.client("operator_desa", "1811012001")
    assert other.get(f"/program/tanda-terima/{again.pk}/").status_code == 404
    assert other.get(f"/program/tahap/{round_.pk}/serah/?desa={village}").status_code == 404


def test_a_complaint_is_checked_by_another_and_answered(fresh_web):
    from tangga.web.programmes import complaints
    from tangga.web.programmes.models import Complaint
    from tangga.web.work.clock_job import overdue

    web = fresh_web
    _, rows = goods_round(web)
    row = rows[0]
    worker = ("operator_desa", row.area)
    client = web.client(*worker)
    answer = client.post(
        f"/program/pengaduan/baru/?baris={row.code}",
        {
            "programme": KUBE,
            "what": "too_little",
            "said": "Hanya delapan kilo <script>alert(1)</script>",
            "code": row.code,
            "called": "Ibu Rina",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    text = web.client(*VERIFIER).get(answer["Location"]).content.decode()
    assert "delapan kilo" in text and "<script>alert" not in text and "Ibu Rina" in text
    with acting(web, *OPERATOR):
        made = Complaint.objects.select_related("item").get()
        assert b"delapan" not in bytes(made.said)
    step(web, made.item, "check", VERIFIER, reason="Ditimbang ulang: 8,2 kg")
    step(web, made.item, "answer", HEAD, reason="Kekurangan 1,8 kg diganti 25 Februari")
    papers = {one.kind: one for one in Paper.objects.filter(item=made.item)}
    assert sorted(papers) == ["jawaban", "tanda_terima"]
    for kind, says in (("tanda_terima", "Ibu Rina"), ("jawaban", "1,8 kg diganti")):
        assert says in Content.opened(papers[kind].content).body
    shown = web.client(*VERIFIER).get(answer["Location"]).content.decode()
    assert papers["jawaban"].number in shown
    with acting(web, *OPERATOR) as viewer:
        late = complaints.lodge(
            programme=KUBE, area="1811052001", what="cut", said="diminta 20.000", by=viewer
        )
    assert overdue(DAY + timedelta(days=8)) >= 1
    with acting(web, *HEAD):
        assert Complaint.objects.get(pk=late.pk).item.state == "raised"


def test_goods_need_no_payee_and_money_does(web):
    from tangga.web.programmes.listing import lines
    from tangga.web.programmes.standings import standing

    with acting(web, "operator_kabkota", "1771"):
        first = 2026 * 12
        money = lines(standing("sembako", "1771"), first, first + 3)
        goods = lines(standing("sembako", "1771", goods=True), first, first + 3)
    assert any(one.why == "payee_missing" for one in money)
    assert not any(one.why.startswith("payee") for one in goods)


def test_a_round_in_kind_has_a_quantity(web):
    with pytest.raises(Exception, match="goods_have_a_quantity"):
        prepared(web, KUBE, (date(2026, 2, 1), date(2026, 2, 28)))


def test_no_more_are_determined_than_there_are_places(fresh_web):
    from tangga.web.programmes.quotas import write_down
    from tangga.web.programmes.refusals import Over

    web = fresh_web
    with acting(web, *OPERATOR) as viewer:
        made = write_down(
            programme=KUBE, area=PLACE, year=2026, places=4, document="SK 1/2026", by=viewer
        )
    step(web, made.item, "confirm", HEAD)
    first, second = drawn(web, 2), drawn(web, 2)
    for act in (first, second):
        step(web, act.item, "ask", OPERATOR)
        step(web, act.item, "check", VERIFIER)
    step(web, first.item, "sign", REGENT, document="Perbup 3/2026")
    with acting(web, *OPERATOR):
        from tangga.web.programmes import places

        left = places.free(KUBE, PLACE)
    if left < 2:
        with pytest.raises(Over):
            step(web, second.item, "sign", REGENT, document="Perbup 3/2026")
    else:
        step(web, second.item, "sign", REGENT, document="Perbup 3/2026")
    with pytest.raises(Over):
        step(web, drawn(web, 3).item, "ask", OPERATOR)
