"""The doors of tasking."""

from lightkeeper.core.access.contract import Ask, Door

DOORS = {
    "tasking:tasks": Door(Ask.READ, shows="tasks"),
    "tasking:inbox": Door(Ask.READ, shows="tasks"),
    "tasking:propose": Door(Ask.CHANGE, ("GET", "POST"), shows="record"),
    "tasking:task": Door(Ask.READ, shows="task"),
    "tasking:send": Door(Ask.DISCLOSE, ("POST",)),
    "tasking:reject": Door(Ask.CHANGE, ("POST",)),
    "tasking:accept": Door(Ask.CHANGE, ("POST",)),
    "tasking:refuse": Door(Ask.CHANGE, ("POST",)),
    "tasking:close": Door(Ask.CHANGE, ("POST",)),
    "api:tasks": Door(Ask.READ, shows="tasks"),
    "api:propose_task": Door(Ask.CHANGE, ("POST",)),
    "api:task": Door(Ask.READ, shows="task"),
    "api:send_task": Door(Ask.DISCLOSE, ("POST",)),
    "api:reject_task": Door(Ask.CHANGE, ("POST",)),
    "api:accept_task": Door(Ask.CHANGE, ("POST",)),
    "api:refuse_task": Door(Ask.CHANGE, ("POST",)),
    "api:close_task": Door(Ask.CHANGE, ("POST",)),
}
