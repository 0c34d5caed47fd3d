"""The doors of breaches."""

from lightkeeper.core.access.contract import Ask, Door

CHANGE = Door(Ask.CHANGE, ("POST",))
ACTS = (
    "take_up", "aware", "describe", "assess", "commissioner", "subjects", "notified", "told",
    "work_out", "dismiss", "close", "reopen", "propose_disposal", "withdraw_disposal",
    "confirm_disposal",
)  # fmt: skip

DOORS = {
    # The form shows nothing of anybody; what is sent leaves its event.
    "breaches:report": Door(Ask.SESSION, shows="the form to report a breach"),
    "breaches:send_report": CHANGE,
    "breaches:register": Door(Ask.READ, shows="breaches with their clocks"),
    "breaches:breach": Door(Ask.READ, shows="a breach"),
    "breaches:affected": Door(Ask.READ, shows="which records a breach affects"),
    "breaches:paper": Door(Ask.READ, shows="the notification"),
    "breaches:give": Door(Ask.DISCLOSE, ("POST",)),
    **{f"breaches:{name}": CHANGE for name in ACTS},
    "breaches:shares": Door(Ask.READ, shows="what agencies tell one another of breaches"),
    "breaches:share": Door(Ask.READ, shows="which of one's records a breach elsewhere affects"),
    "breaches:tell_owner": Door(Ask.DISCLOSE, ("POST",)),
    "breaches:answer_share": CHANGE,
    "api:breaches": Door(Ask.READ, shows="breaches with their clocks"),
    "api:breach": Door(Ask.READ, shows="a breach"),
    "api:breach_affected": Door(Ask.READ, shows="which records a breach affects"),
    "api:report_breach": CHANGE,
    "api:take_up_breach": CHANGE,
    "api:describe_breach": CHANGE,
    "api:list_breach": CHANGE,
    "api:assess_breach": CHANGE,
    "api:rule_breach": CHANGE,
    "api:note_notified": CHANGE,
    "api:close_breach": CHANGE,
    **{f"api:{name}": CHANGE for name in (
        "date_breach", "note_told", "dismiss_breach", "reopen_breach", "answer_breach_share",
        "propose_case_disposal", "withdraw_case_disposal", "confirm_case_disposal")},
    "api:breach_shares": Door(Ask.READ, shows="what agencies tell one another of breaches"),
    "api:breach_share": Door(Ask.READ, shows="which of one's records a breach elsewhere affects"),
    "api:tell_breach_owner": Door(Ask.DISCLOSE, ("POST",)),
    "api:give_breach": Door(Ask.DISCLOSE, ("POST",)),
}  # fmt: skip
