"""Addresses of programmes: overview, queues, rounds, goods, determinations, places, complaints."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.programmes.views import acts, complaints, goods, overview, rounds

urlpatterns: list[URLPattern] = [
    path("program/", overview.overview, name="programmes"),
    path("program/tahap/", rounds.round_list, name="programmes_rounds"),
    path("program/tahap/<uuid:number>/", rounds.one, name="programmes_round"),
    path(
        "program/tahap/<uuid:number>/bnba/<str:village>/",
        rounds.village_list,
        name="programmes_village_list",
    ),
    path("program/tahap/<uuid:number>/berkas/", rounds.download, name="programmes_file"),
    path("program/tahap/<uuid:number>/hasil/", rounds.take_results, name="programmes_take_results"),
    path("program/hasil/<uuid:number>/", rounds.result_file, name="programmes_results"),
    path("program/tahap/<uuid:number>/serah/", goods.places, name="programmes_goods"),
    path("program/tahap/<uuid:number>/gudang/<str:village>/", goods.move, name="programmes_store"),
    path(
        "program/tahap/<uuid:number>/berita-acara/<str:village>/",
        goods.minutes,
        name="programmes_minutes",
    ),
    path("program/baris/<uuid:number>/serahkan/", goods.hand, name="programmes_hand"),
    path("program/tanda-terima/<uuid:number>/", goods.receipt, name="programmes_receipt"),
    path("program/tanda-terima/<uuid:number>/batal/", goods.undo, name="programmes_undo"),
    path("program/penetapan/", acts.listed, name="programmes_determinations"),
    path("program/penetapan/<uuid:number>/", acts.one, name="programmes_determination"),
    path("program/penetapan/<uuid:number>/ubah/", acts.change, name="programmes_change"),
    path("program/kuota/<uuid:number>/", acts.quota, name="programmes_quota"),
    path("program/pengaduan/", complaints.listed, name="programmes_complaints"),
    path("program/pengaduan/baru/", complaints.lodge, name="programmes_complain"),
    path("program/pengaduan/<uuid:number>/", complaints.one, name="programmes_complaint"),
    path("program/<slug:programme>/", overview.one, name="programmes_one"),
    path("program/<slug:programme>/tahap-baru/", rounds.new, name="programmes_new_round"),
    path(
        "program/<slug:programme>/penetapan-baru/",
        acts.draw_up,
        name="programmes_new_determination",
    ),
    path("program/<slug:programme>/kuota-baru/", acts.new_quota, name="programmes_new_quota"),
    path("program/<slug:programme>/antrean/<str:place>/", overview.queue, name="programmes_queue"),
]
