"""A code to be read by a camera, drawn as SVG: nothing of the family in it but its address here."""

from __future__ import annotations

from collections.abc import Iterator

import qrcode
from markupsafe import Markup

QUIET = 4
"""White modules around the code: fewer, and cameras do not find it."""


def svg(text: str, side: int = 0) -> Markup:
    """The code of a text, black on white whatever the page's colours. side: in pixels, where no
    style sheet says how wide it is."""
    code = qrcode.QRCode(border=QUIET, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    size = len(matrix)
    wide = Markup(' width="{0}" height="{0}"').format(side) if side else ""
    return Markup(
        '<svg class="code"{3} viewBox="0 0 {0} {0}" role="img" aria-label="{1}" '
        'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{0}v{0}H0z"/>'
        '<path fill="#000" d="{2}"/></svg>'
    ).format(size, "QR", Markup("").join(_runs(matrix)), wide)


def _runs(matrix: list[list[bool]]) -> Iterator[str]:
    """Each run of dark modules in a row as one rectangle."""
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                yield f"M{start} {y}h{x - start}v1h-{x - start}z"
            x += 1
