"""Passwords and counts of tries go through the door's own role; all else through the process's."""

from typing import Any

from django.db.models import Model

DOOR_APPS = frozenset({"auth", "contenttypes"})
DOOR_MODELS = frozenset(
    {
        "credential", "secondfactor", "recoverycode", "passkey", "outsideidentity",
        "ratecount", "factorremoval",
    }
)  # fmt: skip


class ByDoor:
    """A statement injected into a page's query can then neither read a password nor open a
    session.
    """

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        if model._meta.app_label in DOOR_APPS or model._meta.model_name in DOOR_MODELS:
            return "door"
        return None

    db_for_write = db_for_read

    def allow_relation(self, left: Model, right: Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
