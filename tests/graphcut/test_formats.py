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
MTX = "%%MatrixMarket matrix coordinate real general\n"


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
    for other, message in (
        ({"X": EDGES}, "the archive holds X; edges"),
        ({"edges": EDGES, "weights": -WEIGHTS}, "edge_weight holds -2"),
        ({"edges": EDGES, "n": 1}, "n is 1; edge_index holds the vertex 2"),
    ):
        np.savez(tmp_path / "other.npz", **other)
        with pytest.raises(ValueError, match=f"other.npz: {message}"):
            read_graph(tmp_path / "other.npz")


def test_two_edges_of_a_file_are_its_rows(tmp_path):
    np.savez(tmp_path / "two.npz", edges=[[0, 1], [2, 3]])
    W = read_graph(tmp_path / "two.npz").toarray()
    assert W[0, 1] == W[2, 3] == 1
    assert W.sum() == 4


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
        ("2 1.0\n2\n1\n", "the header is '2 1.0'; "),
        ("2 1 2\n2\n1\n", "the format is '2'; three digits"),
        ("2 1 1000\n2\n1\n", "the format is '1000'; three digits"),
        ("2 1 001 1\n2 1\n1 1\n", "1 weights of a vertex and the format '001'"),
        ("2 1 010 0\n2\n1\n", "0 weights of a vertex and the format '010'"),
        ("3 2\n2\n1 4\n2\n", "vertex 2 lists 4; neighbours are integers from 1 to 3"),
        ("3 2\n2\n1 2.5\n2\n", "vertex 2 lists 2.5; neighbours are integers from 1 to 3"),
        ("2 1\n2\nx\n", "word 1 of vertex 2 is 'x'; a number"),
        ("2 1 010\n5 2\nx 1\n", "word 1 of vertex 2 is 'x'; a number"),
        ("2 0 010 2\n5 6\n7\n", "vertex 2 holds 1 numbers; 2 come before"),
        ("2 1 1\n2\n1 1\n", "vertex 1 lacks the weight"),
        ("2 1 1\n2 -1\n1 -1\n", "holds -1 at"),
        ("2 1\n2 2\n\n", r"\[0, 1\] is 2 and"),
    ],
)
def test_metis_errors(tmp_path, text, message):
    with pytest.raises(ValueError, match=f"a.graph: .*{message}"):
        read_graph(write(tmp_path / "a.graph", text))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.pdf", "", "the endings .mtx"),
        ("a.txt", "0 1\n0 1 2\n", "a.txt: line 2 holds 3 numbers; 2 as in line 1"),
        ("a.txt", "# i j\na b\n", "a.txt: word 1 of line 2 is 'a'; a number"),
        ("a.csv", "0,1,2\n0,,2\n", "a.csv: word 2 of line 2 is missing"),
        ("a.txt", "0 1 2 3\n", "has the shape"),
        ("a.txt", "0 1\n1 2.5\n", "a.txt: an edge holds the vertex 2.5; integers from 0 on"),
        ("a.txt", "1 1e300\n", "holds the vertex 1000000000"),
        ("a.txt", "0 1\nnan 1\n", "holds the vertex nan"),
        ("a.txt", "0 1 -1\n", "a.txt: edge_weight holds -1; weights are nonnegative"),
        ("a.txt", "0 3000000000\n", "a.txt: n, .*, is 3000000001 for 1 edges; .*relabel"),
        ("a.mtx", MTX + "3 3 1\n1 2 -5\n", "a.mtx: the matrix holds -5; weights"),
        ("a.mtx", MTX + "3 3 1\n1 2 x\n", "a.mtx: Line 3"),
        ("a.mtx", MTX + "3000000000 3000000000 1\n1 2 1\n", "a.mtx: n, .*, is 3000000000"),
        ("a.npz", "0 1\n", "a.npz: the file is no .npz archive"),
        ("a.graph", "3000000000 0\n", "a.graph: n, .*, is 3000000000"),
    ],
)
def test_files_are_checked(tmp_path, name, text, message):
    with pytest.raises(ValueError, match=message):
        read_graph(write(tmp_path / name, text))


@pytest.mark.parametrize(("name", "text"), [("a.txt", "0 1 2\n"), ("a.graph", "2 1 1\n2 2\n1 2\n")])
def test_excel_marks_its_files(tmp_path, name, text):
    assert read_graph(write(tmp_path / name, "\ufeff" + text)).toarray().tolist() == [
        [0, 2],
        [2, 0],
    ]


@pytest.mark.parametrize("name", ["a.txt", "a.graph"])
def test_other_encodings_are_named(tmp_path, name):
    (tmp_path / name).write_bytes(b"% x\n% caf\xe9\n0 1\n")
    with pytest.raises(ValueError, match=rf"{name}: line 2 holds the byte 0xe9; UTF-8"):
        read_graph(tmp_path / name)


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
        (([[0], [1]], None, -1), ValueError, "n is -1; integers from 0 on"),
        (([[0], [1]], None, 5.7), TypeError, "n is 5.7; None or an integer"),
        (([[0], [1]], None, "5"), TypeError, "n is '5'; None or an integer"),
        (([[0], [3 * 10**9]],), ValueError, "is 3000000001 for 1 edges; .*relabel"),
        ((np.array([[0], [2**63]], np.uint64),), ValueError, "is 9223372036854775809 for 1 edges"),
        (([[0], [1]], [-5]), ValueError, "edge_weight holds -5; weights"),
        (([[0], [1]], ["a"]), TypeError, "edge_weight has dtype <U1; real numbers"),
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
    with pytest.raises(ValueError, match=r"W has shape \(2,\)"):
        clean_graph([0, 1])
    with pytest.raises(TypeError, match="W has dtype complex128"):
        clean_graph([[0, 1j], [1j, 0]])


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, bool])
def test_duplicates_of_narrow_types_add_up(dtype):
    """300 equal edges."""
    weight = 300 * float(dtype(100))
    weights, places = np.full(300, 100, dtype=dtype), np.array([[0] * 300, [1] * 300])
    values = torch.from_numpy(weights)
    table = torch.sparse_coo_tensor(places, values, (2, 2), check_invariants=True)
    graphs = [
        from_edge_index(places, weights),
        from_edge_index(places, values),
        clean_graph(sp.coo_array((weights, tuple(places)), (2, 2)), "union"),
        clean_graph(table, "union"),
    ]
    for W in graphs:
        assert W.dtype == np.float64
        assert W.toarray().tolist() == [[0, weight], [weight, 0]]
