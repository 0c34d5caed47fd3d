"""Counts by period and label: where they change, what is new, and what of it may be shown."""
