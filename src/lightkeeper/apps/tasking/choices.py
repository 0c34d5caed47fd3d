"""States and code lists of tasking."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TaskStatus(models.TextChoices):
    PROPOSED = "PROPOSED", _("Proposed")
    REJECTED = "REJECTED", _("Not adopted")
    SENT = "SENT", _("Sent")
    ACCEPTED = "ACCEPTED", _("Accepted")
    REFUSED = "REFUSED", _("Refused")
    CLOSED = "CLOSED", _("Closed with an outcome")


class Theme(models.TextChoices):
    PURSUE = "PURSUE", _("Pursue")
    PREVENT = "PREVENT", _("Prevent")
    PROTECT = "PROTECT", _("Protect")
    PREPARE = "PREPARE", _("Prepare")


class Level(models.IntegerChoices):
    LOCAL = 1, _("1 – local")
    CROSS_BORDER = 2, _("2 – cross-border")
    NATIONAL = 3, _("3 – national and international")


class OutcomeKind(models.TextChoices):
    """What may come of a task, and whom it is counted for."""

    CHILD_SAFEGUARDED_DIRECT = (
        "CHILD_SAFEGUARDED_DIRECT",
        _("Child safeguarded, as a direct result"),
    )

    CHILD_SAFEGUARDED_INDIRECT = (
        "CHILD_SAFEGUARDED_INDIRECT",
        _("Child safeguarded by a partner, on information given"),
    )
    CHILD_PROTECTED = "CHILD_PROTECTED", _("Protective steps taken for a child")
    SUSPECT_ARRESTED = "SUSPECT_ARRESTED", _("Suspect arrested")
    SUSPECT_CHARGED = "SUSPECT_CHARGED", _("Suspect charged")
    NETWORK_DISRUPTED_MAJOR = "NETWORK_DISRUPTED_MAJOR", _("Network disrupted: major")
    NETWORK_DISRUPTED_MODERATE = "NETWORK_DISRUPTED_MODERATE", _("Network disrupted: moderate")
    NETWORK_DISRUPTED_MINOR = "NETWORK_DISRUPTED_MINOR", _("Network disrupted: minor")
    INTELLIGENCE_GAINED = "INTELLIGENCE_GAINED", _("New intelligence gained")
    NO_FURTHER_ACTION = "NO_FURTHER_ACTION", _("No further action")


# Printed with every figure. A new way of counting is a new version; outcomes keep theirs.
COUNTING_RULE = "2026-1"
