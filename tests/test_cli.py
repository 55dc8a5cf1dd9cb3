"""python -m hypgeo."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
from accuracy import EPS, PROMISE_EPS

import hypgeo
from hypgeo._cli import main

PNG = b"\x89PNG\r\n\x1a\n"


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "hypgeo", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]


@pytest.fixture
def call(capsys):
    """Run in this process: exit code and what was printed."""

    def called(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(list(arguments))
        except SystemExit as stop:
            code = stop.code
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return called


def test_as_a_module():
    done = run("-3", "1", "2", "0.5", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert [float(x) for x in done.stdout.split()] == [hypgeo.hyp2f1(-3, 1, 2, 0.5), 0.25]


@pytest.mark.parametrize("dashes", [(), ("--",)], ids=["plain", "dashes"])
def test_values_read_back_the_same(call, dashes):
    z = ["0", "1e-300", "0.1", "0.3333333333333333", "1", "-2.5", "-1e300", "nan"]
    code, out, _ = call(*dashes, "-1000000000", "1.5", "3.25", *z)
    assert code == 0
    expected = hypgeo.hyp2f1(-1e9, 1.5, 3.25, [float(x) for x in z])
    np.testing.assert_array_equal([float(line) for line in out.splitlines()], expected)


@pytest.mark.parametrize("method", hypgeo.methods.METHODS)
def test_methods(call, method):
    code, out, _ = call("-9", "1", "2", "0.5", "--method", method)
    assert code == 0
    assert float(out) == hypgeo.methods.hyp2f1(-9, 1, 2, 0.5, method)


def test_float32(call):
    _, out, _ = call("-9", "1", "2", "0.3", "--dtype", "float32")
    assert out == f"{np.float32(hypgeo.hyp2f1(-9, 1, 2, 0.3))}\n"


def test_grid(call):
    code, out, _ = call("-90", "1", "2", "--grid", "0", "1", "5")
    assert code == 0
    header, *rows = out.splitlines()
    assert header == "z,value"
    z, value = np.array([row.split(",") for row in rows], float).T
    np.testing.assert_array_equal(z, np.linspace(0, 1, 5))
    np.testing.assert_array_equal(value, hypgeo.hyp2f1(-90, 1, 2, z))
    _, out, _ = call("-90", "1", "2", "--grid", "1e-6", "1", "7", "--log")
    z = [float(row.split(",")[0]) for row in out.splitlines()[1:]]
    np.testing.assert_allclose(z, np.geomspace(1e-6, 1, 7), rtol=4 * EPS, atol=0)


@pytest.mark.parametrize("source", [".npy", ".csv"])
@pytest.mark.parametrize("target", [".npy", ".csv"])
def test_one_column(call, tmp_path, source, target):
    z = np.random.default_rng(0).random(50)
    name, out = tmp_path / f"z{source}", tmp_path / f"out{target}"
    if source == ".npy":
        np.save(name, z)
    else:
        name.write_text("z\n" + "".join(f"{x!r}\n" for x in z.tolist()))
    options = ("--input", str(name), "--output", str(out))
    assert call("-900", "1.5", "4", *options) == (0, "", "")
    expected = hypgeo.hyp2f1(-900, 1.5, 4, z)
    if target == ".npy":
        np.testing.assert_array_equal(np.load(out), expected)
    else:
        table = np.loadtxt(out, delimiter=",", skiprows=1)
        np.testing.assert_array_equal(table, np.stack([z, expected], axis=1))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name.name, out.name])


def test_four_columns_in_any_order(call, tmp_path):
    name = tmp_path / "points.csv"
    name.write_text("z,c,b,a\n0.5,2,1,-9\n-0.25,3,1.5,-70\n")
    _, out, _ = call("--input", str(name))
    assert out.splitlines()[0] == "a,b,c,z,value"
    values = [float(row.split(",")[-1]) for row in out.splitlines()[1:]]
    assert values == hypgeo.hyp2f1([-9, -70], [1, 1.5], [2, 3], [0.5, -0.25]).tolist()
    np.save(tmp_path / "points.npy", np.array([[-9, 1, 2, 0.5], [-70, 1.5, 3, -0.25]]))
    _, again, _ = call("--input", str(tmp_path / "points.npy"))
    assert again.splitlines()[1:] == out.splitlines()[1:]


@pytest.mark.parametrize("suffix", [".csv", ".npy"])
def test_a_large_file_equals_one_call_within_the_error(call, tmp_path, suffix):
    z = np.linspace(0, 1, 9001)
    np.save(tmp_path / "z.npy", z)
    out = tmp_path / f"out{suffix}"
    assert (
        call("-900", "1.5", "4", "--input", str(tmp_path / "z.npy"), "--output", str(out))[0] == 0
    )
    table = np.load(out) if suffix == ".npy" else np.loadtxt(out, delimiter=",", skiprows=1)[:, 1]
    np.testing.assert_allclose(
        table, hypgeo.hyp2f1(-900, 1.5, 4, z), rtol=2 * PROMISE_EPS * EPS, atol=0
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "A"),
        (("-3", "1"), "C"),
        (("-3", "1", "2"), "Z"),
        (("-3", "x", "2", "0.5"), "B.*'x'"),
        (("-3", "1", "2", "--input", "missing.csv"), "--input.*missing.csv"),
        (("-3", "1", "2", "--input", "z.txt"), "--input.*npy"),
        (("-3", "1", "2", "0.5", "--output", "out.txt"), "--output.*npy"),
        (("-3", "1", "2", "0.5", "--output", "nowhere/out.csv"), "--output.*nowhere"),
        (("-3", "1", "2", "0.5", "--method", "best"), "--method.*best"),
        (("-3", "1", "2", "--grid", "0", "1", "0"), "--grid N.*positive"),
        (("-3", "1", "2", "--grid", "0", "1", "5", "--log"), "--log"),
        (("-3", "1", "2", "0.5", "--grid", "0", "1", "5"), "Z"),
    ],
)
def test_wrong_arguments_are_named(call, arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    last = err.strip().splitlines()[-1]
    assert re.search(f"error: .*{words}", last), last
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(call, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("old")
    (tmp_path / "z.csv").write_text("z\nwords\n")
    code, _, _ = call("-3", "1", "2", "--input", str(tmp_path / "z.csv"), "--output", str(out))
    assert code == 2
    assert out.read_text() == "old"


def test_help_and_version(call):
    code, out, _ = call("--help")
    assert code == 0
    assert "A B C Z" in out
    code, out, _ = call("--version")
    assert (code, out) == (0, f"hypgeo {hypgeo.__version__}\n")


def test_backends(call):
    code, out, _ = call("backends")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(hypgeo.backends())


def test_a_closed_pipe_is_no_error():
    command = f"{sys.executable} -m hypgeo -- -3 1 2 --grid 0 1 200000 | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "z,value\n", "")


def test_demo_prints_the_table_and_saves_the_picture(tmp_path):
    for name in ("matplotlib", "mpmath", "flint"):
        pytest.importorskip(name, reason=f"{name} is not installed")
    picture = tmp_path / "demo.png"
    env = {"MPLBACKEND": "Agg", "PATH": "/usr/bin", "HOME": str(tmp_path)}
    done = run("demo", "--quick", "--save", str(picture), env=env, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert picture.read_bytes().startswith(PNG)
    assert picture.stat().st_size > 10_000
    lines = done.stdout.splitlines()
    rows = [line.split() for line in lines if re.match(r" *\d+ +0\.\d+ ", line)]
    assert {"64", "1000000000"} <= {row[0] for row in rows}
    for row in rows:
        value, exact, error = map(float, row[2:5])
        assert abs(value / exact - 1) <= PROMISE_EPS * EPS
        assert error <= PROMISE_EPS
