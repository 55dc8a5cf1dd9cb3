"""The public face: names, docstrings, what an import drags in."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.util
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import hypgeo
from hypgeo import gpu, methods, reference

TORCH_MISSING = "PyTorch is not installed: pip install hypgeo[torch]"
HEAVY = ("scipy", "matplotlib", "torch", "flint", "mpmath", "dask", "xarray", "tqdm", "argparse")
FRAMEWORKS = ("torch", "triton", "cupy")
PUBLIC_MODULES = (
    *("hypgeo", "hypgeo.methods", "hypgeo.reference"),
    *("hypgeo.polynomials", "hypgeo.probability", "hypgeo.gpu"),
)
# Results of these are described in their Returns section; a value has no sections.
FUNCTIONS = {
    "hypgeo.gpu.is_gpu_array": gpu.is_gpu_array,
    "hypgeo.gpu.reasons": gpu.reasons,
    "hypgeo.hyp2f1": hypgeo.hyp2f1,
    "hypgeo.log_hyp2f1": hypgeo.log_hyp2f1,
    "hypgeo.hyp2f1m1": hypgeo.hyp2f1m1,
    "hypgeo.hyp2f1_derivatives": hypgeo.hyp2f1_derivatives,
    "hypgeo.value_and_error": hypgeo.value_and_error,
    "hypgeo.plan": hypgeo.plan,
    "hypgeo.backends": hypgeo.backends,
    "hypgeo.Plan": hypgeo.Plan,
    "hypgeo.Plan.__call__": hypgeo.Plan.__call__,
    "hypgeo.methods.hyp2f1": methods.hyp2f1,
    **{f"hypgeo.reference.{name}": getattr(reference, name) for name in reference.__all__},
}


def torch_modules() -> list[str]:
    package = Path(__file__).resolve().parent.parent / "hypgeo_torch"
    return ["hypgeo_torch", *sorted(f"hypgeo_torch.{x.stem}" for x in package.glob("_[a-z]*.py"))]


def modules() -> list[str]:
    names = [
        f"{package.__name__}.{info.name}"
        for package in (hypgeo, gpu)
        for info in pkgutil.iter_modules(package.__path__)
    ]
    return ["hypgeo", *sorted({n for n in names if not n.endswith(("_core", "__main__"))})]


def imported(name: str):
    """The module, unless it is one for arrays of a framework that is not here."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in FRAMEWORKS:
            raise
        pytest.skip(f"{name} is for callers that have {error.name}, which is not installed")


@pytest.mark.parametrize("name", PUBLIC_MODULES)
def test_all_is_true(name):
    module = importlib.import_module(name)
    assert sorted(module.__all__) == sorted(set(module.__all__))
    for attribute in module.__all__:
        assert getattr(module, attribute) is not None
    star: dict = {}
    exec(f"from {name} import *", star)
    assert set(module.__all__) <= set(star)
    # What a module defines itself is private or in __all__.
    own = {
        key
        for key, value in vars(module).items()
        if inspect.isroutine(value) or inspect.isclass(value)
        if value.__module__ == name and not key.startswith("_")
    }
    assert own <= set(module.__all__)


def test_dir_lists_the_public_names():
    assert dir(hypgeo) == sorted(hypgeo.__all__)


def test_public_names():
    assert set(hypgeo.__all__) == {
        *("hyp2f1", "log_hyp2f1", "hyp2f1m1", "hyp2f1_derivatives", "value_and_error"),
        *("plan", "Plan", "methods", "reference", "polynomials", "probability"),
        *("backends", "__version__"),
    }
    with pytest.raises(AttributeError, match="'hypgeo' has no attribute 'nothing'"):
        hypgeo.nothing  # noqa: B018


def test_version_is_that_of_the_distribution():
    from importlib.metadata import version

    assert version("hypgeo") == hypgeo.__version__


def imported_by(code: str) -> set[str]:
    """Top-level packages in sys.modules after `code`, beyond those that NumPy brings."""
    script = (
        "import sys, numpy; before = set(sys.modules)\n"
        f"{code}\n"
        "print(*sorted({name for name in set(sys.modules) - before}))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_import_is_light():
    names = imported_by("import hypgeo; hypgeo.hyp2f1(-3, 1, 2, 0.5); hypgeo.backends()")
    assert "hypgeo._core" in names
    assert not {name.partition(".")[0] for name in names} & set(HEAVY)
    assert not names & {"hypgeo.methods", "hypgeo.reference", "hypgeo._errors", "hypgeo._cli"}


@pytest.mark.parametrize(
    "code",
    [
        "import hypgeo; hypgeo.methods.hyp2f1(-3, 1, 2, 0.5); hypgeo.plan(-3, 1, 2)(0.5)",
        "import hypgeo; hypgeo.reference.hyp2f1(-3, 1, 2, 0.5)",
        "import hypgeo; hypgeo.hyp2f1(0.5, 1, 2, 0.5)",
        "from hypgeo._cli import main; main(['-3', '1', '2', '0.5']); main(['backends'])",
    ],
    ids=["methods", "reference", "scipy", "cli"],
)
def test_torch_is_never_imported(code):
    top = {name.partition(".")[0] for name in imported_by(code)}
    assert "hypgeo" in top
    assert not top & {"torch", "triton", "cupy", "jax", "hypgeo_torch", "graphcut"}


@pytest.mark.parametrize("name", modules())
def test_examples_run(name):
    module = imported(name)
    failed, tried = doctest.testmod(module)
    assert failed == 0
    if name == "hypgeo._api":
        assert tried > 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_sections(name):
    thing = FUNCTIONS[name]
    text = inspect.getdoc(thing) or ""
    first = text.partition("\n")[0]
    assert first.endswith(("]", ".", "`")), f"{name} needs a one-line summary, has {first!r}"
    if inspect.isclass(thing):
        assert "Attributes\n-----" in text
    else:
        if set(inspect.signature(thing).parameters) - {"self"}:
            assert "Parameters\n-----" in text
        assert "Returns\n-----" in text
    if name != "hypgeo.Plan.__call__":
        assert "Examples\n-----" in text


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_is_documented(name):
    thing = FUNCTIONS[name]
    text = inspect.getdoc(thing) or ""
    if inspect.isclass(thing):
        return
    section = text.partition("Parameters\n")[2].partition("Returns\n")[0]
    for parameter in set(inspect.signature(thing).parameters) - {"self"}:
        words = section.replace(",", " ").split()
        assert parameter in words, f"{name} does not document {parameter}"


def test_every_module_has_a_docstring():
    for name in modules():
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert ast.get_docstring(ast.parse(Path(str(spec.origin)).read_bytes())), name


class TestHypgeoTorch:
    """The package of the derivatives: imports one way, names, examples, docstrings."""

    @pytest.fixture(autouse=True)
    def _torch(self):
        pytest.importorskip("torch", reason=TORCH_MISSING)

    def test_imports_run_one_way(self):
        names = imported_by("import hypgeo_torch")
        assert "hypgeo._core" in names
        code = (
            "import pkgutil, importlib, hypgeo\n"
            "names = [x.name for x in pkgutil.iter_modules(hypgeo.__path__) if x.name[0] != '_']\n"
            "for name in names: importlib.import_module(f'hypgeo.{name}')"
        )
        assert "hypgeo_torch" not in imported_by(code)

    def test_all_is_true(self):
        import hypgeo_torch

        assert set(hypgeo_torch.__all__) == {"expected_inverse", "hyp2f1", "hyp2f1m1", "log_hyp2f1"}
        own = {key for key, value in vars(hypgeo_torch).items() if inspect.isroutine(value)}
        assert own == set(hypgeo_torch.__all__)

    @pytest.mark.parametrize("name", torch_modules())
    def test_examples_run_and_modules_say_what_they_are(self, name):
        module = importlib.import_module(name)
        assert (module.__doc__ or "").strip()
        failed, tried = doctest.testmod(module)
        assert failed == 0
        assert tried > 0 or name != "hypgeo_torch._functions"

    @pytest.mark.parametrize("name", ["expected_inverse", "hyp2f1", "hyp2f1m1", "log_hyp2f1"])
    def test_docstrings(self, name):
        function = getattr(importlib.import_module("hypgeo_torch"), name)
        text = inspect.getdoc(function) or ""
        for section in ("Parameters", "Returns", "Raises", "Examples"):
            assert f"{section}\n----" in text
        words = (
            text.partition("Parameters\n")[2].partition("Returns\n")[0].replace(",", " ").split()
        )
        assert set(inspect.signature(function).parameters) <= set(words)


def test_backends():
    found = hypgeo.backends()
    assert found["numpy"] is None
    assert {"cupy", "triton", "cuda", "torch"} <= set(found)
    for name, reason in found.items():
        assert reason is None or (len(reason.split()) > 3 and name != "numpy")
