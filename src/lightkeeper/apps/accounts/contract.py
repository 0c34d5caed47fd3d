"""The doors of signing in."""

from lightkeeper.core.access.contract import Ask, Door

DOORS = {
    "accounts:sign_in": Door(Ask.PUBLIC, ("GET", "POST")),
    "accounts:code": Door(Ask.PUBLIC, ("GET", "POST")),
    "accounts:sign_in_by_key": Door(Ask.PUBLIC, ("GET", "POST")),
    "accounts:sign_in_outside": Door(Ask.PUBLIC, ("GET", "POST")),
    "accounts:back_from_outside": Door(Ask.PUBLIC),
    "accounts:sign_out": Door(Ask.CHANGE, ("POST",)),
    "accounts:change_password": Door(Ask.SESSION, ("GET", "POST")),
    "accounts:prove": Door(Ask.SESSION, ("GET", "POST")),
    "accounts:sessions": Door(Ask.SESSION),
    "accounts:end_session": Door(Ask.CHANGE, ("POST",)),
    "accounts:second_factor": Door(Ask.SESSION),
    "accounts:start_factor": Door(Ask.CHANGE, ("POST",)),
    "accounts:confirm_factor": Door(Ask.CHANGE, ("POST",)),
    "accounts:turn_off_factor": Door(Ask.CHANGE, ("POST",)),
    "accounts:start_passkey": Door(Ask.CHANGE, ("POST",)),
    "accounts:add_passkey": Door(Ask.CHANGE, ("POST",)),
    "accounts:remove_passkey": Door(Ask.CHANGE, ("POST",)),
}
