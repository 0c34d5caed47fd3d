"""Roles, powers and purposes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Power(models.TextChoices):
    """What a role may do, whatever it is done to. What it may see is in the grants."""

    UPLOAD = "upload", _("Send in reports")
    CORRECT = "correct", _("Correct quarantined rows")
    JUDGE = "judge", _("Judge links")
    PROPOSE = "propose", _("Propose tasks")
    DECIDE = "decide", _("Decide proposed tasks")
    ANSWER = "answer", _("Accept, refuse and close tasks")
    SAFEGUARD = "safeguard", _("Decide safeguarding considerations")
    EXPORT = "export", _("Export")
    LOCATE = "locate", _("Ask who else holds something")
    BREAK_GLASS = "break_glass", _("Read at once what hangs from a child in danger")
    REVIEW_GLASS = "review_glass", _("Review broken glass")
    CONTROL = "control", _("Set conditions on records, and consent to passing on")
    EXCLUDE = "exclude", _("Exclude somebody from a record")
    REVIEW = "review", _("Review what is kept, and hold it")
    DISPOSE = "dispose", _("Confirm disposals and release holds")
    HANDLE_RIGHTS = "handle_rights", _("Answer requests of people about their data")
    RUN_COMPARTMENT = "run_compartment", _("Open compartments, and propose their members")
    APPROVE_MEMBER = "approve_member", _("Approve members of compartments")
    RENEW = "renew", _("Renew clearances and duty training of one's agency")
    OVERSEE = "oversee", _("Read the audit log of one's agency")
    ADMINISTER = "administer", _("See the system's figures and jobs")
    SET_THRESHOLD = "set_threshold", _("Choose from which weight records are joined")


class Role(models.TextChoices):
    ANALYST = "analyst", _("Analyst")
    OFFICER = "officer", _("Officer")
    SOCIAL_WORKER = "social_worker", _("Social worker")
    DECIDER = "decider", _("Tasking decider")
    SUPERVISOR = "supervisor", _("Supervisor")
    DATA_PROTECTION = "data_protection", _("Data protection officer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Purpose(models.TextChoices):
    """Why somebody uses the system now, stated at sign-in (DPA 2018 s.62)."""

    SAFEGUARDING = "safeguarding", _("Safeguarding a child")
    INVESTIGATION = "investigation", _("Preventing or investigating crime")
    ANALYSIS = "analysis", _("Intelligence analysis")
    OVERSIGHT = "oversight", _("Audit and oversight")
    ADMINISTRATION = "administration", _("Running the system")


class Law(models.TextChoices):
    """Under which law an agency processes what it holds here."""

    PART_3 = "PART_3", _("Data Protection Act 2018, Part 3 (law enforcement)")
    UK_GDPR = "UK_GDPR", _("UK GDPR")


class Standing(models.TextChoices):
    """How far somebody has come as a member of a compartment. Only the approved are members."""

    PROPOSED = "PROPOSED", _("Waits for approval")
    APPROVED = "APPROVED", _("Member")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", _("Proposal withdrawn")
    ENDED = "ENDED", _("Ended")


class Move(models.TextChoices):
    """What becomes of a compartment as a whole."""

    REVIEW = "REVIEW", _("Looked at again")
    CLOSE = "CLOSE", _("Close it")
    REOPEN = "REOPEN", _("Take it up again")


class MoveStanding(models.TextChoices):
    PROPOSED = "PROPOSED", _("Waits for approval")
    APPROVED = "APPROVED", _("Approved")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", _("Proposal withdrawn")


class Lasting(models.TextChoices):
    """What of a person has an end, past which it counts for nothing."""

    CLEARANCE = "CLEARANCE", _("Clearance")
    TRAINING = "TRAINING", _("Duty training")
