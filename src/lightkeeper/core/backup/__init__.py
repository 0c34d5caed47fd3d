"""Backups: one sealed file with the database, the bytes of reports, and what proves them whole."""
