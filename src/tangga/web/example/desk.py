"""The counter and appeals: a day's register, letters, objections, a request, a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tangga.web.appeals import lodging, whom
from tangga.web.appeals.lodging import Said
from tangga.web.appeals.whom import Whom
from tangga.web.counter import services
from tangga.web.example.cast import Cast, NoneFits
from tangga.web.example.photos import photo
from tangga.web.example.words import words

VILLAGE, LEADER = "operator_desa", "kepala_desa"
CLERK, VERIFIER, HEAD = "operator_kabkota", "verifikator_kabkota", "kepala_dinas"
NEIGHBOURS = "f.area = %(village)s"
LETTER_PAPER = "460/77/2026"


def _there(cast: Cast, many: int) -> list[str]:
    """Families of the village."""
    found = cast.families(VILLAGE, NEIGHBOURS, many, village=cast.near)
    return [row["family_id"] for row in found]


def _whom(family_id: str) -> Whom:
    found = whom.head(family_id)
    if found is None:
        raise NoneFits("nobody stands at the counter")
    return found


def objections(cast: Cast) -> None:
    """One not looked at yet, one checked, one that was passed on to who ranks."""
    said, ids = words()["desk"], _there(cast, 3)
    made = []
    for n, (id_, subject, text) in enumerate(
        (
            (ids[0], said["objection"], said["objection_words"]),
            (ids[1], said["objection"], said["objection_words"]),
            (ids[2], said["decile"], said["decile_words"]),
        )
    ):
        with cast.acting(CLERK, 3 - n) as by:
            files = (photo("surat.jpg"),)
            made.append(lodging.objection(by=by, whom=_whom(id_), said=Said(subject, text, files)))
    for item in made[1:]:
        cast.take(item, "check", VERIFIER, 1, reason=said["objection_checked"])
    more = {"reason": said["notice"], "document": LETTER_PAPER}
    cast.take(made[2], "pass_on", HEAD, 0, **more)


def requests(cast: Cast) -> None:
    """That a neighbour be included; the village has not answered."""
    said, (id_,) = words()["desk"], _there(cast, 1)
    with cast.acting(VILLAGE, 2) as by:
        lodging.request(by=by, whom=_whom(id_), said=Said(said["request"], said["request_words"]))


def reports(cast: Cast) -> None:
    """Of one family against another of the village."""
    said, (about, objector) = words()["desk"], _there(cast, 2)
    with cast.acting(CLERK, 4) as by:
        lodging.report(
            by=by,
            about_family=_whom(about),
            objector=_whom(objector),
            said=Said(said["report"], said["report_words"]),
            summary=said["report_summary"],
        )


def counter_day(cast: Cast) -> None:
    """Today: letters, insurance asked for again, a referral, a complaint."""
    said, ids = words()["desk"], _there(cast, 3)
    with cast.acting(VILLAGE) as by:
        for id_, kind in zip(ids, (*services.LETTERS, services.REGISTERED), strict=False):
            services.letter(kind, by=by, whom=_whom(id_), purpose=said["purpose"])
        services.refer(by=by, whom=_whom(ids[0]), to=said["referral"], need=said["referral_need"])
    with cast.acting(CLERK) as by:
        services.letter(services.DECILE, by=by, whom=_whom(ids[1]), purpose=said["purpose"])
        services.reactivate(
            by=by,
            whom=_whom(ids[2]),
            reason=said["illness"],
            facility=said["facility"],
            files=(),
        )
        services.complain(by=by, whom=_whom(ids[0]), words=said["complaint"], files=())


PARTS: Mapping[str, Callable[[Cast], None]] = {
    "objections": objections,
    "requests": requests,
    "reports": reports,
    "counter_day": counter_day,
}
