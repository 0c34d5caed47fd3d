"""Why the glass is broken, and what a review finds."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Danger(models.TextChoices):
    """What a child is at risk of, at once, so that it cannot wait for its owner."""

    LIFE = "LIFE", _("Danger to a child's life")
    SERIOUS_HARM = "SERIOUS_HARM", _("Serious harm to a child, now or soon")
    MISSING = "MISSING", _("A child who is missing and at high risk")
    TAKEN = "TAKEN", _("A child who may be taken out of reach")


class Finding(models.TextChoices):
    """What somebody of the owner's agency finds when they review it."""

    LAWFUL = "LAWFUL", _("Right and lawful")
    LESSON = "LESSON", _("Lawful, with a lesson to learn")
    CONDUCT = "CONDUCT", _("To be looked into as a matter of conduct")
