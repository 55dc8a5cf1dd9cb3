"""Graphs from files and other libraries."""

from __future__ import annotations

from pathlib import Path

import networkx
import numpy as np
import pytest
import scipy.io
import scipy.sparse as sp
import torch

from graphcut.formats import (
    clean_graph,
    from_edge_index,
    from_networkx,
    read_graph,
    read_metis,
    scipy_to_torch,
    torch_to_scipy,
)

DENSE = np.array([[0, 2.0, 0, 0], [2, 0, 0.5, 0], [0, 0.5, 0, 0], [0, 0, 0, 0]])
EDGES = np.array([[0, 1], [1, 2]])
WEIGHTS = np.array([2, 0.5])


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "# comment\n0 1 2\n1 2 0.5\n\n"),
        ("a.csv", "0,1,2\n2,1,.5\n1,2,.5\n"),
        ("a.tsv", "0\t1\t2\n1\t2\t.5\n2\t2\t7\n"),
        ("a.mtx", "%%MatrixMarket matrix coordinate real symmetric\n3 3 2\n2 1 2\n3 2 .5\n"),
        ("a.graph", "% comment\n3 2 001\n2 2\n1 2 3 .5\n2 .5\n"),
    ],
)
def test_text_files(tmp_path, name, text):
    W = read_graph(write(tmp_path / name, text))
    np.testing.assert_array_equal(W.toarray(), DENSE[:3, :3])


def test_matrix_market_round_trip(tmp_path):
    scipy.io.mmwrite(tmp_path / "w.mtx", sp.csr_array(DENSE))
    np.testing.assert_array_equal(read_graph(tmp_path / "w.mtx").toarray(), DENSE)


def test_numpy_files(tmp_path):
    sp.save_npz(tmp_path / "matrix.npz", sp.csr_array(DENSE))
    np.savez(tmp_path / "edges.npz", edges=EDGES, weights=WEIGHTS, n=4)
    for name in ("matrix", "edges"):
        np.testing.assert_array_equal(read_graph(tmp_path / f"{name}.npz").toarray(), DENSE)
    np.savez(tmp_path / "other.npz", X=EDGES)
    with pytest.raises(ValueError, match="holds X; edges"):
        read_graph(tmp_path / "other.npz")


def test_first_vertex(tmp_path):
    path = write(tmp_path / "a.edges", "1 2 2\n2 3 .5\n")
    np.testing.assert_array_equal(read_graph(path, first=1).toarray(), DENSE[:3, :3])
    with pytest.raises(ValueError, match="holds the vertex 1; integers from 2 on"):
        read_graph(path, first=2)


def test_metis_vertex_weights(tmp_path):
    W, weights = read_metis(
        write(tmp_path / "a.graph", "4 2 111 2\n9 1 2 2 2\n9 3 4 1 2 3 .5\n9 5 6 2 .5\n9 7 8\n")
    )
    np.testing.assert_array_equal(W.toarray(), DENSE)
    assert weights.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]


def test_metis_isolated_vertices(tmp_path):
    W, weights = read_metis(write(tmp_path / "a.graph", "5 1\n\n3\n2\n\n"))
    assert W.shape == (5, 5)
    assert W[1, 2] == 1
    assert weights is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the header is"),
        ("2 1\n2\n1\n1\n", "says 2 vertices"),
        ("2 2\n2\n1\n", "says 2 edges, found 1"),
        ("2 1\n3\n1\n", "from 1 to 2"),
        ("2 1 1\n2\n1 1\n", "lacks the weight"),
        ("2 1\n2 2\n\n", r"\[0, 1\] is 2 and"),
    ],
)
def test_metis_errors(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_graph(write(tmp_path / "a.graph", text))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.pdf", "", "the endings .mtx"),
        ("a.txt", "0 1\n0 1 2\n", "needs lines"),
        ("a.txt", "a b\n", "needs lines"),
        ("a.txt", "0 1 2 3\n", "has the shape"),
        ("a.txt", "0 1.5\n", "holds the vertex"),
        ("a.txt", "0 1 -1\n", "weights are nonnegative"),
    ],
)
def test_files_are_checked(tmp_path, name, text, message):
    with pytest.raises(ValueError, match=message):
        read_graph(write(tmp_path / name, text))


@pytest.mark.parametrize("convert", [np.asarray, torch.tensor])
def test_edge_index(convert):
    both_ways = np.concatenate([EDGES, EDGES[:, ::-1], [[3, 3]]])
    weights = np.concatenate([WEIGHTS, WEIGHTS, [1.0]])
    for index in (both_ways, both_ways.T):
        W = from_edge_index(convert(np.ascontiguousarray(index)), convert(weights))
        np.testing.assert_array_equal(W.toarray(), DENSE)
    assert from_edge_index(convert(EDGES), n=9).shape == (9, 9)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([[0, 1, 2]],), ValueError, r"edge_index has shape \(1, 3\)"),
        (([[0.0], [1.0]],), TypeError, "edge_index has dtype float64"),
        (([[0], [-1]],), ValueError, "edge_index holds -1"),
        (([[0], [5]], None, 5), ValueError, "n is 5; edge_index holds the vertex 5"),
        (([[0], [1]], [1.0, 2.0]), ValueError, r"edge_weight has shape \(2,\)"),
    ],
)
def test_edge_index_is_checked(arguments, error, message):
    with pytest.raises(error, match=message):
        from_edge_index(*arguments)


def test_networkx():
    G = networkx.DiGraph()
    G.add_nodes_from("abcd")
    G.add_weighted_edges_from([("a", "b", 2.0), ("c", "b", 0.5), ("d", "d", 3.0)])
    np.testing.assert_array_equal(from_networkx(G).toarray(), DENSE)
    np.testing.assert_array_equal(from_networkx(G, None).toarray(), (DENSE > 0) * 1.0)


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support:UserWarning")
def test_torch():
    dense = torch.tensor(DENSE)
    for W in (dense, dense.to_sparse(), dense.to_sparse_csr(), scipy_to_torch(sp.csr_array(DENSE))):
        np.testing.assert_array_equal(torch_to_scipy(W).toarray(), DENSE)
    assert scipy_to_torch(sp.csr_array(DENSE), torch.float32).dtype == torch.float32


def test_clean_graph():
    A = [[5, 1, 0], [0, 0, 2], [0, 4, 1]]
    for symmetry, pair in (("mean", (0.5, 3)), ("union", (1, 4)), ("mutual", (0, 2))):
        W = clean_graph(A, symmetry).toarray()
        assert (W[0, 1], W[1, 2]) == pair
        np.testing.assert_array_equal(W, W.T)
    with pytest.raises(ValueError, match="symmetry is 'both'"):
        clean_graph(A, "both")
    with pytest.raises(ValueError, match=r"W has shape \(1, 2\)"):
        clean_graph([[0, 1]])
    with pytest.raises(ValueError, match="weights are nonnegative"):
        clean_graph([[0, -1], [-1, 0]])
