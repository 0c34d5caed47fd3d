"""The words of breaches of personal data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BreachKind(models.TextChoices):
    CONFIDENTIALITY = "CONFIDENTIALITY", _("Confidentiality: somebody saw or got what they may not")
    INTEGRITY = "INTEGRITY", _("Integrity: something was changed that may not be")
    AVAILABILITY = "AVAILABILITY", _("Availability: something was lost or cannot be reached")


class BreachStatus(models.TextChoices):
    REPORTED = "REPORTED", _("Reported: to be taken up")
    OPEN = "OPEN", _("Being handled")
    CLOSED = "CLOSED", _("Closed")
    NO_BREACH = "NO_BREACH", _("Found to be no breach")


class Likelihood(models.TextChoices):
    UNLIKELY = "UNLIKELY", _("Harm is unlikely")
    POSSIBLE = "POSSIBLE", _("Harm is possible")
    LIKELY = "LIKELY", _("Harm is likely")
    HAPPENED = "HAPPENED", _("Harm has happened")


class Severity(models.TextChoices):
    NEGLIGIBLE = "NEGLIGIBLE", _("Negligible: an inconvenience at most")
    LIMITED = "LIMITED", _("Limited: overcome with some trouble")
    SERIOUS = "SERIOUS", _("Serious: overcome with great trouble")
    GRAVE = "GRAVE", _("Grave: lasting harm, or a danger to somebody")


class Risk(models.TextChoices):
    """What a person concludes. It is never worked out from the two above."""

    UNLIKELY = "UNLIKELY", _("Unlikely to result in a risk")
    RISK = "RISK", _("A risk")
    HIGH = "HIGH", _("Likely to result in a high risk")


class About(models.TextChoices):
    COMMISSIONER = "COMMISSIONER", _("Notify the Commissioner")
    SUBJECTS = "SUBJECTS", _("Tell those whose data it is")


class Choice(models.TextChoices):
    NOTIFY = "NOTIFY", _("Notify the Commissioner")
    NOT_NOTIFY = "NOT_NOTIFY", _("Do not notify: unlikely to result in a risk")
    TELL = "TELL", _("Tell each of them")
    PUBLIC = "PUBLIC", _("Make it known in another way")
    NOT_TELL = "NOT_TELL", _("Do not tell them")


OF = {
    About.COMMISSIONER: (Choice.NOTIFY, Choice.NOT_NOTIFY),
    About.SUBJECTS: (Choice.TELL, Choice.PUBLIC, Choice.NOT_TELL),
}


class NotToldBecause(models.TextChoices):
    """Why those whose data it is are not told, or not each. Which law knows which: `laws.py`."""

    NOT_HIGH = "NOT_HIGH", _("A high risk is not likely")
    PROTECTED = "PROTECTED", _("It was unreadable to whoever got it")
    MEASURES = "MEASURES", _("What was done since has ended the high risk")
    EFFORT = "EFFORT", _("It would take a disproportionate effort")
    INQUIRY = "INQUIRY", _("It would obstruct an inquiry")
    PREJUDICE = "PREJUDICE", _("It would prejudice the prevention or detection of crime")
    PUBLIC_SECURITY = "PUBLIC", _("To protect public security")
    NATIONAL = "NATIONAL", _("To protect national security")
    OTHERS = "OTHERS", _("To protect the rights of somebody else")


class Done(models.TextChoices):
    """The acts of the log that a scope may take in. Refusals showed nothing to anybody."""

    CONSULT = "consult", _("Consulted")
    DISCLOSE = "disclose", _("Disclosed or exported")
    ALTER = "alter", _("Altered")
    COLLECT = "collect", _("Collected")
    COMBINE = "combine", _("Combined")
    ERASE = "erase", _("Erased")
