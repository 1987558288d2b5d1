"""`tangga welfare measures`: poverty and inequality of a survey, and how sure each figure is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tangga.cli import screen
from tangga.errors import UserError
from tangga.texts import LANGUAGES, both

if TYPE_CHECKING:
    from tangga.engine.welfare.classes import Classes

Figure = Mapping[str, Any] | None
NONE = "-"
PLACES = {"money": 2, "index": 4}


def measures(
    survey: Path,
    *,
    spec: Path,
    line: float | None,
    census: bool,
    classes: str | None,
    benefit: str | None,
    transfer: float | None,
    to: str | None,
    report: Path | None,
) -> None:
    """Print all measures of a survey, and write them as JSON where a file is named."""
    from tangga.engine.measures.report import Asked
    from tangga.engine.measures.report import report as measured
    from tangga.engine.welfare.spec_file import read_spec

    named = _named(classes)
    cuts = named.cuts if named is not None else _cuts(classes)
    asked = Asked(line, census, cuts, benefit, transfer, to)
    found = _with_names(measured(survey, read_spec(spec), asked), named)
    if report is not None:
        text = json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)
        report.write_text(text + "\n", encoding="utf-8")
    print_measures(found)
    if report is not None:
        screen.out.print(_said("written", file=report), soft_wrap=True)


def _named(classes: str | None) -> Classes | None:
    """The classes that a pack names, as they hold today; None where numbers were written."""
    from datetime import date

    from tangga.engine.welfare.classes import classes_of
    from tangga.registry.load import pack_dir

    if not classes or classes[0].isdigit():
        return None
    try:
        pack = pack_dir(classes)
    except UserError:
        return None
    return classes_of(pack, date.today())


def _cuts(classes: str | None) -> tuple[float, ...]:
    """`1,1.5,3.5` as numbers."""
    try:
        return tuple(float(cut) for cut in classes.split(",")) if classes else ()
    except ValueError:
        todo = "Write multiples of the poverty line, such as 1,1.5,3.5, or a pack such as indonesia"
        raise UserError("--classes holds no numbers", value=classes, todo=todo) from None


def _with_names(found: dict[str, Any], named: Classes | None) -> dict[str, Any]:
    """The report with what a pack calls its classes, and on what that rests."""
    if named is None:
        return found
    pairs = zip(found["classes"], named.ids, named.labels, strict=True)
    classes = [{**one, "id": id_, "labels": dict(labels)} for one, id_, labels in pairs]
    period = named.period
    held = {"version": period.id, "valid_from": period.valid_from.isoformat()}
    return {**found, "classes": classes, "classes_by": {**held, "source": period.source}}


def print_measures(found: Mapping[str, Any]) -> None:
    """The report, part by part; a part that was not asked for is not there."""
    _print_who(found)
    _print_whole(found)
    _print_fifths(found)
    _print_classes(found)
    _print_groups(found)
    if "benefit" in found:
        _print_benefit(found["benefit"])
    if "transfer" in found:
        _print_transfer(found["transfer"])


def _print_who(found: Mapping[str, Any]) -> None:
    """Of whom the figures speak, how they were drawn, who was left out."""
    from tangga.engine.welfare import left_out

    counts = {"households": found["households"], "count": round(found["stand_for"])}
    screen.out.print(_said(f"who_{found['whom']}", **counts))
    for language in LANGUAGES:
        for line in left_out.lines(found["left_out"], language):
            screen.out.print(line, soft_wrap=True, markup=False)
    design = found["design"]
    if design is None:
        screen.out.print(_said("census"))
    elif not design["errors_known"]:
        screen.out.print(_said("one_cluster"))
    else:
        screen.out.print(_said("design", **design))
        if design["lonely_strata"]:
            screen.out.print(_said("lonely", **design))
    if found["line"] is None:
        screen.out.print(_said("no_line"))


def _print_whole(found: Mapping[str, Any]) -> None:
    poverty, at_risk, unequal = found["poverty"], found["at_risk"], found["inequality"]
    rows = [_row("mean", found["mean"], "money"), _plain("median", found["median"], "money")]
    line = found["line"]
    if poverty is not None:
        same = line["lowest"] == line["highest"]
        value = _number(line["lowest"], "money") if same else line["column"]
        rows.append([_said("line"), value, NONE, NONE])
        rows += [_row(name, poverty[name], "share") for name in ("p0", "p1", "p2")]
        rows.append([_said("poor"), round(poverty["poor"]), NONE, NONE])
        rows.append(_plain("gap", poverty["gap"], "money"))
    if at_risk is not None:
        rows.append(_row("threshold", at_risk["threshold"], "money"))
        rows.append(_row("at_risk", at_risk["rate"], "share"))
    rows.append(_row("gini", unequal["gini"], "index"))
    rows.append(_row("share_ratio", unequal["quintile_share_ratio"], "index"))
    _print(f"{found['survey']}: {found['outcome']['unit']}", ["measure", *FIGURE], rows)


FIGURE = ("value", "error", "interval")


def _print_fifths(found: Mapping[str, Any]) -> None:
    fifths = found["inequality"]["fifths"]
    rows = [[place, *_figure(fifth, "share")] for place, fifth in enumerate(fifths, start=1)]
    _print(_said("fifths", between=" / "), ["fifth", *FIGURE], rows)


def _print_classes(found: Mapping[str, Any]) -> None:
    rows = []
    for one in found["classes"]:
        to = f" - < {one['below']:g}" if one["below"] is not None else " -"
        name = " / ".join(one["labels"].values()) if "labels" in one else f"{one['from']:g}{to}"
        reach = [name, round(one["stand_for"])]
        rows.append([*reach, *_figure(one["share"], "share")])
    if rows:
        heading = _said("classes", between=" / ")
        _print(heading, ["class", "people_in_it", *FIGURE], rows)
    if "classes_by" in found:
        screen.out.print(_said("classes_by", **found["classes_by"]), soft_wrap=True)


def _print_groups(found: Mapping[str, Any]) -> None:
    """One row a group; a star marks those with too few cases to rely on."""
    groups = found["groups"]
    if not groups:
        return
    poor = found["poverty"] is not None
    rows = []
    for one in groups:
        name = one["group"] if one["group"] is not None else _said("not_known")
        mark = " *" if one["few"] else ""
        row = [one["grouping"], f"{name}{mark}", one["households"], _share(one["share"])]
        row += [_value(one["mean"], "money"), _value(one["gini"], "index")]
        row += _poor(one) if poor else []
        rows.append(row)
    headings = ["grouping", "group", "households", "share", "mean", "gini"]
    headings += ["p0", "interval", "p1", "of_poor"] if poor else []
    _print(_said("groups", between=" / "), headings, rows)
    if any(one["few"] for one in groups):
        screen.out.print(_said("few"))


def _poor(group: Mapping[str, Any]) -> list[str]:
    value, _, interval = _figure(group["p0"], "share")
    return [value, interval, _value(group["p1"], "share"), _value(group["of_poor"], "share")]


def _print_benefit(benefit: Mapping[str, Any]) -> None:
    parts = ("coverage", "undercoverage", "inclusion", "leakage")
    rows = []
    for name, target in benefit["targets"].items():
        meant = _said("meant_poor") if name == "poor" else _poorest(float(name))
        rows += [[meant, _said(p), *_figure(target[p], "share")] for p in parts]
    title = _said("benefit", between=" / ", column=benefit["column"])
    _print(title, ["target", "measure", *FIGURE], rows)
    rows = [_row("concentration", benefit["concentration"], "index")]
    rows += [
        [
            _said("cgh", percent=round(100 * float(share))),
            _number(value, "index"),
            NONE,
            NONE,
        ]
        for share, value in benefit["cgh"].items()
    ]
    _print(None, ["measure", *FIGURE], rows)
    rows = []
    for place, part in enumerate(benefit["fifths"], start=1):
        covered, _, interval = _figure(part["coverage"], "share")
        shares = [_value(part[name], "share") for name in ("of_receivers", "of_benefit")]
        each = _number(part["each_gets"], "money")
        rows.append([place, covered, interval, *shares, each, _share(part["of_outcome"])])
    headings = ["fifth", "covered", "interval", "of_receivers", "of_benefit", "each_gets"]
    _print(_said("incidence", between=" / "), [*headings, "of_outcome"], rows)


def _poorest(share: float) -> str:
    return _said("meant_poorest", percent=round(100 * share))


def _print_transfer(found: Mapping[str, Any]) -> None:
    rows: list[list[object]] = []
    for name, kind in (("p0", "share"), ("p1", "share"), ("p2", "share"), ("gini", "index")):
        values = [_number(found[when][name], kind) for when in ("before", "after")]
        rows.append([_said(name), *values])
    for name, kind in (("poor", "people"), ("gap", "money")):
        values = [_number(found[when][name], kind) for when in ("before", "after")]
        rows.append([_said(name), *values])
    amount = _number(found["amount"], "money")
    key = "transfer" if found["to"] is None else "transfer_to"
    title = _said(key, between=" / ", amount=amount, column=found["to"])
    _print(title, ["measure", "before", "after"], rows)
    kinds = {"households": "people", "people": "people", "closed": "index"}
    names = ("households", "people", "cost", "closed", "per_lifted", "least_cost_to_end_poverty")
    rows = [
        [_said(f"paid_{name}"), _number(found[name], kinds.get(name, "money"))] for name in names
    ]
    _print(None, ["measure", "value"], rows)


def _said(name: str, *, between: str = "\n", **values: object) -> str:
    """A text of this command, in both languages."""
    return both(f"measures.{name}", between=between, **values)


def _row(name: str, figure: Figure, kind: str) -> list[object]:
    return [_said(name), *_figure(figure, kind)]


def _plain(name: str, value: float, kind: str) -> list[object]:
    """A figure that has no standard error here."""
    return [_said(name), _number(value, kind), NONE, NONE]


def _figure(figure: Figure, kind: str) -> tuple[str, str, str]:
    """Value, standard error, confidence interval; a dash for what cannot be said."""
    if figure is None:
        return NONE, NONE, NONE
    value = _number(figure["value"], kind)
    if figure["error"] is None:
        return value, NONE, NONE
    low, high = _number(figure["low"], kind), _number(figure["high"], kind)
    return value, _number(figure["error"], kind), f"{low} - {high}"


def _value(figure: Figure, kind: str) -> str:
    return _figure(figure, kind)[0]


def _share(value: float | None) -> str:
    return _number(value, "share")


def _number(value: float | None, kind: str) -> str:
    """A share as a percentage, money with two places, an index with four; thousands apart."""
    if value is None:
        return NONE
    if kind == "share":
        return f"{100 * value:.2f} %"
    text = f"{value:,.{PLACES.get(kind, 0)}f}"
    return text.replace(",", "\N{NO-BREAK SPACE}")


def _print(title: str | None, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    screen.print_table([_said(name) for name in headings], rows, title=title)
