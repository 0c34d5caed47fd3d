"""The doors of the audit log."""

from lightkeeper.core.access.contract import Ask, Door

DOORS = {
    "audit:events": Door(Ask.READ, shows="events"),
    "api:audit_events": Door(Ask.READ, shows="events"),
}
