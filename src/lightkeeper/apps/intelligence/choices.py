"""States and code lists of the picture."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lightkeeper.engine.records.children import CHILD_ROLES


class Verdict(models.TextChoices):
    SAME = "SAME", _("The same person")
    DIFFERENT = "DIFFERENT", _("Different people")
    UNSURE = "UNSURE", _("Not enough to decide")


class Basis(models.TextChoices):
    """What the accuracy of linkage is known from."""

    JUDGEMENTS = "JUDGEMENTS", _("Judgements of people")
    TRUTH = "TRUTH", _("A known truth")


class ThresholdErrand(models.TextChoices):
    """What the worker is asked to do about the threshold."""

    READ = "intelligence.read"
    PROPOSE = "intelligence.propose"
    ADOPT = "intelligence.adopt"
    UNDO = "intelligence.undo_threshold"


# Whoever a record calls one of these is not somebody who causes harm.
HARMED_ROLES = CHILD_ROLES | {"victim", "witness", "survivor", "complainant", "informant"}


def is_harmed(role: str) -> bool:
    """Whether a role says child, victim or witness."""
    return role in HARMED_ROLES or role.endswith(("-child", "-victim", "-witness", "-survivor"))
