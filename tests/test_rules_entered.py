"""What a deployment begins with is entered by a command, and what it has changed stays changed."""

from importlib import import_module

import pytest
from click.testing import CliRunner

from lightkeeper.apps.accounts import loading_reference
from lightkeeper.cli import running
from lightkeeper.testing.plugin import NAME, superuser

ENTERED = ("accounts_area", "accounts_code", "accounts_agency")


@pytest.fixture(scope="module", autouse=True)
def reference(database):
    """The agencies, areas and codes of a deployment; the tests after these have their own few."""

    def there():
        with superuser(NAME) as c:
            return {t: [row[0] for row in c.execute(f"select id from {t}")] for t in ENTERED}

    before = there()
    loading_reference.load_reference()
    yield
    with superuser(NAME) as c:
        c.execute("set session_replication_role = replica")
        for table, kept in before.items():
            c.execute(f"delete from {table} where not id = any(%s)", (kept,))
    assert there() == before


@pytest.fixture
def taken_away(database):
    """A factor that is missing, and a limit that the deployment has changed."""
    with superuser(NAME) as c:
        [factor] = c.execute(
            "select code from intelligence_factor order by code limit 1"
        ).fetchone()
        c.execute("delete from intelligence_factor where code = %s", (factor,))
        [limit] = c.execute("select code from accounts_ratelimit order by code limit 1").fetchone()
        before = dict(c.execute("select id, most from accounts_ratelimit").fetchall())
        c.execute("update accounts_ratelimit set most = 7 where code = %s", (limit,))
    yield factor, limit
    with superuser(NAME) as c:
        for number, most in before.items():
            c.execute("update accounts_ratelimit set most = %s where id = %s", (most, number))


def test_rules_are_entered_when_asked_for_and_changed_rows_stay(taken_away, monkeypatch):
    factor, limit = taken_away
    monkeypatch.setattr(running, "start_django", lambda: None)
    monkeypatch.setattr(running, "start_database", lambda: None)

    def there():
        with superuser(NAME) as c:
            found = c.execute("select 1 from intelligence_factor where code = %s", (factor,))
            known = found.fetchone() is not None
            most = c.execute("select max(most) from accounts_ratelimit where code = %s", (limit,))
            return known, most.fetchone()[0]

    assert CliRunner().invoke(running.migrate, []).exit_code == 0
    assert there() == (False, 7)
    result = CliRunner().invoke(running.migrate, ["--rules"])
    assert "Rules entered." in result.output, result.output
    assert there() == (True, 7)


@pytest.fixture
def own_words(database):
    """A handling condition that the deployment has ended and says in its own words since."""
    which = "list = 'handling_conditions' and code = 'S2'"
    own = (
        "insert into accounts_code (list, code, label, position, active_from, note, source) values "
        "('handling_conditions', 'S2', 'Ask whoever sent it', 4, '2026-01-01', '', 'ours')"
    )
    with superuser(NAME) as c:
        c.execute(f"update accounts_code set active_to = '2026-01-01' where {which}")
        c.execute(own)
    yield which
    with superuser(NAME) as c:
        c.execute(f"delete from accounts_code where {which} and source = 'ours'")
        c.execute(f"update accounts_code set active_to = null where {which}")


def test_a_code_that_a_deployment_says_in_its_own_words_stays_so(own_words):
    loading_reference.load_codes()

    with superuser(NAME) as c:
        found = c.execute(
            f"select label, active_to::text from accounts_code where {own_words} order by id"
        ).fetchall()
    assert found == [
        ("Sanitisation: consult the originator", "2026-01-01"), ("Ask whoever sent it", None),
    ]  # fmt: skip


@pytest.fixture
def shipped(database, monkeypatch):
    """`shipped("2026-12-31")`: enter a handling condition with this end, and say what it has."""
    read = loading_reference.table
    which = "list = 'handling_conditions' and code = 'S2'"

    def ship(end):
        def table(name):
            for row in read(name):
                mine = (row.get("list"), row.get("code")) == ("handling_conditions", "S2")
                yield row | {"active_to": end} if mine else row

        monkeypatch.setattr(loading_reference, "table", table)
        loading_reference.load_codes()
        with superuser(NAME) as c:
            [[end]] = c.execute(f"select active_to::text from accounts_code where {which}")
        return end

    yield ship
    with superuser(NAME) as c:
        c.execute(f"update accounts_code set active_to = null, shipped_to = null where {which}")


def test_an_end_that_was_shipped_wrong_is_corrected_by_what_is_shipped(shipped):
    ends = ("2026-12-31", "2027-06-30", "2025-01-01", "", "2026-12-31")

    assert [shipped(end) for end in ends] == [end or None for end in ends]


def test_an_end_of_the_deployments_own_stays_whatever_is_shipped(shipped):
    shipped("2026-12-31")
    with superuser(NAME) as c:
        c.execute("update accounts_code set active_to = '2026-06-30' "
                  "where list = 'handling_conditions' and code = 'S2'")  # fmt: skip

    for end in ("2026-12-31", "2027-06-30", "2026-06-30", "2026-03-31", ""):
        assert shipped(end) == "2026-06-30"


def test_an_upgrade_takes_the_ends_that_were_shipped_for_those_and_others_for_its_own(own_words):
    step = import_module("lightkeeper.apps.accounts.migrations.0025_code_end_as_shipped")
    ended = "select count(*) from accounts_code where active_to is not null"
    with superuser(NAME) as c, c.transaction(force_rollback=True):
        [[shipped]] = c.execute(f"{ended} and shipped_to = active_to").fetchall()
        c.execute("update accounts_code set shipped_to = null")
        c.execute(step.SHIPPED)
        assert c.execute(f"{ended} and shipped_to = active_to").fetchall() == [(shipped,)]
        own = c.execute(f"select shipped_to from accounts_code where {own_words}").fetchall()

    assert shipped > 0
    assert own == [(None,), (None,)]


@pytest.fixture
def corrected(database, monkeypatch):
    """The table of laws with its charities corrected, and a row of an agency that is not in yet."""
    read = loading_reference.table

    def table(name):
        rows = [dict(row) for row in read(name)]
        if name == "agencies.csv":
            rows.append(dict.fromkeys(rows[0], "") | {"code": "new-unit", "kind": "unit"})
        if name == "agency_laws.csv":
            for row in rows:
                row["law"] = "PART_3" if row["kind"] == "charity" else row["law"]
            own = {"kind": "", "agency": "new-unit", "law": "UK_GDPR", "source": "its register"}
            rows.append({**rows[0], **own})
        return iter(rows)

    monkeypatch.setattr(loading_reference, "table", table)
    yield
    with superuser(NAME) as c:
        c.execute("update accounts_agencylaw set law = 'UK_GDPR' where kind = 'charity'")
        c.execute("delete from accounts_agencylaw where agency_id is not null")
        c.execute("delete from accounts_agency where code = 'new-unit'")


def test_a_law_that_was_corrected_in_the_table_is_entered_also_of_an_agency_that_comes_with_it(
    corrected,
):
    with superuser(NAME) as c:
        laws = (
            "select l.law from accounts_agencylaw l left join accounts_agency a "
            "on a.id = l.agency_id where l.kind = 'charity' or a.code = 'new-unit' order by l.kind"
        )
        assert c.execute(laws).fetchall() == [("UK_GDPR",)]
        running.enter_rules()
        assert c.execute(laws).fetchall() == [("UK_GDPR",), ("PART_3",)]
