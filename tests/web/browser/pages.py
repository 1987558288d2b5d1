"""Every page of the service: who opens it, and one address of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

HERE = "1811"
OFFICER, HEAD, ADMINISTRATOR, AUDITOR = (
    "operator_kabkota",
    "kepala_dinas",
    "administrator",
    "auditor",
)


@dataclass(frozen=True)
class Page:
    """A page of somebody in a post for an area; role '': of anybody. name: of a picture, if any."""

    path: str
    role: str = OFFICER
    area: str = HERE
    name: str = ""


PUBLIC = (Page("/masuk/", role="", name="masuk"), Page("/api/v1/docs", role=""))
PLAIN = (
    Page(f"/wilayah/{HERE}/", name="dasbor"),
    Page("/wilayah/", role="kemensos", area=""),
    Page("/cari/", name="cari"),
    Page("/daftar/", name="daftar"),
    Page("/daftar/families/", name="daftar-keluarga"),
    Page("/daftar/determined/"),
    Page("/daftar/near_cap/"),
    Page("/daftar/families/cetak/"),
    Page("/unggah/", name="unggah"),
    Page("/pekerjaan/"),
    Page("/kebijakan/", name="kebijakan"),
    Page("/kebijakan/tangga/"),
    Page("/kebijakan/pengaturan/"),
    Page("/kebijakan/tanda/"),
    Page("/kebijakan/program/pkh/"),
    Page("/rilis/"),
    Page("/rilis/1/"),
    Page("/rilis/1/perubahan/"),
    Page("/audit/", role=AUDITOR, name="jejak"),
    Page("/saya/"),
    Page("/saya/sandi/"),
    Page("/saya/jabatan/"),
    Page("/akun/", role=ADMINISTRATOR),
    Page("/akun/baru/", role=ADMINISTRATOR),
    Page("/akun/token/"),
    Page("/nowhere/"),
)


def pages(web: Any) -> list[Page]:
    """All of them, with ids of the register that is loaded."""
    family, person, village = _one(web)
    return [
        *PUBLIC,
        *PLAIN,
        Page(f"/wilayah/{village}/"),
        Page(f"/keluarga/{family}/", name="keluarga"),
        Page(f"/keluarga/{family}/sumber/", name="sumber"),
        Page(f"/keluarga/{family}/riwayat/"),
        Page(f"/keluarga/{family}/lembar/"),
        Page(f"/orang/{person}/nomor/"),
        Page(f"/keluarga/{family}/", role=HEAD),
        Page(f"/keluarga/{family}/", role="bps"),
        Page(f"/keluarga/{family}/", role="pendamping_rehsos"),
    ]


def _one(web: Any) -> tuple[str, str, str]:
    with web.owner() as con:
        con.execute("SET search_path = r_1, public")
        return con.execute(
            "SELECT f.family_id, f.head_person_id, f.area FROM family_index AS f "
            "WHERE f.area LIKE %s AND f.members > 3 AND f.rung IS NOT NULL "
            "AND cardinality(f.programmes) > 0 ORDER BY f.months_protected DESC NULLS LAST, 1 "
            "LIMIT 1",
            [f"{HERE}%"],
        ).fetchone()
