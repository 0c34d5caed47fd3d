"""The database killed, started again, and cut off from everybody."""

import pytest

from tests.faults.ledger import Acknowledged, check_ledger
from tests.faults.system import Sender, System, plates, wait_until

pytestmark = pytest.mark.slow

BACK_WITHIN_SECONDS = 60  # ten on a machine with nothing else to do


@pytest.fixture
def people(stopped: System) -> dict[str, Sender]:
    stopped.cluster.start()
    stopped.start("web")
    stopped.wait_for_site()
    return {who: Sender(stopped, who) for who in ("ada", "ben")}


def who_am_i(system: System, person: Sender) -> tuple[int, str]:
    answer = system.call("GET", "/api/whoami", token=person.token)
    return answer.status, answer.json.get("name", "")


def reading_has_begun(system: System, told: Acknowledged) -> bool:
    return bool(
        system.ask(
            "select 1 from intake_report where reference = %s and rows_read > 0", told.reference
        )
    )


def test_while_the_database_is_away_the_site_says_so_and_when_to_come_again(stopped, people):
    stopped.kill_postgres()

    answer = stopped.call("GET", "/api/reports", token=people["ada"].token)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json == {
        "detail": "The database is busy or away. Send the same again in a few seconds."
    }
    page = stopped.call("GET", "/sign-in/")
    assert page.status in (200, 503)
    page = stopped.call("GET", "/health/")
    assert (page.status, page.headers["Retry-After"]) == (503, "5")
    assert "The database is busy or away" in page.body.decode()
    assert "Traceback" not in page.body.decode()


def test_the_worker_starts_the_embedded_database_again_and_everything_goes_on(stopped, people):
    worker = stopped.start("worker")
    data = plates("before", 4_300)
    told = Acknowledged(people["ada"].send("a.csv", data), data, 4_300)
    wait_until(lambda: reading_has_begun(stopped, told), "reading has begun", every=0.02)
    stopped.kill_postgres()

    wait_until(
        lambda: who_am_i(stopped, people["ada"])[0] == 200, "the site answers again",
        BACK_WITHIN_SECONDS,
    )  # fmt: skip
    assert worker.poll() is None
    more = plates("after", 10)
    check_ledger(stopped, [told, Acknowledged(people["ben"].send("b.csv", more), more, 10)])


def test_after_every_connection_was_cut_nobody_is_taken_for_somebody_else(stopped, people):
    names = {"ada": "Ada Marsh", "ben": "Ben Okoro"}
    for turn in range(12):
        if turn % 4 == 1:
            stopped.drop_connections()
        for who, name in names.items():
            status, said = who_am_i(stopped, people[who])
            assert status in (200, 503)
            assert said in (name, "")
        if turn % 4 == 3:  # by now each of the site's threads has a connection again
            assert who_am_i(stopped, people["ada"]) == (200, "Ada Marsh")


def test_a_worker_that_was_cut_off_works_on(stopped, people):
    worker = stopped.start("worker")
    data = plates("cut", 6_300)
    told = Acknowledged(people["ada"].send("a.csv", data), data, 6_300)
    wait_until(lambda: reading_has_begun(stopped, told), "reading has begun", every=0.02)
    stopped.drop_connections()

    check_ledger(stopped, [told])
    assert worker.poll() is None
