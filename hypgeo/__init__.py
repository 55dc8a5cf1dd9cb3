"""Terminating 2F1(-m, b; c; z) at full precision, at a cost that does not grow with m."""

from __future__ import annotations

from pkgutil import extend_path
from typing import TYPE_CHECKING, Any

# Started in a checkout, Python finds this directory before the installed package; the compiled
# module is in the installed one only.
__path__ = extend_path(__path__, __name__)

from hypgeo._api import hyp2f1
from hypgeo._backends import backends
from hypgeo._plan import Plan, plan
from hypgeo._siblings import hyp2f1_derivatives, hyp2f1m1, log_hyp2f1, value_and_error

if TYPE_CHECKING:
    from hypgeo import methods, polynomials, probability, reference

__version__ = "0.1.0"

__all__ = [
    "Plan",
    "__version__",
    "backends",
    "hyp2f1",
    "hyp2f1_derivatives",
    "hyp2f1m1",
    "log_hyp2f1",
    "methods",
    "plan",
    "polynomials",
    "probability",
    "reference",
    "value_and_error",
]

_LAZY = frozenset({"methods", "polynomials", "probability", "reference"})


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return import_module(f"hypgeo.{name}")
    raise AttributeError(f"module 'hypgeo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
