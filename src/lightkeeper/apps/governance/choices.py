"""The words of review, disposal, holds and notices."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Question(models.TextChoices):
    """What the national retention assessment asks; a yes speaks for keeping."""

    HARM = "HARM", _("Is there evidence of a capacity to inflict serious harm?")
    VULNERABLE = "VULNERABLE", _("Are there concerns for children or adults at risk?")
    TRUST = "TRUST", _("Did the behaviour involve a breach of trust?")
    LINKS = "LINKS", _("Are there links or associations that might increase the risk of harm?")
    SUBSTANCES = "SUBSTANCES", _("Are there concerns about the misuse of substances?")
    MENTAL_STATE = "MENTAL_STATE", _("Might somebody's mental state increase the risk?")


class Ground(models.TextChoices):
    """Why something is disposed of. The code is all of the reason that the proof keeps."""

    PERIOD_ENDED = "PERIOD_ENDED", _("Its period has ended and it is no longer necessary")
    INACCURATE = "INACCURATE", _("It is wrong and cannot be put right")
    UNLAWFUL = "UNLAWFUL", _("It should not have been held")
    RIGHTS = "RIGHTS", _("A person's request for erasure was upheld")


# What was wrong to hold goes whatever its group, its day and the answers of the assessment.
AT_ANY_TIME = frozenset({Ground.INACCURATE, Ground.UNLAWFUL, Ground.RIGHTS})


class HoldKind(models.TextChoices):
    LITIGATION = "LITIGATION", _("Litigation")
    INQUIRY = "INQUIRY", _("Public inquiry")
    CPIA = "CPIA", _("Relevant to a criminal case (CPIA 1996)")


class NoticeKind(models.TextChoices):
    ERASED = "ERASED", _("Erased by its owner: erase your copies, or say why you keep them")
    CORRECTED = "CORRECTED", _("Corrected by its owner: put your copies right")
    RESTRICTED = "RESTRICTED", _("Restricted by its owner: stop using your copies")
    BREACH = "BREACH", _("A breach at another agency concerns your records: take up your share")


class DefaultTest(models.TextChoices):
    """What a default rule asks of a record."""

    CHILD = "child", _("It concerns a child")
    HARM = "harm", _("It says this harm")
    ANY_HARM = "any harm", _("It says some harm")
    KIND = "kind", _("It is of this kind")
    ANYTHING = "anything", _("Whatever it is")
