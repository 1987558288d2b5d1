"""Training: the same levels as scoring, weights within limits, a file that reads back."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from hand_made import write_run
from tangga.engine.connection import connect
from tangga.engine.link.levels import ALIKE, UNKNOWN, levels, otherwise
from tangga.engine.link.model import load_model
from tangga.engine.train import TrainedModel, train_linkage
from tangga.engine.train.estimate import Estimates, estimated, splink_comparison
from tangga.engine.train.weights import LOWEST, PLACE_BESIDE, PLACE_BITS, PLACE_STEP, weigh
from tangga.errors import UserError

PACKS = {
    "indonesia": Path(__file__).parents[1] / "src" / "tangga" / "packs" / "indonesia",
    "febrl": Path(__file__).parent / "packs" / "febrl",
}
MODELS = {name: load_model(pack / "models" / "linkage.toml") for name, pack in PACKS.items()}
NAMES = ["SITI SARI", "S SARI", "SARI SITI", "SITI", "SITI SARY", "BUDI SARI", "AHMAD", None]
RARE = dict.fromkeys(("nb", "fb", "pb", "p_village", "p_kecamatan", "p_kabupaten"), 1.0)
DATES = ["1990-02-03", "1990-03-02", "1991-02-03", "1990-02-04", "1950-12-31", None]


def _rows(comparison) -> tuple[str, list[str]]:
    """Values for both sides of a comparison, as SELECTs with unsuffixed columns."""
    if comparison.kind == "name":
        made = [_select(sk=n, st=n and " ".join(sorted(n.split())), t1=n and n.split()[0])
                + f", {any(len(word) < 3 for word in (n or '').split())} AS ab"
                for n in NAMES]  # fmt: skip
    elif comparison.kind == "date":
        made = [f"{_select(bd=d, yr=y)}" for d in DATES for y in (d and int(d[:4]), 1990)]
        month_day = "month(bd) * 100 + day(bd) AS md"
        made = [m.replace("AS bd", "::DATE AS bd").replace("AS yr", "::INTEGER AS yr")
                + f", {month_day}" for m in made]  # fmt: skip
    else:
        keys = [comparison.key] if comparison.key else [key for key, _ in comparison.levels]
        values = product(("A1 B", "A1 C", None), repeat=len(keys))
        made = [_select(**{f"k_{k}": v for k, v in zip(keys, row, strict=True)}) for row in values]
    return " UNION ALL ".join(made), made


def _select(**columns: object) -> str:
    parts = [f"{'NULL::VARCHAR' if v is None else repr(v)} AS {k}" for k, v in columns.items()]
    return f"SELECT {', '.join(parts)}"


def _plain(level: dict) -> str:
    return level["label_for_charts"].rstrip("'")


CASES = [(name, c) for name, model in MODELS.items() for c in estimated(model)]


@pytest.mark.parametrize(("pack", "comparison"), CASES, ids=lambda x: getattr(x, "name", x))
def test_splink_sees_the_levels_that_scoring_sees(pack: str, comparison) -> None:
    rows, _ = _rows(comparison)
    ours = " ".join(
        f"WHEN {when} THEN '{name}'" for name, when in levels(comparison, MODELS[pack], None)
    )
    theirs = splink_comparison(comparison, MODELS[pack], {})["comparison_levels"]
    assert theirs[-1]["sql_condition"] == "ELSE"
    whens = [f"WHEN {x['sql_condition']} THEN '{_plain(x)}'" for x in theirs[:-1]]
    with connect() as con:
        con.execute(f"CREATE TABLE v AS {rows}")
        columns = [row[0] for row in con.execute("DESCRIBE v").fetchall()]
        both = ", ".join(f"a.{c} AS l_{c}, b.{c} AS r_{c}, a.{c} AS {c}_l, b.{c} AS {c}_r"
                         for c in columns)  # fmt: skip
        alike = ", ".join(f"{v} AS {k}" for k, v in ALIKE.items()) if "sk" in columns else "0"
        found = con.execute(f"""
            SELECT CASE {ours} ELSE '{otherwise(comparison)}' END AS ours,
                   CASE {" ".join(whens)} ELSE '{_plain(theirs[-1])}' END AS theirs
            FROM (SELECT *, {alike} FROM (SELECT {both} FROM v AS a, v AS b))
        """).fetchall()
    assert {mine for mine, _ in found} >= {UNKNOWN, "equal" if comparison.kind != "place" else "kk"}
    assert [mine for mine, _ in found] == [other for _, other in found]


def test_no_weight_passes_its_limit() -> None:
    model = MODELS["indonesia"]
    names = [(c.slug, n) for c in estimated(model) for n in [*dict(c.levels), *c.weights]]
    for m, u in ((0.9, 1e-12), (1e-12, 0.9)):
        found = Estimates(dict.fromkeys(names, u), dict.fromkeys(names, m), ())
        weighed = {(w.comparison, w.level): w for w in weigh(model, found, RARE)}
        after = [w.after for w in weighed.values() if w.how != "fixed"]
        assert min(after) >= LOWEST
        assert max(after) <= model.name_bits
        if m > u:
            place = [weighed["place", key].after for key in ("kk", "village", "kecamatan")]
            assert place == [PLACE_BESIDE] * 3
            assert weighed["birth date", "swapped"].after == model.date_bits


def test_without_rarity_wider_places_are_worth_less() -> None:
    old = MODELS["indonesia"]
    plain = tuple(replace(c, rarity={}) for c in old.comparisons)
    names = [("place", key) for key in ("kk", "village", "kecamatan")]
    found = Estimates(dict.fromkeys(names, 1e-12), dict.fromkeys(names, 0.9), ())
    weighed = weigh(replace(old, comparisons=plain), found, RARE)
    after = [w.after for w in weighed if (w.comparison, w.level) in names]
    assert after == [PLACE_BITS, PLACE_BITS - PLACE_STEP, PLACE_BITS - 2 * PLACE_STEP]


@pytest.mark.parametrize(("m", "u"), [(None, 0.5), (0.5, None), (None, None)])
def test_what_was_never_met_keeps_its_weight(m: float | None, u: float | None) -> None:
    model = MODELS["indonesia"]
    found = Estimates({("sex", "equal"): u}, {("sex", "equal"): m}, ())
    assert all(w.before == w.after for w in weigh(model, found, RARE))


def test_rarity_is_not_counted_twice() -> None:
    """A level that occurs among strangers as often as equal names do adds what m says, no more."""
    found = Estimates({("name", "sorted"): 0.001}, {("name", "sorted"): 0.25}, ())
    weighed = weigh(MODELS["indonesia"], found, RARE | {"nb": 0.001})
    assert [w.after for w in weighed if (w.comparison, w.level) == ("name", "sorted")] == [-2.0]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("train") / "w", people=2500)


@pytest.fixture(scope="module")
def trained(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainedModel, Path]:
    out = tmp_path_factory.mktemp("out") / "linkage.toml"
    return train_linkage(workspace, out=out, random_pairs=300_000), out


def test_the_file_reads_back_and_keeps_what_was_not_estimated(
    trained: tuple[TrainedModel, Path],
) -> None:
    model, file = trained
    old = MODELS["indonesia"]
    new = load_model(file)
    assert new == model.model
    assert new.version != old.version
    assert new.version.startswith(old.version)
    same = {"version": "", "comparisons": ()}
    assert replace(new, **same) == replace(old, **same)
    fixed = [c for c in old.comparisons if c.kind in ("number", "visit")]
    assert [c for c in new.comparisons if c.kind in ("number", "visit")] == fixed
    comments = [x for x in (PACKS["indonesia"] / "models/linkage.toml").read_text().splitlines()
                if x.startswith("#")]  # fmt: skip
    assert all(line in file.read_text() for line in comments)


def test_the_file_says_where_it_comes_from(trained: tuple[TrainedModel, Path]) -> None:
    model, file = trained
    told = tomllib.loads(file.read_text())["trained"]
    assert told["from"] == MODELS["indonesia"].version
    assert told["records"] == told["of"] == model.sample.records
    assert set(told["programs"]) == {"tangga", "splink", "duckdb"}
    assert told["matched"][0] == 0.9
    assert len(told["weights"]) == sum(len(c.weights) + len(c.levels)
                                       for c in MODELS["indonesia"].comparisons)  # fmt: skip
    assert any(w["how"] == "estimated" for w in told["weights"])


def test_the_card_shows_every_weight(trained: tuple[TrainedModel, Path]) -> None:
    model, file = trained
    card = file.with_suffix(".md").read_text()
    assert model.version in card
    for w in model.weights:
        assert f"| {w.comparison} | {w.level} |" in card
    assert "{" not in card


def test_what_blurs_the_records_is_found_again(trained: tuple[TrainedModel, Path]) -> None:
    """The hand-made records have an eighth of both sides' names changed by one letter, a
    twentieth of sexes wrong at most; the estimates must be near."""
    found = {(w.comparison, w.level): w for w in trained[0].weights}
    assert 0.04 < found["name", "one_edit"].m < 0.2
    assert found["sex", "equal"].m == pytest.approx(0.98, abs=0.02)
    assert found["sex", "equal"].u == pytest.approx(0.5, abs=0.05)
    assert found["sex", "equal"].after == pytest.approx(1.0, abs=0.15)
    assert found["name", "differs"].after < -4


def test_training_twice_gives_the_same_file(
    workspace: Path, trained: tuple[TrainedModel, Path], tmp_path: Path
) -> None:
    out = tmp_path / "again.toml"
    train_linkage(workspace, out=out, random_pairs=300_000)
    assert out.read_bytes() == trained[1].read_bytes()


def test_a_trained_model_can_be_trained_again(
    workspace: Path, trained: tuple[TrainedModel, Path], tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(PACKS["indonesia"], pack)
    shutil.copy(trained[1], pack / "models" / "linkage.toml")
    again = _with_pack(workspace, tmp_path / "w", pack)
    out = tmp_path / "third.toml"
    model = train_linkage(again, out=out, random_pairs=300_000)
    assert model.before == trained[0].version
    assert model.version.count("+") == 1
    assert out.read_text().count("[trained]") == 1


def _with_pack(workspace: Path, target: Path, pack: Path) -> Path:
    shutil.copytree(workspace, target)
    text = (target / "tangga.toml").read_text()
    (target / "tangga.toml").write_text(text.replace('"indonesia"', f'"{pack.as_posix()}"'))
    return target


def test_a_smaller_sample_keeps_numbers_together(workspace: Path) -> None:
    half = train_linkage(workspace, sample=3000, random_pairs=100_000)
    assert 2400 < half.sample.records < 3600
    assert half.sample.of > 5000
    whole = train_linkage(workspace, random_pairs=100_000)
    share = half.sample.records / whole.sample.records
    assert half.sample.pairs == pytest.approx(whole.sample.pairs * share, rel=0.15)


def test_too_little_to_learn_from_is_said(tmp_path: Path) -> None:
    small = write_run(tmp_path / "w", people=40)
    with pytest.raises(UserError, match="pairs of records share a nik"):
        train_linkage(small)


def test_a_model_file_ends_in_toml(workspace: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\.toml"):
        train_linkage(workspace, out=tmp_path / "model", random_pairs=100_000)


WITHOUT = """
import importlib, pkgutil, sys
sys.modules["splink"] = None  # any import of it now fails
import tangga
for module in pkgutil.walk_packages(tangga.__path__, "tangga.", onerror=lambda name: None):
    # The pages are imported by Django alone, and know no engine.
    if module.name != "tangga.__main__" and not module.name.startswith("tangga.web."):
        importlib.import_module(module.name)
from pathlib import Path
from tangga.engine import link
from tangga.engine.context import Context
from tangga.engine.train import train_linkage
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError
folder = Path(sys.argv[1])
ctx = Context(load_workspace(folder), folder / "runs" / "00001")
print(link.run(ctx)["clusters"])
try:
    train_linkage(folder)
except UserError as error:
    print(error)
"""


def test_all_but_training_works_without_splink(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "w", people=200)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    clusters, sentence = done.stdout.strip().split("\n")
    assert int(clusters) > 300
    assert "Splink, which is not installed" in sentence


@pytest.mark.slow
def test_the_engine_runs_with_a_trained_model(tmp_path: Path) -> None:
    """Invented people: train on a finished run, put the model in a pack, run, compare."""
    from tangga.engine.evaluate import evaluate
    from tangga.engine.run import run_workspace
    from tangga.synthetic import generate

    folder, pack = tmp_path / "w", tmp_path / "pack"
    generate(6000, 3, folder, sources=("dtks", "regsosek", "p3ke"))
    run_workspace(folder, full=True)
    shipped = evaluate(folder, folder / "truth.csv")
    shutil.copytree(PACKS["indonesia"], pack)
    trained = train_linkage(
        folder, out=pack / "models" / "linkage.toml", random_pairs=1_000_000, seed=2
    )
    assert len([w for w in trained.weights if w.how != "fixed"]) > 20
    text = (folder / "tangga.toml").read_text()
    (folder / "tangga.toml").write_text(text.replace('"indonesia"', f'"{pack.as_posix()}"'))
    run_workspace(folder, full=True)
    found = evaluate(folder, folder / "truth.csv")
    assert found.pairs != shipped.pairs
    assert found.pairs.f1 > shipped.pairs.f1 - Fraction(1, 100)
    assert found.over_merged_share < Fraction(1, 100)
