"""Who is the same, who says so, what may be found, and what counts toward a priority.

Nothing here merges records. A subject is what the links and judgements make of them, worked out
again
whenever they change, so that an undone judgement leaves no trace in the picture.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from lightkeeper.apps.intelligence.choices import Basis, Verdict
from lightkeeper.core.access.models import GuardedManager, Handling, Labelled, PairManager


class LinkageModel(models.Model):
    """A trained linkage model: a readable file, its thresholds, how it was trained and how well
    it does.
    """

    handling = Handling(
        "open",
        "permanent",
        why="Weights by kind of evidence; names and other values stay in the file, outside.",
        derived_by=("linker",),
    )

    version = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=40, default="Person")
    body = models.JSONField()
    training = models.JSONField(default=dict)
    review_bits = models.FloatField()
    link_bits = models.FloatField()
    trained_at = models.DateTimeField()
    in_use = models.BooleanField(default=True)


class CommonValues(models.Model):
    """How common the values were that a model was trained on: names and districts that at least
    three records gave, as a Parquet file. With them a pair weighs the same whoever else is entered.
    """

    handling = Handling(
        "sealed", "as its model", derived_by=("linker",),
        why="Counts of the names of everybody: for the linker alone.",
    )  # fmt: skip

    model = models.OneToOneField(LinkageModel, models.CASCADE, primary_key=True, related_name="+")
    body = models.BinaryField()


class LinkageRun(models.Model):
    """One run of linkage over the picture, with its figures; the F1 where a truth was given.

    They are rounded before they are kept: they count records that the reader may not see.
    """

    handling = Handling(
        "open", "permanent", derived_by=("linker",),
        why="Counts over the whole picture, rounded to five before they are kept.",
    )  # fmt: skip

    model = models.ForeignKey(LinkageModel, models.PROTECT, related_name="runs")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)
    accuracy = models.JSONField(null=True)


class AccuracyCard(models.Model):
    """How well a model links each group of records, from judgements or from a truth.

    It is rounded and suppressed before it is kept, so that the table finds nobody.
    """

    handling = Handling(
        "open", "as its model", derived_by=("linker",),
        why="Rounded to five and suppressed before it is kept; shown to the governance desk.",
    )  # fmt: skip

    model = models.ForeignKey(LinkageModel, models.CASCADE, related_name="cards")
    basis = models.CharField(max_length=10, choices=Basis)
    body = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "basis"], name="accuracy_card_once")
        ]


class ThresholdReading(models.Model):
    """What the judgements of that moment say of the thresholds that may be chosen.

    It is rounded and suppressed before it is kept, so that no record is found by reading twice.
    """

    handling = Handling(
        "open", "permanent", derived_by=("linker",),
        why="Rounded to five and suppressed before it is kept; shown to whoever sets thresholds.",
    )  # fmt: skip

    reference = models.CharField(max_length=20, unique=True)
    model = models.ForeignKey(LinkageModel, models.PROTECT, related_name="+")
    target = models.FloatField()
    confidence = models.FloatField()
    # The lowest weight that is shown to meet the target; none where there is too little to go by.
    bits = models.FloatField(null=True)
    sentence = models.TextField()
    # [{floor, pairs, judged, precision, low, high}], the highest first.
    figures = models.JSONField()
    made_at = models.DateTimeField()
    # Which errand made it, so that one that is done a second time finds it and is not refused.
    errand = models.BigIntegerField(unique=True, null=True)


class ThresholdAdoption(models.Model):
    """From which weight records are joined, by whose decision: proposed by one, confirmed by
    another. The last that is in force stands. Why is in the audit log.
    """

    handling = Handling(
        "open", "permanent", derived_by=("linker",),
        why="Colleagues are named on what they decide about everybody's picture; no record is.",
    )  # fmt: skip

    reference = models.CharField(max_length=20, unique=True)
    bits = models.FloatField()
    reading = models.ForeignKey(ThresholdReading, models.PROTECT, null=True, related_name="+")
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    confirmed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    # Which errand entered it, so that one that is done a second time enters nothing.
    errand = models.BigIntegerField(unique=True, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("person")),
                name="adoption_by_two",
            )
        ]

    @property
    def waits(self) -> bool:
        return self.undoes_id is None and self.confirmed_by_id is None


class ThresholdReason(models.Model):
    """Why a threshold was proposed, once for each person who may confirm it, who alone reads it.

    It is gone once the proposal waits no more; the audit log keeps it.
    """

    handling = Handling(
        "own", "until it is decided", personal=("person", "reason"), derived_by=("linker",)
    )

    proposal = models.ForeignKey(ThresholdAdoption, models.CASCADE, related_name="+")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "person"], name="reason_once_a_person")
        ]


# What was proposed and nobody confirmed changes nothing.
IN_FORCE = Q(undoes__isnull=False) | Q(confirmed_by__isnull=False)


class Membership(models.Model):
    """Where a record stands in the whole picture, which nobody sees as such: every viewer's own is
    worked out for them (see `queries.parts`).

    The cluster is named by its earliest record, and so is the component: the records that sure
    links and judgements connect. Nobody's subject is larger than a component.
    """

    handling = Handling(
        "sealed", "as its record", derived_by=("linker",),
        why="It joins what one viewer may see to what they may not: for the linker and the guard.",
    )  # fmt: skip

    record = models.OneToOneField(
        "intake.Record", models.CASCADE, primary_key=True, related_name="membership"
    )
    bucket = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    cluster = models.BigIntegerField(db_index=True)
    component = models.BigIntegerField(db_index=True)


class Link(models.Model):
    """How far a model holds two records to be of one person, with its evidence."""

    handling = Handling("paired", "as its records", derived_by=("linker",))

    left = models.ForeignKey("intake.Record", models.CASCADE, related_name="+")
    right = models.ForeignKey("intake.Record", models.CASCADE, related_name="+")
    bucket_left = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    bucket_right = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    model = models.ForeignKey(LinkageModel, models.PROTECT, related_name="+")
    # One may be a child and the other a relative: the weight alone does not join them.
    held = models.BooleanField(default=False)
    weight_bits = models.FloatField()
    # [{field, level, weight_bits, sentence}], which add up to the weight with the prior.
    evidence = models.JSONField()
    made_at = models.DateTimeField()
    # Whether a judgement stands on this pair, so that the queue need not look for it.
    judged = models.BooleanField(default=False)
    # Whether the two are apart in the picture that some viewer might have: for those the pair
    # waits for a person. Whether it does for this viewer is worked out when they ask.
    may_wait = models.BooleanField(default=True)
    # When it is asked among links drawn at random, the lowest first; it follows from the pair.
    turn = models.FloatField(null=True)

    objects = PairManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="link_once"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="link_in_order"),
        ]
        indexes = [
            models.Index(
                fields=["-weight_bits", "id"],
                name="link_that_may_wait",
                condition=Q(may_wait=True, judged=False),
            ),
            models.Index(fields=["right"], name="link_of_right"),
            models.Index(fields=["turn"], name="link_in_turn", condition=Q(held=False)),
        ]


class Judgement(models.Model):
    """A person's decision on two records, with the reason. Undone, it stays, and no longer
    counts.
    """

    handling = Handling(
        "paired", "as its records", personal=("reason",), writers=("web", "worker"),
        append_only=True,
    )  # fmt: skip

    reference = models.CharField(max_length=20, unique=True)
    left = models.ForeignKey("intake.Record", models.CASCADE, related_name="+")
    right = models.ForeignKey("intake.Record", models.CASCADE, related_name="+")
    bucket_left = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    bucket_right = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.TextField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = PairManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="judgement_in_order")
        ]
        indexes = [models.Index(fields=["left", "right"], name="judgement_of_pair")]


class Undoing(models.Model):
    """That a judgement no longer counts, by whom and why. A row of its own: anyone who may judge
    may undo.
    """

    handling = Handling(
        "paired", "as its records", personal=("reason",), writers=("web", "worker"),
        append_only=True,
    )  # fmt: skip

    judgement = models.OneToOneField(Judgement, models.CASCADE, related_name="undoing")
    bucket_left = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    bucket_right = models.ForeignKey("accounts.Bucket", models.PROTECT, related_name="+")
    reason = models.TextField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = PairManager()


class SearchKey(models.Model):
    """One key under which a record may be found: a number, led by its label, so that a search reads
    no row that the person asking may not see."""

    handling = Handling(
        "labelled", "as its record", writers=("web", "worker"), derived_by=("linker",)
    )

    pk = models.CompositePrimaryKey("bucket_id", "key", "record_id")
    # The database holds record and label together (see labels_follow.sql), which says it all.
    bucket = models.ForeignKey(
        "accounts.Bucket", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    key = models.BigIntegerField()
    record = models.ForeignKey(
        "intake.Record", models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )

    objects = GuardedManager()


class Contribution(Labelled):
    """What one record adds to one factor, before decay and cap."""

    handling = Handling("labelled", "as its record", writers=("web", "worker"))

    record = models.ForeignKey("intake.Record", models.CASCADE, related_name="contributions")
    factor = models.SlugField(max_length=60)
    points = models.FloatField()
    # How far the record is to be trusted, from its grading: 0 to 1. Shown apart, and it lowers
    # `points`.
    reliability = models.FloatField()
    observed_on = models.DateField()
    threats = ArrayField(models.SlugField(max_length=40), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "factor"], name="contribution_once")
        ]
        indexes = [models.Index(fields=["bucket", "factor"], name="contribution_of_label")]


class Factor(models.Model):
    """A named reason for priority, its weight, cap and decay, for the days on which it holds."""

    handling = Handling("open", "permanent", why="The weights are published within the system.")

    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    points = models.FloatField()
    cap = models.FloatField()
    half_life_days = models.PositiveIntegerField()
    wording = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    active_from = models.DateField()
    active_to = models.DateField(null=True)
    source = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["code", "active_from"], name="factor_version")
        ]
