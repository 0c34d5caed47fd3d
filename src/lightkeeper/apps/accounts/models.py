"""Agencies, their people, what they may do, and the labels that records carry."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from lightkeeper.apps.accounts.choices import Lasting
from lightkeeper.apps.accounts.models_compartments import Compartment as Compartment
from lightkeeper.apps.accounts.models_compartments import CompartmentMember as CompartmentMember
from lightkeeper.apps.accounts.models_conditions import Consent as Consent
from lightkeeper.apps.accounts.models_conditions import DatedCondition as DatedCondition
from lightkeeper.apps.accounts.models_entry import Draft as Draft
from lightkeeper.apps.accounts.models_entry import FactorDemand as FactorDemand
from lightkeeper.apps.accounts.models_entry import FactorRemoval as FactorRemoval
from lightkeeper.apps.accounts.models_entry import KeyMake as KeyMake
from lightkeeper.apps.accounts.models_entry import OutsideIdentity as OutsideIdentity
from lightkeeper.apps.accounts.models_entry import Passkey as Passkey
from lightkeeper.apps.accounts.models_entry import RateCount as RateCount
from lightkeeper.apps.accounts.models_entry import RateLimit as RateLimit
from lightkeeper.apps.accounts.models_law import AgencyLaw as AgencyLaw
from lightkeeper.core.access.models import Handling, Labelled


class Agency(models.Model):
    """A force, centre, command, local authority, charity or company. All that is owned is owned
    by one.
    """

    handling = Handling("open", "while it exists", why="A public register of agencies.")

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    nation = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=60, blank=True)
    area_code = models.CharField(max_length=12, blank=True)
    # Whom to ring when it holds something: a phone or an address of a desk, never of a person.
    desk = models.CharField(max_length=160, blank=True)
    active_from = models.DateField(null=True)
    active_to = models.DateField(null=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """A local authority district or a police force area."""

    handling = Handling("open", "while it exists", why="Public geography.")

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="areas")
    region = models.CharField(max_length=60, blank=True)
    nation = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Code(models.Model):
    """One code of one list, for the days on which it holds."""

    handling = Handling("open", "permanent", why="Code lists name no one.")

    list = models.SlugField(max_length=60)
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField(default=0)
    active_from = models.DateField(null=True)
    active_to = models.DateField(null=True)
    # The end that it was last shipped with. Another end is the deployment's own.
    shipped_to = models.DateField(null=True)
    note = models.TextField(blank=True)
    source = models.TextField(blank=True)

    class Meta:
        ordering = ["list", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["list", "code", "active_from"],
                name="code_once_in_a_list",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} – {self.label}"


class Person(models.Model):
    """Somebody who works in the system."""

    handling = Handling(
        "open",
        "employment and 7 years",
        personal=("name", "username"),
        why="Colleagues are named on what they did; no password stands here.",
    )

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="people")
    # The clearance, and the days in which it holds; outside them the level is the lowest.
    level = models.PositiveSmallIntegerField(default=0)
    cleared_from = models.DateField(null=True)
    cleared_to = models.DateField(null=True)
    is_active = models.BooleanField(default=True)
    trained_until = models.DateField(null=True)
    active_from = models.DateField(null=True)
    active_to = models.DateField(null=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name


class Renewal(models.Model):
    """That somebody's clearance or duty training was renewed, by whom, until when. Only the guard's
    function enters it; the reason stands in the audit log.
    """

    handling = Handling(
        "open",
        "employment and 7 years",
        personal=("person",),
        why="Until when a colleague may act, as in the table of people; no reason stands here.",
    )

    person = models.ForeignKey(Person, models.PROTECT, related_name="renewals")
    what = models.CharField(max_length=10, choices=Lasting)
    until = models.DateField()
    renewed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    renewed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(renewed_by=models.F("person")), name="renewed_by_another"
            )
        ]


class CredentialManager(BaseUserManager["Credential"]):
    """Passwords stand in a table of their own, which only the door may read."""


class Credential(AbstractBaseUser):
    """How a person signs in. Only the door's role in the database reads or writes it."""

    handling = Handling("door", "employment", personal=("username",), why="Passwords.")

    username = models.CharField(max_length=60, unique=True)
    person = models.OneToOneField(Person, models.PROTECT, related_name="+", db_constraint=True)
    must_change = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    objects = CredentialManager()


class SecondFactor(models.Model):
    """The secret from which a person's codes come. A code counts once: its step is kept."""

    handling = Handling("door", "employment", personal=("person",), why="Secrets of signing in.")

    person = models.OneToOneField(Person, models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    key_id = models.CharField(max_length=16)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)


class RecoveryCode(models.Model):
    """One code for the day on which the phone is lost, by its hash. It works once."""

    handling = Handling("door", "employment", personal=("person",), why="Secrets of signing in.")

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    code_hash = models.BinaryField()
    key_id = models.CharField(max_length=16, blank=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "code_hash"], name="recovery_code_once")
        ]


class RoleGrant(models.Model):
    """What a role may do with a class of record, for the days on which it holds."""

    handling = Handling("open", "permanent", why="The rule itself is public.")

    role = models.SlugField(max_length=40)
    record_class = models.PositiveSmallIntegerField()
    verb = models.CharField(max_length=10)
    active_from = models.DateField(null=True)
    active_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "record_class", "verb"], name="grant_once")
        ]


class RolePower(models.Model):
    """An act that a role may perform, whatever it is done to: to judge links, to decide a task."""

    handling = Handling("open", "permanent", why="The rule itself is public.")

    role = models.SlugField(max_length=40)
    power = models.SlugField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "power"], name="power_once")]


class PersonRole(models.Model):
    handling = Handling("open", "employment and 7 years", why="Who holds which role is no secret.")

    person = models.ForeignKey(Person, models.CASCADE, related_name="roles")
    role = models.SlugField(max_length=40)
    active_from = models.DateField(null=True)
    active_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "role"], name="role_once")]


class Audience(models.Model):
    """A set of agencies to whom things are released, interned: one row for each set."""

    handling = Handling(
        "open", "as its records", why="Numbers of agencies, released to one another; no content."
    )

    members_key = models.CharField(max_length=400, unique=True)


class AudienceMember(models.Model):
    handling = Handling("open", "as its audience", why="Numbers of agencies; no content.")

    audience = models.ForeignKey(Audience, models.CASCADE, related_name="members")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audience", "agency"], name="audience_member_once")
        ]


class Root(models.Model):
    """Whom or what labels hang from: a child, a person, a case, once somebody is excluded from it,
    has its owner's consent, or broke the glass on it. A number and nothing else.
    """

    handling = Handling("open", "as its records", why="Numbers only.")

    made_at = models.DateTimeField(auto_now_add=True)


class Bucket(models.Model):
    """An envelope, interned: each protected row carries the number of one of these.

    A handful of columns on every row would make every policy a test of five conditions; a number
    makes it one comparison that an index answers, so that hidden rows are not even read.
    """

    handling = Handling("open", "permanent", why="Labels only: numbers, and no names.")

    id = models.AutoField(primary_key=True)
    record_class = models.PositiveSmallIntegerField(default=1)
    owner = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(default=0)
    compartment = models.ForeignKey(Compartment, models.PROTECT, null=True, related_name="+")
    audience = models.ForeignKey(Audience, models.PROTECT, null=True, related_name="+")
    conds = models.PositiveSmallIntegerField(default=0)
    root = models.ForeignKey(Root, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "record_class",
                    "owner",
                    "level",
                    "compartment",
                    "audience",
                    "conds",
                    "root",
                ],
                name="bucket_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(level__lte=1), name="bucket_within_accreditation"),
        ]


class Exclusion(Labelled):
    """That somebody may do nothing with what hangs from a root: they are its subject, a relative,
    or in conflict. It beats everything. Its label has the root, so that they do not see it either.
    Only the guard's function enters it, for nobody names a root of their own.
    """

    handling = Handling("labelled", "as its records", personal=("person", "reason"))

    root = models.ForeignKey(Root, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.TextField()
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    active_from = models.DateField(null=True)
    active_to = models.DateField(null=True)


class Glass(Labelled):
    """That somebody broke the glass: read at once, for hours, what hangs from a root, to protect a
    child. It belongs to the agency whose records were opened, and is shared with the one that
    opened them. Only the guard's function enters it.
    """

    handling = Handling("labelled", "10 years", personal=("person", "justification"))

    reference = models.CharField(max_length=20, unique=True)
    root = models.ForeignKey(Root, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    danger = models.SlugField(max_length=40)
    justification = models.TextField()
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reviewed = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["person", "until"], name="glass_open", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.reference


class Errand(models.Model):
    """A job somebody asked for. The worker acts with that person's rights and no others."""

    handling = Handling("own", "90 days", personal=("person",), writers=("web", "worker"))

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.SlugField(max_length=60)
    arguments = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    doing = models.CharField(max_length=160, blank=True)
    failed = models.TextField(blank=True)
    # Whoever has it in hand says which attempt theirs is; an earlier one is believed no more.
    attempts = models.PositiveSmallIntegerField(default=0)
    # Attempts in a row that ended without a word and without a step forward.
    in_vain = models.PositiveSmallIntegerField(default=0)
