"""The trained model as a file: the old one with new weights, its comments kept."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from tangga.engine.link.model import Comparison, Model, load_model
from tangga.engine.train.sample import Sample
from tangga.engine.train.weights import Level, with_weights
from tangga.errors import Conflict

_COMPARISON = re.compile(
    r"^\[\[comparison\]\][^\n]*\n(?:(?!\[(?!comparison\.)).*\n?)*", re.MULTILINE
)
_NAME = re.compile(r'^name\s*=\s*"([^"]*)"', re.MULTILINE)
_WEIGHTS = re.compile(r"^(weights\s*=\s*)\{[^}\n]*\}", re.MULTILINE)
_TABLE = re.compile(r"^\[comparison\.weights\][^\n]*\n(?:(?!\[).*\n?)*", re.MULTILINE)
_LINE = re.compile(r"^(\w+)(\s*=\s*)[-+0-9.]+", re.MULTILINE)
_LEVELS = re.compile(r"^(levels\s*=\s*)\[(?:[^\[\]]|\[[^\[\]]*\])*\]", re.MULTILINE)
_TRAINED = re.compile(r"^(?:#[^\n]*\n)?\[trained\].*", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class TrainedModel:
    """A model estimated from a workspace.

    version: that of the model it started from (`before`) and a mark of what was learnt.
    weights: every weight, old and new. random_pairs: at most so many pairs of strangers.
    matched: share of pairs of an equal number taken for one person, start and each iteration.
    programs: name -> version. text: the model file.
    """

    model: Model
    before: str
    weights: tuple[Level, ...]
    sample: Sample
    random_pairs: int
    seed: int
    matched: tuple[float, ...]
    programs: dict[str, str]
    text: str = ""

    @property
    def version(self) -> str:
        """The version that the new file carries."""
        return self.model.version


def finished(trained: TrainedModel, old_text: str, old: Model) -> TrainedModel:
    """With its version and its text, written from the old file's text."""
    version = f"{old.version.partition('+')[0]}+{_mark(trained)}"
    model = replace(with_weights(old, list(trained.weights)), version=version)
    named = replace(trained, model=model)
    return replace(named, text=_new_text(named, old_text))


def _mark(trained: TrainedModel) -> str:
    learnt = [[w.comparison, w.level, w.after] for w in trained.weights]
    told = json.dumps([learnt, trained.seed, trained.programs], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def _new_text(trained: TrainedModel, old: str) -> str:
    by_name = {c.name: c for c in trained.model.comparisons}
    text = _TRAINED.sub("", old).rstrip() + "\n"
    text = re.sub(
        r'^version\s*=\s*"[^"]*"', f'version = "{trained.version}"', text, flags=re.MULTILINE
    )
    text = _COMPARISON.sub(lambda found: _reweighed(found.group(), by_name), text)
    return f"{text}\n{_provenance(trained)}"


def _reweighed(section: str, by_name: dict[str, Comparison]) -> str:
    found = _NAME.search(section)
    comparison = by_name.get(found[1]) if found else None
    if comparison is None:
        return section
    weights = ", ".join(f"{name} = {bits}" for name, bits in comparison.weights.items())
    levels = ", ".join(f'["{name}", {bits}]' for name, bits in comparison.levels)
    section = _TABLE.sub(lambda table: _lines(table.group(), comparison.weights), section)
    section = _WEIGHTS.sub(rf"\g<1>{{ {weights} }}", section)
    return _LEVELS.sub(rf"\g<1>[{levels}]", section)


def _lines(table: str, weights: dict[str, float]) -> str:
    """The weights of a table of their own, one a line, with the remarks beside them."""
    return _LINE.sub(lambda line: f"{line[1]}{line[2]}{weights[line[1]]}", table)


def _provenance(trained: TrainedModel) -> str:
    """The table `[trained]`; it holds no date, so that training twice gives the same file."""
    programs = ", ".join(f'{name} = "{v}"' for name, v in sorted(trained.programs.items()))
    lines = [
        "# From what these weights were estimated, by `tangga linkage train`; see the card.",
        "[trained]",
        f'from         = "{trained.before}"',
        f"records      = {trained.sample.records}",
        f"of           = {trained.sample.of}",
        f"number_pairs = {trained.sample.pairs}",
        f"random_pairs = {trained.random_pairs}",
        f"seed         = {trained.seed}",
        f"programs     = {{ {programs} }}",
        f"matched      = [{', '.join(str(share) for share in trained.matched)}]",
        "weights = [",
        *(f"  {{ {_entry(weight)} }}," for weight in trained.weights),
        "]",
    ]
    return "\n".join(lines) + "\n"


def _entry(w: Level) -> str:
    parts = [f'comparison = "{w.comparison}"', f'level = "{w.level}"']
    parts += [f"before = {w.before}", f"after = {w.after}", f'how = "{w.how}"']
    parts += [f"{key} = {value:.3g}" for key, value in (("m", w.m), ("u", w.u)) if value]
    return ", ".join(parts)


def write_model(trained: TrainedModel, file: Path) -> None:
    """Write the model file, read it back, and only then give it its name.

    Raises Conflict when what is read back is not the model that was estimated.
    """
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    unfinished.write_text(trained.text, encoding="utf-8")
    try:
        if load_model(unfinished) != trained.model:
            raise Conflict(f"{file}: the model file does not say what was estimated")
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
