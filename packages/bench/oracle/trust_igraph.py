"""Ranks the graph that the benchmark wrote with igraph's C core, and with ARPACK (through scipy) for the Fiedler vector.

Usage: trust_igraph.py FOLDER, with the little-endian files nodes.u32 (one number), sources.u32, targets.u32, weights.f64,
anchors.f64, and the same of the consented layer with the prefix m-. Prints one JSON object; times are seconds of processor time of
the call alone, without reading the files and building the graph, on both sides. `sums` are sums of squares of the scores, so
that the benchmark can tell that both sides have computed the same.

igraph's own spectral routines offer no Fiedler vector of the weighted normalised Laplacian; ARPACK is what they call.
"""
import json
import sys
import time

import igraph
import numpy
import scipy
import scipy.sparse
import scipy.sparse.csgraph
import scipy.sparse.linalg

folder = sys.argv[1]


def read(name, kind):
    return numpy.fromfile(f"{folder}/{name}", dtype=kind)


nodes = int(read("nodes.u32", "<u4")[0])
anchors = read("anchors.f64", "<f8")
ends = numpy.stack([read("sources.u32", "<u4"), read("targets.u32", "<u4")], axis=1).astype(numpy.int64)
graph = igraph.Graph(n=nodes, edges=ends, directed=True)
graph.es["weight"] = read("weights.f64", "<f8").tolist()
reset = anchors.tolist()


def fiedler():
    """Of the component with the most anchors, scaled to 1 at most."""
    entries = (read("m-weights.f64", "<f8"), (read("m-sources.u32", "<u4"), read("m-targets.u32", "<u4")))
    layer = scipy.sparse.csr_matrix(entries, shape=(nodes, nodes))
    _, labels = scipy.sparse.csgraph.connected_components(layer, directed=False)
    chosen = numpy.argmax(numpy.bincount(labels, weights=anchors))
    members = numpy.flatnonzero(labels == chosen)
    part = layer[members][:, members]
    clock = time.process_time()
    roots = 1 / numpy.sqrt(numpy.asarray(part.sum(axis=1)).ravel())
    scale = scipy.sparse.diags(roots)
    values, vectors = scipy.sparse.linalg.eigsh(scale @ part @ scale, k=3, which="LA", tol=1e-9)
    seconds = time.process_time() - clock
    vector = vectors[:, numpy.argsort(values)[1]] * roots
    return vector / numpy.abs(vector).max(), seconds


ALGORITHMS = {
    "pageRank": lambda: graph.pagerank(damping=0.85, weights="weight"),
    "eigenTrust": lambda: graph.personalized_pagerank(damping=0.85, reset=reset, weights="weight"),
    "personalisedPageRank": lambda: graph.personalized_pagerank(damping=0.614, reset=reset, weights="weight"),
    # Both, because the benchmark's HITS gives both.
    "hits": lambda: (graph.hub_score(scale=False), graph.authority_score(scale=False))[1],
}

seconds, sums = {}, {}
for name, algorithm in ALGORITHMS.items():
    clock = time.process_time()
    scores = algorithm()
    seconds[name] = time.process_time() - clock
    scores = numpy.asarray(scores)
    sums[name] = float(numpy.square(scores / scores.sum()).sum())
vector, seconds["fiedler"] = fiedler()
sums["fiedler"] = float(numpy.square(vector).sum())
print(json.dumps({"igraph": igraph.__version__, "scipy": scipy.__version__, "seconds": seconds, "sums": sums}))
