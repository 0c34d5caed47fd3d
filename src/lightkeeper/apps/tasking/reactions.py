"""What tasking shows on others' pages."""

from lightkeeper.apps.intelligence import slots
from lightkeeper.apps.tasking import queries

slots.add(queries.tasks_of_subject)
