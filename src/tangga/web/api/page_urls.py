"""The pages about tokens, beside the API itself."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.api import views

urlpatterns: list[URLPattern] = [
    path("akun/token/", views.my_tokens, name="tokens"),
    path("akun/token/<int:number>/akhiri/", views.end_token, name="token_end"),
]
