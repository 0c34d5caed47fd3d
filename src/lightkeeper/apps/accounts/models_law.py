"""Under which law an agency acts."""

from django.db import models
from django.db.models import Q

from lightkeeper.apps.accounts.choices import Law
from lightkeeper.core.access.models import Handling


class AgencyLaw(models.Model):
    """Under which law one agency, or all of a kind, processes what it holds here, from a day on.
    What is said of an agency itself comes before what is said of its kind.
    """

    handling = Handling("open", "permanent", why="A public fact of a public body.")

    agency = models.ForeignKey("accounts.Agency", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40, blank=True)
    law = models.CharField(max_length=10, choices=Law)
    active_from = models.DateField()
    active_to = models.DateField(null=True)
    source = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "kind", "active_from"],
                name="agency_law_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(agency=None, kind__gt="") | Q(agency__isnull=False, kind=""),
                name="agency_law_of_one",
            ),
        ]
