"""Backups: the database, the ids ever given, the run in force; each part with its hash."""
