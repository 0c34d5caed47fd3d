"""What tasking tells the log about records that were looked at: who had a part in work on them."""

from django.db import connections

from lightkeeper.apps.audit.happenings import RecordsAskedFor
from lightkeeper.core.announcements import on

PARTS = """
select t.proposed_by_id, r.reference from tasking_task t join intake_record r on r.id = t.record_id
 where r.reference = any(%(records)s)
union
select s.person_id, r.reference from tasking_step s
  join tasking_task t on t.id = s.task_id join intake_record r on r.id = t.record_id
 where r.reference = any(%(records)s)
"""


@on(RecordsAskedFor)
def say_who_had_a_part(asked: RecordsAskedFor) -> None:
    with connections["linker"].cursor() as cursor:
        cursor.execute(PARTS, {"records": list(asked.references)})
        asked.sheet.parts.update(cursor.fetchall())
