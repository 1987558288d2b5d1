"""Addresses of the pages without login."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.public import open_views, ticket_views, views

urlpatterns: list[URLPattern] = [
    path("cek/", views.check, name="check"),
    path("cek/kode/", views.ask_code, name="check_code"),
    path("cek/rincian/", views.with_code, name="check_details"),
    path("cek/tiket/", ticket_views.ticket, name="ticket"),
    path("terbuka/", open_views.numbers, name="open_data"),
    path("terbuka/berkas/datapackage.json", open_views.description, name="open_description"),
    path("terbuka/berkas/<slug:name>.csv", open_views.download, name="open_file"),
    path("terbuka/<slug:code>/", open_views.numbers, name="open_area"),
    path("aturan/", open_views.plain_rules, name="open_rules"),
    path("aturan/<slug:programme>/", open_views.plain_rule, name="open_rule"),
]
