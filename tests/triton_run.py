"""Results of the Triton kernels in Triton's interpreter, for tests/test_triton_*.py.

``python triton_run.py out.npz name ...`` with TRITON_INTERPRET=1, which Triton reads when it is
imported: hence a process of its own. Outputs are poisoned with NaN before a kernel runs.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from triton.runtime.interpreter import InterpretedFunction

sys.path.insert(0, str(Path(__file__).parent))
from accuracy import TABLES, read_table

from hypgeo.gpu import _by_triton, _torch_frame, cuda_torch, triton_backend, triton_launch

_empty = torch.empty


def poisoned(*size: Any, **options: Any) -> torch.Tensor:
    """`torch.empty`, full of NaN or of the largest integer."""
    result = _empty(*size, **options)
    if result.dtype.is_floating_point:
        return result.fill_(torch.nan)
    return result.fill_(torch.iinfo(result.dtype).max)


torch.empty = poisoned  # type: ignore[assignment]


_call = InterpretedFunction.__call__
_prepared = set()


def call_device_function(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Without preparing `triton.language` again at every call, which takes most of the time."""
    module = self.fn.__module__
    if module.startswith("hypgeo.") or module in _prepared:
        return self.rewrite()(*args, **kwargs)
    _prepared.add(module)  # the interpreter never undoes it
    return _call(self, *args, **kwargs)


InterpretedFunction.__call__ = call_device_function


def tensors(*arrays: Any, dtype: Any = np.float64) -> list[torch.Tensor]:
    return [torch.from_numpy(np.array(x, dtype=dtype)) for x in arrays]


def table(name: str) -> torch.Tensor:
    a, b, c, z = read_table(name).arguments
    return triton_backend.hyp2f1(*tensors(-a, b, c, z))


def held_by_float32() -> Any:
    """Rows of the home table whose arguments are floats."""
    rows = read_table("home")
    with np.errstate(under="ignore"):
        single = [x.astype(np.float32) == x for x in (rows.b, rows.c, rows.z)]
    return rows.where(np.all(single, axis=0))


def single() -> torch.Tensor:
    rows = held_by_float32()
    (m,) = tensors(rows.m)
    return triton_backend.hyp2f1(m, *tensors(rows.b, rows.c, rows.z, dtype=np.float32))


def is_covered(m: Any, b: Any, c: Any, z: Any) -> Any:
    """The domain of the kernels, without the series that take longest in the interpreter."""
    return (b > 0) & (c > 0) & (((z > 0) & (z <= 1) & (b < c)) | ((z < 0) & (b < c) & (z > -1e3)))


def read_derivatives() -> dict[str, Any]:
    """Rows of tests/tables/derivatives.csv in the domain; exact values as text."""
    with (TABLES / "derivatives.csv").open(newline="", encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    point = [np.array([float(row[key]) for row in rows]) for key in "mbcz"]
    covered = np.flatnonzero(is_covered(*point))
    exact = {k: [rows[i][k] for i in covered] for k in ("value", "d_b", "d_c", "d_z", "d_zz")}
    return {"arguments": [x[covered] for x in point], **exact}


def derivatives() -> torch.Tensor:
    m, b, c, z = tensors(*read_derivatives()["arguments"])
    return torch.stack(triton_backend.hyp2f1_derivatives(m, b, c, z))


def corner_jets() -> torch.Tensor:
    """Ends of the domain, at the places of CORNERS."""
    return torch.stack(triton_backend.hyp2f1_derivatives(*tensors(*zip(*CORNERS, strict=True))))


CORNERS = [
    (5, 1.5, 2.0, 0.0), (1, 1.5, 2.0, 0.0), (0, 1.5, 2.0, 0.5), (5, 1.5, 2.0, -np.inf),
    (1, 3.0, 4.0, -np.inf), (3, 1.5, 2.0, np.nan), (2.5, 1.5, 2.0, 0.5), (7, 2.0, 2.0, 0.5),
    (300, 2.0, 2.0, -0.5), (300, 5.0, 2.0, -0.5), (12, 1e-3, 2.0, -1e25), (10**6, 1.5, 2.0, -3.0),
]  # fmt: skip


def slope() -> torch.Tensor:
    """Weighted F_z by a plan, some elements of which the plan has not."""
    z, weight = tensors(plan_points()[:200], np.linspace(-2, 5, 200))
    triton_backend.PLAN_FROM = 1
    return triton_backend.values(511.0, 2.0, 3.5, z, weight, -512 / 2.5).out


def slopes() -> torch.Tensor:
    """F_c and F_z without the other derivatives, for the points of `derivatives`."""
    m, b, c, z = tensors(*read_derivatives()["arguments"])
    return torch.stack(triton_backend.derivatives(m, b, c, z, whole=False))


def few() -> torch.Tensor:
    """The same, and all five, where b = 1, 2, 3 in all packs."""
    rng = np.random.default_rng(3)
    b = np.repeat([1.0, 2.0, 3.0], 40)
    m, c, z = np.full(120, 1e5), b + rng.uniform(1e-3, 50, 120), rng.uniform(0.1, 1, 120)
    points = tensors(m, b, c, z)
    whole = triton_backend.derivatives(*points, whole=True)
    return torch.stack((*points, *whole, *triton_backend.derivatives(*points, whole=False)))


def flagged() -> dict[str, Any]:
    """Which runs a plan leaves elements of; more of them than programs look."""
    triton_launch.CHUNK, triton_launch.RESUMING = 512, 2
    z = np.full(512 * 5 + 7, 0.25)
    z[512], z[512 * 5 + 1], z[512 * 3 + 5] = 1.5, -0.5, -2.0
    (points,) = tensors(z)
    planned = triton_launch.evaluate_plan(512.0, 1.0, 2.5, points)
    triton_launch.CHUNK = 4096
    return {"out": planned.out, "flags": planned.flags, "run": planned.run, "z": points}


PLANS = [(512.0, 1.0, 2.5), (1e6, 2.5, 40.0), (512.0, 20.0, 30.0)]
EDGES = [0.0, 1.0, np.nan, -0.25, 1.5, -3e-5, 5e-324, 1 - 2.0**-53, np.inf, -np.inf]


def plan_points() -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(0)
    spread = np.exp(rng.uniform(np.log(1e-12), 0, 2000))
    return np.concatenate([EDGES, rng.random(3000), spread])


def plans(dtype: Any) -> np.ndarray[Any, Any]:
    (z,) = tensors(plan_points(), dtype=dtype)
    found = [triton_launch.evaluate_plan(*parameters, z).out for parameters in PLANS]
    return np.stack([np.asarray(x) for x in found])


def layouts() -> dict[str, Any]:
    """Broadcast, strided, many-dimensional and empty operands."""
    rng = np.random.default_rng(1)
    shape = (2, 3, 1, 2, 2, 3)
    base = rng.uniform(0.01, 1, (3, 2, 2, 4, 3, 2))
    z = (
        torch.from_numpy(base)
        .permute(2, 0, 1, 5, 4, 3)[:, :, ::2, :, ::2, ::2][..., :1]
        .expand(shape)
    )
    b = torch.from_numpy(rng.uniform(0.5, 3, (3, 1, 1, 1, 3))).expand(shape)
    c = b + torch.from_numpy(rng.uniform(0.5, 3, (2, 1, 1, 1, 2, 1))).expand(shape)
    strided = triton_backend.hyp2f1(30.0, b, c, z)
    dense = triton_backend.hyp2f1(30.0, b.contiguous(), c.contiguous(), z.contiguous())
    plan = triton_launch.evaluate_plan(30.0, 1.5, 4.0, z).out
    plan_dense = triton_launch.evaluate_plan(30.0, 1.5, 4.0, z.contiguous()).out
    empty = triton_backend.hyp2f1(3.0, 1.0, 2.0, torch.empty((0, 4), dtype=torch.float32))
    return {
        "strided": strided,
        "dense": dense,
        "plan": plan,
        "plan_dense": plan_dense,
        "empty": empty,
        "scalar": triton_backend.hyp2f1(2.0, 1.0, 2.0, torch.tensor(0.75, dtype=torch.float64)),
    }


SCAN = (
    [3.0, 40.0, 100.0, 33.0, 0.0, 64.0, 2.5, 5.0],
    [1.0, 0.5, 30.0, 1e-3, 1.0, 2.0, 1.0, np.nan],
    [2.0, 1.5, 31.0, 1.0, 2.0, 2.25, 2.0, 2.0],
    [0.5, 0.99, 0.3, 1.0, 0.7, 0.0, 0.5, 0.5],
)


def special() -> torch.Tensor:
    """m no degree, and arguments outside the domain or at its ends."""
    inf = np.inf
    rows = [
        (2.5, 1, 2, 0.5), (-1, 1, 2, 0.5), (np.nan, 1, 2, 0.5), (3, 1, 2, np.nan), (3, 1, 2, 1.5),
        (3, 3, 2, 0.5), (3, 1, 2, -inf), (0, 1, 2, 0.5), (3, 2, 2, 1), (3, 1, inf, 0.5),
    ]  # fmt: skip
    return triton_backend.hyp2f1(*tensors(*zip(*rows, strict=True)))


def stand_in() -> None:
    """Let the emulated device of `emulated` complete what Triton leaves, on tensors of the CPU."""
    import emulated

    class Frame(_torch_frame.TorchFrame):
        def processors(self, device: Any) -> int:
            return 2

        def upload(self, array: Any, device: Any) -> Any:
            return torch.from_numpy(emulated.EmulatedFrame().upload(array, device))

        def is_capturing(self, device: Any) -> bool:
            return False

        def launch(self, launches: Any, device: Any) -> None:
            emulated.EmulatedFrame().launch(launches, device)

    cuda_torch.reason = lambda: None  # type: ignore[assignment]
    cuda_torch._frame = lambda: Frame(None)  # type: ignore[assignment]


def completed() -> dict[str, Any]:
    """Calls as `hypgeo.gpu` makes them, of elements inside and outside Triton's domain."""
    stand_in()
    triton_backend.PLAN_FROM = 1
    z, b, c, weight = tensors(*(COMPLETED[key] for key in ("z", "b", "c", "weight")))
    single = z.float()
    by_triton = _by_triton.evaluate
    return {
        "plan": by_triton("hyp2f1", -200, 1.0, 2.5, z)[0],
        "weighted": by_triton("hyp2f1", -200, 1.0, 2.5, z, weight, -3.5)[0],
        "spread": by_triton("hyp2f1", -200, 1.0, 2.5, z, weight[:1].expand(z.shape), 2.0)[0],
        "varying": by_triton("hyp2f1", torch.full((1,), -200), b, c, z)[0],
        "both": by_triton("hyp2f1", -200, b, c, z, weight, 0.5)[0],
        "single": by_triton("hyp2f1", -200, 0.1, c.float(), single)[0],
        "ended_by_b": by_triton("hyp2f1", 1.5, -200, 4.0, z)[0],
        "slopes": torch.stack(by_triton("slopes_in_c_and_z", -200, b, c, z)),
        "slopes_ended_by_b": torch.stack(by_triton("slopes_in_c_and_z", 1.5, -200, c, z)),
        "derivatives": torch.stack(by_triton("hyp2f1_derivatives", -200, b, c, z)),
        "derivatives_ended_by_b": torch.stack(by_triton("hyp2f1_derivatives", 1.5, -200, c, z)),
    }


COMPLETED: dict[str, Any] = {
    "z": np.concatenate([np.linspace(-0.75, 1.25, 60), [0.0, 1.0, np.nan]]),
    "b": np.tile([1.5, -0.75, 3.0], 21),
    "c": np.tile([4.0, 2.5, 0.75, 9.0, 30.0, 5.5, 7.25], 9),
    "weight": np.linspace(-2, 3, 63),
}

CASES = {
    "home": lambda: table("home"),
    "negative_z": lambda: table("negative_z"),
    "home32": single,
    "plans": lambda: plans(np.float64),
    "plans32": lambda: plans(np.float32),
    "special": special,
    "derivatives": derivatives,
    "corners": corner_jets,
    "slope": slope,
    "slopes": slopes,
    "few": few,
    "flagged": flagged,
    "completed": completed,
    "scan": lambda: triton_backend.METHODS["scan"](*tensors(*SCAN)),
    "layouts": layouts,
}


def main(target: str, names: list[str]) -> None:
    found: dict[str, Any] = {}
    for name in names:
        result = CASES[name]()
        parts = result if isinstance(result, dict) else {"": result}
        found |= {f"{name}.{key}" if key else name: np.asarray(x) for key, x in parts.items()}
    np.savez(target, **found)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
