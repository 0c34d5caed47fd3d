"""Operations, cases and enquiries that only their members see, and how somebody becomes one."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lightkeeper.apps.accounts.choices import Move, MoveStanding, Standing
from lightkeeper.core.access.models import Handling


class Compartment(models.Model):
    """An operation, case or enquiry that only its members see, by name or otherwise; and, without
    its records, those of its owner who run it or approve its members.
    """

    handling = Handling("member", "as its records", personal=("opened_by",), leaves=())

    reference = models.CharField(max_length=20, unique=True)
    # Given by the system, of plain words: what nobody chooses tells nothing.
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    owner = models.ForeignKey("accounts.Agency", models.PROTECT, related_name="+")
    purpose = models.TextField(blank=True)
    # From either day on it stands still: nobody is a member of it, and nobody becomes one.
    review_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    # Nobody, for one that was entered at set-up.
    opened_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)

    class Meta:
        # Unique within the owner: a code taken elsewhere must not be found out by trying it.
        constraints = [models.UniqueConstraint(fields=["owner", "code"], name="compartment_code")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:compartment", args=[self.reference])


class CompartmentMove(models.Model):
    """That a compartment was looked at again, by one; or that it is proposed by one to close it or
    take it up again, and decided by another.
    """

    handling = Handling("membership", "as its compartment", personal=("reason", "decision"))

    reference = models.CharField(max_length=20, unique=True)
    compartment = models.ForeignKey(Compartment, models.CASCADE, related_name="moves")
    what = models.CharField(max_length=10, choices=Move)
    standing = models.CharField(max_length=10, choices=MoveStanding)
    on_day = models.DateField()
    reason = models.TextField()
    proposed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decision = models.TextField(blank=True)
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["compartment"], condition=Q(standing="PROPOSED"), name="move_proposed_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="move_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(standing__in=["APPROVED", "REFUSED"])
                | Q(decided_by__isnull=False)
                | Q(what="REVIEW"),
                name="move_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class CompartmentMember(models.Model):
    """That somebody is proposed as a member by one person, and is one, or not, by another.

    Only what is approved, and in its days, counts for the guard. Only the guard's functions enter
    and change it; the constraints hold even against them. Without `proposed_by` it was entered at
    set-up, by the owner of the tables.
    """

    handling = Handling("membership", "as its compartment", personal=("person", "reason"))

    reference = models.CharField(max_length=20, unique=True)
    compartment = models.ForeignKey(Compartment, models.CASCADE, related_name="members")
    person = models.ForeignKey("accounts.Person", models.CASCADE, related_name="+")
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.PROPOSED)
    active_from = models.DateField(null=True)
    active_to = models.DateField(null=True)
    reason = models.TextField(blank=True)
    proposed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)
    ended_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["compartment", "person"],
                condition=Q(standing="PROPOSED"),
                name="member_proposed_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | (
                    Q(proposed_by__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                    & ~Q(decided_by=F("person"))
                ),
                name="member_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(standing__in=["APPROVED", "REFUSED", "ENDED"])
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                | Q(proposed_by=None),
                name="member_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None) | Q(active_to__isnull=False),
                name="member_until_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
