"""Work that one agency asks of another, and each step it takes."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from lightkeeper.apps.tasking.choices import Level, OutcomeKind, TaskStatus, Theme
from lightkeeper.core.access.models import Handling, Labelled


class Task(Labelled):
    """A piece of work on a subject, proposed, decided, sent, answered and closed (FS 3, 9)."""

    handling = Handling(
        "labelled", "by review group", personal=("objective",), writers=("web", "worker")
    )

    reference = models.CharField(max_length=20, unique=True)
    owner = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="+")
    # Who will lead it. Fixed when it is proposed; it sees the task from when it is sent.
    agency = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="+")
    # A task is about whoever this record is of: it follows the record when the picture changes.
    # Until it has ended there is one; after that the record may be erased, and its number stays.
    record = models.ForeignKey("intake.Record", models.PROTECT, null=True, related_name="+")
    erased_record = models.BigIntegerField(null=True, editable=False)
    threat = models.SlugField(max_length=40, blank=True)
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.PROTECT)
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.LOCAL)
    objective = models.TextField()
    status = models.CharField(max_length=10, choices=TaskStatus, default=TaskStatus.PROPOSED)
    proposed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["PROPOSED", "REJECTED"])
                | Q(due_at__isnull=False, sent_at__isnull=False),
                name="task_sent_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(status=TaskStatus.CLOSED),
                name="task_closed_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(record__isnull=False)
                | Q(erased_record__isnull=False, status__in=["REJECTED", "REFUSED", "CLOSED"]),
                name="task_is_about_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "status", "due_at"], name="task_inbox"),
            models.Index(fields=["bucket", "-id"], name="task_newest"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("tasking:task", args=[self.reference])


class Step(Labelled):
    """One move of a task, by whom and why. It belongs to the agency that made it, and the database
    moves the task: the agency that is asked can answer without being able to change the asking."""

    handling = Handling(
        "labelled", "as its task", personal=("reason",), writers=("web", "worker"), append_only=True
    )

    task = models.ForeignKey(Task, models.PROTECT, related_name="steps")
    to = models.CharField(max_length=10, choices=TaskStatus)
    reason = models.TextField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


class Outcome(Labelled):
    """What came of a task, for whom. Each is counted once."""

    handling = Handling(
        "labelled", "by review group", personal=("evidence",), writers=("web", "worker"),
        append_only=True,
    )  # fmt: skip

    reference = models.CharField(max_length=20, unique=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="outcomes")
    # For whom, where that is somebody else than whom the task is about.
    record = models.ForeignKey("intake.Record", models.PROTECT, null=True, related_name="+")
    erased_record = models.BigIntegerField(null=True, editable=False)
    kind = models.SlugField(max_length=40)
    happened_on = models.DateField()
    evidence = models.TextField()
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    counting_rule = models.CharField(max_length=20)

    def __str__(self) -> str:
        return self.reference

    @property
    def subject_id(self) -> int:
        """The number of the record of whoever it is counted for, also where that was erased."""
        own = self.record_id or self.erased_record
        return int(own or self.task.record_id or self.task.erased_record)

    @property
    def kind_words(self) -> str:
        """The kind in words; a kind that is no longer in use shows as its code."""
        known = dict(OutcomeKind.choices)
        return str(known.get(self.kind, self.kind))
