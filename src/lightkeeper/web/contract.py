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


def contract() -> Contract:
    modules = [name for name in settings.INSTALLED_APPS if name.startswith("lightkeeper.")]
    return load_contract(modules)
