"""The command line asked by everybody for everything: what is hidden answers like what is not."""

import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import transaction

from lightkeeper.apps.accounts import limits
from lightkeeper.cli.main import COMMANDS, main
from lightkeeper.testing.cast import PASSWORD
from lightkeeper.testing.plugin import NAME as DATABASE
from lightkeeper.testing.plugin import superuser
from tests.access.cases import GRANTS_TABLE
from tests.access.objects import make_all, somebody
from tests.access.oracle import against, grants_in

# Signing in is slow on purpose, so not everybody tries: one on each side of each line.
NAMES = ("ada", "ben", "lena", "audrey")
GRANTS = grants_in(GRANTS_TABLE)
# Each command is here or fails the build: those that act for a person who signs in, and those of
# whoever runs the machine, which show no record.
FOR_A_PERSON = {"breaches", "find", "intake", "rights"}
OF_THE_MACHINE = {
    "demo", "serve", "worker", "stop", "migrate", "check", "password", "factor", "identity", "keys",
    "audit", "link", "match", "model", "disrupt", "trends", "synth", "backup", "verify",
    "restore", "processing",
}  # fmt: skip


def test_every_command_is_for_a_person_or_of_the_machine():
    assert set(COMMANDS) == FOR_A_PERSON | OF_THE_MACHINE


def run(who: str, *words: str) -> Result:
    result = CliRunner().invoke(main, [*words, "--as", who], env={"LIGHTKEEPER_PASSWORD": PASSWORD})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def behind(committed, tokens):
    from lightkeeper.apps.accounts.services import actor_now
    from lightkeeper.core.access import acting

    with transaction.atomic(), ExitStack() as stack:

        def become(name):
            stack.close()
            stack.enter_context(acting.with_session(tokens[name]))
            return actor_now()

        made = make_all(become)
    return made


def said(result: Result, asked: str) -> tuple[int, str, str]:
    return (
        result.exit_code,
        result.stdout.replace(asked, "ASKED"),
        result.stderr.replace(asked, "ASKED"),
    )


def test_finding_what_is_hidden_is_like_finding_nobody(behind):
    shown = 0
    for who in NAMES:
        nobody = said(run(who, "find", "Zqnobodyx"), "Zqnobodyx")
        for number, there in enumerate(behind.values()):
            text = there.canary if number % 2 else there.parameters["record"][0]
            found = run(who, "find", text)
            if against(somebody(who), "read", there.thing, GRANTS):
                assert said(found, text) == nobody, (who, there.name)
            else:
                shown += there.parameters["subject"][0] in found.stdout
    assert shown


def test_sending_the_bytes_of_a_hidden_report_is_like_sending_new_ones(behind, tmp_path: Path):
    def sent(who: str, name: str) -> tuple[int, str]:
        path = tmp_path / "rows.csv"
        path.write_text(f"name\n{name}\n", encoding="utf-8")
        found = run(who, "intake", str(path), "--level", "0")
        return found.exit_code, re.sub(r"REP-[\w-]+", "REPORT", found.stdout)

    new = sent("cleo", "Quite New")
    assert new[0] == 0
    for there in behind.values():
        assert against(somebody("cleo"), "read", there.thing, GRANTS)
        assert sent("cleo", there.canary) == new


@pytest.fixture
def two_searches_an_hour(committed):
    limit = "update accounts_ratelimit set most = %s where code = 'search-hour' returning most"
    with superuser(DATABASE) as connection:
        (before,) = connection.execute(
            "select most from accounts_ratelimit where code = 'search-hour'"
        ).fetchone()
        connection.execute(limit, [2])
        limits.forget_rules()
        yield
        connection.execute(limit, [before])
    limits.forget_rules()


@pytest.mark.usefixtures("two_searches_an_hour")
def test_finding_at_the_terminal_counts_with_searching_by_page(browse):
    for _ in range(2):
        assert browse("dev").get("/picture/search/?q=nobody").status_code == 200
    refused, other = run("dev", "find", "nobody"), run("otto", "find", "nobody")
    assert refused.exit_code != 0
    assert "Nothing that is shared" not in refused.stdout
    assert "Nothing that is shared" in other.stdout
