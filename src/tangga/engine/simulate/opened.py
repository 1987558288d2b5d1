"""The run that a simulation rests on: the last complete one, with its facts.

Nothing of the run is written to: what is made anew goes to a folder of its own, which is gone when
the block ends, however it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from tangga.engine.catalogue import Run
from tangga.engine.context import Context
from tangga.engine.current import last_complete
from tangga.engine.limits import cores, duckdb_limit
from tangga.engine.manifest import Manifest, read_manifest
from tangga.engine.plan.facts import book_of, write_family_facts, write_person_facts
from tangga.engine.plan.family_clock import write_family_clock
from tangga.engine.plan.history import write_history
from tangga.engine.runner import Steps
from tangga.engine.workspace import Workspace, load_workspace
from tangga.errors import UserError
from tangga.rules.on_date import OnDate

PLAN = "plan"
SETTINGS = "tangga.toml"
BEFORE = ("standardise", "resolve", "rank")
STORED, FACTS, HISTORY = "stored", "facts", "history"
"""What of the day is made anew for a scenario: nothing, the facts, the months of support too."""
PAST = ("person_history", "family_history", "family_clock")


@dataclass
class Opened:
    """A run as a simulation reads it. anew: which of STORED, FACTS, HISTORY the scenario stands on.

    steps: of a folder beside the run, its connection the one that everything is asked with.
    """

    workspace: Workspace
    run: Run
    manifest: Manifest
    steps: Steps
    anew: str = STORED

    def before(self, table: str) -> str:
        """A table of the plan as the run holds it."""
        return self.run.scan(PLAN, table)

    def after(self, table: str) -> str:
        """The same under the scenario, where it was made anew."""
        made = {STORED: (), FACTS: ("facts", "person_facts")}.get(self.anew)
        if made is None or table in made:
            return self.steps.scan(table)
        return self.before(table)

    def columns(self, table: str) -> set[str]:
        """The columns of a table of the plan."""
        return set(self.run.columns(PLAN, table))

    def make_anew(self, what: str, today: OnDate) -> None:
        """Make the facts of the day under other rules: from the register, or from stored months."""
        self.anew = what
        if what == STORED:
            return
        book = book_of(today)
        if what == HISTORY:
            write_history(self.steps, today, self.workspace.as_of)
        else:
            self._take(*PAST)
        write_person_facts(self.steps, today, book)
        if what == HISTORY:
            write_family_clock(self.steps, today, self.steps.scan("person_facts"))
        write_family_facts(self.steps, today, book)

    def _take(self, *tables: str) -> None:
        """Tables of the run as they are, which the steps read and never write."""
        folder = self.steps.ctx.run_dir / PLAN
        folder.mkdir(exist_ok=True)
        for table in tables:
            (folder / table).symlink_to((self.run.folder / PLAN / table).resolve())


@contextmanager
def opened(directory: Path) -> Iterator[Opened]:
    """The last complete run of a workspace. UserError where there is none, or where the policy is
    another by now than the one that it was decided by."""
    folder = last_complete(directory)
    manifest = read_manifest(folder)
    assert manifest is not None  # a run in force has one
    workspace = load_workspace(directory, as_of=date.fromisoformat(manifest.as_of))
    _same_policy(workspace, manifest)
    with TemporaryDirectory(prefix=".simulated-", dir=workspace.runs) as scratch:
        ctx = _context(workspace, Path(scratch), folder)
        with Steps(ctx, PLAN) as steps:
            yield Opened(workspace, Run(folder), manifest, steps)


def _same_policy(workspace: Workspace, manifest: Manifest) -> None:
    todo = f"Run it again: tangga run {workspace.dir}"
    if "sha256" not in manifest.policy:
        what = "the last complete run decided nothing: its pack has no policy"
        raise UserError(what, file=workspace.dir / SETTINGS, todo=todo)
    if manifest.policy["sha256"] != workspace.rulebook.hash():
        what = "the policy has changed since the last complete run: nothing can be compared with it"
        raise UserError(what, file=workspace.dir / SETTINGS, todo=todo)


def _context(workspace: Workspace, scratch: Path, run: Path) -> Context:
    for stage in BEFORE:
        (scratch / stage).symlink_to((run / stage).resolve())
    return Context(
        workspace=workspace,
        run_dir=scratch,
        threads=workspace.options.get("threads") or cores(),
        memory=duckdb_limit(workspace.memory),
        footers=True,
    )
