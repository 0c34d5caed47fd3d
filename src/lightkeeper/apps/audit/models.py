"""The events of the audit log, and the seals that make a change to it visible."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

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
        indexes = [models.Index(fields=["agency_id", "-id"], name="event_of_agency")]


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
