"""Reference scores of a graph: {n, edges: [[i, j, w]], anchors: [w], jobs: [...]} in, {job: [scores]} out.

networkx: pagerank, personalised, hits.  igraph: igraph_pagerank, igraph_personalised.  scipy: fiedler, sybil, absorbing.
Nothing here shares code with what it checks: the last three are written as dense or sparse linear algebra.
"""

import json
import math
import sys

import numpy as np
import scipy.sparse as sparse
import scipy.sparse.linalg as linalg


def matrix(request):
    n = request["n"]
    edges = request["edges"]
    i, j, w = zip(*edges)
    return sparse.csr_matrix((w, (i, j)), shape=(n, n), dtype=float)


def consented(weights):
    back = weights.T.tocsr()
    return weights.minimum(back)


def digraph(request):
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(range(request["n"]))
    graph.add_weighted_edges_from(request["edges"])
    return graph


def by_node(scores, n):
    return [float(scores[i]) for i in range(n)]


def prior(request):
    anchors = np.array(request["anchors"], dtype=float)
    return anchors / anchors.sum()


def pagerank(request, personal):
    import networkx

    n = request["n"]
    v = dict(enumerate(prior(request))) if personal else None
    scores = networkx.pagerank(
        digraph(request),
        alpha=request["damping"],
        personalization=v,
        dangling=v,
        # It stops at n times this; the sum of changes is wanted below 1e-13.
        tol=1e-13 / n,
        max_iter=2000,
    )
    return by_node(scores, n)


def hits(request):
    import networkx

    hub, authority = networkx.hits(digraph(request), max_iter=5000, tol=1e-13)
    n = request["n"]
    return {"hub": by_node(hub, n), "authority": by_node(authority, n)}


def igraph_pagerank(request, personal):
    import igraph

    n = request["n"]
    edges = request["edges"]
    graph = igraph.Graph(n=n, edges=[(a, b) for a, b, _ in edges], directed=True)
    weights = [w for _, _, w in edges]
    if personal:
        return graph.personalized_pagerank(damping=request["damping"], reset=list(prior(request)), weights=weights)
    return graph.pagerank(damping=request["damping"], weights=weights)


def fiedler(request):
    """Second and third eigenvalue of the normalised Laplacian of the consented layer, and f; the layer must be connected."""
    ties = consented(matrix(request))
    degree = np.asarray(ties.sum(axis=1)).ravel()
    inverse = sparse.diags(1 / np.sqrt(degree))
    similar = inverse @ ties @ inverse
    if request["n"] <= 2500:
        values, vectors = np.linalg.eigh(similar.toarray())
        values, vectors = values[::-1][:3], vectors[:, ::-1][:, :3]
    else:
        values, vectors = linalg.eigsh(similar, k=3, which="LA", tol=1e-13, ncv=60, v0=np.ones(request["n"]))
        order = np.argsort(-values)
        values, vectors = values[order], vectors[:, order]
    f = vectors[:, 1] / np.sqrt(degree)
    f = f / np.abs(f).max()
    if prior(request) @ f < 0:
        f = -f
    return {"lambda2": 1 - values[1], "lambda3": 1 - values[2], "f": f.tolist()}


def sybil(request):
    ties = consented(matrix(request))
    degree = np.asarray(ties.sum(axis=1)).ravel()
    safe = np.where(degree > 0, degree, 1)
    trust = prior(request)
    for _ in range(math.ceil(math.log2(request["n"]))):
        trust = ties.T @ (trust / safe * (degree > 0))
    return (trust / safe * (degree > 0)).tolist()


def absorbing(request):
    """(I - beta Q) h = beta R 1, solved directly; by 300 steps of the contraction where fill-in would be too much."""
    weights = matrix(request)
    layers = {"consented": consented(weights), "backward": weights.T.tocsr(), "forward": weights}
    fixed = np.array(request["anchors"]) > 0
    answers = {}
    for name, layer in layers.items():
        degree = np.asarray(layer.sum(axis=1)).ravel()
        step = sparse.diags(0.85 / np.where(degree > 0, degree, 1)) @ layer
        free = ~fixed
        h = np.ones(request["n"])
        if request["n"] > 10_000:
            for _ in range(300):
                h[free] = (step @ h)[free]
            answers[name] = h.tolist()
            continue
        system = sparse.identity(int(free.sum())) - step[free][:, free]
        h[free] = linalg.spsolve(system.tocsc(), np.asarray(step[free][:, fixed].sum(axis=1)).ravel())
        answers[name] = h.tolist()
    return answers


JOBS = {
    "pagerank": lambda request: pagerank(request, False),
    "personalised": lambda request: pagerank(request, True),
    "hits": hits,
    "igraph_pagerank": lambda request: igraph_pagerank(request, False),
    "igraph_personalised": lambda request: igraph_pagerank(request, True),
    "fiedler": fiedler,
    "sybil": sybil,
    "absorbing": absorbing,
}

request = json.load(sys.stdin)
json.dump({job: JOBS[job](request) for job in request["jobs"]}, sys.stdout)
