"""The doors of governance."""

from lightkeeper.core.access.contract import Ask, Door

DOORS = {
    "governance:due": Door(Ask.READ, shows="records due for review"),
    "governance:erasures": Door(Ask.READ, shows="proof of erasures"),
    "governance:notices": Door(Ask.READ, shows="notices"),
    "governance:kept": Door(Ask.READ, shows="retention of a record"),
    "governance:retain": Door(Ask.CHANGE, ("POST",)),
    "governance:hold": Door(Ask.CHANGE, ("POST",)),
    "governance:propose": Door(Ask.CHANGE, ("POST",)),
    "governance:withdraw": Door(Ask.CHANGE, ("POST",)),
    "governance:confirm": Door(Ask.CHANGE, ("POST",)),
    "governance:release": Door(Ask.CHANGE, ("POST",)),
    "governance:acknowledge": Door(Ask.CHANGE, ("POST",)),
    "api:reviews_due": Door(Ask.READ, shows="records due for review"),
    "api:erasures": Door(Ask.READ, shows="proof of erasures"),
    "api:notices": Door(Ask.READ, shows="notices"),
    "api:kept": Door(Ask.READ, shows="retention of a record"),
    "api:retain": Door(Ask.CHANGE, ("POST",)),
    "api:place_hold": Door(Ask.CHANGE, ("POST",)),
    "api:propose_disposal": Door(Ask.CHANGE, ("POST",)),
    "api:withdraw_disposal": Door(Ask.CHANGE, ("POST",)),
    "api:confirm_disposal": Door(Ask.CHANGE, ("POST",)),
    "api:release_hold": Door(Ask.CHANGE, ("POST",)),
    "api:acknowledge_notice": Door(Ask.CHANGE, ("POST",)),
}
