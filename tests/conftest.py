"""Fixtures of all tests, and how Hypothesis works here."""

from __future__ import annotations

import os

# Workers of pytest-xdist share the cores: where each starts threads for all of them, they wait for
# one another. Read when NumPy and torch are loaded, so it comes first.
if "PYTEST_XDIST_WORKER" in os.environ:
    for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(_pool, "1")

from typing import Any

import numpy as np
import pytest
from accuracy import Table, read_table
from hypothesis import HealthCheck, settings

# A scalar evaluation takes microseconds, the exact reference up to a second at the corners of the
# home domain: no deadline says anything about the code under test. Derandomised: a failure found
# by chance belongs into a table, not into somebody else's run.
settings.register_profile(
    "hypgeo",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("hypgeo")

# Fixtures of these modules take seconds to minutes: made once, not in every worker.
TOGETHER = {"tests/test_build.py", "tests/test_triton_values.py", "tests/graphcut/test_choice.py"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Single tests, and before them the modules of TOGETHER, each to one worker.

    The marker xdist_group has no effect: pytest-xdist 3.8 writes it into a name that pytest 9.2
    does not read any more.
    """
    from xdist.scheduler import LoadScopeScheduling

    class OneWorkerToAModule(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            module = nodeid.partition("::")[0]
            return module if module in TOGETHER else nodeid

    return OneWorkerToAModule(config, log) if config.getvalue("dist") == "load" else None


@pytest.fixture(scope="session")
def home() -> Table:
    """tests/tables/home.csv."""
    return read_table("home")


@pytest.fixture(scope="session")
def negative_z() -> Table:
    """tests/tables/negative_z.csv."""
    return read_table("negative_z")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture
def no_floating_point_flag_reaches_numpy():
    """For whole modules: a flag that a kernel leaves behind is an error, not a warning."""
    with np.errstate(all="raise"):
        yield
