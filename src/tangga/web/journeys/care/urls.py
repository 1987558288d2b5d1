"""Addresses of rehabilitation, of support under check and of moves between areas."""

from __future__ import annotations

from django.urls import path

from tangga.web.journeys.care import asking, case_views, clarifying, holding_views, move_views

urlpatterns = [
    path("rehabilitasi/", case_views.files, name="case_files"),
    path("rehabilitasi/baru/<str:person_id>/", case_views.open_file, name="case_open"),
    path("rehabilitasi/minta/<str:family_id>/", asking.ask, name="case_ask"),
    path("rehabilitasi/<uuid:number>/", case_views.file, name="case_file"),
    path("rehabilitasi/<uuid:number>/asesmen/", case_views.assess, name="case_assess"),
    path("rehabilitasi/<uuid:number>/rujuk/", case_views.refer, name="case_refer"),
    path("rehabilitasi/<uuid:number>/surat/", case_views.letter, name="case_letter"),
    path("rehabilitasi/<uuid:number>/langkah/<slug:name>/", case_views.step, name="case_step"),
    path("tangguh/", holding_views.checks, name="tangguh_list"),
    path("tangguh/isyarat/", holding_views.signs, name="tangguh_signals"),
    path("tangguh/baru/<str:family_id>/", holding_views.raise_check, name="tangguh_raise"),
    path("tangguh/<uuid:number>/", holding_views.check, name="tangguh_case"),
    path("tangguh/<uuid:number>/klarifikasi/", clarifying.clarify, name="tangguh_clarify"),
    path("pindah/", move_views.list_of_moves, name="area_moves"),
    path("pindah/baru/<str:family_id>/", move_views.propose, name="area_move_new"),
    path("pindah/<uuid:number>/", move_views.move, name="area_move"),
]
