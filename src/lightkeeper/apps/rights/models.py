"""Requests of people about what is held on them: the case, what was found, what was decided of
each, what other agencies were asked, and what became of the records.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lightkeeper.apps.rights.choices import (
    AnswerKind,
    CaseStatus,
    Choice,
    CorrectionKind,
    Ground,
    RequestKind,
    RestrictionGround,
)
from lightkeeper.core.access.models import Handling, Labelled, PairManager


class ClockRule(models.Model):
    """How many months the law gives for an answer, and by how many they may be extended."""

    handling = Handling("open", "permanent", why="The rule itself is public.")

    months = models.PositiveSmallIntegerField()
    extension_months = models.PositiveSmallIntegerField()
    active_from = models.DateField(unique=True)
    active_to = models.DateField(null=True)
    source = models.TextField()

    class Meta:
        ordering = ["active_from"]


class Case(Labelled):
    """A request of a person under Part 3 of the Data Protection Act 2018, with its clock."""

    handling = Handling(
        "labelled", "6 years from the answer", writers=("web",),
        personal=("name", "other_names", "identifiers", "details", "extension_reason"),
    )  # fmt: skip

    reference = models.CharField(max_length=20, unique=True)
    owner = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=RequestKind)
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.RECEIVED)
    # As whoever asks gave them: every name they have had, when born, numbers and addresses.
    name = models.CharField(max_length=200)
    other_names = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    born_on = models.DateField(null=True)
    identifiers = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    details = models.TextField(blank=True)
    received_on = models.DateField()
    received_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    # The clock runs from when it is known who asks, and all that was asked back has come.
    identified_on = models.DateField(null=True)
    asked_back_on = models.DateField(null=True)
    had_back_on = models.DateField(null=True)
    extended_months = models.PositiveSmallIntegerField(default=0)
    extension_reason = models.TextField(blank=True)
    searched_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, choices=AnswerKind, blank=True)
    submitted_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    signed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField(null=True)
    # Of what was given, so that it can be shown that the same is given again. Empty for a letter.
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "bucket"], name="rights_case_and_its_label"),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("submitted_by")),
                name="rights_case_signed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(status=CaseStatus.ANSWERED)
                | Q(signed_by__isnull=False, submitted_by__isnull=False),
                name="rights_case_answered_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("rights:case", args=[self.reference])


class Step(Labelled):
    """One move of a case, by whom and why."""

    handling = Handling(
        "labelled", "as its case", personal=("reason",), writers=("web",), append_only=True
    )

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    what = models.CharField(max_length=80)
    reason = models.TextField(blank=True)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


class Item(models.Model):
    """That something in a store answers to a case. It carries two labels, that of the case and that
    of what was found, so that nobody learns from a case of what they may not see.
    """

    handling = Handling("paired", "as its case", writers=("web",), append_only=True)

    reference = models.CharField(max_length=20, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="items")
    store = models.CharField(max_length=60)
    row = models.BigIntegerField()
    # What is found in a record, or in what hangs from it, follows the record and goes with it.
    record = models.ForeignKey("intake.Record", models.CASCADE, null=True, related_name="+")
    why = models.CharField(max_length=200)
    bucket_left = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    bucket_right = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    objects = PairManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "store", "row"], name="rights_item_once"),
            models.UniqueConstraint(
                fields=["id", "bucket_left", "bucket_right"], name="rights_item_and_its_labels"
            ),
        ]
        indexes = [models.Index(fields=["record"], name="rights_item_of_record")]

    def __str__(self) -> str:
        return self.reference


class Decision(models.Model):
    """What somebody decided of an item, and why. The latest counts; none is changed."""

    handling = Handling(
        "paired", "as its case", personal=("reason",), writers=("web",), append_only=True
    )

    item = models.ForeignKey(Item, models.PROTECT, related_name="decisions")
    bucket_left = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    bucket_right = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice)
    # {statement: ground} of those left out; of an item withheld whole, the ground.
    left_out = models.JSONField(default=dict)
    ground = models.CharField(max_length=12, choices=Ground, blank=True)
    reason = models.TextField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = PairManager()


class Part(Labelled):
    """That another agency is asked to look for its part of an answer. It belongs to the agency that
    is asked, and whoever asked sees what it answers.
    """

    handling = Handling(
        "labelled", "6 years from the answer", personal=("name", "identifiers", "answer"),
        writers=("web",),
    )  # fmt: skip

    reference = models.CharField(max_length=20, unique=True)
    case_reference = models.CharField(max_length=20)
    asked_by = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    born_on = models.DateField(null=True)
    identifiers = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bucket", "case_reference"], name="rights_part_once")
        ]

    def __str__(self) -> str:
        return self.reference


class Restriction(Labelled):
    """That a record is hidden from use, and why. Only the guard's functions enter and lift it; it
    follows the record into the restricted label and out of it.
    """

    handling = Handling("labelled", "as its record", personal=("reason", "lift_reason"))

    reference = models.CharField(max_length=20, unique=True)
    record = models.ForeignKey("intake.Record", models.CASCADE, related_name="+")
    ground = models.CharField(max_length=10, choices=RestrictionGround)
    reason = models.TextField()
    # The class that the record had, and has again when this is lifted.
    was_class = models.PositiveSmallIntegerField()
    placed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record"], name="restriction_once", condition=Q(lifted_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.reference


class Correction(Labelled):
    """A statement beside the one that a record makes: what is right, or that whoever it is about
    disputes it. What the record said stays as it came.
    """

    handling = Handling(
        "labelled", "as its record", personal=("was", "becomes", "reason"), writers=("web",),
        append_only=True,
    )  # fmt: skip

    reference = models.CharField(max_length=20, unique=True)
    record = models.ForeignKey("intake.Record", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=CorrectionKind)
    property = models.CharField(max_length=60, blank=True)
    was = models.TextField(blank=True)
    becomes = models.TextField()
    reason = models.TextField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["record"], name="correction_of_record")]

    def __str__(self) -> str:
        return self.reference
