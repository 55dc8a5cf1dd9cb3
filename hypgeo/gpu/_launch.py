"""Which CUDA kernels a call needs, one after the other, and how large their grids are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypgeo.gpu._call import Call, PlanSide

# As in cuda/tiles.cuh, cuda/plan.cuh and cuda/baselines.cuh.
TILE_THREADS = 128
MOST_TILE = 8192
PLAN_THREADS = 512
PLAN_UNROLL = 4
BASELINE_THREADS = 128

#: Runs of elements of which it is known whether any is missing: 16 KiB, whatever the size.
RUNS = 4096
#: Blocks of a kernel that a multiprocessor holds at a time: by their registers and shared memory.
TILE_BLOCKS = {"hypgeo_value": 4, "hypgeo_log": 2, "hypgeo_minus_one": 2, "hypgeo_with_error": 3}
FEW_TILE_BLOCKS = 2
PLAN_BLOCKS = 2
#: Shared memory for a table, so that two blocks fit into a multiprocessor of compute capability
#: 8.0 and later but for 8.6 and 8.9, where it is one.
MOST_SHARED = 80 * 1024
ROW_BYTES = {"float64": 64, "float32": 24}
#: Below this, loading the table costs more than its faster reads gain.
SHARED_FROM = 1 << 16

#: Operations that sort their elements by method: the kernel, and which of its results.
OPERATIONS = {
    "hyp2f1": ("hypgeo_value", (0,)),
    "hyp2f1m1": ("hypgeo_minus_one", (0,)),
    "log_hyp2f1": ("hypgeo_log", (0, 1)),
    "value_and_error": ("hypgeo_with_error", (0, 1)),
    "hyp2f1_derivatives": ("hypgeo_derivatives", (0, 1, 2, 3, 4)),
    "slopes_in_c_and_z": ("hypgeo_derivatives", (2, 3)),
}

#: Named baselines: the kernel and how many lanes work on an element.
BASELINES = {
    "direct": ("hypgeo_direct", 1),
    "reflected_auto": ("hypgeo_reflected_auto", 1),
    "reflected": ("hypgeo_reflected", 1),
    "parallel": ("hypgeo_parallel", 8),
    "parallel_precomputed": ("hypgeo_parallel", 8),
    "scan": ("hypgeo_scan", 32),
}

#: Which file under ``cuda`` has which kernels; those that compile for long stand alone.
SOURCES = {
    "value.cu": ("hypgeo_value",),
    "minus_one.cu": ("hypgeo_minus_one",),
    "logarithm.cu": ("hypgeo_log",),
    "with_error.cu": ("hypgeo_with_error",),
    "derivatives.cu": ("hypgeo_derivatives",),
    "plan.cu": (
        "hypgeo_plan_float64",
        "hypgeo_plan_float32",
        "hypgeo_plan_global_float64",
        "hypgeo_plan_global_float32",
    ),
    "baselines.cu": (
        "hypgeo_direct",
        "hypgeo_reflected_auto",
        "hypgeo_reflected",
        "hypgeo_parallel",
        "hypgeo_scan",
    ),
}


@dataclass(frozen=True)
class Launch:
    """One kernel with its grid."""

    kernel: str
    blocks: int
    threads: int
    shared: int
    call: Call


@dataclass(frozen=True)
class Table:
    """A plan's table on the device, as ``hypgeo._core.plan_table`` gives it on the host."""

    pointer: int
    rows: int
    key_shift: int
    small_z: tuple[float, int]
    large_z: tuple[float, int]


def over_tiles(operation: str, call: Call, processors: int) -> Launch:
    """Run `operation` over tiles of the elements.

    Parameters
    ----------
    operation : str
        Key of `OPERATIONS`.
    call : Call
        What to compute.
    processors : int
        Multiprocessors of the device.

    Returns
    -------
    Launch
        With tiles of a size that gives every multiprocessor the same work.

    Examples
    --------
    >>> over_tiles("hyp2f1", Call(count=1000), 132).blocks
    8
    """
    kernel = OPERATIONS[operation][0]
    blocks = processors * TILE_BLOCKS.get(kernel, FEW_TILE_BLOCKS)
    # As many tiles to each block: none waits for another at the end.
    rounds = -(-call.count // (blocks * MOST_TILE))
    call.tile = _multiple(-(-call.count // (blocks * rounds)), TILE_THREADS)
    return Launch(kernel, min(-(-call.count // call.tile), blocks), TILE_THREADS, 0, call)


def by_plan(call: Call, table: Table, single: bool, missing: int, processors: int) -> list[Launch]:
    """Look up a table, then compute what it has no panel for.

    Parameters
    ----------
    call : Call
        Of fixed a, b, c.
    table : Table
        Of these.
    single : bool
        Whether z and the result are float32; both float64 otherwise.
    missing : int
        Address of `RUNS` 32-bit zeros.
    processors : int
        Multiprocessors of the device.

    Returns
    -------
    list of Launch
        Two.

    Examples
    --------
    >>> table = Table(0, 448, 47, (0.001, 0), (0.06, 0))
    >>> [x.kernel for x in by_plan(Call(count=10**6), table, False, 0, 132)]
    ['hypgeo_plan_float64', 'hypgeo_value']
    """
    call.plan.coefficient = table.pointer
    call.plan.key_shift = table.key_shift
    call.plan.small_z, call.plan.large_z = PlanSide(*table.small_z), PlanSide(*table.large_z)
    call.rows = table.rows
    call.missing = missing
    call.run = -(-call.count // RUNS)
    kind = "float32" if single else "float64"
    shared = table.rows * ROW_BYTES[kind]
    in_shared = shared <= MOST_SHARED and call.count >= SHARED_FROM
    kernel = f"hypgeo_plan_{'' if in_shared else 'global_'}{kind}"
    blocks = min(-(-call.count // (PLAN_THREADS * PLAN_UNROLL)), processors * PLAN_BLOCKS)
    first = Launch(kernel, blocks, PLAN_THREADS, shared if in_shared else 0, call)
    return [first, completion("hyp2f1", Call.from_buffer_copy(call), processors)]


def addresses(operation: str, results: Sequence[int]) -> list[int]:
    """The results where the kernel of an operation expects them.

    Parameters
    ----------
    operation : str
        Key of `OPERATIONS`.
    results : sequence of int
        Addresses.

    Returns
    -------
    list of int
        0 for what is not asked for.

    Examples
    --------
    >>> addresses("slopes_in_c_and_z", [16, 32])
    [0, 0, 16, 32]
    """
    places = OPERATIONS[operation][1]
    found = dict(zip(places, results, strict=True))
    return [found.get(k, 0) for k in range(places[-1] + 1)]


def completion(operation: str, call: Call, processors: int) -> Launch:
    """Compute the elements of which the first result is NaN, and leave the others alone.

    Parameters
    ----------
    operation : str
        Key of `OPERATIONS`.
    call : Call
        With results that some other kernel has written.
    processors : int
        Multiprocessors of the device.

    Returns
    -------
    Launch
        Of the kernel that takes any arguments.

    Examples
    --------
    >>> completion("hyp2f1", Call(count=10), 132).call.only_missing
    1
    """
    call.only_missing = 1
    return over_tiles(operation, call, processors)


def by_baseline(method: str, call: Call, processors: int) -> Launch:
    """Run a named baseline.

    Parameters
    ----------
    method : str
        Key of `BASELINES`.
    call : Call
        What to compute.
    processors : int
        Multiprocessors of the device.

    Returns
    -------
    Launch
        Of at most 32 blocks to a multiprocessor.

    Examples
    --------
    >>> by_baseline("scan", Call(count=1000), 132).blocks
    250
    """
    kernel, lanes = BASELINES[method]
    blocks = min(-(-call.count * lanes // BASELINE_THREADS), 32 * processors)
    return Launch(kernel, blocks, BASELINE_THREADS, 0, call)


def _multiple(x: int, of: int) -> int:
    return -(-x // of) * of
