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
}

# Doors whose POST needs a proof, at most so many minutes old, that it is still the person who
# signed in. Those of the API are not here: a page's token does not open them, and a program's
# session, opened with password and code, has nowhere to prove it again but by a new one.
SENSITIVE = {
    "sharing:break": 5,
    "sharing:exclude": 5,
    "intake:export": 5,
    "accounts:start_factor": 5,
    "accounts:confirm_factor": 5,
    "accounts:turn_off_factor": 5,
}


def contract() -> Contract:
    modules = [name for name in settings.INSTALLED_APPS if name.startswith("lightkeeper.")]
    return load_contract(modules)
