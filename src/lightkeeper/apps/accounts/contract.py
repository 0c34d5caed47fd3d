"""The doors of signing in."""

from lightkeeper.core.access.contract import Ask, Door

DOORS = {
    "accounts:sign_in": Door(Ask.PUBLIC, ("GET", "POST")),
    "accounts:sign_out": Door(Ask.CHANGE, ("POST",)),
    "accounts:change_password": Door(Ask.SESSION, ("GET", "POST")),
}
