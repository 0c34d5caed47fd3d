"""What intake tells the log about records that were looked at: the names they bear."""

import json
from typing import Any

from django.db import connections

from lightkeeper.apps.audit.happenings import RecordsAskedFor
from lightkeeper.core.announcements import on
from lightkeeper.engine.oversight.unusual import Names

# Fewer records than this bear a rare name, however few records there are.
FEW = 3
NAMES = """
select reference, properties::text from intake_record where reference = any(%s) and kind = 'Person'
"""
# One pass over all records, on a day on which somebody looked at their own name.
BEARERS = """
select word, count(*), (select count(*) from intake_record where kind = 'Person') from (
  select distinct r.id, lower(coalesce(last.word, substring(whole.name from '(\\S+)\\s*$'))) as word
    from intake_record r
    left join lateral jsonb_array_elements_text(r.properties -> 'lastName') as last(word) on true
    left join lateral jsonb_array_elements_text(r.properties -> 'name') as whole(name) on true
   where r.kind = 'Person') said
 where word = any(%s) group by word
"""


@on(RecordsAskedFor)
def say_which_names_they_bear(asked: RecordsAskedFor) -> None:
    sheet = asked.sheet
    with connections["linker"].cursor() as cursor:
        cursor.execute(NAMES, [list(asked.references)])
        sheet.names.update((reference, names_of(json.loads(said))) for reference, said in cursor)
        borne = {word for names in sheet.names.values() for word in names.family}
        own = borne & {person.family_name for person in sheet.people.values()}
        if not own:
            return
        cursor.execute(BEARERS, [list(own)])
        for word, bearers, everyone in cursor:
            rare = bearers <= FEW
            sheet.per_thousand[word] = 0.0 if rare else 1000 * bearers / everyone


def names_of(properties: dict[str, list[Any]]) -> Names:
    """Family names and full names, in small letters."""

    def said(*names: str) -> list[str]:
        values = (value for name in names for value in properties.get(name, ()))
        return [" ".join(str(value).casefold().split()) for value in values]

    full = set(said("name", "alias", "previousName"))
    full |= {f"{first} {last}" for first in said("firstName") for last in said("lastName")}
    family = set(said("lastName", "maidenName"))
    family |= {name.rpartition(" ")[2] for name in full if name}
    return Names(frozenset(family - {""}), frozenset(full - {""}))
