"""``python -m graphcut``."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from graphcut import clustering_accuracy, knn_graph
from graphcut._cli import main
from graphcut._cli_data import GRAPHS, POINTS, load
from hypgeo._files import write_atomically

QUICK = ["--max-iter", "3", "--quiet"]
TWO = ["{points}", "--n-clusters", "2"]


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
        (["{text}"], f"ends in '.docx'; {', '.join(dict.fromkeys(POINTS + GRAPHS))} are known"),
        (["{broken}", "--n-clusters", "2"], "b.npz: the file is no .npz archive"),
        (["{renamed}"], "r.npy: the file is no .npy array"),
        (["{cube}"], "c.npy: the array has dtype float64 and shape (90, 3, 1); real"),
        (["{labelled}"], "l.npz holds labels of the shape (89,); (90,) is needed"),
        ([*TWO, "--device", "foo"], "--device is 'foo'; torch does not compute there"),
        ([*TWO, "--seed", "-1"], "--seed: '-1' is not allowed; an integer from 0"),
        ([*TWO, "--output", "{text}"], "t.docx'; a folder that takes files is needed: File exists"),
        ([*TWO, "--output", "{taken}"], "report.html in it is a folder"),
    ],
)
def test_errors_are_sentences(tmp_path, blobs, arguments, message, capsys, monkeypatch):
    places = {
        name: tmp_path / end
        for name, end in (
            ("points", "p.npy"),
            ("text", "t.docx"),
            ("broken", "b.npz"),
            ("renamed", "r.npy"),
            ("cube", "c.npy"),
            ("labelled", "l.npz"),
            ("taken", "taken"),
        )
    }
    np.save(places["points"], blobs[0])
    np.save(places["cube"], blobs[0][:, :, None])
    np.savez(places["labelled"], X=blobs[0], y=blobs[1][1:])
    for name in ("text", "broken", "renamed"):
        places[name].write_text("?")
    (places["taken"] / "report.html").mkdir(parents=True)
    # All of them are found before any work is done.
    monkeypatch.setattr("graphcut.estimator.ProbabilisticCut.fit", None)
    with pytest.raises(SystemExit) as stop:
        main([x.format(**places) for x in arguments])
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"1,x\n3,4\n", "p.csv: word 2 of line 1 is 'x'; a number"),
        (b"1,,3\n4,5,6\n", "p.csv: word 2 of line 1 is missing"),
        (b",\n4,5\n", "p.csv: word 1 of line 1 is missing"),
        (b"a,b\n1,2\n3,\n", "p.csv: word 2 of line 3 is missing"),
        (b"a,b\n1,2\n\n3\n", "p.csv: line 4 holds 1 numbers; 2 as in line 2"),
        (b"a,b\n", "p.csv: the file holds no numbers"),
        (b"a,b\n1,2\ncaf\xe9,2\n", "p.csv: line 3 holds the byte 0xe9"),
    ],
)
def test_tables_are_checked(tmp_path, content, message, capsys):
    (tmp_path / "p.csv").write_bytes(content)
    with pytest.raises(SystemExit):
        main([str(tmp_path / "p.csv"), "--n-clusters", "2"])
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["\ufeff1,2\n3,4\n", "\ufeffa,b\n1,2\n3,4\n", '# 5,6\n,"b"\n"1",2 # no\n\n3, 4']
)
def test_first_lines_of_tables(tmp_path, text):
    path = tmp_path / "p.csv"
    path.write_text(text, encoding="utf-8")
    assert load(str(path), False, 2).points.tolist() == [[1, 2], [3, 4]]


def test_baselines_may_fail(tmp_path, capsys):
    """Spectral clustering by scikit-learn has fewer clusters than points."""
    np.save(tmp_path / "p.npy", [[0.0, 0.0], [1.0, 1.0]])
    out = tmp_path / "out"
    assert main([str(tmp_path / "p.npy"), "--n-clusters", "2", "--output", str(out), *QUICK]) == 0
    assert sorted(labels(out)) == [0, 1]
    assert (out / "report.html").exists()
    text = capsys.readouterr().out
    assert "spectral is left out: Cannot use" in text
    assert [line.split() for line in text.splitlines() if line.startswith("spectral  ")] == [
        ["spectral", "-", "-", "-", "-"]
    ]


def test_labels_outlive_what_comes_after(tmp_path, blobs, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    np.save(tmp_path / "p.npy", blobs[0])
    monkeypatch.setattr("graphcut._cli_run.baselines", interrupt)
    arguments = [str(tmp_path / "p.npy"), "--n-clusters", "3", "--output", str(tmp_path)]
    assert main([*arguments, *QUICK]) == 130
    assert labels(tmp_path).shape == (90,)
    assert "is kept" in capsys.readouterr().err


def test_reader_that_leaves(tmp_path, blobs):
    np.save(tmp_path / "p.npy", blobs[0])
    arguments = [tmp_path / "p.npy", "--n-clusters", "3", "--output", tmp_path, *QUICK]
    nobody, end = os.pipe()
    os.close(nobody)
    done = subprocess.run(
        [sys.executable, "-m", "graphcut", *arguments],
        stdout=end,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(end)
    assert (done.returncode, done.stderr) == (0, "")
    assert labels(tmp_path).shape == (90,)


@pytest.mark.parametrize("named", [(), ("part",)])
def test_errors_of_writing_name_the_file(tmp_path, named):
    def fill(_):
        raise OSError(errno.ENOSPC, "No space left on device", *named)

    path = tmp_path / "labels.csv"
    path.write_text("old")
    with pytest.raises(OSError, match="No space left on device") as caught:
        write_atomically(path, fill)
    assert Path(caught.value.filename) == path
    assert path.read_text() == "old"


def test_help_explains_everything(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    for option in ("--n-clusters", "--objective", "--refine", "--report", "examples:"):
        assert option in text
