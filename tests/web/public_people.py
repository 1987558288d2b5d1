"""For tests of the pages without login: people of the release, and what they know themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

ASK = """
SELECT p.person_id, p.family_id, p.area, p.nik, p.birth_date, p.name, p.status
FROM persons AS p JOIN families AS f USING (family_id)
WHERE p.nik IS NOT NULL AND p.birth_date IS NOT NULL AND f.status = 'active' AND {where}
  AND (SELECT count(*) FROM persons AS o WHERE o.nik_index = p.nik_index) = 1
ORDER BY p.person_id LIMIT {most}
"""


@dataclass(frozen=True)
class Somebody:
    """A person of the release."""

    person_id: str
    family_id: str
    area: str
    nik: str
    born: date
    name: str

    @property
    def form(self) -> dict[str, str]:
        """As they fill the page in."""
        return {"nik": self.nik, "lahir": f"{self.born:%d-%m-%Y}", "nama": self.name}


def people(web: Any, where: str = "p.status = 'active'", most: int = 5) -> list[Somebody]:
    """Those of the release in force, by a condition on p and f."""
    from tangga.web.secrets import unseal

    with web.owner() as con:
        number = con.execute("SELECT number FROM register_current").fetchone()[0]
        con.execute(f"SET search_path = r_{number}, public")
        rows = con.execute(ASK.format(where=where, most=most)).fetchall()
    return [
        Somebody(person, family, area, unseal(bytes(nik)), born, name)
        for person, family, area, nik, born, name, _ in rows
    ]


def of_programme(web: Any, programme: str, state: str = "determined", most: int = 3) -> Any:
    """Adults whose family or who themselves are in a programme in a state."""
    return people(
        web,
        "p.status = 'active' AND p.birth_date < '2000-01-01'"
        " AND EXISTS (SELECT FROM decisions AS d "
        f"WHERE d.family_id = p.family_id AND d.programme = '{programme}' "
        f"AND d.determination = '{state}' AND (d.person_id IS NULL OR d.person_id = p.person_id))",
        most,
    )


def forget_tries(web: Any) -> None:
    """Nobody has asked yet."""
    with web.owner() as con:
        con.execute("DELETE FROM public_tries")
