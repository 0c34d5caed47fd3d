"""What the words in the addresses of rights stand for, and what is sent to them."""

from typing import Any

WHY = "as agreed with the other agency"
ON = {"on_day": "23", "on_month": "11", "on_year": "2026", "reason": WHY}
OF_A_CASE = (
    "case", "found", "reasons", "disclosure", "letter", "identify", "ask_back", "had_back",
    "extend", "find", "ask", "submit", "send_back", "sign", "withdraw", "give",
)  # fmt: skip
KINDS = {
    **{f"rights:{name}": "case" for name in OF_A_CASE},
    **{f"rights:{name}": "record" for name in ("record", "restrict", "lift", "correct")},
    **{
        f"api:{name}": "case"
        for name in ("rights_case", "rights_items", "identify_request", "find_all", "submit_answer",
                     "sign_answer", "give_answer")
    },
    "api:restrict_record": "record",
    "api:lift_restriction": "record",
    "api:correct_record": "record",
    "rights:item": "item",
    "rights:decide": "item",
    "api:decide_item": "item",
    "rights:answer_part": "part",
}  # fmt: skip


def under(act: str, **given: str) -> dict[str, Any]:
    return {f"{act}-{name}": value for name, value in given.items()}


SENT: dict[str, dict[str, Any]] = {
    "rights:receive": {"kind": "ACCESS", "name": "Nora Absent", "received_on_day": "1",
                       "received_on_month": "11", "received_on_year": "2026"},
    **{f"rights:{act}": under(act, **ON) for act in ("identify", "ask_back", "had_back")},
    "rights:extend": under("extend", months="1", reason=WHY),
    "rights:ask": under("ask", agencies="westmark-council", reason=WHY),
    **{f"rights:{act}": under(act, reason=WHY)
       for act in ("submit", "send_back", "sign", "withdraw", "lift")},
    "rights:give": {"what": "letter"},
    "rights:decide": under("decide", choice="WITHHOLD", ground="NATIONAL", reason=WHY),
    "rights:restrict": under("restrict", ground="ACCURACY", reason=WHY),
    "rights:correct": under("correct", kind="DISPUTED", becomes="No.", reason=WHY),
    "api:receive_request": {"kind": "ACCESS", "name": "Nora Absent", "received_on": "2026-11-01"},
    "api:identify_request": {"on": "2026-11-23", "reason": WHY},
    "api:decide_item": {"choice": "WITHHOLD", "ground": "NATIONAL", "reason": WHY},
    "api:submit_answer": {"reason": WHY},
    "api:sign_answer": {"reason": WHY},
    "api:give_answer": {"what": "letter"},
    "api:restrict_record": {"ground": "ACCURACY", "reason": WHY},
    "api:lift_restriction": {"reason": WHY},
    "api:correct_record": {"kind": "DISPUTED", "becomes": "No.", "reason": WHY},
}  # fmt: skip
ASKED: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("rights:cases", "GET", "case", {"after": "{0}"}),
    ("rights:parts", "GET", "part", {"after": "{0}"}),
    ("api:rights_cases", "GET", "case", {"after": "{0}"}),
)
