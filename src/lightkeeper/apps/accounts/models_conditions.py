"""Handling conditions with days, and consent of whoever controls a thing to its passing on."""

from django.db import models
from django.db.models import Q

from lightkeeper.core.access.models import Handling, Labelled


class Consent(Labelled):
    """That an agency may pass on what hangs from a root although its owner controls that: from a
    day to the day before another. Only the guard's function enters it.
    """

    handling = Handling("labelled", "as its records", personal=("reason",))

    reference = models.CharField(max_length=20, unique=True)
    root = models.ForeignKey("accounts.Root", models.PROTECT, related_name="+")
    said_of = models.BigIntegerField(null=True)  # the record, whose label this row's follows
    agency = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="+")
    reason = models.TextField()
    given_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    given_at = models.DateTimeField(null=True)
    active_from = models.DateField(null=True)
    active_to = models.DateField(null=True)

    def __str__(self) -> str:
        return self.reference


class DatedCondition(Labelled):
    """That conditions are put on what its owner has hanging from a root, or lifted from it: from a
    day to the day before another. Where both are said of one day, it is put on. Only the guard's
    function enters it.
    """

    handling = Handling("labelled", "as its records", personal=("reason",))

    reference = models.CharField(max_length=20, unique=True)
    root = models.ForeignKey("accounts.Root", models.PROTECT, related_name="+")
    said_of = models.BigIntegerField(null=True)  # the record, whose label this row's follows
    conds = models.PositiveSmallIntegerField()
    puts = models.BooleanField()
    reason = models.TextField()
    set_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    active_from = models.DateField()
    active_to = models.DateField(null=True)

    class Meta:
        constraints = [
            # Those that the rule of passing on asks for: ORCON, NO-EXPORT.
            models.CheckConstraint(condition=Q(conds__in=[1, 2]), name="condition_that_is_dated"),
        ]

    def __str__(self) -> str:
        return self.reference
