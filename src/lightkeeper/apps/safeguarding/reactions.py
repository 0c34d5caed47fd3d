"""What safeguarding does about others' news."""

from lightkeeper.apps.intake.happenings import RecordsAccepted
from lightkeeper.apps.intelligence import slots
from lightkeeper.apps.safeguarding import queries, services
from lightkeeper.core.announcements import on


@on(RecordsAccepted)
def consider_each_child(happening: RecordsAccepted) -> None:
    services.consider_records(happening.record_ids, at=happening.at)


slots.add(queries.considerations_of_subject)
