"""States of the duty to consider a child."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConsiderationDecision(models.TextChoices):
    PROTECT_NOW = "PROTECT_NOW", _("Immediate protection arranged")
    REFER = "REFER", _("Referred to children's services")
    SHARE = "SHARE", _("Shared as an early concern with the local area")
    KNOWN = "KNOWN", _("Already known to children's services; confirmed with them")
    NO_ACTION = "NO_ACTION", _("Considered; nothing further needed now")
