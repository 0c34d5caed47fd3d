"""PostgreSQL for Django, telling each transaction on whose behalf it runs.

The setting is local to the transaction, so that a pooled connection cannot carry one person's
rights into another's request. Outside a transaction nothing is set, and row-level security
shows nothing.
"""

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper

from lightkeeper.core.access import acting

SETTINGS = ("app.session", "app.errand")


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL backend with `acting.current()` told to the server."""

    _told: acting.Acting | None = None

    def create_cursor(self, name: str | None = None) -> Any:
        self._tell()
        return super().create_cursor(name)

    def _tell(self) -> None:
        now = acting.current()
        if not self.in_atomic_block or now == self._told:
            return
        # psycopg's own cursor binds on the server, so that the token never stands in a
        # statement's text, where another session could read it.
        with psycopg.Cursor(self.connection) as cursor:
            for setting in SETTINGS:
                value = now.value if now and now.setting == setting else ""
                cursor.execute("select set_config(%s, %s, true)", (setting, value))
        self._told = now

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        self._told = None

    def _rollback(self) -> Any:
        self._told = None
        return super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._told = None  # the setting went back with the savepoint

    def _close(self) -> Any:
        self._told = None
        return super()._close()  # type: ignore[misc]

    def make_cursor(self, cursor: Any) -> CursorWrapper:
        return CursorWrapper(cursor, self)
