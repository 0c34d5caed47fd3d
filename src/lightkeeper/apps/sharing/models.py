"""Questions between agencies, and the review of broken glass."""

from django.db import models
from django.urls import reverse

from lightkeeper.apps.accounts.services import Glass
from lightkeeper.apps.sharing.choices import Finding
from lightkeeper.core.access.models import Handling, Labelled


class Ask(Labelled):
    """That somebody asked who holds something on a person, for which case, and what was answered.

    It belongs to the agency that asked. What was asked about stands in it, as it was typed.
    """

    handling = Handling(
        "labelled", "7 years", personal=("about", "reason"), writers=("web", "worker"),
        append_only=True,
    )  # fmt: skip

    reference = models.CharField(max_length=20, unique=True)
    about = models.CharField(max_length=200)
    case = models.CharField(max_length=60)
    reason = models.TextField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # [{"reference": "PTR-…", "agency": code}]: one for each agency that may be rung.
    answer = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["person", "-asked_at"], name="ask_of_person")]

    def __str__(self) -> str:
        return self.reference


class Enquiry(Labelled):
    """That an agency asked about a record, for the people who hold it. It carries the record's
    label; the guard's function enters it, for nobody who asks may write under that label.
    """

    handling = Handling("labelled", "7 years", personal=("reason",))

    reference = models.CharField(max_length=20)
    record = models.ForeignKey("intake.Record", models.CASCADE, related_name="+")
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    agency = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="+")
    case = models.CharField(max_length=60)
    reason = models.TextField()
    asked_at = models.DateTimeField()
    # Whether whoever asked was told nothing.
    silent = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["bucket", "-id"], name="enquiry_newest")]


class GlassReview(Labelled):
    """What somebody of the agency whose records were opened found, and why. Only the guard's
    function enters it.
    """

    handling = Handling("labelled", "10 years", personal=("reason",))

    glass = models.OneToOneField(Glass, models.PROTECT, related_name="review")
    finding = models.CharField(max_length=10, choices=Finding)
    reason = models.TextField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()


def address_of(glass: Glass) -> str:
    return reverse("sharing:glass", args=[glass.reference])
