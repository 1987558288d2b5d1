"""Pages of uploads and jobs."""

from __future__ import annotations

from django.urls import path

from tangga.web.intake import job_views, views

urlpatterns = [
    path("unggah/", views.uploads, name="uploads"),
    path("unggah/<uuid:number>/", views.upload, name="upload"),
    path("unggah/<uuid:number>/tempatkan/", views.place, name="upload_place"),
    path("unggah/<uuid:number>/lupakan/", views.forget, name="upload_forget"),
    path("unggah/<uuid:number>/tarik/", views.withdraw, name="upload_withdraw"),
    path("unggah/<uuid:number>/cocokkan-lagi/", views.reopen, name="upload_reopen"),
    path("pekerjaan/", job_views.process, name="process"),
    path("pekerjaan/<uuid:number>/", job_views.job, name="job"),
    path("pekerjaan/<uuid:number>/batal/", job_views.cancel, name="job_cancel"),
    path(
        "pekerjaan/<uuid:number>/karantina/<slug:source>/",
        job_views.quarantine,
        name="job_quarantine",
    ),
    path(
        "pekerjaan/<uuid:number>/tak-dikenal/<slug:source>/",
        job_views.unidentified,
        name="job_unidentified",
    ),
]
