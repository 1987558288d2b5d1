"""Objections, requests and reports of residents, and notices to families."""
