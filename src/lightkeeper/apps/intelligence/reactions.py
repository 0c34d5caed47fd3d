"""What the picture does about the news of intake."""

from lightkeeper.apps.accounts.services import actor_now
from lightkeeper.apps.intake.happenings import RecordsAccepted, ReportRead
from lightkeeper.apps.intelligence.services import deriving, linking
from lightkeeper.core.announcements import on


@on(RecordsAccepted)
def make_findable(happening: RecordsAccepted) -> None:
    deriving.derive(happening.record_ids, happening.at)


@on(ReportRead)
def link_what_came(happening: ReportRead) -> None:
    by = actor_now()
    if by is not None:
        linking.ask_to_link(by=by, at=happening.at)
