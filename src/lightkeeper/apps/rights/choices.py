"""The words of requests that people make about what is held on them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestKind(models.TextChoices):
    ACCESS = "ACCESS", _("Access to what is held (s.45)")
    RECTIFY = "RECTIFY", _("Rectification (s.46)")
    ERASE = "ERASE", _("Erasure (s.47)")
    RESTRICT = "RESTRICT", _("Restriction (s.47)")


class CaseStatus(models.TextChoices):
    RECEIVED = "RECEIVED", _("Received: identity to be confirmed")
    OPEN = "OPEN", _("Being worked on")
    TO_SIGN = "TO_SIGN", _("Waiting for a second person")
    ANSWERED = "ANSWERED", _("Answered")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn by whoever asked")


class AnswerKind(models.TextChoices):
    DISCLOSED = "DISCLOSED", _("Something is disclosed")
    DONE = "DONE", _("What was asked for has been done")
    NEITHER = "NEITHER", _("Neither confirmed nor denied")


class Choice(models.TextChoices):
    DISCLOSE = "DISCLOSE", _("Disclose it")
    REDACT = "REDACT", _("Disclose it with parts left out")
    WITHHOLD = "WITHHOLD", _("Withhold it")


class Ground(models.TextChoices):
    """Why something is left out: Data Protection Act 2018 s.45(4), and two that are no
    exemption.
    """

    INQUIRY = "INQUIRY", _("It would obstruct an inquiry (a)")
    PREJUDICE = "PREJUDICE", _("It would prejudice the prevention or detection of crime (b)")
    PUBLIC = "PUBLIC", _("To protect public security (c)")
    NATIONAL = "NATIONAL", _("To protect national security (d)")
    OTHERS = "OTHERS", _("To protect the rights of somebody else (e)")
    THIRD_PARTY = "THIRD_PARTY", _("It names somebody else, and says nothing of whoever asked (e)")
    NOT_THEIRS = "NOT_THEIRS", _("It is not about whoever asked")


class RestrictionGround(models.TextChoices):
    ACCURACY = "ACCURACY", _("Its accuracy is contested and cannot be settled (s.46)")
    EVIDENCE = "EVIDENCE", _("It should be erased, and must be kept as evidence (s.47)")


class CorrectionKind(models.TextChoices):
    CORRECTED = "CORRECTED", _("Correction")
    DISPUTED = "DISPUTED", _("Statement of whoever it is about: the accuracy is disputed")
