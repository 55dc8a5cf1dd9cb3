from typing import Any

import numpy as np

hyp2f1: np.ufunc
hyp2f1m1: np.ufunc
log_hyp2f1: np.ufunc
log_hyp2f1_and_sign: np.ufunc
value_and_error: np.ufunc
hyp2f1_derivatives: np.ufunc
slopes_in_c_and_z: np.ufunc
method_used: np.ufunc
method_direct: np.ufunc
method_reflected_auto: np.ufunc
method_reflected: np.ufunc
method_parallel: np.ufunc
method_parallel_precomputed: np.ufunc
method_scan: np.ufunc
method_quadrature: np.ufunc

def call(a: Any, b: Any, c: Any, z: Any, /) -> Any: ...
def has_foreign(*x: Any) -> bool: ...
def plan_ufunc(
    a: float, b: float, c: float, single: bool, /
) -> tuple[np.ufunc, float, bool] | None: ...
def plan_table(
    m: float, b: float, c: float, /
) -> tuple[np.ndarray[Any, Any], int, tuple[float, int], tuple[float, int]] | None: ...
def plan_cache_clear() -> None: ...
def plan_cache_size() -> int: ...
def instruction_set() -> str: ...
