"""``python -m graphcut``."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse as sp

from graphcut import clustering_accuracy, knn_graph
from graphcut._cli import main

QUICK = ["--max-iter", "3", "--quiet"]


@pytest.fixture
def blobs(rng):
    y = np.repeat(np.arange(3), 30)
    return 20.0 * np.eye(3)[y] + rng.standard_normal((90, 3)), y


def labels(folder):
    return np.loadtxt(folder / "labels.csv", dtype=int)


def test_digits_as_the_readme_says(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "graphcut", "digits", "--output", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for word in ("ACC", "NMI", "ARI", "RCut", "NCut", "k-means", "spectral", "graphcut"):
        assert word in done.stdout
    assert "/100" in done.stderr
    page = (tmp_path / "report.html").read_text()
    assert "data:image/png;base64,iVBOR" in page
    assert labels(tmp_path).shape == (1797,)


@pytest.mark.parametrize("ending", [".npy", ".csv", ".npz"])
def test_points(tmp_path, blobs, ending, capsys):
    X, y = blobs
    path = tmp_path / f"points{ending}"
    if ending == ".npy":
        np.save(path, X)
    elif ending == ".csv":
        np.savetxt(path, X, delimiter=",", header="a,b,c", comments="")
    else:
        np.savez(path, X=X, y=y + 5)
    wanted = [] if ending == ".npz" else ["--n-clusters", "3"]
    out = tmp_path / "out"
    assert main([str(path), *wanted, "--output", str(out), "--report", "png", *QUICK]) == 0
    assert clustering_accuracy(y, labels(out)) == 1.0
    assert (out / "report.png").read_bytes().startswith(b"\x89PNG")
    assert ("ACC" in capsys.readouterr().out) == (ending == ".npz")


@pytest.mark.parametrize("ending", [".npz", ".mtx", ".txt", ".csv", ".graph"])
def test_graphs(tmp_path, blobs, ending, capsys):
    X, y = blobs
    W = knn_graph(X, 8, kernel="connectivity", symmetry="union")
    path = tmp_path / f"graph{ending}"
    edges = sp.coo_array(W)
    pairs = np.stack([*edges.coords, edges.data], axis=1)[edges.coords[0] < edges.coords[1]]
    if ending == ".npz":
        sp.save_npz(path, sp.csr_array(W))
    elif ending == ".mtx":
        from scipy.io import mmwrite

        mmwrite(path, edges)
    elif ending == ".graph":
        rows = [" ".join(str(j + 1) for j in W[[i]].indices) for i in range(90)]
        path.write_text("\n".join([f"90 {W.nnz // 2}", *rows]) + "\n")
    else:
        np.savetxt(path, pairs, delimiter="," if ending == ".csv" else " ", fmt="%d")
    more = ["--graph"] if ending == ".csv" else []
    out = tmp_path / "out"
    assert main([str(path), "--n-clusters", "3", "--output", str(out), *more, *QUICK]) == 0
    assert clustering_accuracy(y, labels(out)) == 1.0
    text = capsys.readouterr().out
    assert "k-means" not in text
    assert "refined" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.npy"], "nowhere.npy does not exist"),
        (["{points}"], "--n-clusters is needed"),
        (["{points}", "--n-clusters", "91"], "--n-clusters is 91; 1 to 90 is allowed"),
        (["{text}"], "ends in '.docx'"),
        (["{broken}", "--n-clusters", "2"], "is no .npz archive"),
    ],
)
def test_errors_are_sentences(tmp_path, blobs, arguments, message, capsys):
    places = {
        name: tmp_path / end
        for name, end in (("points", "p.npy"), ("text", "t.docx"), ("broken", "b.npz"))
    }
    np.save(places["points"], blobs[0])
    places["text"].write_text("?")
    places["broken"].write_text("?")
    with pytest.raises(SystemExit) as stop:
        main([x.format(**places) for x in arguments])
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_help_explains_everything(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    for option in ("--n-clusters", "--objective", "--refine", "--report", "examples:"):
        assert option in text
