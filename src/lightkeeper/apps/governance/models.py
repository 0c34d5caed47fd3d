"""How long a record is kept, who looked at it again, what stops its disposal, and what is left when
it has gone.
"""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lightkeeper.apps.governance.choices import DefaultTest, Ground, HoldKind, NoticeKind
from lightkeeper.core.access.models import Handling, Labelled


class RetentionRule(models.Model):
    """How long a review group is kept before it is looked at again, for the days it holds."""

    handling = Handling("open", "permanent", why="The periods are published.")

    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    clear_years = models.PositiveSmallIntegerField()
    review_years = models.PositiveSmallIntegerField()
    # Kept until whoever it is about would be so old; empty where the group knows no such age.
    to_age = models.PositiveSmallIntegerField(null=True)
    active_from = models.DateField()
    active_to = models.DateField(null=True)
    source = models.TextField()

    class Meta:
        ordering = ["number", "active_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "active_from"], name="retention_rule_version"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=4, clear_years__gte=1, review_years__gte=1),
                name="retention_rule_is_sound",
            ),
        ]

    def __str__(self) -> str:
        return f"Group {self.number}: {self.name}"


class RetentionDefault(models.Model):
    """The group of a record that nobody has reviewed: the first test that it meets decides."""

    handling = Handling("open", "permanent", why="The rule itself is public.")

    position = models.PositiveSmallIntegerField()
    test = models.CharField(max_length=10, choices=DefaultTest)
    value = models.CharField(max_length=60, blank=True)
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)
    active_from = models.DateField()
    active_to = models.DateField(null=True)
    source = models.TextField()

    class Meta:
        ordering = ["position", "active_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["position", "active_from"], name="retention_default_version"
            )
        ]


class Review(Labelled):
    """That somebody looked again and decided to keep a record: in which group, why, until when.

    The latest counts. Until there is one, the group and the day follow from the defaults.
    """

    handling = Handling(
        "labelled", "as its record", personal=("reason", "number_reason"), writers=("web",),
        append_only=True,
    )  # fmt: skip

    reference = models.CharField(max_length=20, unique=True)
    record = models.ForeignKey("intake.Record", models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    number_reason = models.TextField()
    clear_from = models.DateField()
    next_review = models.DateField()
    # The questions that were answered with yes.
    answers = models.JSONField(default=list)
    reason = models.TextField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=4), name="review_group_known"
            )
        ]


class Hold(Labelled):
    """That a record, or everything of a report where no record is named, may not be disposed of."""

    handling = Handling(
        "labelled", "as what it holds", personal=("reason", "release_reason"), writers=("web",)
    )

    reference = models.CharField(max_length=20, unique=True)
    report = models.ForeignKey("intake.Report", models.PROTECT, related_name="+")
    record = models.ForeignKey("intake.Record", models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=HoldKind)
    reason = models.TextField()
    placed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    released_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    release_reason = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["report", "record"], name="hold_that_stands",
                condition=Q(released_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference


class Disposal(Labelled):
    """That somebody proposes to dispose of a record. Another person confirms, and it goes with the
    record; or it is withdrawn, and stays.
    """

    handling = Handling(
        "labelled", "as its record", personal=("reason", "withdrawal_reason"), writers=("web",)
    )

    reference = models.CharField(max_length=20, unique=True)
    record = models.ForeignKey("intake.Record", models.CASCADE, related_name="+")
    ground = models.CharField(max_length=12, choices=Ground)
    answers = models.JSONField(default=list)
    reason = models.TextField()
    proposed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record"], name="disposal_once", condition=Q(withdrawn_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.reference


class Erasure(Labelled):
    """Proof that something was erased: what kind of thing, under which rule, by whom. No content.

    It carries the label that the thing had. Restoring a backup replays it.
    """

    handling = Handling("labelled", "permanent")

    reference = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    erased_on = models.DateField()
    rule = models.CharField(max_length=40)
    proposed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(proposed_by=F("confirmed_by")), name="erased_by_two"
            )
        ]

    def __str__(self) -> str:
        return self.reference


class Notice(Labelled):
    """What an agency is told of something it had been given. It belongs to the agency told."""

    handling = Handling("labelled", "7 years from its acknowledgement", writers=("web",))

    reference = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=NoticeKind)
    about = models.CharField(max_length=20)
    told_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Until it has been acknowledged: what is corrected again is told again.
            models.UniqueConstraint(
                fields=["bucket", "about", "kind"],
                name="notice_once",
                condition=Q(acknowledged_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("governance:notices")
