"""The doors of safeguarding."""

from lightkeeper.core.access.contract import Ask, Door

DOORS = {
    "safeguarding:considerations": Door(Ask.READ, shows="considerations"),
    "safeguarding:consideration": Door(Ask.READ, shows="consideration"),
    "safeguarding:decide": Door(Ask.CHANGE, ("POST",)),
    "api:considerations": Door(Ask.READ, shows="considerations"),
    "api:consideration": Door(Ask.READ, shows="consideration"),
    "api:decide_consideration": Door(Ask.CHANGE, ("POST",)),
}
