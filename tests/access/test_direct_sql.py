"""What somebody could do who had found a way to run SQL as the role of the web: next to nothing.

Source: ACCESS, findings F7 and F14.
"""

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from lightkeeper.testing.plugin import CLUSTER, NAME, superuser

REFUSED = (
    "set role lk_owner",
    "set role lk_guard",
    "set role lk_linker",
    "set session authorization lk_owner",
    "alter table intake_report disable row level security",
    "alter table intake_report no force row level security",
    "drop policy look on intake_report",
    "create policy mine on intake_report using (true)",
    "alter role lk_web bypassrls",
    "alter role lk_web set track_activities = on",
    "create table mine (id int)",
    "create schema mine",
    "create function mine() returns int language sql as 'select 1'",
    "create view mine as select 1",
    "create extension dblink",
    "drop table intake_report",
    "truncate intake_report",
    "delete from intake_report",
    "delete from audit_event",
    "update audit_event set person = 'another'",
    "select * from sec.session",
    "select * from sec.context",
    "select sec.rebuild()",
    "select sec.open_session(1, 'x', 'x', 'x', 'x', '1 h', '1 h')",
    "select sec.make_context(1)",
    "select sec.close_sessions_of(1, '')",
    "select sec.prove(1, 'x')",
    "select * from accounts_credential",
    "select * from accounts_secondfactor",
    "select * from accounts_recoverycode",
    "update accounts_secondfactor set confirmed_at = null",
    "insert into accounts_compartmentmember (compartment_id, person_id, standing)"
    " values (1, 1, 'APPROVED')",
    "update accounts_compartmentmember set standing = 'APPROVED'",
    "delete from accounts_compartmentmember",
    "insert into accounts_compartment (code, name, owner_id) values ('X', 'X', 1)",
    "update accounts_compartment set opened_by_id = 1",
    "update accounts_person set cleared_to = null",
    "update accounts_person set trained_until = null",
    "insert into accounts_renewal (person_id, what) values (1, 'CLEARANCE')",
    "select sec.holds('approve_member')",
    "select sec.runs(1)",
    "select sec.approves(1)",
    "update accounts_person set level = 1",
    "insert into accounts_personrole (person_id, role) values (1, 'supervisor')",
    "insert into accounts_rolegrant (role, record_class, verb) values ('officer', 6, 'read')",
    "insert into accounts_audiencemember (audience_id, agency_id) values (1, 1)",
    "insert into accounts_bucket (record_class, owner_id, level) values (1, 1, 0)",
    "update accounts_bucket set level = 0",
    "insert into intelligence_membership (record_id, bucket_id, cluster, component) "
    "values (1, 1, 1, 1)",
    "select * from intelligence_membership",
    "select * from intelligence_commonvalues",
    "delete from intake_record",
    "delete from governance_hold",
    "insert into governance_erasure (reference) values ('REC-1')",
    "select sec.erase_report(1, '', 1)",
    "select sec.held(1, 1)",
    "select * from sec.dispose(1)",
    "select sec.tell_recipients(1, 'ERASED')",
    "select * from sec.erased_references()",
    "set session_replication_role = replica",
    "select pg_read_file('/etc/passwd')",
    "select pg_ls_dir('.')",
    "select lo_import('/etc/passwd')",
    "copy intake_report to '/tmp/x'",
    "copy intake_report from program 'id'",
    "select pg_reload_conf()",
    "alter system set log_statement = 'all'",
    "load '/tmp/x'",
)


@pytest.fixture
def as_web(database, tokens):
    with psycopg.connect(CLUSTER.url("lk_web", NAME), autocommit=True) as c:
        c.execute("select set_config('app.session', %s, false)", (tokens["ada"],))
        yield c


@pytest.mark.parametrize("statement", REFUSED)
@pytest.mark.parametrize("role", ["lk_web", "lk_worker"])
def test_it_is_refused(database, role, statement):
    with (
        psycopg.connect(CLUSTER.url(role, NAME), autocommit=True) as c,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        c.execute(statement)


def test_row_security_cannot_be_turned_off_for_a_query(as_web):
    as_web.execute("set row_security = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        as_web.execute("select * from intake_report")


def test_the_statistics_of_protected_tables_are_not_shown(as_web):
    with superuser(NAME) as c:
        c.execute("analyze")
    assert as_web.execute(
        "select count(*) from pg_stats where schemaname = 'public' and tablename in "
        "('intake_report', 'intake_record', 'tasking_task', 'audit_event')"
    ).fetchone() == (0,)


def test_an_error_in_a_row_that_is_hidden_does_not_show_that_it_is_there(as_, rolled_back):
    """A division by zero for each row that is read tells of a row, if it runs before the policy."""
    from django.apps import apps
    from django.db import transaction

    from lightkeeper.apps.accounts.services import the_label
    from tests.access.rows import add

    otto = as_("otto")
    label = the_label(owner=otto.agency, level=1, compartment=min(otto.viewer.compartments))
    add(apps.get_model("intake", "Report"), otto, label, file_name="hidden.csv")
    as_("ben")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select 1 / (case when file_name = 'hidden.csv' then 0 else 1 end) from intake_report"
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize("role", ["lk_web", "lk_worker", "lk_door"])
def test_a_token_is_found_nowhere_by_another_session_of_the_same_role(database, as_, tokens, role):
    """As Django sends it: while the statement runs, and when it has run."""
    from django.db import transaction

    planted = tokens["ada"]
    with transaction.atomic():
        as_("ada")
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from intake_report")
        with psycopg.connect(CLUSTER.url(role, NAME)) as other:
            for column in ("query", "application_name"):
                [row] = other.execute(
                    f"select count(*) from pg_stat_activity where {column} like %s",
                    (f"%{planted}%",),
                ).fetchall()
                assert row == (0,)
            # And nothing of what the other is doing at all.
            assert other.execute(
                "select count(*) from pg_stat_activity where usename = 'lk_web' "
                "and query ilike '%%intake_report%%' and pid <> pg_backend_pid()"
            ).fetchone() == (0,)
        transaction.set_rollback(True)


def test_even_a_superuser_reads_no_token_in_the_text_of_a_statement(database, as_, tokens):
    """It is sent as a parameter, and no parameter is logged."""
    from django.db import transaction

    with transaction.atomic():
        as_("ada")
        with superuser(NAME) as c:
            assert c.execute(
                "select count(*) from pg_stat_activity where query like %s and "
                "pid <> pg_backend_pid()",
                (f"%{tokens['ada']}%",),
            ).fetchone() == (0,)
        transaction.set_rollback(True)
    log = CLUSTER.root / "log"
    if log.exists():
        assert tokens["ada"] not in log.read_text(errors="replace")


def test_the_roles_are_what_they_say_they_are(database):
    from lightkeeper.core.database.roles import ROLES

    with superuser(NAME) as c:
        found = {
            name: (logs_in, bypasses, superuser_or_more)
            for name, logs_in, bypasses, superuser_or_more in c.execute(
                "select rolname, rolcanlogin, rolbypassrls, rolsuper or rolcreaterole or "
                "rolcreatedb or rolreplication from pg_roles where rolname like 'lk\\_%'"
                " and rolname <> 'lk_dba'"
            )
        }
        memberships = c.execute(
            "select m.rolname, r.rolname from pg_auth_members a "
            "join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member "
            "where m.rolname like 'lk\\_%'"
        ).fetchall()
    assert found == {role.name: (role.logs_in, role.bypasses, False) for role in ROLES}
    assert memberships == [("lk_owner", "lk_guard")]


def test_functions_that_run_with_the_guards_rights_have_a_fixed_search_path_and_no_public(database):
    with superuser(NAME) as c:
        functions = c.execute(
            "select p.proname, p.proconfig, has_function_privilege('public', p.oid, 'execute'), "
            "r.rolname from pg_proc p join pg_namespace n on n.oid = p.pronamespace "
            "join pg_roles r on r.oid = p.proowner where p.prosecdef and n.nspname in "
            "('sec', 'public')"
        ).fetchall()
    assert len(functions) > 10
    for name, config, by_all, owner in functions:
        assert any(str(setting).startswith("search_path=") for setting in config or []), name
        assert owner == "lk_guard", name
        assert not by_all or name in TRIGGERS, name


# Trigger functions cannot be called otherwise than by their trigger.
TRIGGERS = {"mark_judged", "mark_decided", "move_task"}


def test_every_function_of_the_guard_goes_by_one_clock(database):
    """What day it is would otherwise follow the time zone that a session chose for itself."""
    with superuser(NAME) as connected:
        found = connected.execute(
            "select p.proname, p.proconfig from pg_proc p join pg_namespace n "
            "on n.oid = p.pronamespace where n.nspname = 'sec'"
        ).fetchall()

    assert len(found) > 50
    clock = f"TimeZone={settings.TIME_ZONE}"
    assert settings.TIME_ZONE == "Europe/London"
    assert [name for name, said in found if clock not in (said or [])] == []
