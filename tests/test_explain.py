"""Explanations: everything that is behind a person or family is there, and in words."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from itertools import product

import duckdb
import pytest

from tangga.engine import tables
from tangga.engine.current import last_complete
from tangga.engine.explain import explain
from tangga.engine.explain.evidence import STRENGTHS, strength
from tangga.engine.explain.words import Words, about, bits
from tangga.engine.link import model as models
from tangga.engine.link.evidence import evidence_sql
from tangga.engine.link.levels import levels, otherwise
from tangga.engine.link.number import confirmations
from tangga.engine.link.proof import serial_start
from tangga.engine.link.score import scored_sql
from tangga.engine.run import run_workspace
from tangga.errors import UserError
from tangga.registry import load_pack
from tangga.synthetic import generate
from tangga.texts import catalogue
from village import TRUTH, write_village

PACK = load_pack("indonesia")
MODEL = models.load_model(PACK.dir / "models" / "linkage.toml")


@pytest.fixture(scope="module")
def village(tmp_path_factory):
    folder = write_village(tmp_path_factory.mktemp("village"))
    (folder / "rulings").mkdir()
    (folder / "rulings" / "a.csv").write_text(
        "left_source,left_id,right_source,right_id,ruling,by,at,reason\n"
        "regsosek,regsosek-sumi,dtks,dtks-sumi,same,rina,2026-01-02,dikunjungi\n"
    )
    run_workspace(folder, until="plan")
    return folder


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    folder = tmp_path_factory.mktemp("many")
    generate(400, 7, folder)
    run_workspace(folder, until="plan")
    return folder


def as_sql(value: object) -> str:
    """A value as DuckDB writes it as text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def rows(folder, stage, table, sql):
    """A query over one table of the last run, called `t`."""
    scan = tables.scan(last_complete(folder) / stage / table)
    with duckdb.connect() as con:
        return con.execute(sql.replace(" t", f" {scan} AS t", 1)).fetchall()


def persons_of(folder):
    found = {}
    for source, source_id, person in rows(
        folder, "resolve", "crosswalk", "SELECT source, source_id, person_id FROM t"
    ):
        found.setdefault(person, set()).add((source, source_id))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("place", ["village", "many"])
def test_every_record_link_and_value_is_there(place, request):
    folder = request.getfixturevalue(place)
    persons = persons_of(folder)
    chosen = sorted(persons, key=lambda p: (-len(persons[p]), p))
    # Those of most records, and some of the others.
    for person in [*chosen[:4], *chosen[4 :: max(1, len(chosen) // 4)]]:
        found = explain(folder, person)
        inside = {(r.source, r.source_id) for r in found.records if r.latest}
        assert inside == persons[person]
        joined = {inside.copy().pop()}
        for _ in inside:  # links with decision `link` hold the records together
            for link in found.links:
                ends = {(e.source, e.source_id) for e in (link.left, link.right)}
                if link.decision == "link" and ends & joined:
                    joined |= ends
        assert joined == inside
        (values,) = rows(
            folder, "resolve", "persons", f"SELECT * FROM t WHERE person_id = '{person}'"
        )
        names = [row[0] for row in rows(folder, "resolve", "persons", "DESCRIBE SELECT * FROM t")]
        believed = dict(zip(names, values, strict=True))
        for field in found.fields:
            assert field.winner is not None
            assert field.winner.value == as_sql(believed[field.name]), field.name
            assert len({(s.source, s.source_id) for s in field.said}) == len(field.said)
        said = {field.name for field in found.fields}
        assert {c for c in names[5:] if believed[c] is not None} <= said


def test_weights_of_the_evidence_add_up(many):
    for person in persons_of(many):
        found = explain(many, person)
        for link in (*found.links, *found.others):
            if link.step == "evidence":
                told = sum(Decimal(str(e.bits)) for e in link.evidence)
                assert told == Decimal(str(link.weight))
            if link.step == "number":
                assert {e.comparison for e in link.evidence} == {"number", "confirmation"}
        if len(found.links) > 3:
            break


def test_levels_are_those_that_gave_the_weights(many):
    """For all pairs of a few sides: the weight is that of the level, and its rarity."""
    sides = tables.scan(last_complete(many) / "link" / "sides")
    serial = serial_start(PACK, "nik")
    with duckdb.connect() as con:
        columns = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {sides}").fetchall()}
        con.execute(
            f"CREATE TABLE few AS SELECT * FROM {sides} WHERE sk[1] IN ('S', 'A') ORDER BY vid "
            "LIMIT 60"
        )
        con.execute("CREATE TABLE p AS SELECT a.vid AS l, b.vid AS r FROM few AS a, few AS b")
        model = replace(MODEL.usable({"name", "birth_date", "birth_year", "sex", "kk", "village",
                                      "nik"}), review=-1000.0)  # fmt: skip
        assert {"k_kk", "p_village"} <= columns
        scored = con.sql(scored_sql("p", ("few", "few"), model, 0, serial)).to_arrow_table()
        told = con.sql(evidence_sql("p", "few", model, serial)).to_arrow_table()
    weights = {(r["l"], r["r"]): r for r in scored.to_pylist()}
    assert len(weights) == told.num_rows == 3600
    for row in told.to_pylist():
        for c in model.comparisons:
            if c.kind == "visit":
                continue
            level, rare = row[f"level_{c.slug}"], row[f"rare_{c.slug}"] or 0
            own = round(100 * (dict(c.levels).get(level, c.weights.get(level)) or 0))
            expected = 0 if level == "unknown" else own + rare
            assert weights[row["l"], row["r"]][f"w_{c.slug}"] == expected, (c.name, level)


def test_every_level_reason_and_state_has_words():
    keys = []
    for c in MODEL.comparisons:
        if c.kind != "visit":
            names = [name for name, _ in levels(c, MODEL, 12)] + [otherwise(c)]
            keys += [f"{c.kind}_{n}" for n in names if not (c.kind == "place" and n in MODEL.keys)]
    keys += ["visit_equal", "place_equal", *(f"confirmed_{name}" for name in confirmations(MODEL))]
    keys += [f"text_{level}" for level in (*models.LEVELS["text"], "unknown")]
    keys += [f"{n}_{side}" for (_, n), side in product(STRENGTHS, ("for", "against"))]
    whys = ("weak", "ambiguous", "two_proven_numbers", "too_many_records", "ruled_different")
    keys += [f"why_{why}" for why in (*whys, "rulings_contradict")]
    assert [key for key in keys if f"explain.{key}" not in catalogue()] == []


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        (1450, "very strongly for"),
        (980, "strongly for"),
        (300, "for"),
        (60, "slightly for"),
        (0, "of no weight"),
        (-60, "slightly against"),
        (-700, "strongly against"),
    ],
)
def test_strength_of_evidence(weight, said):
    assert strength(weight).en == said


def test_numbers_are_written_as_each_language_does():
    assert bits(980) == Words("+9,8", "+9.8")
    assert bits(-500) == Words("-5,0", "-5.0")
    assert about(871.3) == Words("870", "870")
    assert about(23170) == Words("23.000", "23,000")
    assert about(1.2) == Words("1", "1")


def test_sari_by_a_record_of_hers(village):
    found = explain(village, "dtks:dtks-sari")
    sources = ("dtks", "regsosek", "dtsen", "dukcapil")
    assert {r.source_id for r in found.records} == {f"{source}-sari" for source in sources}
    text = str(found)
    assert "NIK sama: 1771035204900001" in text
    assert "National number (NIK) equal: 1771035204900001" in text
    assert "SARI W  [tidak dipakai / not used]" in text
    assert {event.event for event in found.events} == {"split", "move_in"}
    assert all(event.applied for event in found.events)
    assert {time.person_id for time in found.members} >= {found.id}
    assert found.registry.state.startswith("matched")
    assert {"Kepesertaan", "Penyaluran"} <= {kind.label.id for kind in found.attached}


def test_karto_joins_by_evidence_in_sentences(village):
    found = explain(village, "regsosek:regsosek-karto")
    (link,) = [k for k in found.links if k.step == "evidence"]
    said = {e.comparison: e for e in link.evidence}
    assert said["birth date"].words.id.startswith("tanggal lahir sama, dimiliki 1 dari ")
    assert said["birth date"].words.en.startswith("birth dates equal, shared by 1 in ")
    assert {said["name"].left, said["name"].right} == {"MBAH KARTO", "KARTO"}
    assert said["number"].level == "unknown"
    name = next(field for field in found.fields if field.name == "name")
    assert {s.value for s in name.said} == {"KARTO", "KARTO SUWITO", "MBAH KARTO"}
    assert name.winner.value == "KARTO"


def test_people_without_number_card_or_village(village):
    """They are explained like anybody, with what waits for a clerk."""
    found = explain(village, "regsosek:regsosek-paimin")
    assert [k.decision for k in found.others] == ["review"]
    assert found.others[0].words[0].id == "Menunggu keputusan petugas."
    assert any("tanpa NIK" in words.id for words in found.lists)
    assert found.registry.state == "not_found"
    assert "Tidak ditemukan di data kependudukan." in str(found)


def test_a_ruling_is_told_with_who_and_why(village):
    found = explain(village, "dtks:dtks-sumi")
    links = {link.step: link for link in found.links}
    assert links["ruling"].decision == "link"
    told = " ".join(words.id for words in links["ruling"].words)
    assert "oleh rina, 2026-01-02; dikunjungi" in told
    assert links["evidence"].words[0].id.startswith("Bukti ini saja belum cukup")


def test_the_dead_are_on_a_list_and_nothing_more(village):
    found = explain(village, "dtsen:dtsen-tukinem")
    assert found.registry.state == "dead"
    assert any("bukti pasti" in words.id for words in found.lists)
    assert [event.event for event in found.events] == ["death"]


@pytest.mark.slow
def test_every_person_and_family_of_the_village_can_be_explained(village):
    persons = persons_of(village)
    assert {r for records in persons.values() for r in records} == set(TRUTH)
    families = [f for (f,) in rows(village, "resolve", "families", "SELECT family_id FROM t")]
    for id in [*persons, *families]:
        found = explain(village, id)
        assert found.id == id
        assert found.title in str(found)
        json.dumps(found.as_dict())


def test_a_family_with_its_base_and_members(village):
    person = explain(village, "dtsen:dtsen-sari")
    family = next(time.family_id for time in person.memberships if time.programme)
    found = explain(village, family)
    assert found.entity == "family"
    assert any("nomor sari di sumber dtsen" in note.id for note in found.notes)
    now = {time.name for time in found.members if time.programme}
    assert now == {"SARI WULANDARI", "DIMAS SAPUTRA", "PUTRI AYU"}
    card = next(field for field in found.fields if field.name == "kk")
    assert card.winner.value == "1811051509250004"
    assert card.rule.id == "dari kepala keluarga"


@pytest.mark.parametrize(
    ("id", "says"),
    [
        ("P0000000000000", "no person or family of this id"),
        ("somebody", "Ids stand in the tables persons and families"),
        ("dtks:nobody", "no person's record of this source and id"),
        ("P' OR 1=1 --", "no person or family of this id"),
    ],
)
def test_unknown_ids_say_what_to_do(village, id, says):
    with pytest.raises(UserError, match=says):
        explain(village, id)


def test_an_id_that_was_merged_leads_to_the_one_that_stands(tmp_path):
    """Two persons become one by a ruling; the id that went is still answered."""
    folder = write_village(tmp_path, ("dtks", "regsosek"))
    run_workspace(folder, until="plan")
    ids = {explain(folder, f"{s}:{s}-paimin").id for s in ("dtks", "regsosek")}
    assert len(ids) == 2
    (folder / "rulings").mkdir()
    (folder / "rulings" / "a.csv").write_text(
        "left_source,left_id,right_source,right_id,ruling\n"
        "regsosek,regsosek-paimin,dtks,dtks-paimin,same\n"
    )
    run_workspace(folder, until="plan")
    found = {id: explain(folder, id.lower()) for id in ids}
    stands = {one.id for one in found.values()}
    assert len(stands) == 1 and stands < ids
    (gone,) = ids - stands
    assert any(f"{gone} digabung ke" in note.id for note in found[gone].notes)


def test_superseded_rows_stay_readable(tmp_path):
    folder = write_village(tmp_path, ("dtks", "regsosek"))
    file = folder / "dtks.csv"
    lines = file.read_text().splitlines()
    (folder / "dtks-2.csv").write_text("\n".join([lines[0], lines[1].replace("JUMADI", "JUMADIL")]))
    described = (folder / "sources" / "dtks.toml").read_text()
    dated = described.replace('files = ["dtks.csv"]', 'files = ["dtks*.csv"]')
    dated = dated.replace("as_of = 2024-06-30", 'as_of = { column = "SAMPAI" }')
    (folder / "sources" / "dtks.toml").write_text(dated)
    for name, day in (("dtks.csv", "2024-06-30"), ("dtks-2.csv", "2025-06-30")):
        header, *rest = (folder / name).read_text().splitlines()
        dated_rows = [f"{header},SAMPAI", *(f"{row},{day}" for row in rest)]
        (folder / name).write_text("\n".join(dated_rows) + "\n")
    run_workspace(folder, until="plan")
    found = explain(folder, "dtks:dtks-jumadi")
    assert [r.latest for r in found.records if r.source == "dtks"] == [True, False]
    name = next(field for field in found.fields if field.name == "name")
    assert {s.value for s in name.said if s.rule == "superseded"} == {"JUMADI"}


def command(folder, *words):
    """Exit code and what was printed, in a process of its own."""
    run = [sys.executable, "-m", "tangga", "explain", str(folder), *words]
    done = subprocess.run(run, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_the_command_prints_text_and_json(village):
    code, out = command(village, "dtks:dtks-karto", "--language", "en")
    assert code == 0 and "Why they are one" in out and "Mengapa" not in out
    code, out = command(village, "dtks:dtks-karto", "--json")
    found = json.loads(out)
    assert (code, found["title"], found["entity"]) == (0, "KARTO", "person")
    code, out = command(village, "nobody", "--language", "fr")
    assert code == 2 and "no such language: 'fr'. Choose one of: id, en" in out
