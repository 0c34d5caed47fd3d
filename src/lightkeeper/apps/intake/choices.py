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
