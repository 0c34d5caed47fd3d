"""What the tests of the threshold begin with: linked people, readings and adoptions."""

from django.db import transaction

from lightkeeper.apps.intelligence import services
from lightkeeper.apps.intelligence.models import (
    LinkageModel,
    ThresholdAdoption,
    ThresholdReading,
)
from lightkeeper.apps.intelligence.tests.arranging import NOON, person
from lightkeeper.testing.plugin import NAME, superuser

PEOPLE = [
    person("Victor", "Brandt", "1979-04-03", phone="+447700900123"),
    person("Viktor", "Brandt", "1979-04-03", phone="+447700900123"),
    person("Victor", "Brandt", "1979-04-03", email="vb@mail.example"),
    person("Mary", "Stone", "1990-01-02", phone="+447700900124"),
    person("Marie", "Stone", "1990-01-02", phone="+447700900124"),
    person("Walter", "Brandt", "1979-04-03"),
]


def a_day_passes():
    with superuser(NAME) as connection:
        connection.execute(
            "update intelligence_thresholdreading set made_at = made_at - interval '1 day'"
        )


def reading_of(be, do_errands, target=0.95):
    a_day_passes()
    sam = be("sam")
    services.ask_to_read(by=sam, target=target, at=NOON)
    do_errands()
    be("sam")
    with transaction.atomic():
        return ThresholdReading.objects.order_by("-pk").first()


def in_use():
    with transaction.atomic():
        return LinkageModel.objects.get(in_use=True)


def logged():
    with superuser(NAME) as connection:
        return connection.execute(
            "select did, reason from audit_event where did like 'threshold%' order by id"
        ).fetchall()


def members():
    with superuser(NAME) as connection:
        return connection.execute(
            "select record_id, cluster, component from intelligence_membership order by 1"
        ).fetchall()


def propose(be, do_errands, reading):
    sam = be("sam")
    with transaction.atomic():
        services.propose_threshold(by=sam, reading=reading, reason="as judged", at=NOON)
    do_errands()
    be("sam")
    with transaction.atomic():
        return ThresholdAdoption.objects.select_related("reading").latest("pk")


def adopt(be, do_errands, reading):
    proposal = propose(be, do_errands, reading)
    dev = be("dev")
    with transaction.atomic():
        services.confirm_threshold(by=dev, proposal=proposal, reason="looks right", at=NOON)
    do_errands()
    be("sam")
    return proposal


def make_strict(reading):
    """As if judgements had shown that only what weighs much may join."""
    with superuser(NAME) as connection:
        connection.execute(
            "update intelligence_thresholdreading set bits = 16 where id = %s", (reading.pk,)
        )
    reading.bits = 16.0
    return reading
