"""The duty opened by a child's presence in anything (FS 4, 12; mission C1)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from lightkeeper.apps.safeguarding.choices import ConsiderationDecision
from lightkeeper.core.access.models import Handling, Labelled


class Consideration(Labelled):
    """That a child is concerned in something, which cannot close until somebody has decided.

    `about` is the reference of what it belongs to: a record or a task.
    """

    handling = Handling(
        "labelled", "by review group", personal=("because",), writers=("web", "worker")
    )

    reference = models.CharField(max_length=20)
    about = models.CharField(max_length=20)
    record = models.ForeignKey("intake.Record", models.PROTECT, related_name="+")
    because = models.TextField()
    opened_at = models.DateTimeField()
    # Set by the database when a decision is entered, whichever agency's it is.
    decided = models.BooleanField(default=False)

    class Meta:
        # Few indexes: a row is written for every child in a file of a million.
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="consideration_reference"),
            models.UniqueConstraint(fields=["about", "record"], name="consideration_once"),
        ]
        indexes = [
            models.Index(
                fields=["bucket", "opened_at"],
                name="consideration_waiting",
                condition=Q(decided=False),
            )
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("safeguarding:consideration", args=[self.reference])


class ConsiderationOutcome(Labelled):
    """What was decided for the child, by whom, why. It belongs to the agency that decided."""

    handling = Handling(
        "labelled", "by review group", personal=("reason",), writers=("web", "worker"),
        append_only=True,
    )  # fmt: skip

    consideration = models.OneToOneField(Consideration, models.PROTECT, related_name="outcome")
    decision = models.CharField(max_length=12, choices=ConsiderationDecision)
    reason = models.TextField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
