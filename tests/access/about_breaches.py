"""What the words in the addresses of breaches stand for, and what is sent to them."""

from typing import Any

WHY = "as agreed with the other agency"
OF_A_BREACH = (
    "breach", "affected", "paper", "give", "take_up", "aware", "describe", "assess", "commissioner",
    "subjects", "notified", "told", "work_out", "dismiss", "close", "reopen",
    "propose_disposal", "withdraw_disposal", "confirm_disposal",
)  # fmt: skip
BY_PROGRAM = (
    "breach", "breach_affected", "take_up_breach", "describe_breach", "list_breach",
    "assess_breach", "rule_breach", "note_notified", "close_breach", "give_breach",
    "date_breach", "note_told", "dismiss_breach", "reopen_breach",
    "propose_case_disposal", "withdraw_case_disposal", "confirm_case_disposal",
)  # fmt: skip
KINDS = {
    **{f"breaches:{name}": "breach" for name in OF_A_BREACH},
    **{f"api:{name}": "breach" for name in BY_PROGRAM},
    **{f"breaches:{name}": "share" for name in ("share", "tell_owner", "answer_share")},
    **{
        f"api:{name}": "share"
        for name in ("breach_share", "tell_breach_owner", "answer_breach_share")
    },
}


def under(act: str, **given: str) -> dict[str, Any]:
    return {f"{act}-{name}": value for name, value in given.items()}


AWARE = {"aware_on_day": "22", "aware_on_month": "11", "aware_on_year": "2026",
         "aware_time": "09:00", "reason": WHY}  # fmt: skip
SENT_ON = {"sent_on_day": "22", "sent_on_month": "11", "sent_on_year": "2026",
           "sent_time": "09:00", "how": WHY}  # fmt: skip
FACTS = {"nature": WHY, "consequences": WHY, "measures": WHY, "contact": WHY}
RISK = {"likelihood": "POSSIBLE", "likelihood_reason": WHY, "severity": "LIMITED",
        "severity_reason": WHY, "risk": "RISK", "reason": WHY}  # fmt: skip
SENT: dict[str, dict[str, Any]] = {
    "breaches:take_up": under("take_up", **AWARE),
    "breaches:aware": under("aware", **AWARE),
    "breaches:describe": under("describe", **FACTS),
    "breaches:assess": under("assess", **RISK),
    "breaches:commissioner": under("commissioner", choice="NOTIFY", reason=WHY),
    "breaches:subjects": under("subjects", choice="TELL", reason=WHY),
    "breaches:notified": under("notified", **SENT_ON),
    "breaches:told": under("told", **SENT_ON),
    "breaches:work_out": under("work_out", accounts="ben", acts="consult", reason=WHY),
    **{f"breaches:{act}": under(act, reason=WHY) for act in (
        "dismiss", "close", "reopen", "propose_disposal", "withdraw_disposal",
        "confirm_disposal")},
    "breaches:give": {"what": "text"},
    "breaches:answer_share": {"answer": WHY},
    "breaches:send_report": {"what": WHY, "kinds": "INTEGRITY", "noticed_on_day": "1",
                             "noticed_on_month": "11", "noticed_on_year": "2026",
                             "noticed_time": "09:00"},
    "api:report_breach": {"kinds": ["INTEGRITY"], "what": WHY,
                          "noticed_at": "2026-11-01T09:00:00Z"},
    "api:take_up_breach": {"aware_at": "2026-11-01T09:00:00Z", "reason": WHY},
    "api:describe_breach": FACTS,
    "api:list_breach": {"accounts": ["ben"], "reason": WHY},
    "api:assess_breach": RISK,
    "api:rule_breach": {"about": "COMMISSIONER", "choice": "NOTIFY", "reason": WHY},
    "api:note_notified": {"sent_at": "2026-11-01T09:00:00Z", "how": WHY},
    **{f"api:{act}_breach": {"reason": WHY} for act in ("close", "dismiss", "reopen")},
    **{f"api:{act}_case_disposal": {"reason": WHY} for act in ("propose", "withdraw", "confirm")},
    "api:date_breach": {"aware_at": "2026-11-01T09:00:00Z", "reason": WHY},
    "api:note_told": {"sent_at": "2026-11-01T09:00:00Z", "how": WHY},
    "api:tell_breach_owner": {"said": WHY},
    "api:answer_breach_share": {"answer": WHY},
    "api:give_breach": {"what": "text"},
}  # fmt: skip
ASKED: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("breaches:register", "GET", "breach", {"after": "{0}"}),
    ("breaches:shares", "GET", "share", {"after": "{0}"}),
    ("api:breaches", "GET", "breach", {"after": "{0}"}),
    ("api:breach_shares", "GET", "share", {"after": "{0}"}),
)
