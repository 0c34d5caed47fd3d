"""What the words in the addresses of governance stand for, and what is sent to them."""

from typing import Any

WHY = "as agreed with the other agency"
KINDS = {
    "intake:determine": "record",
    "api:intake_determine": "record",
    "governance:kept": "record",
    "governance:retain": "record",
    "governance:hold": "record",
    "governance:propose": "record",
    "governance:withdraw": "record",
    "governance:confirm": "record",
    "governance:release": "hold",
    "governance:acknowledge": "notice",
    "api:kept": "record",
    "api:retain": "record",
    "api:place_hold": "record",
    "api:propose_disposal": "record",
    "api:withdraw_disposal": "record",
    "api:confirm_disposal": "record",
    "api:release_hold": "hold",
    "api:acknowledge_notice": "notice",
}
SENT: dict[str, dict[str, Any]] = {
    "intake:determine": {"categories": ["WITNESS", "SUSPECT"], "basis": "FACT", "reason": WHY},
    "api:intake_determine": {"categories": ["WITNESS", "SUSPECT"], "basis": "FACT", "reason": WHY},
    "governance:retain": {"retain-number": "1", "retain-number_reason": WHY, "retain-reason": WHY,
                          "retain-next_review_day": "1", "retain-next_review_month": "1",
                          "retain-next_review_year": "2030"},
    "governance:hold": {"hold-kind": "INQUIRY", "hold-reason": WHY},
    "governance:propose": {"propose-ground": "UNLAWFUL", "propose-reason": WHY},
    "governance:withdraw": {"withdraw-reason": WHY},
    "governance:confirm": {"confirm-reason": WHY},
    "api:retain": {"number": 1, "number_reason": WHY, "reason": WHY, "next_review": "2030-01-01"},
    "api:place_hold": {"kind": "INQUIRY", "reason": WHY},
    "api:propose_disposal": {"ground": "UNLAWFUL", "reason": WHY},
    "api:withdraw_disposal": {"reason": WHY},
    "api:confirm_disposal": {"reason": WHY},
    "api:release_hold": {"reason": WHY},
}  # fmt: skip
ASKED: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("governance:due", "GET", "record", {"after": "{0}"}),
    ("governance:erasures", "GET", "record", {"after": "{0}"}),
    ("governance:notices", "GET", "notice", {"after": "{0}"}),
    ("api:reviews_due", "GET", "record", {"after": "{0}"}),
    ("api:erasures", "GET", "record", {"after": "{0}"}),
    ("api:notices", "GET", "notice", {"after": "{0}"}),
)
