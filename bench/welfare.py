"""Measure welfare models: `python -m bench.welfare --families 10000000`. See README.md."""

from __future__ import annotations

import argparse
import json
import subprocess
import venv
from dataclasses import asdict
from pathlib import Path
from statistics import median

from bench import commands, many_families, tree
from bench.register import ROOT, Found, machine, said, take_program
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.model_file import read_model
from tangga.registry import load_pack
from tangga.synthetic import generate

LOCK = ROOT / "bench" / "welfare.lock"
WAYS = ("ours", "plain", "what-if", "explain")
PARTS = ("lightgbm", "plain", "what-if", "explain", "command")


def fitted(folder: Path, people: int) -> tuple[Path, Path]:
    """(a survey of invented people, made once; the model that the pack's spec learns from it)."""
    home = folder / f"welfare-{people}"
    survey, model = home / "survey" / "survei.csv", home / "model"
    if not survey.exists():
        generate(people, 1, home, sources=("dtsen",))
    spec = load_pack("indonesia").dir / "models" / "welfare.toml"
    command = ["welfare", "fit", str(survey), "--spec", str(spec), "--out", str(model)]
    tree.run(tree.python("tangga", *command), log=home / "fit.txt")
    return survey, model


def families(survey: Path, model: Model, rows: int) -> Path:
    """The file of families; made once."""
    to = survey.parent / f"families-{rows}.parquet"
    required = [feature.column for feature in model.features if feature.missing == "unknown"]
    many_families.make(survey, [f.column for f in model.features], required, to, rows)
    return to


def way(name: str, model: Path, file: Path, work: Path) -> Found:
    """One of `bench.scored`, in a process of its own."""
    out = work / f"{name}.json"
    command = tree.python("bench.scored", name, str(model), str(file), str(out))
    cost = tree.run(command, log=work / f"{name}.txt")
    return {"process": asdict(cost)} | json.loads(out.read_text(encoding="utf-8"))


def command(model: Path, file: Path, work: Path) -> Found:
    """The whole command, from Parquet to Parquet, with everything that it writes."""
    options = ["--members", "members", "--local", "area", "--id", "family"]
    arguments = ["welfare", "apply", str(model), str(file), "--out", str(work / "ranked.parquet")]
    cost = tree.run(tree.python("tangga", *arguments, *options), log=work / "apply.txt")
    return asdict(cost)


def boosted(folder: Path, model: Model, survey: Path, file: Path) -> Found:
    """LightGBM in an environment of its own, made once from its lock file."""
    home, work = folder / "lightgbm", folder / "work"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        install = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(LOCK)]
        subprocess.run(install, check=True)
    features = {feature.column: not feature.numeric for feature in model.features}
    (work / "features.json").write_text(json.dumps(features), encoding="utf-8")
    out = work / "lightgbm.json"
    script, given = str(ROOT / "bench" / "boosted.py"), map(str, (survey, file, out))
    arguments = [str(python), script, str(work / "features.json"), *given]
    cost = tree.run(arguments, log=work / "lightgbm.txt")
    return {"process": asdict(cost)} | json.loads(out.read_text(encoding="utf-8"))


def measure(options: argparse.Namespace) -> Found:
    """Everything asked for, ours and the rivals in turn; medians of `--repeat`."""
    say = (lambda _: None) if options.quiet else said
    work = options.dir / "work"
    work.mkdir(parents=True, exist_ok=True)
    result: Found = {"machine": machine(), "program": take_program(work)}
    say("a survey, a model (once)")
    survey, model_dir = fitted(options.dir, options.people)
    model = read_model(model_dir)
    say(f"{options.families:,} families (once)")
    file = families(survey, model, options.families)
    result |= {"families": options.families, "features": len(model.features), "repeats": []}
    for _ in range(options.repeat):
        found: Found = {}
        for name in WAYS:
            if name == "ours" or name in options.only:
                say(name)
                found[name] = way(name, model_dir, file, work)
        if "command" in options.only:
            say("tangga welfare apply")
            found["command"] = command(model_dir, file, work)
        if "lightgbm" in options.only:
            say("LightGBM")
            found["lightgbm"] = boosted(options.dir, model, survey, file)
        result["repeats"].append(found)
    return result


def markdown(result: Found) -> str:
    """The figures beside what was aimed at."""
    one = result["repeats"][-1]

    def middle(*path: str) -> float:
        return round(median(_at(found, path) for found in result["repeats"]), 2)

    size = f"{result['families']:,} families, {result['features']} features"
    steps = ", ".join(f"{name} {seconds}" for name, seconds in one["ours"]["steps"].items())
    rows = [
        (f"score, chances, national and local deciles, CPU-seconds ({size})",
         middle("ours", "cpu_seconds"), "10"),
        (f"of that: {steps}", "", ""),
        ("peak of the process tree, GB", _gb(one["ours"]["process"]), "2.5"),
    ]  # fmt: skip
    if "command" in one:
        rows.append(("`tangga welfare apply`, Parquet to Parquet: CPU-seconds",
                     middle("command", "cpu_seconds"), ""))  # fmt: skip
        rows.append(("the same, peak, GB", _gb(one["command"]), ""))
    if "plain" in one:
        same = "the same deciles" if one["plain"]["deciles"] == one["ours"]["deciles"] else "OTHER"
        beside = _beside(middle("plain", "cpu_seconds"), middle("ours", "cpu_seconds"))
        rows.append((f"plain NumPy, no chances ({same}): CPU-seconds, times ours", beside, ""))
        rows.append(("the same, peak, GB", _gb(one["plain"]["process"]), ""))
    if "lightgbm" in one:
        scoring = middle("lightgbm", "score_cpu_seconds")
        named = (
            f"LightGBM, {one['lightgbm']['trees']} trees, scoring alone: CPU-seconds, times ours"
        )
        rows.append((named, _beside(scoring, middle("ours", "steps", "score")), ""))
        rows.append(("the same, reading", middle("lightgbm", "read_cpu_seconds"), ""))
        rows.append(("the same, peak, GB", _gb(one["lightgbm"]["process"]), ""))
    if "what-if" in one:
        rows.append(("what-if with P0 to P2 and Gini, CPU-seconds",
                     middle("what-if", "cpu_seconds"), "3"))  # fmt: skip
        rows.append(("the same, peak, GB", _gb(one["what-if"]["process"]), ""))
    if "explain" in one:
        named = f"explaining one family, ms (99 of 100 under {one['explain']['slowest_of_100']})"
        rows.append((named, middle("explain", "milliseconds"), "50"))
    lines = ["| what | measured | asked |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {a} | {b} | {c} |" for a, b, c in rows)]) + "\n"


def _at(found: Found, path: tuple[str, ...]) -> float:
    for key in path:
        found = found[key]
    return float(found)  # type: ignore[arg-type]


def _beside(theirs: float, ours: float) -> str:
    return f"{theirs} ({theirs / ours:.1f}x)"


def _gb(cost: Found) -> float:
    return round(cost["peak_bytes"] / 1e9, 2)


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser(prog="bench.welfare", description=__doc__)
    parser.add_argument("--families", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, default=60_000, help="among whom the survey is drawn")
    commands.add_common(parser, PARTS, PARTS)
    return parser.parse_args(given)


def main() -> None:
    """Measure, print the table, and write JSON and Markdown where asked."""
    commands.run(arguments(), measure, markdown)


if __name__ == "__main__":
    main()
