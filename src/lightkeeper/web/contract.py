"""The doors of the whole site."""

from django.conf import settings

from lightkeeper.core.access.contract import Ask, Contract, Door, load_contract

DOORS = {
    "web:home": Door(Ask.READ),
    "web:help": Door(Ask.SESSION),
    "web:health": Door(Ask.PUBLIC),
    "api:openapi-json": Door(Ask.PUBLIC),
    "api:api-root": Door(Ask.PUBLIC),
    "api:open_session": Door(Ask.PUBLIC, ("POST",)),
    "api:close_session": Door(Ask.CHANGE, ("DELETE",)),
    "api:whoami": Door(Ask.SESSION),
    "api:prove": Door(Ask.SESSION, ("POST",)),
}

# Doors whose POST needs a proof, at most so many minutes old, that it is still the person who
# signed in: given at `accounts:prove` by people, at `api:prove` by programs.
SENSITIVE = {
    "sharing:break": 5,
    "sharing:exclude": 5,
    "sharing:set_condition": 5,
    "sharing:give_consent": 5,
    "sharing:end_condition": 5,
    "sharing:withdraw_consent": 5,
    "api:set_condition": 5,
    "api:give_consent": 5,
    "api:end_condition": 5,
    "api:withdraw_consent": 5,
    "rights:restrict": 5,
    "rights:lift": 5,
    "api:restrict_record": 5,
    "api:lift_restriction": 5,
    "tasking:send": 5,
    "api:send_task": 5,
    "intake:export": 5,
    "governance:confirm": 5,
    "intelligence:propose_threshold": 5,
    "intelligence:confirm_threshold": 5,
    "intelligence:undo_threshold": 5,
    "api:propose_threshold": 5,
    "api:confirm_threshold": 5,
    "api:undo_threshold": 5,
    "api:break_glass": 5,
    "api:confirm_disposal": 5,
    "breaches:confirm_disposal": 5,
    "api:confirm_case_disposal": 5,
    "accounts:start_factor": 5,
    "accounts:confirm_factor": 5,
    "accounts:turn_off_factor": 5,
    "accounts:start_passkey": 5,
    "accounts:add_passkey": 10,  # shown by the one before; the device is fetched in between
    "accounts:remove_passkey": 5,
}


def contract() -> Contract:
    modules = [name for name in settings.INSTALLED_APPS if name.startswith("lightkeeper.")]
    return load_contract(modules)
