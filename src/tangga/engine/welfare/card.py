"""The model card: what a model learnt from, how right it is, for whom it errs, what it is not for.

Made from the model file and the report alone, so that it can be made again, and says what they say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tangga.engine.welfare import card_effects
from tangga.engine.welfare.left_out import where, why
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.shown import Shown, table
from tangga.texts import Language

Report = Mapping[str, Any]
CALIBRATED = ("0.4", "0.2", "line")
MOVES = ("moved_one", "moved_two", "crossed_4_5")
TIMES = ("against", "between", "held", "held_between")
NOT_FOR = ("verdict", "official", "missing", "rate", "elsewhere", "neighbours")
NAMES: Mapping[Language, str] = {"id": "kartu.md", "en": "card.md"}
"""The file of the card in each language."""


def card(
    model: Model, report: Report, language: Language, *, plots: Mapping[str, str], hashes: Hashes
) -> str:
    """The card as Markdown. plots: name of a chart -> its file beside the card. hashes: what is
    hashed -> (its file, its sha256)."""
    shown = Shown(language)
    parts = (
        _head(model, report, shown),
        _in_short(report, shown),
        _learnt_from(model, report, shown),
        card_effects.effects(model, shown),
        _calibration(report, shown, plots),
        _groups(report, shown, plots),
        _steady(report, shown),
        _rivals(report, shown),
        _applied(model, shown),
        _vulnerability(model, shown),
        _not_for(model, shown),
        _made(model, hashes, shown),
    )
    return "\n".join(line for part in parts for line in part).rstrip("\n") + "\n"


Hashes = Mapping[str, tuple[str, str]]


def _section(key: str, shown: Shown, **values: object) -> list[str]:
    """A heading, and the words below it."""
    return [f"## {shown.say(key)}", "", shown.say(f"{key}_says", **values), ""]


def _head(model: Model, report: Report, shown: Shown) -> Iterator[str]:
    other: Language = "en" if shown.language == "id" else "id"
    missed, interval = shown.of(report["targeting"]["0.4"]["exclusion"])
    yield from (f"# {shown.say('title', version=model.version)}", "")
    yield from (shown.say("other", file=NAMES[other]), "")
    values = {"whom": _whom(report, shown), "r2": shown.number(report["r2"]["value"])}
    said = shown.say("estimate", missed=missed, interval=interval, **values)
    yield from (f"> {said}", "")
    cautions = report["cautions"]
    if cautions:
        from tangga.engine.welfare.report import caution_lines

        yield from (f"**{shown.say('cautions')}**", "")
        yield from (f"- {line}" for line in caution_lines(report, shown.language))
        yield ""


def _whom(report: Report, shown: Shown) -> str:
    return shown.judged(report["whom"])


def _in_short(report: Report, shown: Shown) -> Iterator[str]:
    how = shown.say(report["how"], folds=report["folds"])
    yield from _section(
        "short", shown, how=how, repeats=report["repeats"], whom=_whom(report, shown)
    )
    rows = [(shown.say("r2"), shown.number(report["r2"]["value"]), shown.between(report["r2"]))]
    for of, errors in report["targeting"].items():
        named = _of(of, shown)
        for name in ("exclusion", "inclusion", "total"):
            rows.append((f"{named}: {shown.say(name)}", *shown.of(errors[name])))
    left_out = report["poorest_tenth_left_out"]
    rows.append((shown.say("poorest_tenth"), *shown.of(left_out)))
    for of, auc in report["auc"].items():
        named = shown.say("auc", of=_of(of, shown))
        rows.append((named, shown.number(auc["value"]), shown.between(auc)))
    if report["bpac"] is not None:
        rows.append((shown.say("bpac"), *shown.of(report["bpac"])))
    yield from table([shown.say(h) for h in ("figure", "value", "interval")], rows)
    yield from (shown.say("noise"), "")


def _of(of: str, shown: Shown) -> str:
    if of == "line":
        return shown.judged("below_line")
    return shown.judged("poorest", percent=round(float(of) * 100))


def _learnt_from(model: Model, report: Report, shown: Shown) -> Iterator[str]:
    about = model.about
    survey, design, outcome = about["survey"], about["design"], about["outcome"]
    yield from (f"## {shown.say('learnt_from')}", "")
    log = shown.say("log" if model.log else "no_log")
    rows = [
        (shown.say("file"), f"`{survey['file']}`"),
        (shown.say("outcome"), shown.say("outcome_is", column=outcome["column"], log=log,
            kind=shown.say(outcome["kind"]), unit=model.unit or "–")),
        (shown.say("households"), shown.say("households_are", **survey)),
        (shown.say("stand_for"), f"{shown.number(survey['people'], 0)} {_whom(report, shown)}"),
        (shown.say("weights"), _weights(design, about["speak_of"], shown)),
        (shown.say("line"), _line(about["line"], shown)),
        (shown.say("cutoff"), shown.say(f"cutoff_{about['cutoff']}")),
        (shown.say("correction"), _correction(about["correction"], shown)),
        (shown.say("fit"), shown.say("fit_is", r2=shown.number(about["r2"]),
            unseen=shown.number(about["r2_out_of_fold"]))),
    ]  # fmt: skip
    yield from table([shown.say("what"), shown.say("is")], rows)
    yield from _left_out(survey["left_out"], shown)


def _weights(design: Mapping[str, Any], speak_of: str, shown: Shown) -> str:
    weight, members = design["weight"], design["members"]
    learnt = (
        shown.say("weights_learnt", weight=f"`{weight}`") if weight else shown.say("unweighted")
    )
    key = "weights_people" if speak_of == "people" else "weights_households"
    return f"{learnt} {shown.say(key, members=f'`{members}`')}"


def _line(line: float | str | None, shown: Shown) -> str:
    if line is None:
        return shown.say("no_line")
    return f"`{line}`" if isinstance(line, str) else shown.plain(line)


def _correction(correction: Mapping[str, Any], shown: Shown) -> str:
    if not correction["asked"]:
        return shown.say("correction_not_asked")
    key = "correction_kept" if correction["kept"] else "correction_dropped"
    gain, error = (correction.get(name) for name in ("gain", "standard_error"))
    return shown.say(key, gain=shown.number(gain, 4), error=shown.number(error, 4))


def _left_out(left_out: list[Mapping[str, Any]], shown: Shown) -> Iterator[str]:
    if not left_out:
        yield from (shown.say("nobody_left_out"), "")
        return
    rows = [
        (why(one["reason"], shown.language), one["rows"], where(one, shown.language))
        for one in left_out
    ]
    yield from table([shown.say(h) for h in ("left_out", "rows", "first_rows")], rows)


def _calibration(report: Report, shown: Shown, plots: Mapping[str, str]) -> Iterator[str]:
    yield from _section("calibration", shown, whom=_whom(report, shown))
    yield from _plot("calibration", plots, shown)
    rows = [
        (_of(of, shown), place, part["households"], shown.share(part["said"]),
         *shown.of(part["found"]))
        for of in CALIBRATED
        for place, part in enumerate(report["calibration"].get(of, []), start=1)
    ]  # fmt: skip
    headings = ("of", "fifth", "households", "said", "found", "interval")
    yield from table([shown.say(h) for h in headings], rows)
    yield from _plot("tenths", plots, shown)
    yield from _plot("concentration", plots, shown)


def _plot(name: str, plots: Mapping[str, str], shown: Shown) -> list[str]:
    return [f"![{shown.say(f'plot_{name}')}]({plots[name]})", ""] if name in plots else []


def _groups(report: Report, shown: Shown, plots: Mapping[str, str]) -> Iterator[str]:
    yield from _section("groups", shown)
    yield from _plot("groups", plots, shown)
    rows = []
    for group in report["groups"]:
        grouping, word = group["grouping"], group["group"]
        name = shown.judged("household_size") if grouping == "household_size" else grouping
        word = shown.judged("group_not_known") if word is None else word
        missed, interval = shown.of(group["exclusion"]["0.4"])
        cells = [f"{name}: {word.replace('>=', '≥')}{' *' if group['few'] else ''}"]
        cells += [group["households"], group["poor_households"]["0.4"], shown.share(group["share"])]
        rows.append([*cells, missed, interval, shown.share(group["inclusion"]["0.4"]["value"])])
    headings = ("group", "households", "of_them_poor", "share", "missed", "interval", "by_mistake")
    yield from table([shown.say(h) for h in headings], rows)
    if any(group["few"] for group in report["groups"]):
        yield from (shown.judged("few"), "")


def _steady(report: Report, shown: Shown) -> Iterator[str]:
    stability = report["stability"]
    if stability is None:
        yield from (f"## {shown.say('steady')}", "", shown.judged("no_stability"), "")
        return
    yield from _section("steady", shown, refits=stability["refits"])
    rows = [
        (shown.say(f"steady_{time}"), *(_both(stability[time][move], shown) for move in MOVES))
        for time in TIMES
    ]
    yield from table([shown.say("compared"), *(shown.say(move) for move in MOVES)], rows)
    row = {name: shown.share(share) for name, share in stability["in_a_row"].items()}
    in_a_row = shown.judged("stability_in_a_row", refits=stability["refits"], **row)
    moved = shown.points(stability["chance_moved"]["value"])
    adds_up = _both(stability["chances_add_up"], shown)
    chances = shown.judged("stability_chances", moved=moved, adds_up=adds_up)
    yield from (f"{in_a_row}. {chances}.", "")


def _both(estimate: Mapping[str, float | None], shown: Shown) -> str:
    value, interval = shown.of(estimate)
    return f"{value} ({interval})"


def _rivals(report: Report, shown: Shown) -> Iterator[str]:
    yield from _section("rivals", shown)
    ours = report["targeting"]
    exclusion = [shown.share(ours[of]["exclusion"]["value"]) for of in ("0.2", "0.4")]
    auc = report["auc"]["0.4"]["value"]
    rows = [(f"**{shown.say('this_model')}**", *exclusion, shown.number(auc), "")]
    for rival in report["rivals"]:
        missed = [shown.share(rival["exclusion"][of]) for of in ("0.2", "0.4")]
        noise = shown.judged("noise" if rival["fewer_missed"]["noise"] else "not_noise")
        rows.append((shown.judged(rival["name"]), *missed, shown.number(rival["auc"]), noise))
    headings = ("way", "missed_20", "missed_40", "auc_40", "difference")
    yield from table([shown.say(h) for h in headings], rows)


def _applied(model: Model, shown: Shown) -> Iterator[str]:
    yield from _section("applied", shown, margin=round(100 * model.held))
    rows = [
        (feature.labels.get(shown.language, feature.name), f"`{feature.name}`",
         shown.say(f"missing_{feature.missing}"))
        for feature in model.features
    ]  # fmt: skip
    yield from table([shown.say(h) for h in ("feature", "name", "if_missing")], rows)


def _vulnerability(model: Model, shown: Shown) -> Iterator[str]:
    spread = [f"`{effect.feature.name}`" for effect in model.spread.effects]
    values = {"persistence": shown.plain(model.persistence), "shock": shown.plain(model.shock)}
    yield from _section("vulnerability", shown, spread=", ".join(spread) or "–", **values)


def _not_for(model: Model, shown: Shown) -> Iterator[str]:
    yield from (f"## {shown.say('not_for')}", "")
    sigma = float(model.about["error_out_of_fold"])
    for name in NOT_FOR:
        said = card_effects.spread_of(sigma, model.log, shown)
        yield f"- {shown.say(f'not_for_{name}', **said)}"
    yield ""


def _made(model: Model, hashes: Hashes, shown: Shown) -> Iterator[str]:
    yield from _section("made", shown)
    rows = [
        (shown.say(f"hash_{what}"), f"`{file}`", f"`{sha}`") for what, (file, sha) in hashes.items()
    ]
    yield from table([shown.say("what"), shown.say("file"), "sha256"], rows)
    programs = ", ".join(f"{name} {version}" for name, version in model.about["programs"].items())
    yield shown.say("programs", programs=programs)
