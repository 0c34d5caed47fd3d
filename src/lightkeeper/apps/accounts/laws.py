"""Under which law an agency acts on a day."""

from datetime import date

from django.db.models import Q

from lightkeeper.apps.accounts.choices import Law
from lightkeeper.apps.accounts.models import Agency, AgencyLaw
from lightkeeper.core.errors import Refused


def law_of(agency: Agency, on: date) -> Law:
    """What is said of the agency itself on that day, else of its kind.

    Raises: Refused where nothing says it, which a deployment must not have.
    Source: Data Protection Act 2018 s.29, s.30, Sch. 7.
    """
    rows = AgencyLaw.objects.filter(Q(agency=agency) | Q(agency=None, kind=agency.kind))
    rows = rows.filter(active_from__lte=on).filter(Q(active_to=None) | Q(active_to__gt=on))
    found = sorted(rows, key=lambda one: (one.agency_id is not None, one.active_from))
    if not found:
        raise Refused(
            "agency.law",
            f"No table says under which law {agency} acts on that day. Whoever runs the system "
            "adds its kind to agency_laws.csv and enters it: `lightkeeper migrate --rules`.",
        )
    return Law(found[-1].law)
