"""The doors of the audit log."""

from lightkeeper.core.access.contract import Ask, Door

DOORS = {
    "audit:events": Door(Ask.READ, shows="events"),
    "audit:looks": Door(Ask.READ, shows="who has looked at one thing"),
    "audit:flags": Door(Ask.READ, shows="unusual looks"),
    "audit:flag": Door(Ask.READ, shows="one unusual look"),
    "audit:decide": Door(Ask.CHANGE, ("POST",)),
    "api:audit_events": Door(Ask.READ, shows="events"),
    "api:audit_looks": Door(Ask.READ, shows="who has looked at one thing"),
    "api:audit_flags": Door(Ask.READ, shows="unusual looks"),
    "api:audit_flag": Door(Ask.READ, shows="one unusual look"),
    "api:decide_flag": Door(Ask.CHANGE, ("POST",)),
}
