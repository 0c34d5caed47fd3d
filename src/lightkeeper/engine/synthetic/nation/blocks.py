"""The nation a block at a time: some homes, networks and lone offenders, spread over the country.

A block needs nothing of another, so that blocks can be made in any order and by several processes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lightkeeper.engine.synthetic.nation import truth
from lightkeeper.engine.synthetic.nation.children import NOBODY
from lightkeeper.engine.synthetic.nation.crime import Feeds, tell_loners, tell_networks
from lightkeeper.engine.synthetic.nation.feeds import write_feed
from lightkeeper.engine.synthetic.nation.lives import tell_lives
from lightkeeper.engine.synthetic.nation.luck import Ids, spread
from lightkeeper.engine.synthetic.nation.measures import Counts, count
from lightkeeper.engine.synthetic.nation.offenders import (
    Members,
    has_false_identity,
    has_offender_alias,
    lone_offender,
)
from lightkeeper.engine.synthetic.nation.persons import ALIAS, FALSE, People, identity_of
from lightkeeper.engine.synthetic.nation.reports import FEEDS, Rows, stacked, told
from lightkeeper.engine.synthetic.nation.victims import tell_referrals
from lightkeeper.engine.synthetic.nation.world import World

HOMES_A_BLOCK = 32_768


@dataclass(frozen=True)
class Block:
    """`feeds` and `truth`: tables by name. `identities` (n,) uint64: more that offenders use,
    some of which another block has too. `harming` (n,) uint64: the network of each child harmed.
    """

    feeds: dict[str, pa.Table]
    truth: dict[str, pa.Table]
    identities: Ids
    harming: Ids
    counts: Counts


def blocks_of(world: World) -> int:
    return -(-world.homes // HOMES_A_BLOCK)


def make_block(world: World, number: int, of: int) -> Block:
    """The block of this number, of so many. All of them together are the nation, however many."""
    homes, networks, loners = (
        np.arange(number, things, of, dtype=np.uint64)
        for things in (world.homes, world.networks, world.loners)
    )
    people = People(world, world.people_of(homes))
    lives = tell_lives(world, people)
    tell_referrals(world, People(world, people.ids[~people.is_child]), lives)
    theirs, members, ties = tell_networks(world, networks)
    rows = told(world, _together(lives.feeds, theirs, tell_loners(world, loners)))
    mixed = {feed: _mixed(rows[feed]) for feed in FEEDS}
    harming = lives.harm.network[lives.harm.network != NOBODY]
    return Block(
        feeds={feed: write_feed(world, feed, mixed[feed]) for feed in FEEDS},
        truth={
            "persons": truth.persons(world, people),
            "identities": truth.identities(world, identity_of(people.ids[people.has_alias], ALIAS)),
            "needs": truth.needs(lives.children),
            "members": truth.members(members),
            "links": truth.links(ties),
            "loners": truth.loners(world, loners),
            "harm": truth.harm(lives.harm),
            "trafficking": truth.trafficking(world, stacked(lives.victims)),
            "records": pa.concat_tables(truth.records(feed, mixed[feed]) for feed in FEEDS),
        },
        identities=_identities(world, members, lone_offender(world, loners), mixed),
        harming=harming,
        counts=count(world, people, lives.children, mixed),
    )


def _together(*several: Feeds) -> Feeds:
    return {feed: [rows for feeds in several for rows in feeds.get(feed, [])] for feed in FEEDS}


def _mixed(rows: Rows) -> Rows:
    """In an order that tells nothing."""
    order = np.argsort(spread(rows["event"].astype(np.uint64)), kind="stable")
    return {name: column[order] for name, column in rows.items()}


def _identities(world: World, members: Members, loners: Ids, rows: dict[str, Rows]) -> Ids:
    """Every identity that offenders have or go under, but what `truth.identities` says already."""
    offenders = np.concatenate([members.person, loners])
    used = np.concatenate([one["identity"].astype(np.uint64) for one in rows.values()])
    found = np.concatenate(
        [
            identity_of(offenders[has_offender_alias(world, offenders)], ALIAS),
            identity_of(offenders[has_false_identity(world, offenders)], FALSE),
            used[used % np.uint64(4) > 0],
        ]
    )
    said = (found % np.uint64(4) == ALIAS) & People(world, found >> np.uint64(2)).has_alias
    return np.unique(found[~said])


def every_block(world: World, of: int | None = None) -> Iterator[Block]:
    """Each block of the nation, one after the other."""
    many = of or blocks_of(world)
    for number in range(many):
        yield make_block(world, number, many)
