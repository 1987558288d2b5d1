"""What Python's reader of CSV gives up on, said to whoever wrote the file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tangga.errors import BadPack


@contextmanager
def cut_into_cells(file: Path, reader: Any) -> Iterator[None]:
    """While rows are read. reader: `csv.reader` or `csv.DictReader` over the text of the file.

    BadPack with the line behind the last row for a cell of more than 128 kB, which is what a quote
    without its other half makes of the rest of a file, and for a sign that no table holds.
    """
    try:
        yield
    except csv.Error:
        todo = 'Is there a quote (") without its other half?'
        line = reader.line_num + 1 if isinstance(reader, csv.DictReader) else None
        what = "cannot be cut into cells from here on"
        raise BadPack(what, file=file, line=line, todo=todo) from None
