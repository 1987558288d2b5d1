"""Numbered papers of the office that anybody can check."""
