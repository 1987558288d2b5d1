"""Pairs of records that may be one person, and what a clerk rules of them."""
