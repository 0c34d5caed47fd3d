"""Writes each model's row-level security and grants from what the model states of itself.

Run after every migration, in one transaction and as often as one likes: policies are dropped and
made again, so that the rule in the database is always the rule in the code.
"""

from collections.abc import Iterable, Iterator

from django.apps import apps as registry
from django.conf import settings
from django.db import connections, models, transaction

from lightkeeper.core.access.models import Handling
from lightkeeper.core.database.roles import DOOR, LINKER, SEALER, WEB, WORKER

READERS = f"{WEB.name}, {WORKER.name}"
EVERYBODY = f"{READERS}, {DOOR.name}, {LINKER.name}, {SEALER.name}"
DOORS_APPS = frozenset({"auth", "contenttypes"})
QUEUE_APP = "procrastinate"

# Columns that point at a row together with its label: the foreign key itself then refuses a row
# that the author may not see, because its label would have to be one that the author may use.
FOLLOWING = """
select c.conrelid::regclass::text, a.attname from pg_constraint c
  join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
 where c.contype = 'f' and cardinality(c.conkey) > 1 and a.attname not like 'bucket%'
"""

# What day it is follows the time zone of a session, which anybody may set for their own. The rule's
# days are those of the nation, as they are in the application (`core.days`).
ONE_CLOCK = """
do $$ declare f record; begin
  for f in select p.oid::regprocedure as signature from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'sec' loop
    execute format('alter function %s set timezone to %L', f.signature, '{zone}');
  end loop;
end $$
"""

READ, WRITE = "(select sec.readable())::int[]", "(select sec.writable())::int[]"


def apply_access(using: str = "owner") -> int:
    """Make all policies and grants again. Returns how many tables are under row-level security."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(FOLLOWING)
        following = frozenset(cursor.fetchall())
        statements = [
            s for model in registry.get_models() for s in statements_for(model, following)
        ]
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(ONE_CLOCK.replace("{zone}", settings.TIME_ZONE))
        # Each process looks whether the schema is of its own release.
        cursor.execute(f"grant select on django_migrations to {EVERYBODY}")
    return sum(s.endswith("force row level security") for s in statements)


def handling_of(model: type[models.Model]) -> Handling:
    """What the model states of itself.

    Raises: LookupError if it states nothing: every table is protected, or says why not.
    """
    found = getattr(model, "handling", None)
    if not isinstance(found, Handling):
        raise LookupError(f"{model.__name__} does not state its handling")
    return found


def statements_for(
    model: type[models.Model], following: frozenset[tuple[str, str]] = frozenset()
) -> Iterator[str]:
    table = model._meta.db_table
    yield f"revoke all on {table} from {EVERYBODY}"
    if model._meta.app_label in DOORS_APPS:
        yield f"grant select, insert, update, delete on {table} to {DOOR.name}"
        return
    if model._meta.app_label == QUEUE_APP:
        yield f"grant select, insert, update, delete on {table} to {READERS}"
        yield from _sequence_of(model)
        return
    handling = handling_of(model)
    yield from _PROTECTIONS[handling.protection](table, handling)
    if handling.protection in ("labelled", "paired"):
        yield from _ties(model, handling, following)
    for role in handling.derived_by:
        yield f"grant select, insert, update, delete on {table} to lk_{role}"


def _sequence_of(model: type[models.Model]) -> Iterator[str]:
    """The queue numbers its rows from sequences of the old kind, which need a grant of their
    own.
    """
    table = model._meta.db_table
    yield (
        f"do $$ declare s text := pg_get_serial_sequence('{table}', 'id'); begin "
        f"if s is not null then execute format('grant usage on sequence %s to {READERS}', s); "
        "end if; exception when undefined_column then null; end $$"
    )


def _open(table: str, handling: Handling) -> Iterator[str]:
    yield f"alter table {table} disable row level security"
    yield f"grant select on {table} to {EVERYBODY}"
    for role in handling.writers:
        yield f"grant insert, update on {table} to lk_{role}"


def _door(table: str, handling: Handling) -> Iterator[str]:
    yield f"grant select, insert, update on {table} to {DOOR.name}"


def _sealed(table: str, handling: Handling) -> Iterator[str]:
    return iter(())


def _labelled(table: str, handling: Handling) -> Iterator[str]:
    yield from _protected(
        table, handling, read=f"bucket_id = any({READ})", write=f"bucket_id = any({WRITE})"
    )


def _paired(table: str, handling: Handling) -> Iterator[str]:
    both = f"bucket_left_id = any({READ}) and bucket_right_id = any({READ})"
    mine = " and person_id = (select sec.me())" if handling.writers else ""
    yield from _protected(table, handling, read=both, write=both + mine)


def _ties(
    model: type[models.Model], handling: Handling, following: frozenset[tuple[str, str]]
) -> Iterator[str]:
    """What a row points at must be there for its author too: a foreign key answers for every row,
    and would otherwise tell a hidden one from an absent one. Who owns a row is who owns its label.
    And a label is changed only by whoever may relabel, or widened by whoever may disclose.
    """
    table = model._meta.db_table
    for name in ("ties", "ties_kept"):
        yield f"drop policy if exists {name} on {table}"
    yield f"drop trigger if exists relabel on {table}"
    if not handling.writers:
        return
    writers = ", ".join(f"lk_{role}" for role in handling.writers)
    if conditions := list(_conditions(model, following)):
        check = " and ".join(conditions)
        yield (
            f"create policy ties on {table} as restrictive for insert to {writers} "
            f"with check ({check})"
        )
        yield (
            f"create policy ties_kept on {table} as restrictive for update to {writers} "
            f"using (true) with check ({check})"
        )
    if handling.protection == "labelled" and not handling.append_only:
        # Not when a label follows that of another row: then it is the table's owner who changes it.
        yield (
            f"create trigger relabel before update of bucket_id on {table} for each row "
            f"when (old.bucket_id is distinct from new.bucket_id "
            f"and current_user in ('{WEB.name}', '{WORKER.name}')) "
            "execute function sec.check_relabel()"
        )


def _conditions(model: type[models.Model], following: frozenset[tuple[str, str]]) -> Iterator[str]:
    table = model._meta.db_table
    for field in model._meta.local_fields:
        parent = field.related_model
        if not isinstance(parent, type) or (table, field.column) in following:
            continue
        if field.name == "owner":
            yield f"{field.column} = (select sec.my_agency())"
        stated = getattr(parent, "handling", None)
        if isinstance(stated, Handling) and stated.protection in ("labelled", "paired"):
            there, key = parent._meta.db_table, parent._meta.pk.column
            nothing = f"{field.column} is null or " if field.null else ""
            yield (
                f"({nothing}exists (select 1 from {there} there "  # noqa: S608
                f"where there.{key} = {table}.{field.column}))"
            )


def _own(table: str, handling: Handling) -> Iterator[str]:
    mine = "person_id = (select sec.me())"
    yield from _protected(table, handling, read=mine, write=mine)


def _member(table: str, handling: Handling) -> Iterator[str]:
    yield from _known(table, handling, "id")


def _membership(table: str, handling: Handling) -> Iterator[str]:
    yield from _known(table, handling, "compartment_id")


def _known(table: str, handling: Handling, column: str) -> Iterator[str]:
    """For those who have a part in the compartment: its members, who runs it, who approves."""
    known = f"{column} = any((select sec.compartments_known())::bigint[])"
    yield from _protected(table, handling, read=known, write="false")
    yield f"create policy administer on {table} for all to lk_owner using (true) with check (true)"


def _audit(table: str, handling: Handling) -> Iterator[str]:
    yield from _protected(
        table,
        handling,
        read="agency_id = (select sec.my_agency()) and (select sec.oversees())",
        write="person_id is not distinct from (select sec.me()) "
        "and agency_id is not distinct from (select sec.my_agency())",
    )
    yield (
        f"create policy door on {table} for insert to {DOOR.name} "
        "with check (person_id is null or verb = 'admin')"
    )
    yield f"grant insert on {table} to {DOOR.name}, {LINKER.name}"
    yield f"create policy seal on {table} for select to {SEALER.name} using (true)"
    yield f"grant select on {table} to {SEALER.name}"


def _overseen(table: str, handling: Handling) -> Iterator[str]:
    """What is held about the conduct of an agency's people: for its overseers alone."""
    mine = "agency_id = (select sec.my_agency()) and (select sec.oversees())"
    yield from _protected(
        table, handling, read=mine, write=f"{mine} and person_id = (select sec.me())"
    )


def _protected(table: str, handling: Handling, *, read: str, write: str) -> Iterator[str]:
    for name in ("look", "add", "change", "administer", "door", "seal"):
        yield f"drop policy if exists {name} on {table}"
    yield f"alter table {table} enable row level security"
    yield f"alter table {table} force row level security"
    yield f"create policy look on {table} for select to {READERS} using ({read})"
    yield f"grant select on {table} to {READERS}"
    yield f"grant select on {table} to {LINKER.name}"
    if not handling.writers:
        return
    writers = ", ".join(f"lk_{role}" for role in handling.writers)
    yield f"create policy add on {table} for insert to {writers} with check ({write})"
    yield f"grant insert on {table} to {writers}"
    if not handling.append_only:
        yield (
            f"create policy change on {table} for update to {writers} "
            f"using ({write}) with check ({write})"
        )
        yield f"grant update on {table} to {writers}"


_PROTECTIONS = {
    "open": _open,
    "door": _door,
    "sealed": _sealed,
    "labelled": _labelled,
    "paired": _paired,
    "own": _own,
    "member": _member,
    "membership": _membership,
    "audit": _audit,
    "overseen": _overseen,
}


def protected_tables(models_: Iterable[type[models.Model]]) -> list[str]:
    """Names of the tables that row-level security must cover."""
    return sorted(
        m._meta.db_table
        for m in models_
        if isinstance(getattr(m, "handling", None), Handling)
        and handling_of(m).protection
        in ("labelled", "paired", "own", "member", "membership", "audit", "overseen")
    )
