"""What tasking does about others' news, shows on others' pages, and tells the log."""

from lightkeeper.apps.intelligence import slots
from lightkeeper.apps.intelligence.happenings import PictureChanged
from lightkeeper.apps.tasking import queries, services, watching
from lightkeeper.core.announcements import on

__all__ = ["watching"]


@on(PictureChanged)
def consider_children_in_open_tasks(happening: PictureChanged) -> None:
    services.consider_anew()


slots.add(queries.tasks_of_subject)
