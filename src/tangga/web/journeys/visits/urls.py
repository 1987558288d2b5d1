"""Addresses of this part."""

from __future__ import annotations

from django.urls import path

from tangga.web.journeys.visits import paper_views, record_views, sheet_views, views, year_views

urlpatterns = [
    path("kunjungan/", views.index, name="visits"),
    path("kunjungan/tahun/", year_views.year, name="visits_year"),
    path("kunjungan/kejadian/", record_views.index, name="visit_records"),
    path("kunjungan/kejadian/baru/<slug:name>/", record_views.begin, name="visit_record_new"),
    path("kunjungan/kejadian/<uuid:number>/", record_views.one, name="visit_record"),
    path("kunjungan/kejadian/<uuid:number>/tambah/", record_views.strike, name="visit_strike"),
    path("kunjungan/kejadian/<uuid:number>/barang/", record_views.hand, name="visit_hand"),
    path("kunjungan/lembar/", sheet_views.sheets, name="visit_sheets"),
    path("kunjungan/lembar/cetak/", paper_views.on_paper, name="visit_paper"),
    path("kunjungan/lembar/xlsx/", sheet_views.download, name="visit_book"),
    path("kunjungan/lembar/unggah/", sheet_views.upload, name="visit_upload"),
    path("kunjungan/lembar/<uuid:number>/", sheet_views.returned, name="visit_returned"),
    path("kunjungan/keluarga/<slug:family_id>/", views.visit_family, name="visit_family"),
    path("kunjungan/keluarga/<slug:family_id>/rencana/", views.plan, name="visit_plan"),
    path("kunjungan/<uuid:number>/", views.visit, name="visit"),
    path("kunjungan/<uuid:number>/ubah/", views.change, name="visit_change"),
]
"""A worker's families, visits and year."""
