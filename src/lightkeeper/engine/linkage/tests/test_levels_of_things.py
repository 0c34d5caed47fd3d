"""Of things, too, arrays of codes say of every pair what SQL says, on every level there is."""

import numpy as np
import pyarrow as pa
import pytest

from lightkeeper.engine.linkage.loaded import load
from lightkeeper.engine.linkage.plan import Subject
from lightkeeper.engine.linkage.scoring import Comparer, join_levels
from lightkeeper.engine.linkage.tests.plain import plain_levels
from lightkeeper.engine.linkage.tests.test_arrays import coded_values, every_pair, on_an_edge
from lightkeeper.engine.matcher.tests.arranging import usual_model

# Of each column some values as they are written, near to each other in every way that is told.
SAID = {
    Subject.ORGANISATION: {
        "name": ["Harbour Light Trading Ltd", "Harbour Light Tradng Ltd", "Harbour Light",
                 "Harbour Lights Trade Group", "Quillon Freight", "Quillon Haulage Services",
                 "Freight of the North", "Zeta"],
        "registration_number": ["07341182", "07341128", "07341199", "07399999", "SC123456"],
        "domain": ["harbourlight.example", "harbour-light.example", "harbourlite.example",
                   "quillon.example"],
    },
    Subject.VEHICLE: {
        "registration_mark": ["AB12 CDE", "A812 CDE", "AB12 CDF", "AB12", "AB12 XYE", "ZZ99 QQQ"],
        "vin": ["WVWZZZ1JZXW000001", "WVWZZZ1JZXW000002", "WVWZZZ1JZXW000033", "SALLJGML8YA000077"],
        "make": ["Vauxhall", "Vauxhal", "Ford", "Ford"],
        "model": ["Corsa", "Corsa", "Transit", "Focus", None],
        "colour": ["blue", "bleu", "white", "silver"],
    },
    Subject.ACCOUNT: {
        "handle": ["moonlight77", "moonlight78", "moonlit", "starfish"],
        "platform": ["chatter", "chater", "picshare", None],
        "display_name": ["Moon Light", "Moon Lights", "Moon Base", "Moonlighting", "Star"],
        "email": ["moon@mail.example", "moon@post.example", "mon@mail.example", "star@x.example",
                  "moonshine.bright@mail.example", "moonshade.brightly@mail.example"],
    },
    Subject.ADDRESS: {
        "uprn": ["100021234567", "100021234568", "100021234599", "200000000001"],
        "house_number": ["12", "12", "14", "7"],
        "flat": ["3", None, "4"],
        "street": ["Harbour Street", "Harbor Street", "Harbour Street North", "Harbour Stride",
                   "Mill Street", "Mill Street South Riverside and Bank End", "Quay"],
        "town": ["Westmark", "Westmarc", "West Hill", "Northby"],
        "postcode": ["WM1 2AB", "WM1 2AC", "WM1 9ZZ", "WM4 1AA", "NB1 1AA"],
    },
    Subject.DOCUMENT: {
        "document_type": ["passport", "pasport", "driving licence", "visa"],
        "document_number": ["512345678", "512345687", "512345600", "998877665"],
        "country": ["GBR", "FRA", None],
        "issue_date": ["2019-03-04", "2019-04-03", "2019-03-05", "2019-03-28", "2019-11-20",
                       "2020-12-31", "2012-01-01", "1988-07-09"],
        "expiry_date": ["2029-03-04", "2029-04-03", "2029-03-05", "2029-03-28", "2029-11-20",
                        "2030-12-31", "2022-01-01", "1998-07-09"],
    },
    Subject.PHONE: {
        "phone": ["07700 900123", "07700 900124", "07700 900155", "07700 911999"],
        "imei": ["356938035643809", "356938035643810", "356938035643899", "490154203237518"],
        "network": ["Alpha Mobile", "Alpha Mobil", "Beta"],
    },
}  # fmt: skip


def things(subject, count=130):
    """Rows of these values, in every company, and now and then of none."""
    random = np.random.default_rng(len(subject))
    return pa.table({
        name: [None if random.random() < 0.1 else values[random.integers(len(values))]
               for _ in range(count)]
        for name, values in SAID[subject].items()
    })  # fmt: skip


@pytest.mark.parametrize("subject", SAID)
def test_every_pair_of_things_is_on_the_level_that_sql_gives(subject):
    table = things(subject)
    model = usual_model(table, subject=subject)
    left, right = every_pair(table.num_rows)

    coded = load(table, model.plan, model.fields).coded
    found = join_levels(Comparer(coded, model.comparisons).chunks(left, right))
    plain = plain_levels(table, model, left, right)

    for c, comparison in enumerate(model.comparisons):
        for at in np.flatnonzero(found.level[:, c] != plain.level[:, c]).tolist():
            said = [coded_values(coded, comparison.column, side[at]) for side in (left, right)]
            assert on_an_edge(*said), (comparison.name, said)
        met = set(found.level[:, c].tolist())
        assert met == set(range(-1, len(comparison.levels))), (comparison.name, met)
