"""What the name of a file says of the village that it holds."""

from __future__ import annotations

import random
import re

from tangga.web.intake.guesses import village_in
from tangga.web.pack import areas


def plainly(name: str, root: str) -> str:
    """The same, asked of each village by itself."""
    said = f" {re.sub(r'[^a-z]+', ' ', name.lower())} "
    fits = [
        (len(area.name), number)
        for number, area in areas().by_code.items()
        if len(number) == 10
        and number.startswith(root)
        and f" {re.sub(r'[^a-z]+', ' ', area.name.lower()).strip()} " in said
    ]
    best = max((length for length, _ in fits), default=0)
    found = [number for length, number in fits if length == best]
    return found[0] if len(found) == 1 else ""


def test_the_village_of_a_name_is_what_a_plain_search_finds() -> None:
    rng = random.Random(7)
    villages = [(code, area.name) for code, area in areas().by_code.items() if len(code) == 10]
    found = 0
    for _n in range(12):
        code, village = rng.choice(villages)
        other = rng.choice(villages)[1]
        root = rng.choice((code[:4], code[:2], ""))
        name = rng.choice((f"data {village}.xlsx", f"{village}_{other}-2026.csv", f"x{village}"))
        assert village_in(name, root) == plainly(name, root)
        found += village_in(name, root) == code
    assert found > 3
    assert village_in("warga_1811052012.csv", "") == "1811052012"
    assert village_in("12345.csv", "") == village_in("", "") == ""
