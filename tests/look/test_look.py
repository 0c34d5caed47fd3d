"""The gallery in a real browser: at every width, in light and dark, by keyboard and by finger."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.look.visit import PROJECT

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def visit() -> dict[str, Any]:
    path = os.pathsep.join([str(PROJECT / "src"), str(PROJECT)])
    done = subprocess.run(
        [sys.executable, "-m", "tests.look.visit"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": path},
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1440])
def test_each_page_is_accessible_fits_its_width_and_keeps_the_content_policy(visit, scheme, width):
    assert visit["looks"][f"{scheme} {width}"] == []


def test_shortcuts_work_but_never_while_typing_and_can_be_switched_off(visit):
    did = visit["does"]
    assert did["slash"] == "site-search"
    assert did["typed"] == "g?t"
    assert did["dialog"] is True
    assert did["switched off"] != "site-search"
    assert did["went to"] == "/intake/reports/"


def test_a_job_is_followed_to_its_end_and_spoken(visit):
    assert visit["does"]["announced"] == "Reading: rows Finished"


def test_errors_of_a_form_take_the_focus_and_lead_to_their_fields(visit):
    did = visit["does"]
    assert did["errors first"] == "error-summary"
    assert did["title"].startswith("Error:")
    assert did["error leads to"] == "id_born_on_day"


def test_the_menu_opens_on_a_small_screen_and_all_is_large_enough_for_a_finger(visit):
    did = visit["does"]
    assert (did["menu shut"], did["menu open"]) == (False, True)
    assert did["small for a finger"] == []
