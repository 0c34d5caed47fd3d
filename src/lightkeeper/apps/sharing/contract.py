"""The doors of sharing."""

from lightkeeper.core.access.contract import Ask, Door

DOORS = {
    "sharing:ask": Door(Ask.READ, ("GET", "POST"), shows="asks"),
    "sharing:enquiries": Door(Ask.READ, shows="enquiries"),
    "sharing:glass_list": Door(Ask.READ, shows="glass"),
    "sharing:break_glass": Door(Ask.SESSION, ("GET",)),
    "sharing:glass": Door(Ask.READ, shows="glass"),
    "sharing:break": Door(Ask.CHANGE, ("POST",)),
    "sharing:review": Door(Ask.CHANGE, ("POST",)),
    "sharing:close": Door(Ask.CHANGE, ("POST",)),
    "sharing:exclude": Door(Ask.SESSION, ("GET", "POST")),
    "sharing:handling": Door(Ask.READ, shows="record"),
    "sharing:set_condition": Door(Ask.CHANGE, ("POST",)),
    "sharing:give_consent": Door(Ask.CHANGE, ("POST",)),
    "sharing:end_condition": Door(Ask.CHANGE, ("POST",)),
    "sharing:withdraw_consent": Door(Ask.CHANGE, ("POST",)),
    "api:handling": Door(Ask.READ, shows="record"),
    "api:set_condition": Door(Ask.CHANGE, ("POST",)),
    "api:give_consent": Door(Ask.CHANGE, ("POST",)),
    "api:end_condition": Door(Ask.CHANGE, ("POST",)),
    "api:withdraw_consent": Door(Ask.CHANGE, ("POST",)),
    "api:ask_who_holds": Door(Ask.CHANGE, ("POST",)),
    "api:enquiries": Door(Ask.READ, shows="enquiries"),
    "api:break_glass": Door(Ask.CHANGE, ("POST",)),
    "api:glass_list": Door(Ask.READ, shows="glass"),
    "api:glass": Door(Ask.READ, shows="glass"),
    "api:review_glass": Door(Ask.CHANGE, ("POST",)),
    "api:close_glass": Door(Ask.CHANGE, ("POST",)),
}
