"""What the tests of hypgeo_torch share: functions, arguments, the marks of their modules."""

from __future__ import annotations

from typing import Any

import pytest

REASON = "PyTorch is not installed: pip install hypgeo[torch]"
torch = pytest.importorskip("torch", reason=REASON)
import hypgeo_torch  # noqa: E402

# Forward mode loads torch's own decompositions, which are written with it.
MARKS = pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")

DEGREES = torch.tensor([3, 7, 30, 200])


def functions(m: Any) -> dict[str, Any]:
    """Differentiable functions of (b, c, z) at degree m."""
    return {
        "hyp2f1": lambda b, c, z: hypgeo_torch.hyp2f1(-m, b, c, z),
        "hyp2f1m1": lambda b, c, z: hypgeo_torch.hyp2f1m1(-m, b, c, z),
        "log_hyp2f1": lambda b, c, z: hypgeo_torch.log_hyp2f1(-m, b, c, z),
        "expected_inverse": lambda q, beta, p: hypgeo_torch.expected_inverse(q, beta, m, p),
    }


#: For `arguments`.
FUNCTIONS = functions(DEGREES)


def arguments(requires_grad: bool = True) -> tuple[Any, Any, Any]:
    """b, c, z in float64 of shapes (3, 1), (4,), (2, 3, 4)."""
    make = torch.Generator().manual_seed(5)
    draw = [torch.rand(shape, generator=make, dtype=torch.float64) for shape in SHAPES]
    b, c, z = 0.5 + 2 * draw[0], 3 + 2 * draw[1], 0.05 + 0.9 * draw[2]
    return tuple(x.requires_grad_(requires_grad) for x in (b, c, z))


SHAPES = ((3, 1), (4,), (2, 3, 4))


def column(*values: Any) -> list[Any]:
    """NumPy columns as float64 tensors."""
    return [torch.tensor(x, dtype=torch.float64) for x in values]
