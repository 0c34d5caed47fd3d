"""Bringing the database up to the code: start it, migrate, make the access rules again."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate as migrating
from django.db import connections, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from lightkeeper.core.access.policies import apply_access
from lightkeeper.core.database.launcher import DATABASE, Cluster


class Whole(MigrationExecutor):
    """Notes that a migration is made in the transaction that makes it. Django may note it in the
    next, and after a kill between the two would make it again, and fail.
    """

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False,
        fake_initial: bool = False,
    ) -> ProjectState:  # fmt: skip
        if not migration.atomic:
            return super().apply_migration(state, migration, fake, fake_initial)
        with transaction.atomic(using=self.connection.alias):
            return super().apply_migration(state, migration, fake, fake_initial)


def embedded_cluster() -> Cluster:
    return Cluster(settings.VAR / "postgres")


def start_embedded() -> Cluster:
    """The embedded PostgreSQL, started, with its roles and its database."""
    cluster = embedded_cluster()
    cluster.start()
    cluster.prepare(DATABASE)
    return cluster


def migrate() -> bool:
    """Migrate if anything is pending, then make policies and grants again. Whether anything was."""
    executor = Whole(connections["owner"])
    pending = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if pending:
        # The command has no other way to be told which executor it is to use.
        migrating.MigrationExecutor = Whole  # type: ignore[attr-defined]
        call_command("migrate", database="owner", verbosity=0)
    apply_access("owner")
    return pending
