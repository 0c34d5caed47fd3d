"""Reports as they came, the records in them, and what waits in quarantine."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from lightkeeper.apps.intake.choices import (
    Basis,
    Category,
    Channel,
    Encoding,
    QuarantineStatus,
    ReportStatus,
    Scheme,
)
from lightkeeper.core.access.models import Handling, Labelled


class Mapping(Labelled):
    """How an agency's columns become typed properties; a new version for each change."""

    handling = Handling("labelled", "while in use and 7 years", writers=("web", "worker"))

    reference = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)
    text = models.TextField()
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bucket", "name", "version"], name="mapping_version")
        ]

    def __str__(self) -> str:
        return f"{self.name} (version {self.version})"


class Report(Labelled):
    """One thing that arrived. Its bytes are kept as they came, under their digest; it is never
    edited.
    """

    handling = Handling(
        "labelled", "by review group", personal=("file_name", "source"), writers=("web", "worker")
    )

    reference = models.CharField(max_length=20, unique=True)
    owner = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    file_name = models.CharField(max_length=200)
    format = models.CharField(max_length=20)
    # As the sender declared it; other bytes are faults, never replaced.
    encoding = models.CharField(max_length=10, choices=Encoding, default=Encoding.UTF8)
    channel = models.CharField(max_length=10, choices=Channel)
    source = models.CharField(max_length=120, blank=True)
    mapping = models.ForeignKey(Mapping, models.PROTECT, null=True, related_name="+")
    # The grading of the report, where a record has none of its own.
    scheme = models.CharField(max_length=5, choices=Scheme, default=Scheme.THREE)
    source_evaluation = models.CharField(max_length=2)
    information_assessment = models.CharField(max_length=2)
    handling_code = models.CharField(max_length=2)
    handling_conditions = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    status = models.CharField(max_length=10, choices=ReportStatus, default=ReportStatus.RECEIVED)
    failure = models.TextField(blank=True)
    warnings = models.JSONField(default=list)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    parsed_at = models.DateTimeField(null=True)
    # How far reading has come, moved on in the same transaction as the rows it counts.
    resume = models.JSONField(null=True)
    rows_read = models.BigIntegerField(default=0)
    rows_accepted = models.BigIntegerField(default=0)
    rows_repeated = models.BigIntegerField(default=0)
    rows_quarantined = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            # Under its label: that the same bytes are held where one cannot see must not be
            # found out by sending them, not even within an agency.
            models.UniqueConstraint(fields=["bucket", "digest"], name="report_once_under_label"),
            models.CheckConstraint(
                condition=Q(
                    rows_read=models.F("rows_accepted")
                    + models.F("rows_repeated")
                    + models.F("rows_quarantined")
                ),
                name="report_rows_add_up",
            ),
        ]
        indexes = [models.Index(fields=["bucket", "-received_at"], name="report_newest")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("intake:report", args=[self.reference])


class Record(Labelled):
    """One mention of a person, object, place or event in one report. The unit of provenance and
    access.
    """

    handling = Handling(
        "labelled",
        "by review group",
        personal=("properties", "originals", "notes", "caption", "category", "also"),
        writers=("web", "worker"),
    )

    reference = models.CharField(max_length=20)
    # No index of its own: `record_once_a_row` begins with it.
    report = models.ForeignKey(Report, models.PROTECT, related_name="records", db_index=False)
    row_number = models.BigIntegerField()
    source_key = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=40)
    caption = models.CharField(max_length=300, blank=True)
    # {property: [value, …]} as cleaned; `originals` holds what stood there where cleaning changed
    # it.
    properties = models.JSONField()
    originals = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    concerns_child = models.BooleanField(default=False)
    # Whom it is about, of a person; empty of a thing. Until it is determined, by `review_due`.
    category = models.CharField(
        max_length=12, choices=Category, blank=True, default=Category.UNDETERMINED
    )
    # What else the same person is, beside the most protected that `category` says.
    also = ArrayField(models.CharField(max_length=12, choices=Category), default=list, blank=True)
    basis = models.CharField(max_length=10, choices=Basis, default=Basis.REPORTED)
    scheme = models.CharField(max_length=5, choices=Scheme)
    source_evaluation = models.CharField(max_length=2)
    information_assessment = models.CharField(max_length=2)
    observed_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Not `unique=True`, which adds a second index for searches by beginning.
            models.UniqueConstraint(fields=["reference"], name="record_reference"),
            models.UniqueConstraint(fields=["report", "row_number"], name="record_once_a_row"),
            models.UniqueConstraint(fields=["id", "bucket"], name="record_and_its_label"),
        ]
        indexes = [
            models.Index(fields=["bucket", "-id"], name="record_newest"),
            models.Index(fields=["report", "source_key"], name="record_by_source_key"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def categories(self) -> list[str]:
        """All that the person is, the most protected first; of a thing none."""
        return [self.category, *self.also] if self.category else []

    @property
    def about(self) -> str:
        """The same in words."""
        return "; ".join(str(Category(one).label) for one in self.categories)

    def get_absolute_url(self) -> str:
        return reverse("intake:record", args=[self.reference])


class Quarantined(Labelled):
    """A row that could not be taken in: as it came, why, and what became of it."""

    handling = Handling(
        "labelled",
        "as its report",
        personal=("row", "corrected", "sentence", "reason"),
        writers=("web", "worker"),
    )

    reference = models.CharField(max_length=20, unique=True)
    report = models.ForeignKey(Report, models.PROTECT, related_name="quarantined")
    row_number = models.BigIntegerField()
    column = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40)
    sentence = models.TextField()
    # Each fault of the row: [{column, code, sentence}]; `column` above is that of the first.
    faults = models.JSONField(default=list)
    row = models.JSONField()
    corrected = models.JSONField(null=True)
    status = models.CharField(max_length=10, choices=QuarantineStatus, default="OPEN")
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "row_number"], name="quarantined_once_a_row")
        ]
        indexes = [models.Index(fields=["bucket", "status", "-id"], name="quarantine_waiting")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("intake:quarantined", args=[self.reference])
