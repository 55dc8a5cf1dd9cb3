"""The points of the trapezoidal rule (hypgeo/csrc/trapezoid.h).

In x = log(t / (1 - t)) the integrand looks like e^(bx - e^x); the map

    x = (u - A (e^(-k u) - 1)) / lambda

makes its slope fall double-exponentially too. A map is ``(step of u, A, 1 / lambda)``.
"""

# mypy: allow-untyped-defs, allow-incomplete-defs
from __future__ import annotations

import triton.language as tl

from hypgeo.gpu.triton_elementary import exp_parts, expm1
from hypgeo.gpu.triton_jit import jit

MAP_RATE = tl.constexpr(1.2)  # k
MAP_BEND = tl.constexpr(2.0)
GAMMA_STEP = tl.constexpr(0.57)
GENERAL_STEP = tl.constexpr(0.45)
GAUSSIAN_STEP = tl.constexpr(0.6)
BLUNT_BELOW = tl.constexpr(5.0)
NARROW_STEP = tl.constexpr(0.1)
FARTHEST = tl.constexpr(150.0)
MOST_BENT = tl.constexpr(2.0**60)
NEGLIGIBLE = tl.constexpr(2.0**-57)
STEEPLY_NEGLIGIBLE = tl.constexpr(2.0**-54)
# Far above what any tail needs (about 200): bounds the loop whatever the arguments are.
MOST_STEPS = tl.constexpr(4096)


@jit
def gamma_map(b, scale, bend, step):
    """The map for a peak like that of e^(bx - e^x)."""
    root = tl.sqrt(b)
    bent = bend / (tl.sqrt(root) * root)
    return step / (root * tl.fma(bent, MAP_RATE, 1.0)), bent, scale


@jit
def fitted_map(curvature, skew, narrow_strip):
    """The map for a peak with these second and third derivatives, sign changed."""
    shape = tl.minimum(tl.abs(skew) / curvature, 4.0)
    wide = tl.maximum(shape, 1.0)
    sharpness = curvature / (wide * wide)
    b = tl.maximum(sharpness, 1.0)
    blunt = tl.minimum(BLUNT_BELOW / b, 1.0)
    off = tl.minimum(tl.abs(shape - 1.0), 1.0) * 1.25
    fitted = (GAUSSIAN_STEP - blunt * (GAUSSIAN_STEP - GENERAL_STEP)) / tl.fma(off, blunt, 1.0)
    fit = fitted * tl.minimum(tl.maximum(sharpness, 0.25), 1.0)
    narrow = tl.minimum(fit, tl.sqrt(tl.sqrt(b)) * NARROW_STEP)
    step = tl.where(narrow_strip, narrow, fit)
    scale = tl.where(skew < 0.0, -1.0, 1.0) / wide
    return gamma_map(b, scale, tl.minimum(shape, 1.0) * MAP_BEND, step)


@jit
def begin_side(rule, direction):
    """``(h, ratio of neighbouring e^(-ku), its rounding)`` for u = direction (h, 2h, ...)."""
    h = rule[0] * direction
    scale, tail = exp_parts(h * -MAP_RATE)
    ratio = tl.fma(scale, tail, scale)
    return h, ratio, tl.fma(scale, tail, scale - ratio)


@jit
def rule_point(rule, side, count, bent):
    """``(x, e^x - 1, dx / (step scale), e^(-ku))`` of point `count`, from e^(-ku) of the last."""
    h, ratio, ratio_rest = side
    _step, bend, scale = rule
    bent = tl.minimum(tl.fma(bent, ratio, bent * ratio_rest), MOST_BENT)
    x = tl.fma(h, count, -bend * (bent - 1.0)) * scale
    near = tl.minimum(tl.maximum(x, -FARTHEST), FARTHEST)
    return near, expm1(near), tl.fma(bend * MAP_RATE, bent, 1.0), bent


@jit
def exponential_tail(rule, left, right):
    """What may be left out where the tails fall like e^(left x) and e^(-right x)."""
    rate = tl.minimum(left, right) * rule[0] * tl.abs(rule[2])
    return NEGLIGIBLE * rate / (rate + 1.0)
