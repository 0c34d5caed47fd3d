"""What accounts tells the log about those who looked."""

from lightkeeper.apps.accounts.models import Person as Row
from lightkeeper.apps.audit.happenings import PeopleAskedFor
from lightkeeper.core.announcements import on
from lightkeeper.engine.oversight.unusual import Person


@on(PeopleAskedFor)
def say_who_they_are(asked: PeopleAskedFor) -> None:
    rows = Row.objects.using("linker")
    agencies = rows.filter(pk__in=asked.numbers).values("agency")
    for row in rows.filter(agency__in=agencies).prefetch_related("roles"):
        name = " ".join(row.name.casefold().split())
        roles = "+".join(sorted(one.role for one in row.roles.all()))
        family = name.rpartition(" ")[2]
        asked.sheet.people[row.pk] = Person(row.pk, family, name, roles, row.agency_id)
