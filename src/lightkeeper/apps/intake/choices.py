"""States and code lists of intake."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportStatus(models.TextChoices):
    RECEIVED = "RECEIVED", _("Received")
    PARSING = "PARSING", _("Being read")
    PARSED = "PARSED", _("Read")
    FAILED = "FAILED", _("Could not be read")


class QuarantineStatus(models.TextChoices):
    OPEN = "OPEN", _("Waiting for a correction")
    REPLAYED = "REPLAYED", _("Corrected and taken in")
    DISCARDED = "DISCARDED", _("Set aside, with a reason")


class Channel(models.TextChoices):
    UPLOAD = "UPLOAD", _("Upload page")
    API = "API", _("API")
    COMMAND = "COMMAND", _("Command line")


class Scheme(models.TextChoices):
    THREE = "3x5x2", _("3x5x2 (from 2016)")
    FIVE = "5x5x5", _("5x5x5 (to 2016)")


class Encoding(models.TextChoices):
    UTF8 = "utf-8", _("UTF-8 (usual)")
    CP1252 = "cp1252", _("Windows-1252 (saved as ANSI on Windows)")
    LATIN1 = "latin-1", _("Latin-1")


class Category(models.TextChoices):
    """Whom a record of a person is about, in the words of the law, the most protected first."""

    CHILD = "CHILD", _("Child at risk")
    VICTIM = "VICTIM", _("Victim")
    WITNESS = "WITNESS", _("Witness or other")
    CONVICTED = "CONVICTED", _("Convicted")
    SUSPECT = "SUSPECT", _("Suspect")
    UNDETERMINED = "UNDETERMINED", _("Not yet determined")


class Basis(models.TextChoices):
    """What kind of statement a record is."""

    FACT = "FACT", _("Fact")
    REPORTED = "REPORTED", _("Reported by somebody")
    OPINION = "OPINION", _("Opinion")
    INFERENCE = "INFERENCE", _("Inference")
