"""States and code lists of the picture."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    SAME = "SAME", _("The same person")
    DIFFERENT = "DIFFERENT", _("Different people")
    UNSURE = "UNSURE", _("Not enough to decide")


class LinkStanding(models.TextChoices):
    LINKED = "LINKED", _("Joined by the model")
    TO_REVIEW = "TO_REVIEW", _("Waiting for a person")
