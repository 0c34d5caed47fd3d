"""The doors of rights."""

from lightkeeper.core.access.contract import Ask, Door

CHANGE = Door(Ask.CHANGE, ("POST",))

DOORS = {
    "rights:cases": Door(Ask.READ, shows="requests with their clocks"),
    "rights:case": Door(Ask.READ, shows="a request"),
    "rights:found": Door(Ask.READ, shows="what was found for a request"),
    "rights:item": Door(Ask.READ, shows="an item with what was decided"),
    "rights:reasons": Door(Ask.READ, shows="the record of reasons"),
    "rights:disclosure": Door(Ask.READ, shows="what is to be disclosed"),
    "rights:letter": Door(Ask.READ, shows="the letter"),
    "rights:parts": Door(Ask.READ, shows="what agencies ask one another for"),
    "rights:record": Door(Ask.READ, shows="restriction and corrections of a record"),
    "rights:give": Door(Ask.DISCLOSE, ("POST",)),
    "rights:ask": Door(Ask.DISCLOSE, ("POST",)),
    **{
        f"rights:{name}": CHANGE
        for name in (
            "receive", "answer_part", "identify", "ask_back", "had_back", "extend", "find",
            "submit", "send_back", "sign", "withdraw", "decide", "restrict", "lift", "correct",
        )
    },
    "api:rights_cases": Door(Ask.READ, shows="requests with their clocks"),
    "api:rights_case": Door(Ask.READ, shows="a request"),
    "api:rights_items": Door(Ask.READ, shows="what was found for a request"),
    "api:receive_request": CHANGE,
    "api:identify_request": CHANGE,
    "api:find_all": CHANGE,
    "api:decide_item": CHANGE,
    "api:submit_answer": CHANGE,
    "api:sign_answer": CHANGE,
    "api:give_answer": Door(Ask.DISCLOSE, ("POST",)),
    "api:restrict_record": CHANGE,
    "api:lift_restriction": CHANGE,
    "api:correct_record": CHANGE,
}  # fmt: skip
