"""Writes the reference page of the Indonesian programmes, in Indonesian and English.

    python scripts/make_programmes.py           writes docs/reference/programmes.md
    python scripts/make_programmes.py --check   exits 1 when the committed file is stale

Everything in it comes from `packs/indonesia/policy/`; nobody edits the result.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from made_pages import LEVELS, heading, keep, row

from tangga.registry import Pack, load_pack
from tangga.rules.components import in_order
from tangga.rules.conditions import PERSON, Condition
from tangga.rules.load import load_policy
from tangga.rules.on_date import Policy
from tangga.rules.policy import Benefit, Dated, Labels, Programme, ProgrammeRule, Requirement
from tangga.rules.sentences import phrase
from tangga.rules.wording import words_of
from tangga.texts import Language, say

FILE = Path(__file__).parent.parent / "docs" / "reference" / "programmes.md"
LANGUAGES: tuple[Language, ...] = ("id", "en")
UNITS = {"family": "keluarga / family", "person": "orang / person"}
FOCI = {
    "protection": "perlindungan / protection",
    "rehabilitation": "rehabilitasi / rehabilitation",
    "empowerment": "pemberdayaan / empowerment",
    "prevention": "pencegahan / prevention",
}
HEAD = """# Program / Programmes

Dibuat oleh `scripts/make_programmes.py` dari `packs/indonesia/policy/`. Jangan disunting.
Made by `scripts/make_programmes.py` from `packs/indonesia/policy/`. Do not edit.

*Layak* adalah ucapan aturan; siapa yang menerima ditetapkan oleh pihak yang disebut. Jumlah dalam
rupiah setahun. Hari terakhir suatu versi tidak termasuk.

*Fits* is what a rule says; who receives is determined by the one named. Amounts are rupiah a year.
The last day of a version is exclusive.

How to read and to add one: [programmes](../guides/programmes.md), [policy](../guides/policy.md).
"""


class Writer:
    """The page of one pack's programmes."""

    def __init__(self, pack: Pack, policy: Policy) -> None:
        self.pack, self.policy = pack, policy
        self.words = words_of(policy.facts, pack)

    def page(self) -> str:
        """The whole page as Markdown, ending in one newline."""
        return "\n".join(self._lines()).rstrip() + "\n"

    def _lines(self) -> Iterator[str]:
        programmes = [one for _, one in sorted(self.policy.programmes.items())]
        yield HEAD
        yield from heading(
            "Program / Programme", "untuk / for", "fokus / focus", "versi / versions"
        )
        for one in programmes:
            versions = ", ".join(version.period.id for version in one.rule.versions)
            name = f"[`{one.id}`](#{one.id}) {both(one.labels)}"
            yield row(name, UNITS[one.unit], FOCI[one.focus], versions)
        yield ""
        for one in programmes:
            yield from self._programme(one)
        yield from self._sentras()

    def _programme(self, one: Programme) -> Iterator[str]:
        determiner = self.pack.codes["determiner"].codes[one.determined_by]
        yield from (f'<a id="{one.id}"></a>', f"## {both(one.labels)}", "")
        yield f"- Untuk / For: {UNITS[one.unit]}; fokus / focus: {FOCI[one.focus]}"
        yield f"- Ditetapkan oleh / Determined by: {both(determiner.labels)}"
        yield f"- Daftar tunggu / Waiting list: {LEVELS[one.area]}"
        if one.packages:
            rungs = [both(self.pack.codes["rung"].codes[rung].labels) for rung in one.packages]
            yield f"- Bagian paket / Part of the package of: {'; '.join(rungs)}"
        yield ""
        for version in reversed(one.rule.versions):
            yield from self._version(one, version)

    def _version(self, one: Programme, version: Dated[ProgrammeRule]) -> Iterator[str]:
        period, says = version.period, version.says
        until = period.valid_to or "..."
        yield from (f"### {one.id} {period.id}: {period.valid_from} – {until}", "")
        yield f"- Dasar / Basis: {period.basis}"
        yield f"- Sumber / Source: {period.source}"
        if period.status != "in_force":
            yield "- **Baru diumumkan, belum berlaku / Announced only, not in force**"
        if says.waiting:
            order = " → ".join(worded(f"order_{key}") for key in says.waiting)
            yield f"- Urutan tunggu / Order of waiting: {order}"
        yield ""
        yield from self._requirements(one, version)
        yield from self._benefit(says.benefit, version)
        if says.group is not None:
            size = f"{says.group.least}–{says.group.most}"
            yield from (f"Kelompok / Group: {size}, {LEVELS[says.group.area]}.", "")
        for topic, said in says.about.items():
            yield from (f"{worded(f'topic_{topic}')}: {said['id']}", f"*{said['en']}*", "")
        yield from questions(period.question)

    def _requirements(self, one: Programme, version: Dated[ProgrammeRule]) -> Iterator[str]:
        yield from heading("syarat", "requirement", "dibaca dari / read from")
        for requirement in version.says.requires:
            read = self._read(requirement, one.unit, version)
            yield row(requirement.labels["id"], requirement.labels["en"], read)
        yield ""

    def _read(self, asked: Requirement, unit: str, version: Dated[ProgrammeRule]) -> str:
        """How the condition reads; not repeated for the sum of all components, given below."""
        if asked.id == "component":
            return "komponen di bawah / the components below"
        return self._phrase(asked.condition, unit, version)

    def _phrase(self, condition: Condition, unit: str, version: Dated[ProgrammeRule]) -> str:
        day = version.period.valid_from
        return " / ".join(
            phrase(condition, unit, day, self.words, language) for language in LANGUAGES
        )

    def _benefit(self, benefit: Benefit, version: Dated[ProgrammeRule]) -> Iterator[str]:
        if benefit.in_kind:
            yield from (f"Manfaat / Benefit: {both(benefit.in_kind)}.", "")
        if benefit.amount_year:
            parts = f"{benefit.payments} kali setahun / times a year"
            yield from (f"Manfaat / Benefit: {rupiah(benefit.amount_year)}, {parts}.", "")
        if not benefit.components:
            return
        limits = {
            "anggota / members": benefit.most_members,
            "anak / children": benefit.most_children,
        }
        most = "; ".join(f"{most} {what}" for what, most in limits.items() if most is not None)
        if most:
            yield from (f"Paling banyak / At most: {most}.", "")
        yield f"Dibayar {benefit.payments} kali setahun. Tiap anggota mengambil yang tertinggi."
        yield f"*Paid {benefit.payments} times a year. Each member takes the highest.*"
        yield ""
        yield from self._components(benefit, version)

    def _components(self, benefit: Benefit, version: Dated[ProgrammeRule]) -> Iterator[str]:
        yield from heading(
            *("komponen / component", "setahun / a year", "paling banyak / at most"),
            *("siapa / who", "jam lima tahun / five-year clock"),
        )
        for one in in_order(benefit):
            child = " (anak / child)" if one.child else ""
            yield row(
                f"`{one.id}` {both(one.labels)}{child}",
                rupiah(one.amount_year),
                "" if one.most is None else str(one.most),
                self._phrase(one.who, PERSON, version),
                "ya / yes" if one.ends_by_clock else "tidak pernah / never",
            )
        yield ""

    def _sentras(self) -> Iterator[str]:
        yield from ('<a id="sentra"></a>', "## Sentra", "")
        yield from heading(
            "Sentra", "wilayah / area", "sejak / since", "layanan / services", "sumber"
        )
        needs = self.pack.codes["need"].codes
        for one in self.policy.sentras.rows:
            known = [both(needs[code].labels) for code in sorted(one.services or ())]
            services = "; ".join(known) or "belum diketahui / not known"
            yield row(one.name, one.area, str(one.valid_from), services, one.source)
        yield ""
        for question in dict.fromkeys(one.question for one in self.policy.sentras.rows):
            yield from questions(question)


def both(labels: Labels) -> str:
    """Indonesian / English; once where they are the same."""
    return labels["id"] if labels["id"] == labels["en"] else f"{labels['id']} / {labels['en']}"


def worded(key: str) -> str:
    """A text of the service's pages about programmes, in both languages."""
    return " / ".join(say(f"web_policy.{key}", language) for language in LANGUAGES)


def rupiah(amount: int) -> str:
    """Rp2.400.000"""
    return "Rp" + f"{amount:,}".replace(",", ".")


def questions(text: str) -> Iterator[str]:
    """What is open, a line each, marked."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    if lines:
        yield from ("Belum terjawab / Open:", "", *(f"- {line}" for line in lines), "")


def main() -> int:
    """Write the page, or say that it is stale."""
    pack = load_pack("indonesia")
    return keep({FILE: Writer(pack, load_policy(pack)).page()}, __doc__)


if __name__ == "__main__":
    sys.exit(main())
