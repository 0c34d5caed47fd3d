"""What tasking does about others' news, and shows on others' pages."""

from lightkeeper.apps.intelligence import slots
from lightkeeper.apps.intelligence.happenings import PictureChanged
from lightkeeper.apps.tasking import queries, services
from lightkeeper.core.announcements import on


@on(PictureChanged)
def consider_children_in_open_tasks(happening: PictureChanged) -> None:
    services.consider_anew()


slots.add(queries.tasks_of_subject)
