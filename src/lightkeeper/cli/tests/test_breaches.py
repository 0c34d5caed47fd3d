"""The register of breaches from the command line."""

from click.testing import CliRunner
from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.accounts.services import actor_now
from lightkeeper.apps.breaches import services
from lightkeeper.cli.main import main
from lightkeeper.core.access import acting
from lightkeeper.testing.cast import PASSWORD


def test_the_command_line_lists_them_with_the_time_left(committed, tokens):
    nothing = CliRunner().invoke(
        main, ["breaches", "--as", "dora"], env={"LIGHTKEEPER_PASSWORD": PASSWORD}
    )
    assert "No breach that is shared with you" in nothing.output
    with acting.with_session(tokens["ada"]), transaction.atomic():
        ada = actor_now()
        now = timezone.now()
        reference = services.report_breach(
            by=ada, kinds=["AVAILABILITY"], what="A disk is lost", noticed_at=now, at=now
        )
    for who, there in (("dora", True), ("ada", False)):
        found = CliRunner().invoke(
            main, ["breaches", "--as", who], env={"LIGHTKEEPER_PASSWORD": PASSWORD}
        )
        assert (reference in found.output) == there
        assert ("2 days 23 hours left to notify" in found.output) == there
