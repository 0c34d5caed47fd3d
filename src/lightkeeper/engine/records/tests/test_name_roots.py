"""Which given names may be one: short forms and other spellings."""

from importlib.resources import files

import pytest
import yaml

from lightkeeper.engine.records.name_roots import roots_of
from lightkeeper.engine.records.names import fold_name


@pytest.mark.parametrize(
    ("one", "other"),
    [("liz", "beth"), ("bill", "william"), ("mohammed", "muhammad"), ("jack", "john"),
     ("kate quinn", "catherine"), ("sasha", "oleksandr")],
)  # fmt: skip
def test_forms_of_one_name_share_a_root(one, other):
    assert roots_of(one) & roots_of(other)


@pytest.mark.parametrize(("one", "other"), [("liz", "ada"), ("", ""), ("john", "mary")])
def test_other_names_do_not(one, other):
    assert not roots_of(one) & roots_of(other)


def test_the_list_is_of_folded_names_and_no_form_stands_twice_in_a_group():
    text = (files("lightkeeper.engine.records") / "name_roots.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    del data["version"]

    for group in data.values():
        for root, forms in group.items():
            every = [root, *forms]
            assert every == [fold_name(form) for form in every]
            assert len(set(every)) == len(every), root
