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
