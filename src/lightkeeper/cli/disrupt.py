"""The disrupt command: what is left of a network as people are taken out, without a database."""

import json
from functools import partial
from pathlib import Path

import click

from lightkeeper.cli.refusal import Refusal
from lightkeeper.engine.errors import EngineError
from lightkeeper.engine.network.disruption import Disruption, Equals, Strategy, disrupt
from lightkeeper.engine.network.ties import Ties
from lightkeeper.engine.network.ties_csv import read_ties_csv

WEIGHED = {
    Strategy.BETWEENNESS, Strategy.DEGREE, Strategy.COLLECTIVE_INFLUENCE, Strategy.KATZ,
}  # fmt: skip


@click.command("disrupt")
@click.argument("edges", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--strategy",
    type=click.Choice([one.value for one in Strategy]),
    default="betweenness",
    show_default=True,
    help="Who goes next: the most central of what is left; greedy and exact leave least.",
)
@click.option("--steps", type=click.IntRange(0), help="How many to take out. Usual: all.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.option("--weighted", is_flag=True, help="Count weights, not only who is tied to whom.")
@click.option(
    "--equals",
    type=click.Choice([one.value for one in Equals]),
    default="published",
    show_default=True,
    help="Who goes first of equals: as in Cavallaro et al. 2020, or by name.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="For random.")
@click.option("--spare", multiple=True, help="Somebody never to take out; may be given again.")
def disrupt_command(
    edges: Path, strategy: str, steps: int | None, as_json: bool, weighted: bool, equals: str,
    seed: int, spare: tuple[str, ...],
) -> None:  # fmt: skip
    """Take people out of the network in EDGES one by one, and say how large its largest component
    is after each, as a share of what it was.

    EDGES has a source, a target and a weight on each line, and no header.
    """
    chosen = Strategy(strategy)
    if chosen is Strategy.EXACT and steps is None:
        raise click.UsageError("Say with --steps how many to take out: exact looks at all ways.")
    if weighted and chosen not in WEIGHED:
        raise click.UsageError(f"--strategy {strategy} does not weigh ties: leave --weighted out.")
    try:
        ties = read_ties_csv(edges, partial(click.echo, err=True))
        done = disrupt(
            ties, chosen, steps, weighted=weighted, equals=Equals(equals), seed=seed,
            spared=_numbers(ties, spare),
        )  # fmt: skip
    except EngineError as error:
        raise Refusal(str(error)) from error
    if as_json:
        said = {"strategy": strategy, "weighted": weighted, "equals": equals, "seed": seed}
        click.echo(json.dumps(_result(ties, done) | said))
    else:
        click.echo(_table(ties, done))


def _numbers(ties: Ties, names: tuple[str, ...]) -> list[int]:
    place = {name: number for number, name in enumerate(ties.names)}
    for name in names:
        if name not in place:
            raise EngineError(f"Nobody in the file is called {name}.")
    return [place[name] for name in names]


def _result(ties: Ties, done: Disruption) -> dict[str, object]:
    return {
        "largest_component": list(done.shares),
        "removed": [ties.names[person] for person in done.removed],
        "first": done.largest[0],
        "people": ties.people,
        "ties": len(ties.one),
        "resilience": done.resilience,
    }


def _table(ties: Ties, done: Disruption) -> str:
    names = [ties.names[person] for person in done.removed]
    wide = max([len("taken out"), *map(len, names)])
    lines = [
        f"People: {ties.people}. Ties: {len(ties.one)}. Largest component: {done.largest[0]}.",
        f"{'step':>5}  {'taken out':<{wide}}  {'largest':>12}  {'share':>6}",
    ]
    for step, (name, size, share) in enumerate(
        zip(names, done.largest[1:], done.shares, strict=True), 1
    ):
        lines.append(f"{step:>5}  {name:<{wide}}  {size:>12}  {share:>6.1%}")
    lines.append(f"Resilience (mean share): {done.resilience:.3f}")
    return "\n".join(lines)
