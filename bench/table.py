"""The figures as Markdown, each beside what was aimed at."""

from __future__ import annotations

from typing import Any

from tangga.engine.run import STAGES

Found = dict[str, Any]
Row = tuple[str, str, str]
GB = 1e9


def markdown(result: Found) -> str:
    """One page: what was measured, on what, and what was aimed at."""
    machine = ", ".join(f"{key} {value}" for key, value in result["machine"].items())
    records = result["register"]["right"]["records"]
    people = f"{result['people']:,} invented people (seed {result['seed']})"
    parts = [
        f"{people}, {records:,} records in three sources; {machine}; program {result['program']}.",
        _table(("what", "measured", "aim"), _figures(result)),
        "### By kind of difficulty (B-cubed over the records that carry the flag)",
        _table(("flag", "precision", "recall"), _flags(result["register"]["right"]["flags"])),
        "### Stages",
        _table(("stage", "CPU-s", "s", "peak GB"), _stages(result["register"]["stages"])),
    ]
    if "splink" in result:
        parts += ["### Splink's steps (CPU-s)", _steps(result)]
    return "\n\n".join(parts) + "\n"


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figures(result: Found) -> list[Row]:
    rows = _register(result["register"])
    alone = _score(result["number_alone"]["pairs"])
    rows.append(("equality of NIK alone, pairs P / R / F1", alone, "F1 0.88-0.92"))
    for name, make in (
        ("splink", _splink),
        ("increment", _increment),
        ("memory", _memory),
        ("febrl", _febrl),
    ):
        if name in result:
            found = result[name]
            rows += [(name, _one_line(found["failed"]), "")] if "failed" in found else make(found)
    return rows


def _one_line(text: str) -> str:
    return " ".join(text.split())[-200:].replace("|", "/")


def _register(found: Found) -> list[Row]:
    right = found["right"]
    twins = right["flags"].get("twin", {"precision": 0.0})
    return [
        ("CSV to `resolve`, CPU-s", f"{found['cpu_seconds']:.1f}", "40"),
        ("the same, seconds", f"{found['seconds']:.1f}", ""),
        ("peak of the process tree (RSS), GB", _gb(found), "4"),
        ("pairs P / R / F1", _score(right["pairs"]), "F1 0.995"),
        ("over-merged persons", f"{right['over_merged_share']:.3%}", "0.3 %"),
        ("twins, B-cubed precision", f"{twins['precision']:.4f}", "0.97"),
        ("families, pairs P / R / F1", _score(right["families"]), "F1 0.97"),
        ("records that the register lacks", f"{right['missing']:,}", "0"),
    ]


def _splink(found: Found) -> list[Row]:
    documented, best = found["right"]["documented"], found["right"]["best"]
    return [
        ("linking alone, CPU-s: ours", f"{found['link_cpu_seconds']:.1f}", ""),
        (
            "Splink with training, CPU-s (ratio)",
            f"{found['train_cpu_seconds']:.1f} ({found['ratio_train']:.1f}x)",
            "6x",
        ),
        (
            "Splink with a saved model, CPU-s (ratio)",
            f"{found['saved_cpu_seconds']:.1f} ({found['ratio_saved']:.1f}x)",
            "2x",
        ),
        ("Splink at 0.95, pairs P / R / F1", _score(documented["pairs"]), "below ours"),
        (
            f"Splink at its best threshold (weight {best['weight']})",
            _score(best["pairs"]),
            "below ours",
        ),
        ("Splink, over-merged at its best", f"{best['over_merged_share']:.3%}", ""),
        ("Splink, peak of the process tree, GB", _gb(found), ""),
    ]


def _increment(found: Found) -> list[Row]:
    if not found["there"]:
        return [("adding a batch", f"rebuilt instead: {found['why']}", "a tenth of a full run")]
    added = found["right"]["flags"]["added_later"]
    share = found["persons_that_differ"] / found["persons"]
    return [
        (
            "adding the batch, CPU-s (share of a full run)",
            f"{found['added']['cpu_seconds']:.1f} ({found['cpu_share']:.1%})",
            "10 %",
        ),
        ("the same, seconds", f"{found['added']['seconds']:.1f}", ""),
        ("records added, B-cubed P / R / F1", _score(added), ""),
        ("persons that differ from a rebuild", f"{share:.4%}", "0.1 %"),
    ]


def _memory(found: Found) -> list[Row]:
    return [
        (f"--memory {found['memory']}: peak of the tree, GB", _gb(found), found["memory"]),
        ("the same, CPU-s / s", f"{found['cpu_seconds']:.1f} / {found['seconds']:.1f}", ""),
        ("the same rows as without a limit", "yes" if found["same_rows"] else "NO", "yes"),
    ]


def _febrl(found: Found) -> list[Row]:
    aims = {"4": "0.995"}
    return [(f"FEBRL{n}, pairs F1", f"{found[n]['f1']:.4f}", aims.get(n, "")) for n in found]


def _flags(flags: Found) -> list[Row]:
    order = sorted(flags, key=lambda flag: (flags[flag]["precision"] + flags[flag]["recall"], flag))
    return [(f, f"{flags[f]['precision']:.4f}", f"{flags[f]['recall']:.4f}") for f in order]


def _stages(stages: Found) -> list[tuple[str, ...]]:
    found = ((name, stages[name]) for name in STAGES if name in stages)
    return [(name, f"{s['cpu_seconds']:.1f}", f"{s['seconds']:.1f}", _gb(s)) for name, s in found]


def _steps(result: Found) -> str:
    last = result["repeats"][-1]
    steps = {mode: last[mode]["steps"] for mode in ("train", "saved")}
    rows = [
        (name, f"{found['cpu_seconds']:.1f}", _saved(steps["saved"], name))
        for name, found in steps["train"].items()
    ]
    return _table(("step", "with training", "saved model"), rows)


def _saved(steps: Found, name: str) -> str:
    return f"{steps[name]['cpu_seconds']:.1f}" if name in steps else ""


def _gb(found: Found) -> str:
    return f"{found['peak_bytes'] / GB:.2f}"


def _score(score: Found) -> str:
    return f"{score['precision']:.4f} / {score['recall']:.4f} / {score['f1']:.4f}"
