"""Pages of lists."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.lists import views

urlpatterns: list[URLPattern] = [
    path("daftar/", views.index, name="lists"),
    path("daftar/simpanan/<int:number>/hapus/", views.forget, name="list_forget"),
    path("daftar/<slug:name>/", views.show, name="list"),
    path("daftar/<slug:name>/cetak/", views.on_paper, name="list_print"),
    path("daftar/<slug:name>/xlsx/", views.download, name="list_xlsx"),
    path("daftar/<slug:name>/utuh/", views.download_whole, name="list_whole"),
    path("daftar/<slug:name>/simpan/", views.keep, name="list_keep"),
]
