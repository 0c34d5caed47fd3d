"""Ours and every peer on the same records: how well, how fast, with how much memory."""
