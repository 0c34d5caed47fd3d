"""What intake does about others' news."""

from lightkeeper.apps.intake import watching

__all__ = ["watching"]
