"""What the machine would have a person look at before they disclose. It decides nothing. Pure."""

import re
from collections.abc import Collection, Iterator

from lightkeeper.apps.rights.statements import Content, Statement

# Two words or more that begin with a capital: perhaps a name, in the group. Where the first capital
# of a text without a gap leads to none, no later one does, so that it is not read anew from each.
NAME = re.compile(
    r"(?<![\w'’-])(?>[\w'’-]*?\b(?=[^\W\d_a-z][\w'’-]))"
    r"([\w'’-]++(?:\s+[^\W\d_a-z][\w'’-]++)+)"
)
NAMES = ("name", "alias", "firstName", "lastName", "previousName", "maidenName")
MOST_PROTECTED = {"CHILD", "VICTIM", "WITNESS"}


def words_of(names: Collection[str]) -> frozenset[str]:
    return frozenset(word.casefold() for name in names for word in name.split())


def of_statement(one: Statement, own: frozenset[str]) -> str:
    """Why somebody should look twice at this statement; empty if nothing speaks for it."""
    column = one.key.partition(":")[0]
    if column in NAMES and not set(one.text.casefold().split()) <= own:
        return "This seems to be the name of somebody else."
    for found in NAME.finditer(one.text):
        if not {word.casefold() for word in found.group(1).split()} & own:
            return "Somebody else seems to be named here."
    return ""


def of_item(content: Content, own: frozenset[str], disclosable: Collection[int]) -> Iterator[str]:
    """Why somebody should look twice at the whole of it."""
    if not set(content.bucket_ids) <= set(disclosable):
        yield "Its label does not let you disclose it: ask its owner, or withhold it."
    record = content.row
    if getattr(record, "concerns_child", False):
        yield "It concerns a child."
    if not set(MOST_PROTECTED).isdisjoint(getattr(record, "categories", ())):
        yield f"It is about a {content.category.lower()}: whose rights would it harm?"
    named = [s for s in content.statements if s.key.partition(":")[0] in NAMES]
    if named and not any(set(s.text.casefold().split()) & own for s in named):
        yield "It seems to be about somebody else."
    elif any(of_statement(one, own) for one in content.statements):
        yield "Some of it seems to name somebody else."
    if hasattr(record, "information_assessment") and getattr(record, "basis", "") == "REPORTED":
        yield "Somebody reported this: would it show who?"
