"""Every page of the service: who opens it, and one address of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from furnished import Furnished

HERE = "1811"
OFFICER, HEAD, ADMINISTRATOR, AUDITOR, NATION = (
    "operator_kabkota",
    "kepala_dinas",
    "administrator",
    "auditor",
    "kemensos",
)


@dataclass(frozen=True)
class Page:
    """A page of somebody in a post for an area; role '': of anybody. typed: what is searched for.

    status: that it is answered with.
    """

    path: str
    role: str = OFFICER
    area: str = HERE
    typed: str = ""
    status: int = 200

    def named(self, language: str) -> str:
        """For the words of a test."""
        typed = " after a search" if self.typed else ""
        return f"{self.path}{typed} ({self.role or 'anybody'}, {language})"


PUBLIC = (
    Page("/masuk/", role=""),
    Page("/api/v1/docs", role=""),
    Page("/nowhere/", role="", status=404),
    Page("/periksa/", role=""),
    Page("/periksa/AAAAAAAAAAAAAAAA/", role="", status=404),
)
PUBLIC_TO_RESIDENTS = ("/cek/", "/cek/tiket/", "/terbuka/", "/terbuka/1811/", "/aturan/")
PUBLIC += tuple(Page(path, role="") for path in (*PUBLIC_TO_RESIDENTS, "/aturan/pkh/"))
PLAIN = (
    Page("/loket/"),
    Page("/loket/buku/"),
    Page("/keberatan/"),
    Page("/keberatan/usul/"),
    Page(f"/wilayah/{HERE}/"),
    Page("/wilayah/", role=NATION, area=""),
    Page(f"/wilayah/{HERE[:2]}/", role=NATION, area=""),
    Page("/cari/"),
    Page("/cari/", typed="Zzyxqw Qqq"),
    Page("/daftar/"),
    Page("/daftar/families/"),
    Page("/daftar/determined/"),
    Page("/daftar/near_cap/"),
    Page("/daftar/budget/"),
    Page("/daftar/families/cetak/"),
    Page("/surat/"),
    Page("/surat/laporan/"),
    Page("/surat/daftar/families/"),
    Page("/data-pribadi/"),
    Page("/data-pribadi/siapa/", role=AUDITOR),
    Page("/unggah/"),
    Page("/program/"),
    Page("/program/pkh/"),
    Page("/program/pkh/antrean/1811/"),
    Page("/program/pkh/tahap-baru/"),
    Page("/program/training/penetapan-baru/"),
    Page("/program/pkh/kuota-baru/"),
    Page("/program/tahap/"),
    Page("/program/penetapan/"),
    Page("/program/pengaduan/"),
    Page("/program/pengaduan/baru/"),
    Page("/pekerjaan/"),
    Page("/kebijakan/"),
    Page("/kebijakan/tangga/"),
    Page("/kebijakan/pengaturan/"),
    Page("/kebijakan/tanda/"),
    Page("/kebijakan/program/pkh/"),
    Page("/rilis/"),
    Page("/rilis/1/"),
    Page("/rilis/1/perubahan/"),
    Page("/rilis/kembali/", role=NATION, area=""),
    Page("/kembar/"),
    Page("/kembar/putusan/"),
    Page("/audit/", role=AUDITOR),
    Page("/saya/"),
    Page("/saya/sandi/"),
    Page("/saya/jabatan/"),
    Page("/saya/kode/"),
    Page("/saya/pastikan/"),
    Page("/keluar/"),
    Page("/akun/", role=ADMINISTRATOR),
    Page("/akun/baru/", role=ADMINISTRATOR),
    Page("/akun/token/"),
    Page("/api/v1/docs"),
    Page("/nowhere/", status=404),
    Page("/akun/", status=403),
    Page("/bahasa/", status=405),
)


def pages(web: Any, furnished: Furnished) -> list[Page]:
    """All of them, with ids of the register that is loaded and of the work that was done."""
    family, person, village, name = one_family(web)
    release = f"/rilis/{furnished.release}/"
    return [
        *PUBLIC,
        *PLAIN,
        Page(f"/wilayah/{village[:6]}/"),
        Page(f"/wilayah/{village}/"),
        Page("/cari/", typed=name),
        Page("/daftar/", role="kepala_desa", area=village),
        Page(f"/daftar/families/?wilayah={village}"),
        Page(f"/daftar/families/cetak/?wilayah={village}"),
        Page(f"/keluarga/{family}/"),
        Page(f"/keluarga/{family}/sumber/"),
        Page(f"/keluarga/{family}/riwayat/"),
        Page(f"/keluarga/{family}/lembar/"),
        Page(f"/orang/{person}/nomor/"),
        Page(f"/kembar/{one_pair(web)}/"),
        Page(f"/keluarga/{family}/", role=HEAD),
        Page(f"/data-pribadi/orang/{person}/", role=HEAD),
        Page(f"/keluarga/{family}/", role="bps"),
        Page(f"/keluarga/{family}/", role="pendamping_rehsos"),
        *map(Page, (*furnished.uploads.values(), *furnished.jobs.values())),
        Page(release, role=NATION, area=""),
        Page(f"{release}perubahan/"),
        Page(f"{release}perubahan/?jenis=decile"),
        Page(f"{release}setujui/", role=NATION, area=""),
        Page(f"/akun/{web.user(OFFICER, HERE).pk}/", role=ADMINISTRATOR),
    ]


def one_pair(web: Any) -> str:
    """The key of two records that may be one person."""
    from tangga.web.duplicates.queries import PAIR

    with web.owner() as con:
        con.execute("SET search_path = r_1, public")
        query = f"SELECT {PAIR} FROM review_queue AS q WHERE area LIKE %s ORDER BY 1 LIMIT 1"
        return str(con.execute(query, [f"{HERE}%"]).fetchone()[0])


def one_family(web: Any) -> tuple[str, str, str, str]:
    """A family of which there is much to say: its id, its head, its village, the head's name."""
    with web.owner() as con:
        con.execute("SET search_path = r_1, public")
        return con.execute(
            "SELECT f.family_id, f.head_person_id, f.area, f.head_name FROM family_index AS f "
            "WHERE f.area LIKE %s AND f.members > 3 AND f.rung IS NOT NULL "
            "AND cardinality(f.programmes) > 0 ORDER BY f.months_protected DESC NULLS LAST, 1 "
            "LIMIT 1",
            [f"{HERE}%"],
        ).fetchone()
