"""How central each person is: the measures by which somebody is chosen to be taken out."""

from collections.abc import Callable

import igraph
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix, identity
from scipy.sparse.linalg import cg

from lightkeeper.engine.network.ties import Ties

Values = NDArray[np.float64]
# A measure looks at a graph whose edges have a `weight`, and says whether weights count.
Measure = Callable[[igraph.Graph, bool], Values]
KATZ_ALPHA = 0.1


def as_graph(ties: Ties) -> igraph.Graph:
    """The same people and ties for igraph."""
    graph = igraph.Graph(ties.people, np.column_stack([ties.one, ties.two]).tolist())
    graph.es["weight"] = ties.weight.tolist()
    return graph


def betweenness(graph: igraph.Graph, weighted: bool) -> Values:
    """On how many shortest paths between two others each lies, shared where there are several.

    A tie of weight w is 1/w long: who speak often are near.
    Source: Freeman 1977, by Brandes' way, in igraph.
    """
    lengths = [1 / weight for weight in graph.es["weight"]] if weighted else None
    return np.array(graph.betweenness(directed=False, weights=lengths), float)


def degree(graph: igraph.Graph, weighted: bool) -> Values:
    """How many ties each has, or what they weigh together."""
    return np.array(graph.strength(weights="weight") if weighted else graph.degree(), float)


def collective_influence(graph: igraph.Graph, weighted: bool) -> Values:
    """(k - 1) times the sum of (k - 1) over those tied to each.

    k is the degree, or the weight of all ties, counted as 1 at least. The ball has the radius 1,
    as in Cavallaro et al. 2020.
    Source: Morone and Makse 2015, doi:10.1038/nature14604.
    """
    less = np.maximum(degree(graph, weighted) - 1, 0)
    around = np.zeros(graph.vcount())
    ends = np.array(graph.get_edgelist(), np.int64).reshape(-1, 2)
    np.add.at(around, ends[:, 0], less[ends[:, 1]])
    np.add.at(around, ends[:, 1], less[ends[:, 0]])
    return np.asarray(less * around, float)


def katz(alpha: float) -> Measure:
    """Walks that end at each, a step counting `alpha` of the one before. See `katz_alpha`."""

    def measure(graph: igraph.Graph, weighted: bool) -> Values:
        count = graph.vcount()
        if not graph.ecount():
            return np.ones(count)
        # Symmetric and, `alpha` being small enough, positive definite.
        system = identity(count, format="csr") - alpha * _matrix(graph, weighted)
        solved, _ = cg(system, np.ones(count), rtol=1e-13, maxiter=10 * count + 100)
        return np.asarray(solved, float)

    return measure


def katz_alpha(graph: igraph.Graph, weighted: bool) -> float:
    """0.1, or less where walks would not die out: nine tenths of one over the largest eigenvalue,
    which taking people out only lowers.
    """
    if not graph.ecount():
        return KATZ_ALPHA
    matrix = _matrix(graph, weighted)
    vector = np.ones(graph.vcount())
    largest = 0.0
    # One is added to each diagonal, so that a graph of two sides does not swing for ever.
    for _ in range(500):
        found = matrix @ vector + vector
        before, largest = largest, float(np.linalg.norm(found) / np.linalg.norm(vector)) - 1
        vector = found / np.linalg.norm(found)
        if abs(largest - before) < 1e-9 * max(largest, 1):
            break
    return min(KATZ_ALPHA, 0.9 / largest)


def _matrix(graph: igraph.Graph, weighted: bool) -> csr_matrix:
    ends = np.array(graph.get_edgelist(), np.int64).reshape(-1, 2)
    weights = np.array(graph.es["weight"]) if weighted else np.ones(len(ends))
    both = np.concatenate([ends, ends[:, ::-1]])
    shape = (graph.vcount(), graph.vcount())
    return coo_matrix((np.tile(weights, 2), (both[:, 0], both[:, 1])), shape=shape).tocsr()
