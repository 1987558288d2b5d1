"""One source as it is written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tangga.synthetic.draw import Ints
from tangga.synthetic.flags import Flags


@dataclass(frozen=True)
class Sheet:
    """The rows of one source and who they speak of.

    source_id: the source's own id of each row. order: in which order rows are written. person:
    position among people, -1 where a row speaks of a family only; then family says which.
    """

    name: str
    table: pa.Table
    source_id: pa.Array
    order: Ints
    person: Ints
    flags: Flags
    delimiter: str = ","
    family: Ints | None = None

    def __len__(self) -> int:
        return len(self.person)


def in_given_order(name: str, table: pa.Table, id_column: str, person: Ints, flags: Flags) -> Sheet:
    """A sheet written in the order of its rows."""
    rows = np.arange(len(person))
    return Sheet(name, table, table.column(id_column).combine_chunks(), rows, person, flags)
