"""What hypgeo_torch imports: a first call on the CPU must not wait for a library of seconds."""

from __future__ import annotations

import subprocess
import sys

from torch_cases import MARKS

pytestmark = MARKS

PROGRAM = """
import sys
import torch
import hypgeo
import hypgeo_torch

def column(*values):
    return torch.tensor(values, dtype=torch.float64)

def tracked():
    return [x.requires_grad_() for x in (column(1.0, 2.0), column(2.5, 3.0), column(0.25, 0.5))]

functions = {
    "hyp2f1": lambda b, c, z: hypgeo_torch.hyp2f1(-5, b, c, z),
    "hyp2f1m1": lambda b, c, z: hypgeo_torch.hyp2f1m1(-5, b, c, z),
    "log_hyp2f1": lambda b, c, z: hypgeo_torch.log_hyp2f1(-5, b, c, z),
    "expected_inverse": lambda q, beta, p: hypgeo_torch.expected_inverse(q, beta, 5, p),
}
assert set(functions) == set(hypgeo_torch.__all__)
hypgeo.hyp2f1(-5, column(1.0, 2.0), column(2.0, 3.0), column(0.25, 0.5))
for function in functions.values():
    function(*tracked()).sum().backward()
    b, c, z = tracked()
    function(b.detach(), c.detach(), z).sum().backward()
print(*sorted({"sympy", "triton", "scipy", "cupy"} & set(sys.modules)))
"""


def test_first_calls_import_nothing_large():
    """torch.broadcast_shapes, for one, imports SymPy, in 2.5 s."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
