"""The doors of performance."""

from lightkeeper.core.access.contract import Ask, Door

DOORS = {
    "performance:results": Door(Ask.READ, shows="outcomes"),
    "performance:export": Door(Ask.DISCLOSE, ("POST",), shows="outcomes"),
    "api:results": Door(Ask.READ, shows="outcomes"),
}
