"""A report on its way in, told in sentences, with every app listening."""

import pytest
from django.db import transaction

from lightkeeper.apps.intake import correcting, queries
from lightkeeper.apps.intake.models import Quarantined, Record
from lightkeeper.apps.intake.tests.arranging import NOON, counts, send

pytestmark = pytest.mark.usefixtures("committed")


def test_a_report_comes_in_its_bad_row_is_put_right_and_only_the_right_people_see_it(
    as_, do_errands, browse
):
    # Ben of Northshire sends in three rows; one has an impossible birthday.
    with transaction.atomic():
        report = send(as_("ben")).report
    do_errands()
    with transaction.atomic():
        ben = as_("ben")
        assert counts(queries.find_report(ben, report.reference)) == (3, 2, 0, 1)
        [waiting] = Quarantined.objects.visible_to(ben)

    # He is told which row and column, and puts it right.
    page = browse("ben").get(waiting.get_absolute_url()).content.decode()
    assert "Row 4, column" in page
    with transaction.atomic():
        ben = as_("ben")
        cells = {**waiting.row, "dob": "28/02/1975"}
        row = queries.get_quarantined(ben, waiting.reference)
        done = correcting.replay(by=ben, row=row, cells=cells, at=NOON)
    do_errands()

    # The corrected row is a record like the others, and stands in the picture like them.
    with transaction.atomic():
        ben = as_("ben")
        assert [r.row_number for r in Record.objects.visible_to(ben).order_by("pk")] == [2, 3, 4]
    assert browse("ben").get(done.record.get_absolute_url()).status_code == 200

    # Jo is a child: a consideration waits for somebody to decide it.
    assert "Jo Marsh" in browse("ben").get("/children/").content.decode()

    # Nobody of another agency is told of any of it.
    for who in ("ada", "cleo", "otto"):
        assert browse(who).get(done.record.get_absolute_url()).status_code == 404
        assert "Jo Marsh" not in browse(who).get("/children/").content.decode()
        assert report.reference not in browse(who).get("/reports/").content.decode()
