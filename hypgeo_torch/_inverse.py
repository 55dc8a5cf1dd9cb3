"""Kernel of E[1/(q + beta X)], X ~ Binomial(m, p)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from hypgeo import probability
from hypgeo._torch_call import numbers
from hypgeo_torch._evaluate import evaluate
from hypgeo_torch._library import result_dtype


def inverse(m: Tensor, q: Tensor, beta: Tensor, p: Tensor) -> Tensor:
    """1/q F(-m, 1; q/beta + 1; p), NaN where an element is not allowed."""
    dtype = result_dtype(q, beta, p)
    if all(x.device.type == "cpu" for x in (m, q, beta, p)):
        return _on_cpu(m, q, beta, p, dtype)
    m, q, beta, p = (x.to(torch.float64) for x in (m, q, beta, p))
    a, _, c, p_ = numbers(-m, 1.0, q / beta + 1, p)
    f = evaluate("hyp2f1", (a, 1.0, c, p_), torch.float64)[0]
    defined = (q > 0) & (beta > 0) & (p >= 0) & (p <= 1)
    return torch.where(defined, f / q, torch.nan).to(dtype)


def _on_cpu(m: Tensor, q: Tensor, beta: Tensor, p: Tensor, dtype: torch.dtype) -> Tensor:
    shape = np.broadcast_shapes(m.shape, q.shape, beta.shape, p.shape)
    # An array of one element gives NaN where a number would be an error.
    q_, beta_, m_, p_ = (np.atleast_1d(x.detach().numpy()) for x in (q, beta, m, p))
    value = probability.expected_inverse(q_, beta_, m_, p_)
    return torch.from_numpy(np.ascontiguousarray(value)).to(dtype).reshape(shape)
