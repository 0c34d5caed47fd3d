"""Every table says how it is protected, and PostgreSQL does what it says."""

import pytest
from django.apps import apps

from lightkeeper.core.access.models import Handling
from lightkeeper.core.access.policies import DOORS_APPS, QUEUE_APP, protected_tables
from lightkeeper.core.database.roles import ROLES
from lightkeeper.testing.plugin import NAME, superuser

OURS = [m for m in apps.get_models() if m.__module__.startswith("lightkeeper.")]
OTHERS = [m for m in apps.get_models() if not m.__module__.startswith("lightkeeper.")]
ROLE_NAMES = {role.name for role in ROLES}

# Tables that everybody reads: what stands in them, and why that is right.
OPEN = {
    "accounts_agency": "a public register",
    "accounts_agencylaw": "a public fact of a public body",
    "accounts_area": "public geography",
    "accounts_code": "code lists",
    "accounts_person": "colleagues are named on what they did; no password",
    "accounts_ratelimit": "the rule itself",
    "accounts_factordemand": "the rule itself",
    "accounts_keymake": "the rule itself",
    "accounts_renewal": "until when a colleague may act; no reason",
    "accounts_rolegrant": "the rule itself",
    "accounts_rolepower": "the rule itself",
    "accounts_personrole": "who holds which role",
    "accounts_audience": "numbers of agencies",
    "accounts_audiencemember": "numbers of agencies",
    "accounts_bucket": "labels as numbers",
    "accounts_root": "numbers",
    "audit_leaf": "hashes",
    "audit_lookrule": "the rules by which looks are gone through",
    "audit_watchedday": "days",
    "audit_seal": "hashes and signatures",
    "intelligence_linkagemodel": "weights by kind of evidence; no names",
    "intelligence_linkagerun": "counts over the whole picture",
    "intelligence_accuracycard": "rounded and suppressed before it is kept",
    "intelligence_thresholdreading": "counts over the whole picture",
    "intelligence_thresholdadoption": "what colleagues decided about everybody's picture",
    "intelligence_factor": "weights, published within the system",
    "governance_retentionrule": "periods of retention, published",
    "governance_retentiondefault": "the rule itself",
    "rights_clockrule": "how long the law gives",
    "breaches_breachrule": "how long the law gives",
}


@pytest.fixture(scope="module")
def ask(database):
    with superuser(NAME) as connection:
        yield lambda query, *given: connection.execute(query, given).fetchall()


@pytest.mark.parametrize("model", OURS, ids=lambda m: m.__name__)
def test_every_model_says_how_it_is_handled(model):
    handling = getattr(model, "handling", None)

    assert isinstance(handling, Handling), "add `handling = Handling(...)`"
    assert handling.retention, "how long is it kept?"
    columns = {field.name for field in model._meta.get_fields()}
    assert set(handling.personal) <= columns
    assert set(handling.leaves) <= columns
    if handling.protection in ("open", "door", "sealed"):
        assert handling.why, "why may everybody read it, or nobody?"


def test_models_that_are_not_ours_are_the_doors_or_the_queues():
    assert {m._meta.app_label for m in OTHERS} <= DOORS_APPS | {QUEUE_APP}


def test_the_open_tables_are_the_ones_that_are_listed():
    found = {m._meta.db_table for m in OURS if m.handling.protection == "open"}

    assert found == set(OPEN), found ^ set(OPEN)


def test_every_protected_table_has_row_security_that_binds_even_its_owner(ask):
    found = dict(
        (name, (enabled, forced))
        for name, enabled, forced in ask(
            "select relname, relrowsecurity, relforcerowsecurity from pg_class "
            "where relnamespace = 'public'::regnamespace and relkind = 'r'"
        )
    )
    protected = protected_tables(OURS)
    assert len(protected) > 15
    for table in protected:
        assert found[table] == (True, True), table
    assert {name for name, walls in found.items() if walls != (False, False)} == set(protected)


@pytest.mark.parametrize("model", OURS, ids=lambda m: m.__name__)
def test_a_table_has_the_policies_of_its_protection_for_the_right_roles(ask, model):
    table, handling = model._meta.db_table, model.handling
    found = {
        (command, permissive): set(roles)
        for command, permissive, roles in ask(
            "select cmd, permissive, roles from pg_policies where tablename = %s "
            "and policyname in ('look', 'add', 'change')",
            table,
        )
    }
    if handling.protection in ("open", "door", "sealed"):
        assert found == {}
        return
    writers = {f"lk_{role}" for role in handling.writers}
    wanted = {("SELECT", "PERMISSIVE"): {"lk_web", "lk_worker"}}
    if writers:
        wanted["INSERT", "PERMISSIVE"] = writers
    if writers and not handling.append_only:
        wanted["UPDATE", "PERMISSIVE"] = writers
    assert found == wanted


def test_the_text_of_every_labelled_policy_is_the_one_that_the_matrix_tried(ask):
    """So that one table stands for all."""
    texts = ask(
        "select tablename, policyname, coalesce(qual, ''), coalesce(with_check, '') "
        "from pg_policies where policyname in ('look', 'add', 'change') order by 1, 2"
    )
    tried = {name: (qual, check) for table, name, qual, check in texts if table == "intake_mapping"}
    labelled = {m._meta.db_table for m in OURS if m.handling.protection == "labelled"}
    compared = 0
    for table, name, qual, check in texts:
        if table in labelled:
            assert (qual, check) == tried[name], (table, name)
            compared += 1
    assert compared > 20


@pytest.mark.parametrize("model", OURS, ids=lambda m: m.__name__)
def test_each_role_may_do_to_a_table_what_it_says_and_nothing_more(ask, model):
    table, handling = model._meta.db_table, model.handling
    found = {
        (role, verb)
        for role in ROLE_NAMES - {"lk_owner", "lk_guard"}
        for verb in ("select", "insert", "update", "delete", "truncate")
        if ask("select has_table_privilege(%s, %s, %s)", role, table, verb) == [(True,)]
    }
    everybody = {"lk_web", "lk_worker", "lk_door", "lk_linker", "lk_sealer"}
    readers = {
        "open": everybody, "door": {"lk_door"}, "sealed": set(),
        "audit": {"lk_web", "lk_worker", "lk_linker", "lk_sealer"},
    }.get(handling.protection, {"lk_web", "lk_worker", "lk_linker"})  # fmt: skip
    wanted = {(role, "select") for role in readers}
    writers = {f"lk_{role}" for role in handling.writers}
    writers |= {"lk_door"} if handling.protection == "door" else set()
    wanted |= {(role, "insert") for role in writers}
    if not handling.append_only:
        wanted |= {(role, "update") for role in writers}
    for role in handling.derived_by:
        wanted |= {(f"lk_{role}", verb) for verb in ("select", "insert", "update", "delete")}
    if handling.protection == "audit":
        wanted |= {("lk_door", "insert"), ("lk_linker", "insert")}
    assert found == wanted


def test_no_protected_table_is_parted_or_inherited(ask):
    """Statistics of such tables have leaked past row security before (CVE-2025-8713)."""
    assert ask("select inhrelid::regclass from pg_inherits i join pg_class c on c.oid = i.inhrelid "
               "where c.relkind in ('r', 'p')") == []  # fmt: skip
    assert ask("select relname from pg_class where relkind = 'p'") == []


def test_nothing_copies_protected_rows_out_of_reach(ask):
    assert ask("select matviewname from pg_matviews where schemaname = 'public'") == []
    assert ask("select viewname from pg_views where schemaname in ('public', 'sec')") == []


def test_every_table_in_the_database_belongs_to_a_model_or_to_django_or_to_the_queue(ask):
    known = {m._meta.db_table for m in apps.get_models()} | {"django_migrations"}
    for model in apps.get_models():
        known |= {f.m2m_db_table() for f in model._meta.local_many_to_many}
    found = {
        row[0]
        for row in ask("select tablename from pg_tables where schemaname = 'public'")
        if not row[0].startswith("procrastinate_")
    }
    assert found <= known, found - known


def test_the_server_is_new_enough_for_row_security_to_be_relied_on(ask):
    [(version,)] = ask("select current_setting('server_version_num')::int")
    floor = {15: 150014, 16: 160010, 17: 170006}.get(version // 10000, 150014)

    assert version >= floor
