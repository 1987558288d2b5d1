"""Pages of papers."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.papers import by_hand, making, views

urlpatterns: list[URLPattern] = [
    path("surat/", views.papers, name="papers"),
    path("surat/laporan/", making.reports, name="paper_reports"),
    path("surat/laporan/<slug:name>/", making.make_report, name="paper_make_report"),
    path("surat/daftar/<slug:name>/", making.issue_list, name="paper_issue_list"),
    path("surat/keluarga/<slug:family_id>/<slug:name>/", by_hand.for_family, name="paper_by_hand"),
    path("surat/<uuid:number>/", views.paper, name="paper"),
    path("surat/<uuid:number>/xlsx/", views.paper_xlsx, name="paper_xlsx"),
    path("surat/<uuid:number>/utuh/", views.paper_whole, name="paper_whole"),
    path("surat/<uuid:number>/cabut/", views.paper_revoke, name="paper_revoke"),
    path("periksa/", views.check_form, name="paper_check_form"),
    path("periksa/<str:code>/", views.paper_check, name="paper_check"),
]
