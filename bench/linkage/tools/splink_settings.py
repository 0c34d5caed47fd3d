"""How Splink is set up for each set.

`docs`: as its own demonstrations have that set, or, where they have none, as its guides have such
columns. `expert`: what we made of it from its guides, set by set: more blocking rules, fuzzy levels
on every column, term frequencies. No labels in either.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import splink.comparison_library as cl

from bench.linkage.tools.task import Task

Rule = tuple[str, ...] | str


@dataclass
class Recipe:
    """Rules are columns that two records share, or SQL. `sure`: rules hardly ever wrong."""

    blocking: list[Rule]
    comparisons: list[object]
    sure: list[Rule]
    sure_recall: float
    most_pairs: float
    training: list[Rule]
    notes: list[str] = field(default_factory=list)


def recipe_for(task: Task) -> Recipe:
    expert = task.setting == "expert"
    if task.name in OF_ITS_OWN:
        return OF_ITS_OWN[task.name](expert)
    return by_kinds(task, expert)


def often(comparison: object) -> object:
    """Rare values count for more."""
    return comparison.configure(term_frequency_adjustments=True)


def fake_1000(expert: bool) -> Recipe:
    blocking: list[Rule] = [("first_name", "city"), ("surname",), ("dob",)]
    comparisons = [
        cl.NameComparison("first_name"), cl.NameComparison("surname"),
        cl.LevenshteinAtThresholds("dob", 1), often(cl.ExactMatch("city")),
        cl.EmailComparison("email"),
    ]  # fmt: skip
    training: list[Rule] = [("first_name", "surname"), ("dob",)]
    if expert:
        blocking += [
            ("email",), ("substr(first_name,1,3)", "substr(surname,1,3)"), ("substr(email,1,6)",),
            ("first_name", "substr(dob,1,7)"), ("split_part(email,'@',1)",),
        ]  # fmt: skip
        comparisons = [
            often(cl.NameComparison("first_name")), often(cl.NameComparison("surname")),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            often(cl.DamerauLevenshteinAtThresholds("city", [1, 2])), cl.EmailComparison("email"),
        ]  # fmt: skip
        training.append(("email",))
    near = "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2"
    return Recipe(
        blocking, comparisons, [("first_name", "dob"), near, ("email",)], 0.7, 2e6, training
    )


def historical(expert: bool) -> Recipe:
    three = "substr(postcode_fake,1,3)"
    blocking: list[Rule] = [
        ("substr(first_name,1,3)", "substr(surname,1,4)"), ("surname", "dob"),
        ("first_name", "dob"), ("postcode_fake", "first_name"), ("postcode_fake", "surname"),
        ("dob", "birth_place"), (three, "dob"), (three, "first_name"), (three, "surname"),
        ("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
    ]  # fmt: skip
    both = cl.ForenameSurnameComparison(
        "first_name", "surname", forename_surname_concat_col_name="both_names"
    )
    born = cl.DateOfBirthComparison("dob", input_is_string=True)
    comparisons = [
        both, born, cl.PostcodeComparison("postcode_fake"),
        often(cl.ExactMatch("birth_place")), often(cl.ExactMatch("occupation")),
    ]  # fmt: skip
    training: list[Rule] = [("first_name", "surname"), ("dob",)]
    if expert:
        first, last = "split_part(full_name,' ',1)", "split_part(full_name,' ',-1)"
        blocking += [
            ("dob", "postcode_fake"), ("full_name",), ("postcode_fake", "birth_place"),
            ("postcode_fake", "occupation"), ("dob", "occupation"), ("birth_place", "surname"),
            ("birth_place", "first_name", "occupation"),
            ("surname", "occupation", "substr(dob,1,3)"),
            "l.first_name = r.surname and l.surname = r.first_name", ("substr(full_name,1,8)",),
            (first, last), ("split_part(full_name,' ',2)", "substr(dob,1,4)"),
            (last, "birth_place"), (last, "substr(dob,1,4)"), (first, "dob"),
        ]  # fmt: skip
        comparisons = [
            both, born, often(cl.PostcodeComparison("postcode_fake")),
            often(cl.JaroWinklerAtThresholds("birth_place", [0.9])),
            often(cl.ExactMatch("occupation")), cl.ExactMatch("gender"),
        ]  # fmt: skip
        training.append(("postcode_fake",))
    sure: list[Rule] = [
        ("first_name", "surname", "dob"), ("dob", "postcode_fake"),
        ("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
    ]  # fmt: skip
    return Recipe(blocking, comparisons, sure, 0.6, 1e7, training)


TURNED = "l.given_name = r.surname and l.surname = r.given_name"


def febrl(expert: bool) -> Recipe:
    blocking: list[Rule] = [
        ("soc_sec_id",), ("given_name",), ("surname",), ("date_of_birth",), ("postcode",)
    ]  # fmt: skip
    comparisons = [
        cl.NameComparison("given_name"), cl.NameComparison("surname"), _febrl_born(),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
        often(cl.ExactMatch("street_number")), often(cl.ExactMatch("postcode")),
    ]  # fmt: skip
    if expert:
        blocking += [("address_1",), ("suburb", "street_number"), TURNED, ("address_2",)]
        comparisons = [*_febrl_often(), often(cl.JaroWinklerAtThresholds("address_1", [0.9, 0.8]))]
    sure: list[Rule] = [("soc_sec_id",), ("given_name", "surname", "date_of_birth"),
                        f"{TURNED} and l.date_of_birth = r.date_of_birth"]  # fmt: skip
    training: list[Rule] = [("date_of_birth",), ("postcode",)]
    return Recipe(blocking, comparisons, sure, 0.9, 1e6, training)


def febrl4(expert: bool) -> Recipe:
    blocking: list[Rule] = [
        ("given_name", "surname"), TURNED, ("date_of_birth",), ("soc_sec_id",),
        ("state", "address_1"), ("street_number", "address_1"), ("postcode",),
    ]  # fmt: skip
    comparisons = _febrl_often()
    if expert:
        blocking += [("address_1",), ("surname",), ("given_name", "suburb"), ("address_2",)]
        comparisons.append(often(cl.JaroWinklerAtThresholds("address_1", [0.9, 0.8])))
    sure: list[Rule] = [("soc_sec_id",), ("given_name", "surname", "date_of_birth")]
    training: list[Rule] = [("date_of_birth",), ("postcode",)]
    return Recipe(blocking, comparisons, sure, 0.8, 1e6, training, notes=["both files as one"])


def _febrl_born() -> object:
    return cl.DateOfBirthComparison(
        "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
    )


def _febrl_often() -> list[object]:
    return [
        often(cl.NameComparison("given_name")), often(cl.NameComparison("surname")), _febrl_born(),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
        often(cl.ExactMatch("street_number")),
        often(cl.DamerauLevenshteinAtThresholds("postcode", [1, 2])),
    ]  # fmt: skip


OF_ITS_OWN: dict[str, Callable[[bool], Recipe]] = {
    "fake_1000": fake_1000, "historical": historical, "febrl1": febrl, "febrl2": febrl,
    "febrl3": febrl, "febrl4": febrl4,
}  # fmt: skip


def by_kinds(task: Task, expert: bool) -> Recipe:
    """As the guides have a given and a family name, a birth date and whatever else there is."""
    (first,), (last,) = task.columns("given_name"), task.columns("family_name")
    (born,) = task.columns("birth_date")
    year, initial = f"substr({born},1,4)", f"substr({first},1,1)"
    blocking: list[Rule] = [(first, last), (last, born), (first, born)]
    blocking += [(one,) for one in task.columns("phone", "email", "identifier")]
    blocking += [(one, last) for one in task.columns("postcode", "address")]
    if expert:
        blocking += [
            (f"substr({first},1,3)", f"substr({last},1,4)", year),
            f"l.{first} = r.{last} and l.{last} = r.{first}",
            *((one, initial) for one in task.columns("postcode", "address")),
            *((one, born) for one in task.columns("postcode", "place")),
            (last, year, initial), (f"substr({born},5,6)", f"substr({last},1,2)", initial),
        ]  # fmt: skip
    comparisons = [*(_compared(name, kind, expert) for name, kind in task.kinds.items()
                     if kind in COMPARED or kind in FUZZY)]  # fmt: skip
    training: list[Rule] = [(first, last), (born,)]
    training += [(one,) for one in task.columns("phone")]
    sure: list[Rule] = [(first, last, born), *((one,) for one in task.columns("email"))]
    return Recipe(blocking, comparisons, sure, 0.6, 1e6, training, notes=["by the guides"])


COMPARED: dict[str, Callable[[str], object]] = {
    "given_name": cl.NameComparison, "family_name": cl.NameComparison,
    "birth_date": lambda name: cl.DateOfBirthComparison(
        name, input_is_string=True, invalid_dates_as_null=True
    ),
    "email": cl.EmailComparison, "postcode": cl.PostcodeComparison,
}  # fmt: skip
FUZZY: dict[str, Callable[[str], object]] = {
    "phone": lambda name: cl.DamerauLevenshteinAtThresholds(name, [1]),
    "address": lambda name: cl.JaroWinklerAtThresholds(name, [0.95]),
    "place": lambda name: cl.DamerauLevenshteinAtThresholds(name, [1]),
}


def _compared(name: str, kind: str, expert: bool) -> object:
    if kind in COMPARED:
        made = COMPARED[kind](name)
        return often(made) if expert and kind in ("given_name", "family_name") else made
    return often(FUZZY[kind](name)) if expert else often(cl.ExactMatch(name))
