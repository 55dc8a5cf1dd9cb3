"""The public face of graphcut: names, docstrings, examples, what an import drags in."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import graphcut

MODULES = sorted(
    f"graphcut.{info.name}"
    for info in pkgutil.iter_modules(graphcut.__path__)
    if info.name != "__main__"
)
HEAVY = ("torch", "sklearn", "faiss", "pynndescent", "networkx", "matplotlib", "numba", "pymetis")


def test_all_is_true():
    assert sorted(graphcut.__all__) == sorted(set(graphcut.__all__))
    for name in graphcut.__all__:
        assert getattr(graphcut, name) is not None
    assert dir(graphcut) == sorted(graphcut.__all__)
    with pytest.raises(AttributeError, match="'graphcut' has no attribute 'nothing'"):
        graphcut.nothing  # noqa: B018


@pytest.mark.parametrize("name", MODULES)
def test_examples_run_and_names_exist(name):
    module = importlib.import_module(name)
    assert (module.__doc__ or "").strip()
    for public in getattr(module, "__all__", ()):
        assert getattr(module, public) is not None
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", sorted(set(graphcut.__all__)))
def test_docstrings(name):
    thing = getattr(graphcut, name)
    text = inspect.getdoc(thing) or ""
    assert text.partition("\n")[0].endswith((".", ")")), name
    if inspect.isfunction(thing):
        for section in ("Parameters", "Returns", "Examples"):
            assert f"{section}\n---" in text, f"{name} has no section {section}"
        words = text.partition("Parameters\n")[2].replace(",", " ").split()
        assert set(inspect.signature(thing).parameters) <= set(words), name


@pytest.mark.parametrize(
    "code",
    [
        "import graphcut; dir(graphcut)",
        "import graphcut; graphcut.expected_cut([[0, 1], [1, 0]], [[0.5, 0.5]] * 2)",
        "import graphcut; graphcut.binned_bound([[0, 1], [1, 0]], [[0.5, 0.5]] * 2)",
    ],
    ids=["import", "expected_cut", "bounds"],
)
def test_import_is_light(code):
    script = f"import sys\n{code}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not set(done.stdout.split()) & set(HEAVY)
