"""Which facts there are, of what type: against this a condition is read and written as SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tangga.registry import Pack
from tangga.rules.conditions import FAMILY
from tangga.rules.values import Value

PERSON_TABLE, FAMILY_TABLE = "person", "family"


@dataclass(frozen=True, slots=True)
class FactType:
    """type: as of a registry column (integer, money, decimal, date, boolean, code, text ...).

    ranged: may be a Range; has two columns in SQL. codes: what a code may be.
    """

    type: str
    ranged: bool = False
    codes: frozenset[str] | None = None


@dataclass(frozen=True)
class Names:
    """The facts of persons and of families by name."""

    person: Mapping[str, FactType]
    family: Mapping[str, FactType]

    def find(self, name: str, subject: str) -> FactType | None:
        """The type behind a name in a rule on a `person` or `family`; None where there is none."""
        if subject == FAMILY_TABLE:
            return self.family.get(name)
        if name.startswith(FAMILY):
            return self.family.get(name.removeprefix(FAMILY))
        return self.person.get(name)


def registry_names(pack: Pack) -> Names:
    """The columns of the tables person and family, each a fact by its own name."""
    person, family = (
        {
            name: FactType(c.type, False, frozenset(c.codes.codes) if c.codes else None)
            for name, c in pack.tables[table].columns.items()
        }
        for table in (PERSON_TABLE, FAMILY_TABLE)
    )
    return Names(person, family)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person or family; a name that is missing is not known.

    family: of a person, the facts of the family. members: of a family, those of its members.
    """

    own: Mapping[str, Value]
    family: Mapping[str, Value] | None = None
    members: tuple[Facts, ...] = ()

    def get(self, name: str) -> Value:
        """The value of a name, `family.NAME` included; None where it is not known."""
        if name.startswith(FAMILY):
            return (self.family or {}).get(name[len(FAMILY) :])
        return self.own.get(name)


@dataclass(frozen=True)
class Columns:
    """Where SQL finds facts: aliases of tables.

    subject: whom the rule speaks of. own: alias of the table of the subject's facts. family: alias
    of the family's facts in a rule on a person. members: alias of the aggregates over members in a
    rule on a family. "" is no prefix.
    """

    names: Names
    subject: str
    own: str = ""
    family: str = ""
    members: str = ""

    def of_members(self, own: str, family: str = "") -> Columns:
        """The same facts as seen from a member of the family (for `Count.where`)."""
        return Columns(self.names, PERSON_TABLE, own, family)
