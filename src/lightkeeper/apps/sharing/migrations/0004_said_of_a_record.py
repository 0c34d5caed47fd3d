from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
FOLLOWS = """
alter table accounts_{table} add constraint {table}_label foreign key (said_of, bucket_id)
  references intake_record (id, bucket_id) on update cascade on delete set null (said_of);
create index {table}_of_record on accounts_{table} (said_of);
"""
CHANGED = (
    ("conds, puts, reason, set_by_id,", "conds, puts, reason, said_of, set_by_id,"),
    ("which, put, because, sec.me()", "which, put, because, of_record, sec.me()"),
    ("agency_id, reason, given_by_id,", "agency_id, reason, said_of, given_by_id,"),
    ("whom, because, sec.me()", "whom, because, of_record, sec.me()"),
)


def functions() -> str:
    """Both functions that enter such a row, which now say of what record it was said."""
    text = (SQL / "conditions.sql").read_text()
    start, end = (text.index(f"create function sec.{name}") for name in ("set_", "end_condition"))
    body = text[start:end].replace("create function", "create or replace function")
    for was, becomes in CHANGED:
        if body.count(was) != 1:
            raise ValueError(f"{was} is not what this migration changes")
        body = body.replace(was, becomes)
    return body


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0003_conditions_and_consent"),
        ("accounts", "0019_said_of_a_record"),
        ("intake", "0008_record_also"),
    ]
    operations = [
        *(
            migrations.RunSQL(FOLLOWS.format(table=table), migrations.RunSQL.noop)
            for table in ("consent", "datedcondition")
        ),
        migrations.RunSQL(functions(), migrations.RunSQL.noop),
    ]
