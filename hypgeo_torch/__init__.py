"""Terminating 2F1(-m, b; c; z) of torch tensors, differentiable in b, c and z."""

from __future__ import annotations

from hypgeo_torch._functions import expected_inverse, hyp2f1, hyp2f1m1, log_hyp2f1

__all__ = ["expected_inverse", "hyp2f1", "hyp2f1m1", "log_hyp2f1"]
