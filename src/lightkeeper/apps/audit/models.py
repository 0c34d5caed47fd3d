"""The events of the audit log, the seals that make a change to it visible, and what is unusual."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.urls import reverse

from lightkeeper.apps.audit.choices import FlagVerdict, LookRuleCode, Verb
from lightkeeper.core.access.models import GuardedManager, Handling


class Event(models.Model):
    """One act: who, when, what, to which references, why. No content, no names of those it is
    about.

    There are no foreign keys: a person may leave and a record may be erased, and the event stays.
    """

    handling = Handling("audit", "as long as the log", writers=("web", "worker"), append_only=True)

    at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)
    person = models.CharField(max_length=60, blank=True)
    agency_id = models.BigIntegerField(null=True)
    session = models.CharField(max_length=40, blank=True)
    verb = models.CharField(max_length=12)
    did = models.CharField(max_length=60)
    references = ArrayField(models.CharField(max_length=60), default=list)
    purpose = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    recipient = models.CharField(max_length=160, blank=True)
    rule = models.CharField(max_length=60, blank=True)
    request = models.CharField(max_length=40, blank=True)
    # Set by the database, so that the sealer can wait for ids that are drawn but not committed.
    transaction = models.BigIntegerField(null=True, editable=False)

    objects = GuardedManager()

    class Meta:
        db_table = "audit_event"
        indexes = [
            models.Index(fields=["agency_id", "-id"], name="event_of_agency"),
            # Who has looked at a thing is asked by its reference; who looked on a day, by the day.
            GinIndex(fields=["references"], name="event_by_reference"),
            BrinIndex(fields=["at"], name="event_by_moment"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verb__in=[verb.value for verb in Verb]), name="event_has_a_verb"
            )
        ]


class Leaf(models.Model):
    """The place of one event in the sealed log, with the hash of what it said when it was
    sealed.
    """

    handling = Handling(
        "open", "as long as the log", why="Hashes and numbers.", writers=("sealer",)
    )

    position = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField()

    class Meta:
        db_table = "audit_leaf"


class Seal(models.Model):
    """A signed root over the first `size` leaves; each also names the root before it."""

    handling = Handling(
        "open", "as long as the log", why="Hashes and numbers.", writers=("sealer",)
    )

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    previous_size = models.BigIntegerField()
    previous_root = models.BinaryField()
    key_id = models.CharField(max_length=32)
    signature = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_seal"


class LookRule(models.Model):
    """What counts as an unusual look, with its thresholds, for the days on which it holds."""

    handling = Handling(
        "open", "permanent", why="Everybody may know by which rules looks are gone through."
    )

    code = models.CharField(max_length=20, choices=LookRuleCode)
    settings = models.JSONField(default=dict)
    why = models.TextField()
    active_from = models.DateField()
    active_to = models.DateField(null=True)

    class Meta:
        db_table = "audit_lookrule"
        constraints = [
            models.UniqueConstraint(fields=["code", "active_from"], name="look_rule_once")
        ]


class WatchedDay(models.Model):
    """A day whose looks have been gone through by the rules that held on it."""

    handling = Handling(
        "open", "as long as the log", why="Days, and nothing of them.", writers=("linker",)
    )

    day = models.DateField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_watchedday"


class Flag(models.Model):
    """A day's looks of one person that a rule found unusual. It stays until somebody decides it."""

    handling = Handling(
        "overseen", "7 years", personal=("person_id", "person"), derived_by=("linker",),
        append_only=True,
    )  # fmt: skip

    reference = models.CharField(max_length=20, unique=True)
    rule = models.ForeignKey(LookRule, models.PROTECT, related_name="+")
    day = models.DateField()
    person_id = models.BigIntegerField()
    person = models.CharField(max_length=60)
    agency_id = models.BigIntegerField()
    about = models.CharField(max_length=60, blank=True)
    sentence = models.TextField()
    events = ArrayField(models.BigIntegerField())
    made_at = models.DateTimeField()

    objects = GuardedManager()

    class Meta:
        db_table = "audit_flag"
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "day", "person_id", "about"], name="flag_once_a_day"
            )
        ]
        indexes = [models.Index(fields=["agency_id", "day", "id"], name="flag_of_agency")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("audit:flag", args=[self.reference])


class FlagDecision(models.Model):
    """What an auditor made of a flag, and why. Decided once; never by whom it is about."""

    handling = Handling(
        "overseen", "7 years", personal=("reason",), writers=("web", "worker"), append_only=True
    )

    flag = models.OneToOneField(Flag, models.PROTECT, related_name="decision")
    verdict = models.CharField(max_length=10, choices=FlagVerdict)
    reason = models.TextField()
    person_id = models.BigIntegerField()
    person = models.CharField(max_length=60)
    agency_id = models.BigIntegerField()
    at = models.DateTimeField()

    objects = GuardedManager()

    class Meta:
        db_table = "audit_flagdecision"

    def __str__(self) -> str:
        return self.get_verdict_display()
