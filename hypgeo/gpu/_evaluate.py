"""A call on a GPU by the CUDA kernels: which of them run, on which device, with which tables."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from hypgeo import _core
from hypgeo.gpu import _launch
from hypgeo.gpu._call import Call, make_call
from hypgeo.gpu._operands import Inspector, Operands, beside, inspect
from hypgeo.gpu._ratios import MOST_RATIOS, front, ratios

#: Named methods: `varying` takes any arguments, `plan` fixed a, b, c; `auto` chooses among these.
METHODS = ("auto", "plan", "varying", *_launch.BASELINES)

#: Elements from which on a table is made for fixed a, b, c, as on the CPU.
PLAN_FROM = 2000
#: Tables that are kept.
MOST_TABLES = 64


class Frame(Inspector, Protocol):
    """What the kernels need of a framework, on one device at a time."""

    def empty(self, shape: Sequence[int], kind: str, device: Any) -> Any:
        """A new contiguous array."""

    def zeros(self, count: int, device: Any) -> Any:
        """A new array of 32-bit zeros."""

    def upload(self, array: np.ndarray[Any, Any], device: Any) -> Any:
        """A copy on the device that any stream may read."""

    def address(self, array: Any) -> int:
        """Where its first element is."""

    def processors(self, device: Any) -> int:
        """Number of multiprocessors."""

    def is_capturing(self, device: Any) -> bool:
        """Whether the launches go into a CUDA graph."""

    def launch(self, launches: Sequence[_launch.Launch], device: Any) -> None:
        """Run kernels one after the other on the current stream."""


class Tables:
    """Arrays on devices by what they belong to; the least recently used ones are forgotten."""

    def __init__(self) -> None:
        self._arrays: OrderedDict[Any, Any] = OrderedDict()
        self._captured: dict[Any, Any] = {}

    def get(self, frame: Frame, device: Any, key: Any, make: Callable[[], Any]) -> Any:
        """The array of `key` on `device`, or None if there is none.

        `make` gives it on the host, with what else is to be kept. What a CUDA graph uses is kept
        for good, because the graph may run at any time.
        """
        place = (frame.what, str(device), key)
        if place not in self._arrays:
            made = make()
            kept = None if made is None else (frame.upload(made[0], device), *made[1:])
            self._arrays[place] = kept
            while len(self._arrays) > MOST_TABLES:
                self._arrays.popitem(last=False)
        self._arrays.move_to_end(place)
        found = self._arrays[place]
        if frame.is_capturing(device):
            self._captured[place] = found
        return found


_tables = Tables()


def evaluate(
    frame: Frame,
    operation: str,
    a: Any,
    b: Any,
    c: Any,
    z: Any,
    method: str,
    degree_sign: int = -1,
    weight: Any = None,
    scale: float = 1.0,
) -> tuple[Any, ...]:
    """Compute an operation of arrays on a GPU.

    Parameters
    ----------
    frame : Frame
        Of the framework.
    operation : str
        Key of `hypgeo.gpu._launch.OPERATIONS`.
    a, b, c, z : array or number
        At least one of them an array.
    method : str
        One of `METHODS`; `plan` and the baselines are for the operation hyp2f1.
    degree_sign : {-1, 1}
        1 if `a` stands for m = -a.
    weight : array, optional
        Of the common shape: results are multiplied by it and by `scale`.
    scale : float
        Counts only beside a weight.

    Returns
    -------
    tuple of array
        The results.

    Raises
    ------
    TypeError, ValueError
        An argument is not allowed; the message names it.
    """
    x = inspect(frame, a, b, c, z)
    ends = terminating(x, degree_sign)
    results = [frame.empty(x.shape, x.out_type, x.device) for _ in _launch.OPERATIONS[operation][1]]
    if x.count == 0:
        return tuple(results)
    call = _call(frame, operation, x, results, degree_sign, weight, scale)
    _run(frame, operation, x, call, ends, method)
    return tuple(results)


def complete(
    frame: Frame,
    operation: str,
    results: Sequence[Any],
    a: Any,
    b: Any,
    c: Any,
    z: Any,
    degree_sign: int = -1,
    weight: Any = None,
    scale: float = 1.0,
    flags: Any = None,
    run: int = 1,
) -> None:
    """Compute the elements of which the first result is NaN so far.

    Parameters
    ----------
    frame : Frame
        Of the framework.
    operation : str
        Key of `hypgeo.gpu._launch.OPERATIONS`.
    results : sequence of array
        Contiguous, of the common shape.
    a, b, c, z : array or number
        As for `evaluate`.
    degree_sign : {-1, 1}
        1 if `a` stands for m = -a.
    weight, scale : array and float
        As for `evaluate`.
    flags : array of int32, optional
        For each `run` neighbouring elements whether any may be NaN.
    run : int
        Counts only beside flags.
    """
    x = inspect(frame, a, b, c, z)
    if x.count == 0:
        return
    call = _call(frame, operation, x, results, degree_sign, weight, scale)
    if flags is not None:
        call.missing, call.run = frame.address(flags), run
    frame.launch([_launch.completion(operation, call, frame.processors(x.device))], x.device)


def _call(
    frame: Frame,
    operation: str,
    x: Operands,
    results: Sequence[Any],
    degree_sign: int,
    weight: Any,
    scale: float,
) -> Call:
    out = _launch.addresses(operation, [frame.address(r) for r in results])
    by = None if weight is None else beside(frame, x, weight)
    return make_call(
        x.shape, x.strided, out, x.out_type, degree_sign=degree_sign, weight=by, scale=scale
    )


def terminating(x: Operands, degree_sign: int) -> tuple[float, float] | None:
    """The degree and the other upper parameter where a and b are numbers; None elsewhere.

    Raises
    ------
    ValueError
        Neither is a nonpositive integer.
    """
    first, b = x.number(0), x.number(1)
    if first is None or b is None:
        return None
    a = first * -degree_sign
    if np.isnan(a) or np.isnan(b):
        return None
    a_ends, b_ends = _is_nonpositive_integer(a), _is_nonpositive_integer(b)
    if not a_ends and not b_ends:
        raise ValueError(
            f"a must be a nonpositive integer on a GPU (or b), where no other series are "
            f"evaluated; got a = {a!r}, b = {b!r}"
        )
    return (0.0 - b, a) if b_ends and not (a_ends and a >= b) else (0.0 - a, b)


def _is_nonpositive_integer(x: float) -> bool:
    return bool(np.isfinite(x)) and x <= 0 and x == np.floor(x)


def _run(
    frame: Frame,
    operation: str,
    x: Operands,
    call: Call,
    ends: tuple[float, float] | None,
    method: str,
) -> None:
    device, processors = x.device, frame.processors(x.device)
    if method in _launch.BASELINES:
        kept = _with_ratios(frame, x, call, ends) if method == "parallel_precomputed" else None
        frame.launch([_launch.by_baseline(method, call, processors)], device)
        del kept
        return
    if operation == "hyp2f1" and method != "varying":
        table = _table(frame, x, ends, method)
        if table is not None:
            missing = frame.zeros(_launch.RUNS, device)
            single = x.out_type == "float32"
            both = _launch.by_plan(call, table, single, frame.address(missing), processors)
            frame.launch(both, device)
            return
    frame.launch([_launch.over_tiles(operation, call, processors)], device)


def _table(
    frame: Frame, x: Operands, ends: tuple[float, float] | None, method: str
) -> _launch.Table | None:
    c, z = x.number(2), x.strided[3]
    if ends is None or c is None or z.type != x.out_type:
        return None
    if method == "auto" and x.count < PLAN_FROM:
        return None
    key = (*ends, c)
    found = _tables.get(frame, x.device, ("plan", *key), lambda: _core.plan_table(*key))
    if found is None:
        return None
    rows, key_shift, small_z, large_z = found
    return _launch.Table(frame.address(rows), int(rows.shape[0]), key_shift, small_z, large_z)


def _with_ratios(frame: Frame, x: Operands, call: Call, ends: tuple[float, float] | None) -> Any:
    """Ratios that do not depend on z, where a, b, c are numbers; elsewhere the kernel has them."""
    c = x.number(2)
    if ends is None or c is None or not 0 < ends[0] <= MOST_RATIOS:
        return None
    m, b = ends

    def make() -> tuple[Any, ...]:
        return ratios(m, b, c), *front(m, b, c)

    array, value, exponent = _tables.get(frame, x.device, ("ratios", m, b, c), make)
    call.ratio, call.ratio_count = frame.address(array), int(array.shape[0])
    call.front_value, call.front_exponent = value, exponent
    return array
