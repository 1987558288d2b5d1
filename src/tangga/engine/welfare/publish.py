"""A fitted model as a folder: the model, its evaluation, its card in two languages, its charts."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from tangga.engine.welfare import card as cards
from tangga.engine.welfare.judge import Evaluation
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.model_file import NAME, model_text
from tangga.engine.welfare.plots import charts
from tangga.engine.welfare.spec import Spec
from tangga.errors import UserError
from tangga.texts import LANGUAGES

EVALUATION = "evaluation.json"
SPEC = "spec.toml"
PLOTS = "plots"


def publish(directory: Path, model: Model, evaluation: Evaluation, spec: Spec) -> list[Path]:
    """Write the folder; what was written, the model first. Each file appears when it is whole, the
    model last: a folder with a model has all of it."""
    files = contents(model, evaluation, spec)
    (directory / PLOTS).mkdir(parents=True, exist_ok=True)
    for name in reversed(files):
        _write(directory / name, files[name])
    return [directory / name for name in files]


def check_folder(directory: Path) -> None:
    """UserError where no folder of this name can be made."""
    if directory.exists() and not directory.is_dir():
        raise UserError("is a file, where a folder is to be", file=directory)


def contents(model: Model, evaluation: Evaluation, spec: Spec) -> dict[str, str]:
    """Name of each file -> its text."""
    report = evaluation.as_dict()
    files = {NAME: model_text(model), EVALUATION: _json(report), SPEC: spec.text}
    hashes = _hashes(model, files)
    for language in LANGUAGES:
        drawn = charts(report, language)
        plots = {name: f"{PLOTS}/{name}.{language}.svg" for name in drawn}
        text = cards.card(model, report, language, plots=plots, hashes=hashes)
        files[cards.NAMES[language]] = text
        files |= {plots[name]: svg for name, svg in drawn.items()}
    return files


def _hashes(model: Model, files: Mapping[str, str]) -> cards.Hashes:
    survey = model.about["survey"]
    found = {
        what: (name, hashlib.sha256(files[name].encode()).hexdigest())
        for what, name in (("model", NAME), ("evaluation", EVALUATION), ("spec", SPEC))
    }
    return {**found, "survey": (survey["file"], survey["sha256"] or "–")}


def _json(report: Mapping[str, object]) -> str:
    return json.dumps(report, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _write(file: Path, text: str) -> None:
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)
