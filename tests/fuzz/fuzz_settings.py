"""Readers of what is written by hand: descriptors, tangga.toml, policy, packs, specs, scenarios,
models, and the CSV files that an office keeps in its workspace."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from fuzz_books import mutate_book
from fuzz_csv import mutate_csv
from fuzz_inputs import Input
from fuzz_reader import NAME, Read, Reader
from fuzz_tables import SOURCE, WORKSPACE
from fuzz_toml import mutate_json, mutate_toml

import small_policy
from tangga.engine.budget.lines import read_budgets
from tangga.engine.descriptor import read_descriptor
from tangga.engine.link.model import load_model
from tangga.engine.link.rulings import read_rulings
from tangga.engine.outcomes import measures_of, read_outcomes
from tangga.engine.plan.cohorts import read_places
from tangga.engine.plan_lines.read import read_plan_lines
from tangga.engine.recognise.known import load_known
from tangga.engine.resolve.survivorship import load_rules
from tangga.engine.simulate.scenario_file import read_scenario
from tangga.engine.standardise.name_rules import load_name_rules
from tangga.engine.standardise.style import load_style
from tangga.engine.targets.files import read_targets
from tangga.engine.targets.settings import pilars_of
from tangga.engine.welfare.model_file import read_model
from tangga.engine.welfare.spec_file import read_spec
from tangga.engine.workspace import load_workspace
from tangga.registry.areas import load_areas
from tangga.registry.load import SHIPPED, load_pack
from tangga.rules import toml_file
from tangga.rules.load import load_policy

PACK = SHIPPED / "indonesia"
DAY = date(2026, 1, 31)
MOST_KEPT = 300
Files = Mapping[str, str]


def _of_folder(folder: Path, pattern: str, most: int = 20_000) -> list[Input]:
    """Files of a folder as seeds, by their path in it."""
    found = sorted(folder.glob(pattern))
    return [
        Input(str(f.relative_to(folder)), f.read_bytes()) for f in found if f.stat().st_size < most
    ]


def put(folder: Path, files: Files) -> Path:
    """Files by their path; returns the folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def beside(folder: Path, read: Callable[[Path], object]) -> Read:
    """A reader of one file in a folder whose other files stay as they are."""

    def one(given: Input) -> None:
        path = folder / given.name
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_bytes() if path.is_file() else None
        path.write_bytes(given.content)
        try:
            read(path)
        finally:
            path.unlink() if before is None else path.write_bytes(before)

    return one


# --- descriptors and tangga.toml ------------------------------------------------------------------


def descriptor_seeds() -> list[Input]:
    """A small one, and the layouts of the pack as descriptors of a file that is there."""
    found = [Input("sources/s.toml", SOURCE.encode())]
    for one in _of_folder(PACK / "layouts", "*.toml"):
        lines = one.content.decode().split("\n")
        said = [line for line in lines if not line.startswith("files")]
        text = "\n".join(['files = ["data/*"]', *said])
        found.append(Input("sources/s.toml", text.encode()))
    return found


def open_descriptor(folder: Path) -> Read:
    """As `tangga check` reads it, in a workspace with one file."""
    put(folder, {"tangga.toml": WORKSPACE, "data/a_2026-01-31.csv": "id,nik,nama,lahir\n"})
    pack = load_pack()
    return beside(folder, lambda path: read_descriptor(path, folder, pack).source_columns())


def open_workspace(folder: Path) -> Read:
    """tangga.toml, beside the small pack, an overlay and one source."""
    small_policy.write_pack(folder / "pack")
    put(folder, {"sources/s.toml": SOURCE.replace("nik = ", "# ").replace("birth", "# birth")})
    put(folder, {"data/a.csv": "id,nama\n1,A\n"})
    return beside(folder, lambda _: load_workspace(folder))


def workspace_seeds() -> list[Input]:
    """With every key, and with few."""
    most = 'keep_runs = 2\nmemory = "4GB"\nthreads = 2\nparts = 3\nwelfare_model = "model"\n'
    text = 'name = "Contoh"\npack = "pack"\nas_of = 2026-01-31\n'
    return [Input("tangga.toml", text.encode()), Input("tangga.toml", (text + most).encode())]


# --- packs and policies ---------------------------------------------------------------------------


@cache
def _small() -> tuple[Input, ...]:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        small_policy.write_pack(Path(folder))
        return tuple(_of_folder(Path(folder), "**/*.*"))


def mutate_plain(rng: Random, one: Input, all_: Sequence[Input]) -> Input:
    """By the suffix of the file; parents of the same file only, so that a crossing has sense."""
    like = [other for other in all_ if other.name == one.name]
    by = {".csv": mutate_csv, ".json": mutate_json, ".xlsx": mutate_book}
    return by.get(Path(one.name).suffix, mutate_toml)(rng, one, like)


def pack_seeds() -> list[Input]:
    """Schema and code lists of a small pack."""
    return [one for one in _small() if not one.name.startswith("policy")]


def open_pack(folder: Path) -> Read:
    """A whole pack with one file changed."""
    small_policy.write_pack(folder / "pack")
    return beside(folder / "pack", lambda _: load_pack(folder / "pack"))


def policy_seeds() -> list[Input]:
    """Every kind of file of a policy."""
    return [one for one in _small() if one.name.startswith("policy")]


def open_policy(folder: Path) -> Read:
    """A small policy with one file changed, read, proven by its cases, and asked for a day."""
    pack = load_pack(small_policy.write_pack(folder / "pack"))
    return beside(folder / "pack", lambda _: load_policy(pack, cases=True).on(DAY))


def settings_seeds() -> list[Input]:
    """The pack's own rules: programmes and settings."""
    return _of_folder(PACK, "policy/*.toml", 12_000) + _of_folder(PACK, "policy/programmes/p*.toml")


def _linked(folder: Path, own: Sequence[str]) -> Path:
    """Indonesia's pack as links, but for the files and folders that are copied."""
    import shutil

    place = folder / "pack"
    place.mkdir(exist_ok=True)
    for one in PACK.iterdir():
        to = place / one.name
        if to.exists():
            continue
        if one.name not in own:
            to.symlink_to(one)
        elif one.is_dir():
            shutil.copytree(one, to)
        else:
            shutil.copy(one, to)
    return place


def open_settings(folder: Path) -> Read:
    """Indonesia's policy with one file changed. Programmes that no input changes are left out, and
    what the files beside the changed one say is parsed once."""
    place = _linked(folder, ("policy",))
    for programme in (place / "policy" / "programmes").glob("[!p]*.toml"):
        programme.unlink()
    for case in ("parse_toml", "_places"):
        setattr(toml_file, case, _known_text(getattr(toml_file, case)))
    pack = load_pack(place)
    return beside(place, lambda _: load_policy(pack).on(DAY))


def _known_text(read: Callable[..., Any]) -> Callable[..., Any]:
    """The same of a text that was met before, made anew from what was kept of it."""
    kept: dict[str, bytes] = {}

    def asked(text: str, **how: Any) -> Any:
        if text not in kept:
            found = read(text, **how)
            found = found if isinstance(found, dict) else list(found)
            if len(kept) > MOST_KEPT:
                kept.clear()
            kept[text] = pickle.dumps(found)
        return pickle.loads(kept[text])

    return asked


def estimate_seeds() -> list[Input]:
    """What a pack says of names, values, linking, which source to believe, and of files."""
    models = ("names", "values", "survivorship", "linkage")
    files = [f"models/{name}.toml" for name in models] + ["intake.toml"]
    return [Input(name, (PACK / name).read_bytes()) for name in files]


def open_estimates(folder: Path) -> Read:
    """The one of these files, by whom it is for."""
    place = _linked(folder, ("models", "intake.toml"))
    pack = load_pack(place)
    readers: dict[str, Callable[[], object]] = {
        "names.toml": lambda: load_name_rules(place),
        "values.toml": lambda: load_style(place),
        "survivorship.toml": lambda: load_rules(place),
        "linkage.toml": lambda: load_model(place / "models" / "linkage.toml"),
        "intake.toml": lambda: load_known(pack),
    }
    return beside(place, lambda path: readers[path.name]())


# --- specs, scenarios, models ---------------------------------------------------------------------


def spec_seeds() -> list[Input]:
    """That of the pack."""
    return [Input("a.toml", (PACK / "models/welfare.toml").read_bytes())]


def open_spec(folder: Path) -> Read:
    """The spec of a welfare model."""
    return beside(folder, read_spec)


def open_model(folder: Path) -> Read:
    """A model as a run reads it."""
    return beside(folder, read_model)


@cache
def _office(folder: Path) -> Any:
    put(folder, {"tangga.toml": WORKSPACE, "sources/s.toml": SOURCE, "data/a.csv": "id,nik\n"})
    return load_workspace(folder)


def open_scenario(folder: Path) -> Read:
    """A scenario of a simulation."""
    workspace = _office(folder)
    return beside(folder, lambda path: read_scenario(path, workspace))


def mutate_model(rng: Random, one: Input, all_: Sequence[Input]) -> Input:
    """A model that is signed again after it was changed: else its hash refuses each."""
    from tangga.engine.welfare.model_file import _hash

    changed = mutate_json(rng, one, all_)
    try:
        data = json.loads(changed.content)
        data.pop("sha256", None)
        data["sha256"] = _hash(data)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return changed
    return one.but(json.dumps(data).encode())


def model_seeds() -> list[Input]:
    """A model of two features, as `tangga welfare fit` writes it."""
    from tempfile import TemporaryDirectory

    from hand_model import hand_model
    from tangga.engine.welfare.model_file import write_model

    with TemporaryDirectory() as folder:
        write_model(hand_model(), Path(folder))
        return [Input("model.json", (Path(folder) / "model.json").read_bytes())]


# --- what an office keeps -------------------------------------------------------------------------

OFFICE = {
    "targets/a.csv": "year,area,pilar,worker,programme,measure,value,rule,exits,note\n"
    "2026,18.11.01,,,,Graduasi mandiri,10,equal,,x\n2026,,,PDP-2,,Graduasi mandiri,5,,,\n",
    "budgets/a.csv": "year,level,area,programme,focus,source,measure,document,amount,replaces\n"
    "2026,regency,18.11,pkh,,APBN,pagu,DIPA,900000000,\n2026,regency,18.11,pkh,,APBN,pagu,B,875,DIPA\n",
    "places/a.csv": "year,area,programme,places\n2026,1811,kube,20\n",
    "outcomes/a.csv": "year,month,area,measure,kind,value,source\n"
    "2025,3,1811,poverty_rate,survey,8.25,BPS\n",
    "plans/a.csv": "line,version,year,level,area,action,programme,focus,source,cost,pilar,measure,"
    "target,owner,due,state,by,at,reason,rests_on,repairs\n"
    "D-1,1,2026,regency,18.11,Pemutakhiran,,,,,,,,Dinas,2026-06-30,proposed,Dinas,2025-12-01,,,fresh\n"
    "K-1,1,2026,regency,18.11,KUBE,kube,empowerment,apbd_regency,500,pkh_companion,graduations,40,"
    "Dinas,2026-11-30,proposed,Provinsi,2025-12-01,,Singkong,\n",
}  # fmt: skip


def office_seeds() -> list[Input]:
    """One of each folder."""
    return [Input(name, text.encode()) for name, text in OFFICE.items()]


def open_office(folder: Path) -> Read:
    """The reader of the folder in which the file stands."""
    workspace = _office(folder)
    today = workspace.today
    readers: dict[str, Callable[[], object]] = {
        "targets": lambda: read_targets(workspace, pilars_of(today)),
        "budgets": lambda: read_budgets(workspace),
        "places": lambda: read_places(workspace),
        "outcomes": lambda: read_outcomes(workspace, measures_of(today)),
        "plans": lambda: read_plan_lines(workspace, today),
    }
    return beside(folder, lambda path: readers[path.parent.name]())


RULINGS = "left_source,left_id,right_source,right_id,ruling,by,at,reason\n"


def rulings_seeds() -> list[Input]:
    """Rulings as text and as a workbook of the review queue."""
    import io

    import openpyxl

    rows = f"dtks,1,pkh,2,same,rina,2026-02-03,{NAME}\ndtks,1,pkh,3,berbeda,,3/2/2026,\n"
    book = openpyxl.Workbook()
    for line in (RULINGS + rows).splitlines():
        book.active.append(line.split(","))  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return [
        Input("rulings/a.csv", (RULINGS + rows).encode()),
        Input("rulings/a.csv", (RULINGS + rows).replace(",", ";").encode("cp1252")),
        Input("rulings/a.xlsx", out.getvalue()),
    ]


def open_rulings(folder: Path) -> Read:
    """A folder with this one file."""
    return beside(folder, lambda path: read_rulings(path.parent))


def areas_seeds() -> list[Input]:
    """Codes of another system."""
    rows = "system,code,kemendagri,edition,name\ndinas,1801,18.11,2023,A\ndinas,02,1771,2023,B\n"
    return [Input("areas/x.csv", rows.encode())]


def open_areas(folder: Path) -> Read:
    """A further system of codes, beside a pack with few areas."""
    own = folder / "pack" / "areas" / "kemendagri.csv.gz"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_bytes((PACK / "areas" / own.name).read_bytes())
    return beside(folder, lambda path: load_areas(folder / "pack", [path]))


WRITTEN_BY_HAND = (
    Reader("descriptor", descriptor_seeds, mutate_toml, open_descriptor,
           ("engine/descriptor", "engine/mapping", "engine/settings")),
    Reader("workspace", workspace_seeds, mutate_toml, open_workspace,
           ("engine/workspace", "engine/settings"), told=False),
    Reader("pack", pack_seeds, mutate_plain, open_pack, ("/registry/",), told=False),
    Reader("policy", policy_seeds, mutate_plain, open_policy, ("/rules/",), told=False, watched=4),
    Reader("rules", settings_seeds, mutate_plain, open_settings, ("/rules/",), told=False,
           watched=4),
    Reader("estimates", estimate_seeds, mutate_plain, open_estimates,
           ("standardise/name_rules", "standardise/style", "resolve/survivorship", "link/model",
            "recognise/known", "registry/pack_toml")),
    Reader("office", office_seeds, mutate_csv, open_office,
           ("engine/office_files", "targets/files", "budget/lines", "plan_lines/read"), watched=4),
    Reader("areas", areas_seeds, mutate_csv, open_areas, ("registry/areas",)),
    Reader("spec", spec_seeds, mutate_toml, open_spec,
           ("welfare/spec_file", "rules/section", "rules/toml_file")),
    Reader("scenario", lambda: _of_folder(PACK / "scenarios", "*.toml"), mutate_toml,
           open_scenario, ("simulate/scenario_file", "rules/section", "rules/toml_file")),
    Reader("model", model_seeds, mutate_model, open_model, ("welfare/model_file",)),
    Reader("rulings", rulings_seeds, mutate_plain, open_rulings, ("engine/link/rulings",)),
)  # fmt: skip
