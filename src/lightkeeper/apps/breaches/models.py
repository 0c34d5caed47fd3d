"""Breaches of personal data: the case with its clock, what was decided and why, and which records
are affected, as the audit log says.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from lightkeeper.apps.breaches.choices import (
    About,
    BreachKind,
    BreachStatus,
    Choice,
    Likelihood,
    NotToldBecause,
    Risk,
    Severity,
)
from lightkeeper.core.access.models import Handling, Labelled, PairManager


class BreachRule(models.Model):
    """How many hours the law gives to notify the Commissioner, and how long a case is kept."""

    handling = Handling("open", "permanent", why="The rule itself is public.")

    hours = models.PositiveSmallIntegerField()
    kept_years = models.PositiveSmallIntegerField(default=6)  # from the day on which it ended
    active_from = models.DateField(unique=True)
    active_to = models.DateField(null=True)
    source = models.TextField()

    class Meta:
        ordering = ["active_from"]


class Breach(Labelled):
    """A breach of personal data, or the suspicion of one, with its clock. It stays in the register
    whatever is decided.
    """

    handling = Handling(
        "labelled", "6 years from its end", personal=("what", "processor"), writers=("web",)
    )

    reference = models.CharField(max_length=20, unique=True)
    owner = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=BreachStatus, default=BreachStatus.REPORTED)
    kinds = ArrayField(models.CharField(max_length=16, choices=BreachKind), default=list)
    what = models.TextField()
    noticed_at = models.DateTimeField()
    # Whoever processes for the agency, where they told it (s.67(9)).
    processor = models.CharField(max_length=200, blank=True)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    # From when the clock runs. Until the officer says so it is the moment of the report.
    aware_at = models.DateTimeField(null=True)
    # What holds now; each has its row with who and why.
    risk = models.CharField(max_length=10, choices=Risk, blank=True)
    commissioner = models.CharField(max_length=10, choices=Choice, blank=True)
    subjects = models.CharField(max_length=10, choices=Choice, blank=True)
    notified_at = models.DateTimeField(null=True)
    more_to_come = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "bucket"], name="breach_and_its_label")
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("breaches:breach", args=[self.reference])

    @property
    def kind_words(self) -> str:
        named = [str(BreachKind(one).label).partition(":")[0] for one in self.kinds]
        return ", ".join(named)


class OfABreach(Labelled):
    """What was done with a breach: by whom, when, and why. Rows are added and never changed."""

    breach = models.ForeignKey(Breach, models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["at", "id"]


class BreachStep(OfABreach):
    """One step of a case, by whom and why."""

    handling = Handling(
        "labelled", "as its case", personal=("what", "reason"), writers=("web",), append_only=True
    )

    what = models.CharField(max_length=120)
    reason = models.TextField(blank=True)


class Description(OfABreach):
    """The facts of a breach, its effects and what was done (s.67(6)). The latest counts."""

    handling = Handling(
        "labelled", "as its case", writers=("web",), append_only=True,
        personal=("nature", "numbers", "consequences", "measures", "contact"),
    )  # fmt: skip

    nature = models.TextField()
    # Of whom and how many, where the log does not say it or not all of it.
    numbers = models.TextField(blank=True)
    consequences = models.TextField()
    measures = models.TextField()
    contact = models.TextField()


class Assessment(OfABreach):
    """What a person thinks of the risk, in words. The latest counts."""

    handling = Handling(
        "labelled", "as its case", writers=("web",), append_only=True,
        personal=("likelihood_reason", "severity_reason", "reason"),
    )  # fmt: skip

    likelihood = models.CharField(max_length=10, choices=Likelihood)
    likelihood_reason = models.TextField()
    severity = models.CharField(max_length=10, choices=Severity)
    severity_reason = models.TextField()
    risk = models.CharField(max_length=10, choices=Risk)
    reason = models.TextField()


class Ruling(OfABreach):
    """Whether the Commissioner is notified, or those whose data it is are told; by whom and why."""

    handling = Handling(
        "labelled", "as its case", personal=("reason",), writers=("web",), append_only=True
    )

    about = models.CharField(max_length=12, choices=About)
    choice = models.CharField(max_length=10, choices=Choice)
    ground = models.CharField(max_length=10, choices=NotToldBecause, blank=True)
    reason = models.TextField()


class Notification(OfABreach):
    """That the Commissioner was notified: when, how, with which words, and whether more follows."""

    handling = Handling(
        "labelled", "as its case", personal=("text", "late_reason", "how"), writers=("web",),
        append_only=True,
    )  # fmt: skip

    phase = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()
    how = models.CharField(max_length=300)
    late_reason = models.TextField(blank=True)
    more_to_come = models.BooleanField()
    text = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["phase"]
        constraints = [
            models.UniqueConstraint(fields=["breach", "phase"], name="breach_phase_once")
        ]


class CaseDisposal(Labelled):
    """That a case whose years are over be disposed of: proposed by one, confirmed by another. It
    goes with its case; what stays is the proof.
    """

    handling = Handling(
        "labelled", "as its case", personal=("reason", "withdrawal_reason"), writers=("web",)
    )

    reference = models.CharField(max_length=20, unique=True)
    breach = models.ForeignKey(Breach, models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    reason = models.TextField()
    withdrawn_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["breach"],
                name="case_disposal_once",
                condition=models.Q(withdrawn_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.reference


class Listing(Labelled):
    """The scope of a breach, as data, and what came of it: how many records the log says are
    affected. Only the guard's function enters it; it is never changed, and may be made anew.
    """

    handling = Handling("labelled", "as its case", personal=("accounts", "reason"))

    breach = models.ForeignKey(Breach, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    accounts = ArrayField(models.CharField(max_length=60), default=list)
    sessions = ArrayField(models.CharField(max_length=40), default=list)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    acts = ArrayField(models.CharField(max_length=12), default=list)
    # The reference of a report that was exported, a task that was sent, an answer that was given.
    delivered = models.CharField(max_length=60, blank=True)
    reason = models.TextField()
    # The last event that was in the log when it was made.
    up_to = models.BigIntegerField()
    events = models.BigIntegerField(default=0)
    records = models.BigIntegerField(default=0)
    # What the events name that is no record, or no longer: {kind: how many}.
    others = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["breach", "number"], name="breach_listing_once")
        ]


class Affected(models.Model):
    """That a record is affected. It carries two labels, that of the case (or, once its owner was
    told, of the owner's share) and that of the record, so that nobody learns from a breach of what
    they may not see.
    """

    handling = Handling("paired", "as its case", append_only=True)

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    record = models.ForeignKey("intake.Record", models.DO_NOTHING, null=True, related_name="+")
    reference = models.CharField(max_length=20)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.BigIntegerField()
    disclosed = models.BooleanField()
    bucket_left = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    bucket_right = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")

    objects = PairManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["listing", "reference"], name="affected_once"),
            models.UniqueConstraint(fields=["id", "bucket_right"], name="affected_and_its_label"),
        ]
        indexes = [models.Index(fields=["record"], name="affected_of_record")]


class Sighting(models.Model):
    """By whom an affected record was seen or taken out, in which session, and when."""

    handling = Handling("paired", "as its case", personal=("person",), append_only=True)

    affected = models.ForeignKey(Affected, models.PROTECT, related_name="+")
    person = models.CharField(max_length=60)
    session = models.CharField(max_length=40)
    did = models.CharField(max_length=60)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.BigIntegerField()
    bucket_left = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    bucket_right = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")

    objects = PairManager()


class Share(Labelled):
    """How many affected records an agency owns. Once that agency is told it is its own, and its
    officers take it up; whoever told it sees what they answer.
    """

    handling = Handling("labelled", "as its case", personal=("said", "answer"))

    reference = models.CharField(max_length=20, unique=True)
    breach_reference = models.CharField(max_length=20)
    listing_number = models.PositiveSmallIntegerField()
    listing_row = models.BigIntegerField()
    happened_at = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="+")
    whose = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="+")
    records = models.BigIntegerField()
    told_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(null=True)
    said = models.TextField(blank=True)
    answered_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.reference
