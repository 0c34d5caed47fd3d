"""The people of the tests: one from each side of every line that must hold."""

from datetime import date, timedelta

from django.db.models import F

from lightkeeper.apps.accounts import loading
from lightkeeper.apps.accounts.loading_reference import load_agency_laws
from lightkeeper.apps.accounts.models import Person, RateLimit
from lightkeeper.apps.breaches.loading import load_breach_rules
from lightkeeper.apps.governance.loading import load_retention
from lightkeeper.apps.intelligence.loading import load_factors
from lightkeeper.apps.rights.loading import load_clocks

HUB, NORTHSHIRE, WESTMARK, EASTMERE = (
    "centre-hub",
    "northshire-police",
    "westmark-council",
    "eastmere-police",
)
AGENCIES = (
    (HUB, "The Centre's intelligence hub", "national_body"),
    (NORTHSHIRE, "Northshire Police", "police_force"),
    (WESTMARK, "Westmark Council children's services", "local_authority"),
    (EASTMERE, "Eastmere Police", "police_force"),
)
# username, name, agency, roles, level
PEOPLE = (
    ("ada", "Ada Marsh", HUB, ("analyst",), 1),
    ("ben", "Ben Okoro", NORTHSHIRE, ("officer",), 1),
    ("cleo", "Cleo Hart", WESTMARK, ("social_worker",), 1),
    ("dev", "Dev Rao", HUB, ("decider",), 1),
    ("otto", "Otto Lind", EASTMERE, ("officer", "analyst"), 1),
    ("lena", "Lena Frost", EASTMERE, ("officer", "analyst"), 1),
    ("lou", "Lou Vale", HUB, ("analyst",), 0),
    ("audrey", "Audrey Finch", HUB, ("auditor",), 1),
    ("dora", "Dora Wick", HUB, ("data_protection",), 1),
    ("piet", "Piet Hale", HUB, ("data_protection",), 1),
    ("nell", "Nell Birch", NORTHSHIRE, ("data_protection",), 1),
    ("sam", "Sam Field", HUB, ("administrator",), 1),
)
COMPARTMENT = "LANTERN"  # Otto is a member; Lena of the same agency is not
PASSWORD = "quiet-harbour-lantern-walk"  # noqa: S105


def enter_the_cast() -> None:
    loading.load_rules()
    loading.demand_no_factor()
    # Tests ask more in a minute than people do. What counts failures stays as it is shipped.
    RateLimit.objects.using("owner").filter(only_failures=False).update(most=F("most") * 1000)
    load_factors()
    load_retention()
    load_clocks()
    load_breach_rules()
    load_agency_laws()
    agencies = {code: loading.add_agency(code, name, kind) for code, name, kind in AGENCIES}
    trained_until = date.today() + timedelta(days=3650)
    for username, name, agency, roles, level in PEOPLE:
        loading.add_person(
            username=username,
            name=name,
            agency=agencies[agency],
            roles=roles,
            level=level,
            trained_until=trained_until,
            password=PASSWORD,
            must_change=False,
        )
    otto = Person.objects.using("owner").get(username="otto")
    loading.add_compartment(COMPARTMENT, "Operation Lantern", agencies[EASTMERE], [otto])


def open_sessions() -> dict[str, str]:
    people = Person.objects.using("owner").all()
    return {person.username: open_session_of(person.pk) for person in people}


def open_session_of(person_id: int) -> str:
    """A session that counts as freshly proved for as long as the tests may run."""
    from lightkeeper.apps.accounts.services import Purpose, open_session
    from lightkeeper.testing.plugin import NAME, superuser

    token = open_session(person_id, purpose=Purpose.INVESTIGATION, kind="command")
    with superuser(NAME) as connection:
        connection.execute(
            "update sec.session set proved_at = now() + interval '1 day' "
            "where token_hash = sha256(convert_to(%s, 'UTF8'))",
            (token,),
        )
    return token
