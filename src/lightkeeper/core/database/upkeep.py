"""Bringing the database up to the code: start it, migrate, make the access rules again."""

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from lightkeeper.core.access.policies import apply_access
from lightkeeper.core.database.launcher import DATABASE, Cluster


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
    executor = MigrationExecutor(connections["owner"])
    pending = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if pending:
        call_command("migrate", database="owner", verbosity=0)
    apply_access("owner")
    return pending
