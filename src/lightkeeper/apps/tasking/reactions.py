"""What tasking shows on others' pages, and tells the log."""

from lightkeeper.apps.intelligence import slots
from lightkeeper.apps.tasking import queries, watching

__all__ = ["watching"]

slots.add(queries.tasks_of_subject)
