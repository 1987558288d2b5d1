"""What became of a fault, a file a test: of these the table in docs/reference/faults.md is made.

`scripts/make_faults.py --from var/faults` gathers the files; only a test that passed writes one.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "var" / "faults"


@dataclass
class Told:
    """One line of the table. times: how often the fault was made. rerun: what was compared after it
    was over. message: as people read it, folders of this machine left out; "" where nobody could
    say anything."""

    test: str
    fault: str = ""
    where: str = ""
    times: int = 0
    outcome: str = ""
    message: str = ""
    rerun: str = ""

    def saw(self, fault: str, where: str) -> None:
        """The fault was made once more."""
        self.fault, self.where = fault, where
        self.times += 1

    def said(self, message: str, *folders: Path) -> None:
        """What was said of it; the longest that was said is kept."""
        text = message
        for folder in sorted(map(str, folders), key=len, reverse=True):
            text = text.replace(folder, "DIR")
        text = re.sub(r"\s+", " ", text).removeprefix("tangga: ").strip()
        if len(text) >= len(self.message):
            self.message = text

    def ended(self, outcome: str, rerun: str) -> None:
        """How it stands after it all."""
        self.outcome, self.rerun = outcome, rerun

    def write(self, folder: Path = FOLDER) -> None:
        """Keep it; a line that says nothing is a mistake of the test."""
        assert self.fault and self.where and self.times and self.outcome and self.rerun, self
        folder.mkdir(parents=True, exist_ok=True)
        said = asdict(self)
        name = self.test.replace("::", ".").replace("/", ".")
        (folder / f"{name}.json").write_text(json.dumps(said, ensure_ascii=False, indent=1))
