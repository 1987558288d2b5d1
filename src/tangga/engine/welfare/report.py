"""An evaluation as JSON with keys that stay, and as lines for a terminal in both languages."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tangga import texts
from tangga.engine.welfare import left_out
from tangga.engine.welfare.bootstrap import Estimate
from tangga.engine.welfare.by_group import SIZE, ByGroup
from tangga.engine.welfare.columns import Ints
from tangga.engine.welfare.figures import CALIBRATED, FIFTHS, LINE, TENTHS, Figures
from tangga.engine.welfare.spec import SHARES
from tangga.texts import Language

if TYPE_CHECKING:
    from tangga.engine.welfare.judge import Evaluation

DIGITS = 6
"""Digits after the point: more than any of it means, fewer than machines may differ in."""
PLAIN = ("r2", "least")
"""Values of cautions that are numbers, where the others are shares."""
ERRORS = ("exclusion", "inclusion", "total", "chosen")
Report = Mapping[str, Any]


def as_dict(evaluation: Evaluation) -> dict[str, object]:
    """JSON-plain and in order; the same evaluation gives the same text."""
    figures = evaluation.figures
    has_line = figures["bpac"].value is not None
    named = [*map(str, SHARES), *([LINE] if has_line else [])]
    found = {
        **_of_whom(evaluation),
        "r2": figures["r2"],
        "rank_correlation": figures["rank_correlation"],
        "auc": {of: figures[f"auc/{of}"] for of in named},
        "targeting": {of: {e: figures[f"{e}/{of}"] for e in ERRORS} for of in named},
        "poorest_tenth_left_out": figures["poorest_tenth_left_out"],
        "bpac": figures["bpac"] if has_line else None,
        "rate_below_line": _rate(figures) if has_line else None,
        **_parts(evaluation, [of for of in CALIBRATED if of in named]),
        "curves": evaluation.curves,
        "groups": [group.as_dict() for group in evaluation.groups],
        "stability": evaluation.stability.as_dict() if evaluation.stability else None,
        "rivals": [rival.as_dict() for rival in evaluation.rivals],
        "correction": evaluation.correction,
        "cautions": [caution.as_dict() for caution in evaluation.cautions],
    }
    plain = _plain(found)
    assert isinstance(plain, dict)
    return plain


def write_report(evaluation: Evaluation, file: Path) -> None:
    """The report as a JSON file."""
    text = json.dumps(evaluation.as_dict(), ensure_ascii=False, indent=2, allow_nan=False)
    file.write_text(text + "\n", encoding="utf-8")


def _of_whom(evaluation: Evaluation) -> dict[str, object]:
    evidence, survey = evaluation.evidence, evaluation.evidence.survey
    spec, unknown = survey.spec, ~evidence.known
    return {
        "how": evaluation.how,
        "version": evaluation.version,
        "whom": "people" if spec.people else "households",
        "unit": spec.unit,
        "log": spec.log,
        "cutoff": evidence.choose,
        "rows": survey.rows,
        "households": len(survey),
        "weight": float(survey.people.sum()),
        "clusters": len(np.unique(survey.cluster)),
        "strata": len(np.unique(survey.stratum)),
        "known": int(evidence.known.sum()),
        "not_known": int(unknown.sum()),
        "not_known_share": float(survey.people[unknown].sum() / survey.people.sum()),
        "missing": evidence.said.missing,
        "unseen": evidence.said.unseen,
        "left_out": [one.as_dict() for one in survey.left_out],
        "folds": evidence.said.folds,
        "repeats": spec.repeats,
        "seed": spec.seed,
    }


def _rate(figures: Mapping[str, Estimate]) -> dict[str, object]:
    return {"said": figures["rate/said"].value, "found": figures["rate/found"]}


def _parts(evaluation: Evaluation, named: list[str]) -> dict[str, object]:
    """Calibration by fifths of the chance, and tenths by score."""
    figures, log = evaluation.figures, evaluation.evidence.survey.spec.log
    cut = Figures(evaluation.evidence, ByGroup(evaluation.evidence))
    calibration = {
        of: [
            {
                "households": households,
                "said": figures[f"calibration/{of}/{fifth}/said"].value,
                "found": figures[f"calibration/{of}/{fifth}/found"],
            }
            for fifth, households in enumerate(_counts(cut.fifths[of], FIFTHS))
        ]
        for of in named
    }
    tenths = [
        {
            "households": households,
            "predicted": figures[f"tenth/{k}/predicted"].value,
            "observed": figures[f"tenth/{k}/observed"],
        }
        for k, households in enumerate(_counts(cut.tenths, TENTHS))
    ]
    mean = "geometric_mean" if log else "mean"
    return {"calibration": calibration, "tenths": tenths, "tenths_are": mean}


def _counts(part: Ints, parts: int) -> list[int]:
    return [int(n) for n in np.bincount(part[part >= 0], minlength=parts)]


def _plain(value: object) -> object:
    """As JSON has it: floats in so many digits, None for what is not a number."""
    if isinstance(value, Estimate):
        return _plain(value.as_dict())
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return round(float(value), DIGITS) if math.isfinite(value) else None
    return value


def lines(report: Report, language: Language) -> list[str]:
    """What a terminal shows of a report (`Evaluation.as_dict()`, or its file read again)."""
    return list(_lines(report, language))


def _lines(report: Report, language: Language) -> Iterator[str]:
    def say(key: str, **values: object) -> str:
        return texts.say(f"judge.{key}", language, **values)

    counts = {"households": report["households"], "clusters": report["clusters"]}
    yield say(report["how"], version=report["version"])
    yield say("counts", **counts, whom=say(report["whom"]))
    yield from left_out.lines(report["left_out"], language)
    r2, correlation = report["r2"]["value"], report["rank_correlation"]["value"]
    auc = report["auc"]["0.4"]["value"]
    yield say(
        "order",
        r2=_number(r2, language),
        auc=_number(auc, language),
        rank_correlation=_number(correlation, language),
    )
    for of, errors in report["targeting"].items():
        shown = {name: _range(errors[name], language) for name in ERRORS}
        yield say("targeting", of=_of(of, language), **shown)
    yield say("poorest_tenth", share=_range(report["poorest_tenth_left_out"], language))
    if report["bpac"] is not None:
        yield say("bpac", bpac=_range(report["bpac"], language))
    yield from _calibration_lines(report, language)
    yield from _group_lines(report, language)
    yield from _stability_lines(report, language)
    yield from _rival_lines(report, language)
    yield from caution_lines(report, language)


def _calibration_lines(report: Report, language: Language) -> Iterator[str]:
    for of, fifths in report["calibration"].items():
        said = " ".join(_share(fifth["said"], language) for fifth in fifths)
        found = " ".join(_share(fifth["found"]["value"], language) for fifth in fifths)
        named = _of(of, language)
        yield texts.say("judge.calibrated", language, of=named, said=said, found=found)


def _group_lines(report: Report, language: Language) -> Iterator[str]:
    groupings = dict.fromkeys(group["grouping"] for group in report["groups"])
    for grouping in groupings:
        shown = [
            f"{_word(group['group'], language)} {_range(group['exclusion']['0.4'], language)}"
            + (" *" if group["few"] else "")
            for group in report["groups"]
            if group["grouping"] == grouping
        ]
        name = texts.say("judge.household_size", language) if grouping == SIZE else grouping
        yield texts.say("judge.groups", language, grouping=name, shown="; ".join(shown))
    if any(group["few"] for group in report["groups"]):
        yield texts.say("judge.few", language)


def _stability_lines(report: Report, language: Language) -> Iterator[str]:
    found = report["stability"]
    if found is None:
        yield texts.say("judge.no_stability", language)
        return
    for kind in ("against", "held"):
        shares = {name: _range(found[kind][name], language) for name in found[kind]}
        yield texts.say(f"judge.stability_{kind}", language, refits=found["refits"], **shares)
    row = {name: _share(share, language) for name, share in found["in_a_row"].items()}
    yield texts.say("judge.stability_in_a_row", language, refits=found["refits"], **row)
    yield texts.say(
        "judge.stability_chances",
        language,
        moved=_points(found["chance_moved"]["value"], language),
        adds_up=_range(found["chances_add_up"], language),
    )


def _rival_lines(report: Report, language: Language) -> Iterator[str]:
    for rival in report["rivals"]:
        fewer = rival["fewer_missed"]
        missed, error = rival["exclusion"]["0.4"], fewer["standard_error"]
        yield texts.say(
            "judge.rival",
            language,
            name=texts.say(f"judge.{rival['name']}", language),
            missed=_share(missed, language),
            model=_share(_less(missed, fewer["gain"]), language),
            error=_points(error, language),
            verdict=texts.say("judge.noise" if fewer["noise"] else "judge.not_noise", language),
        )


def caution_lines(report: Report, language: Language) -> list[str]:
    """What must be told beside the figures, a line each."""
    return [_caution(caution, language) for caution in report["cautions"]]


def _caution(caution: Mapping[str, Any], language: Language) -> str:
    values = {
        name: _caution_value(name, value, language)
        for name, value in caution.items()
        if name != "caution"
    }
    return texts.say(f"judge.caution_{caution['caution']}", language, **values)


def _caution_value(name: str, value: Any, language: Language) -> object:
    if name in PLAIN:
        return _number(value, language)
    if isinstance(value, float):
        return _share(value, language)
    if name == "of":
        return _of(value, language)
    if name == "grouping" and value == SIZE:
        return texts.say("judge.household_size", language)
    return _word(value, language) if name == "group" else value


def _of(of: str, language: Language) -> str:
    if of == LINE:
        return texts.say("judge.below_line", language)
    return texts.say("judge.poorest", language, percent=round(float(of) * 100))


def _word(word: str | None, language: Language) -> str:
    return texts.say("judge.group_not_known", language) if word is None else word


def _number(value: float | None, language: Language, digits: int = 2) -> str:
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if language == "id" else text


def _share(value: float | None, language: Language) -> str:
    """A share in percent: 0.213 is 21,3 % in Indonesian and 21.3 % in English."""
    return "–" if value is None else f"{_number(value * 100, language, 1)} %"


def _points(value: float | None, language: Language) -> str:
    return "–" if value is None else _number(value * 100, language, 1)


def _less(value: float | None, by: float | None) -> float | None:
    return None if value is None or by is None else value - by


def _range(estimate: Mapping[str, float | None], language: Language) -> str:
    """`21,3 % (17,0 – 25,9)`."""
    value, low, high = estimate["value"], estimate["low"], estimate["high"]
    if value is None or low is None or high is None:
        return _share(value, language)
    ends = [_number(end * 100, language, 1) for end in (low, high)]
    return f"{_share(value, language)} ({ends[0]} – {ends[1]})"
