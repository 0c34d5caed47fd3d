"""What a deployment begins with is entered by a command, and what it has changed stays changed."""

import pytest
from click.testing import CliRunner

from lightkeeper.cli import running
from lightkeeper.testing.plugin import NAME, superuser


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
