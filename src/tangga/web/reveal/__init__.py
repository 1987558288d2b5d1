"""Numbers in full: with role, purpose and reason, recorded and watermarked."""

from __future__ import annotations

from tangga.web.reveal.permit import Permit, PermitForm, permit

__all__ = ["Permit", "PermitForm", "permit"]
