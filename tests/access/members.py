"""What the words in the addresses of compartments stand for, and what is sent to them."""

from typing import Any

WHY = "as agreed with the other agency"
KINDS = {
    "accounts:compartment": "compartment",
    "accounts:propose_member": "compartment",
    "accounts:decide_member": "member",
    "accounts:withdraw_member": "member",
    "accounts:end_member": "member",
    "api:compartment": "compartment",
    "api:propose_member": "compartment",
    "api:decide_member": "member",
    "api:withdraw_member": "member",
    "api:end_member": "member",
    **{
        f"{where}:{name}": kind
        for where in ("accounts", "api")
        for name, kind in (
            ("review_compartment", "compartment"),
            ("propose_move", "compartment"),
            ("decide_move", "move"),
            ("withdraw_move", "move"),
        )
    },
}
SENT: dict[str, dict[str, Any]] = {
    "accounts:open_compartment": {"name": "Operation Zq", "purpose": WHY, "review_on_day": "1",
                                  "review_on_month": "6", "review_on_year": "2027"},
    "accounts:propose_member": {"person": "cleo", "reason": WHY, "until_day": "1",
                                "until_month": "6", "until_year": "2027"},
    "api:open_compartment": {"name": "Operation Zq", "purpose": WHY, "review_on": "2027-06-01"},
    "api:propose_member": {"person": "cleo", "reason": WHY, "until": "2027-06-01"},
    "api:decide_member": {"decision": "REFUSE", "reason": WHY},
    "api:withdraw_member": {"reason": WHY},
    "api:end_member": {"reason": WHY},
    "api:review_compartment": {"until": "2027-06-01", "reason": WHY},
    "api:propose_move": {"what": "CLOSE", "on_day": "2027-06-01", "reason": WHY},
    "api:decide_move": {"decision": "REFUSE", "reason": WHY},
    "api:withdraw_move": {"reason": WHY},
    "accounts:review_compartment": {"review-until_day": "1", "review-until_month": "6",
                                    "review-until_year": "2027", "review-reason": WHY},
    "accounts:propose_move": {"move-on_day_day": "1", "move-on_day_month": "6",
                              "move-on_day_year": "2027", "move-reason": WHY},
}  # fmt: skip
