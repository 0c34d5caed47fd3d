"""The doors of signing in, and of compartments."""

from lightkeeper.core.access.contract import Ask, Door

DOORS = {
    "accounts:sign_in": Door(Ask.PUBLIC, ("GET", "POST")),
    "accounts:code": Door(Ask.PUBLIC, ("GET", "POST")),
    "accounts:sign_in_by_key": Door(Ask.PUBLIC, ("GET", "POST")),
    "accounts:sign_in_outside": Door(Ask.PUBLIC, ("GET", "POST")),
    "accounts:back_from_outside": Door(Ask.PUBLIC),
    "accounts:sign_out": Door(Ask.CHANGE, ("POST",)),
    "accounts:change_password": Door(Ask.SESSION, ("GET", "POST")),
    "accounts:prove": Door(Ask.SESSION, ("GET", "POST")),
    "accounts:sessions": Door(Ask.SESSION),
    "accounts:end_session": Door(Ask.CHANGE, ("POST",)),
    "accounts:second_factor": Door(Ask.SESSION),
    "accounts:start_factor": Door(Ask.CHANGE, ("POST",)),
    "accounts:confirm_factor": Door(Ask.CHANGE, ("POST",)),
    "accounts:turn_off_factor": Door(Ask.CHANGE, ("POST",)),
    "accounts:start_passkey": Door(Ask.CHANGE, ("POST",)),
    "accounts:add_passkey": Door(Ask.CHANGE, ("POST",)),
    "accounts:remove_passkey": Door(Ask.CHANGE, ("POST",)),
    "accounts:compartments": Door(Ask.READ, shows="compartments"),
    "accounts:open_compartment": Door(Ask.CHANGE, ("POST",)),
    "accounts:compartment": Door(Ask.READ, shows="compartments"),
    "accounts:propose_member": Door(Ask.CHANGE, ("POST",)),
    "accounts:decide_member": Door(Ask.CHANGE, ("POST",)),
    "accounts:withdraw_member": Door(Ask.CHANGE, ("POST",)),
    "accounts:end_member": Door(Ask.CHANGE, ("POST",)),
    **{
        f"{where}:{name}": Door(Ask.CHANGE, ("POST",))
        for where in ("accounts", "api")
        for name in ("review_compartment", "propose_move", "decide_move", "withdraw_move")
    },
    "api:compartments": Door(Ask.READ, shows="compartments"),
    "api:open_compartment": Door(Ask.CHANGE, ("POST",)),
    "api:compartment": Door(Ask.READ, shows="compartments"),
    "api:propose_member": Door(Ask.CHANGE, ("POST",)),
    "api:decide_member": Door(Ask.CHANGE, ("POST",)),
    "api:withdraw_member": Door(Ask.CHANGE, ("POST",)),
    "api:end_member": Door(Ask.CHANGE, ("POST",)),
    "accounts:lasting": Door(Ask.READ, shows="ends of clearances and training"),
    "accounts:renew": Door(Ask.CHANGE, ("POST",)),
}
