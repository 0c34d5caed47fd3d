"""Records that can be trusted later: a log in which a change shows, and results counted once."""
