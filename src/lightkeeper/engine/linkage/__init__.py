"""Joining records that speak of one subject, and saying why."""
