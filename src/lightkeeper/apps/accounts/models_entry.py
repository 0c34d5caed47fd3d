"""What stands at the door: how much may be asked of it."""

from django.db import models

from lightkeeper.core.access.models import Handling


class RateLimit(models.Model):
    """How often one door is used by one person, name, browser or address before it slows down or
    refuses. Of the rows of one code for a person's roles the most generous holds; the row without a
    role is for everybody else.
    """

    handling = Handling("open", "permanent", why="The rule itself is public.")

    code = models.SlugField(max_length=40)
    doors = models.TextField()
    counted = models.CharField(max_length=10)
    # A force comes on duty through one address at one hour: there only what fails is counted.
    only_failures = models.BooleanField(default=False)
    role = models.SlugField(max_length=40, blank=True)
    most = models.PositiveIntegerField()
    seconds = models.PositiveIntegerField()
    then = models.CharField(max_length=10)
    delay_ms = models.PositiveIntegerField(default=0)
    active_from = models.DateField(null=True)
    active_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "role", "active_from"],
                name="rate_limit_once",
                nulls_distinct=False,
            )
        ]


class RateCount(models.Model):
    """How often something was tried lately, by a keyed hash that names nobody."""

    handling = Handling(
        "door", "a day at most", derived_by=("door",), why="Counts by keyed hashes."
    )

    key = models.BinaryField(primary_key=True)
    until = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()


class Passkey(models.Model):
    """The public half of a key that a person keeps in a device, by the name they gave it."""

    handling = Handling(
        "door", "employment", personal=("person", "name"), why="How people sign in."
    )

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    credential_id = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    handle = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    name = models.CharField(max_length=60)
    transports = models.CharField(max_length=100, blank=True)
    backed_up = models.BooleanField(default=False)
    # Its make, as it says itself; nothing for one that was added before it was asked.
    aaguid = models.CharField(max_length=36, blank=True, default="")
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)


class FactorDemand(models.Model):
    """From which day a role needs more than a password: before it is there, nothing else opens."""

    handling = Handling("open", "permanent", why="The rule itself is public.")

    role = models.SlugField(max_length=40, unique=True)
    active_from = models.DateField()
    active_to = models.DateField(null=True)


class KeyMake(models.Model):
    """A make of security key that a role may use, in its days. A role without a row takes any."""

    handling = Handling("open", "permanent", why="The rule itself is public.")

    role = models.SlugField(max_length=40)
    aaguid = models.CharField(max_length=36)
    name = models.CharField(max_length=120)
    active_from = models.DateField()
    active_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "aaguid", "active_from"], name="key_make_once")
        ]


class FactorRemoval(models.Model):
    """That one operator asked, and another confirmed, that somebody's second factor be turned off
    who has lost it. The person is told when they next sign in.
    """

    handling = Handling("door", "7 years", personal=("person",), why="Who opened whose account.")

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    reason = models.TextField()
    asked_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None)
                | ~models.Q(confirmed_by=models.F("asked_by")),
                name="factor_off_by_two",
            ),
            models.CheckConstraint(
                condition=~models.Q(asked_by=models.F("person"))
                & (models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("person"))),
                name="factor_off_by_others",
            ),
        ]


class OutsideIdentity(models.Model):
    """That a subject of an identity provider outside is this person. Entered beforehand, by an
    administrator; nobody is made one by signing in.
    """

    handling = Handling(
        "door", "employment", personal=("person", "subject"), why="How people sign in."
    )

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"],
                condition=models.Q(removed_at=None),
                name="outside_subject_once",
            )
        ]


class Draft(models.Model):
    """What somebody had written when their session was found to have ended, sealed under a key that
    stands in their browser's cookie and nowhere else; they alone see the row. Only the guard's
    function enters it.
    """

    handling = Handling("own", "an hour", personal=("person", "sealed"))

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    session = models.CharField(max_length=20, unique=True)
    key_hash = models.BinaryField(unique=True)
    sealed = models.BinaryField()
    kept_at = models.DateTimeField(db_index=True)
