"""A record that joined two others is disposed of: the picture is as if it had never been."""

import psycopg
import pytest
from django.db import transaction

from lightkeeper.apps.governance import queries, reckoning, services
from lightkeeper.apps.governance.choices import Ground
from lightkeeper.apps.intake import blobs
from lightkeeper.apps.intelligence.models import Judgement, SearchKey
from lightkeeper.apps.intelligence.tests.arranging import NOON, enter, judge, link, person
from lightkeeper.testing.plugin import CLUSTER, NAME, superuser

WHY = "it should not have been held"


@pytest.fixture
def be(committed, as_):
    def become(name):
        with transaction.atomic():
            return as_(name)

    return become


def clusters():
    with superuser(NAME) as database:
        return dict(
            database.execute("select record_id, cluster from intelligence_membership").fetchall()
        )


@pytest.fixture
def worker_says(monkeypatch):
    """The question that only the worker's role may ask, asked as that role."""

    def ask(digest):
        with psycopg.connect(CLUSTER.url("lk_worker", NAME)) as connection:
            return connection.execute("select sec.bytes_unused(%s)", (digest,)).fetchone()[0]

    monkeypatch.setattr(reckoning, "bytes_unused", ask)
    return ask


def dispose(be, record):
    ada = be("ada")
    with transaction.atomic():
        services.propose_disposal(
            by=ada, record=queries.get_record(ada, record.reference), ground=Ground.UNLAWFUL,
            answers=[], reason=WHY, at=NOON,
        )  # fmt: skip
    dev = be("dev")
    with transaction.atomic():
        found = queries.get_record(dev, record.reference)
        services.confirm_disposal(
            by=dev, disposal=queries.get_proposal(dev, found), reason=WHY, at=NOON
        )


def test_what_it_held_together_falls_apart_and_its_file_goes(be, do_errands, worker_says):
    be("ada")
    with transaction.atomic():
        people = [person("Ann", "Stone"), person("Bo", "Quill"), person("Cy", "Marl")]
        left, middle, right = [enter(be("ada"), [one])[0] for one in people]
    ada = be("ada")
    with transaction.atomic():
        judge(ada, left, middle, "SAME")
        judge(ada, middle, right, "SAME")
    link(ada)
    do_errands()
    ada = be("ada")
    assert len(set(clusters().values())) == 1
    place = blobs.place_of(middle.report.digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"as it came")
    assert worker_says(middle.report.digest) is False

    dispose(be, middle)
    do_errands()

    ada = be("ada")
    found = clusters()
    assert set(found) == {left.pk, right.pk}
    assert found[left.pk] != found[right.pk]
    with transaction.atomic():
        assert not SearchKey.objects.visible_to(ada).filter(record_id=middle.pk).exists()
        assert not Judgement.objects.visible_to(ada).exists()
        assert len(queries.erasures(ada).rows) == 2
    assert not place.exists()


def test_the_owner_of_the_tables_can_say_what_must_not_come_back(be):
    be("ada")
    with transaction.atomic():
        [record] = enter(be("ada"), [person("Ann", "Stone")])
    dispose(be, record)

    with psycopg.connect(CLUSTER.url("lk_owner", NAME)) as connection:
        listed = connection.execute(
            "select reference, kind from sec.erased_references()"
        ).fetchall()
    assert listed[0] == (record.reference, "Record")


@pytest.mark.parametrize("whole", [False, True])
def test_a_superuser_deletes_nothing_that_is_held(be, whole):
    from lightkeeper.apps.governance.choices import HoldKind

    be("ada")
    with transaction.atomic():
        [record] = enter(be("ada"), [person("Ann", "Stone")])
    ada = be("ada")
    with transaction.atomic():
        services.place_hold(
            by=ada, record=queries.get_record(ada, record.reference), kind=HoldKind.INQUIRY,
            whole_report=whole, reason=WHY, at=NOON,
        )  # fmt: skip
    with (
        superuser(NAME) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="A hold stands"),
    ):
        connection.execute("delete from intake_record where id = %s", (record.pk,))
