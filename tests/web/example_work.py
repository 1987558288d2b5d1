"""The accounts by which example work is made in tests, and the work itself."""

from __future__ import annotations

from typing import Any

from users import make_user

HOME, NEXT = "1811", "1771"
WORKER = """
SELECT worker FROM r_1.assignments WHERE area LIKE %s AND pilar = 'pkh_companion'
AND worker IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""
VILLAGE = """
SELECT area FROM r_1.families WHERE area LIKE '1811%' AND length(area) = 10 AND status = 'active'
GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""


def cast(web: Any, *only: str) -> tuple[dict[str, Any], str]:
    """Role -> an account of it (only: of these), in the fullest village and what lies above it; and
    the village."""
    from tangga.web.database.grants import grant_to_app

    grant_to_app()
    with web.owner() as con:
        (village,) = con.execute(VILLAGE).fetchone()
        (worker,) = con.execute(WORKER, [f"{village[:6]}%"]).fetchone() or ("PDP-CONTOH",)
    posts = {
        "operator_desa": village,
        "kepala_desa": village,
        "tksk": village[:6],
        "tagana": HOME,
        "pelopor_perdamaian": HOME,
        "pendamping_pkh": village[:6],
        "pendamping_rehsos": HOME,
        "koordinator_pkh": HOME[:2],
        "operator_kabkota": HOME,
        "verifikator_kabkota": HOME,
        "kepala_dinas": HOME,
        "bupati": HOME,
        "dinas_provinsi": HOME[:2],
        "sentra": HOME[:2],
        "kemensos": "",
        "disdukcapil": HOME,
        "bps": HOME,
        "auditor": HOME,
        "administrator": HOME,
    }
    codes = {"pendamping_pkh": worker, "tksk": "TKSK-CONTOH", "tagana": "TGN-CONTOH"}
    users = {
        role: make_user(role, area, username=f"contoh-{role}", worker=codes.get(role, ""))
        for role, area in posts.items()
        if not only or role in only
    }
    if only:
        return users, village
    beside = make_user("operator_kabkota", NEXT, username="contoh-sebelah")
    return {**users, "operator_kabkota:beside": beside}, village
