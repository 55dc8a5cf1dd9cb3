// Published GPU orders of the reflected series: parallel (8 lanes), scan (32 lanes).
//
// A run of ratios r_0 .. r_j is the pair p = r_0...r_j, s = r_0 + r_0 r_1 + ... + r_0...r_j;
// runs join by (p1,s1)+(p2,s2) = (p1 p2, s1 + p1 s2), which is associative.
#pragma once

#include "series_terms.h"

HYPGEO_BEGIN
namespace series {

template <class Real>
struct ProductSum {
  Real p, s;
};

template <class Real>
HYPGEO_INLINE ProductSum<Real> join(ProductSum<Real> x, ProductSum<Real> y) {
  return {x.p * y.p, x.s + x.p * y.s};
}

// Ratios without the factor 1-z, stored for k < count and computed beyond.
template <class Real>
struct StoredTerms {
  ReflectedTerms<Real> terms;
  const Real* stored;
  index_t count;

  HYPGEO_INLINE Real ratio(index_t k) const {
    return terms.with_z(k < count ? stored[k] : terms.base(k));
  }
  HYPGEO_INLINE bool done(Real term, Real sum, index_t k) const {
    return terms.done(term, sum, k);
  }
};

// Each of 8 lanes runs over 8 neighbouring ratios, then a tree of three joins.
// 64 ratios of at most b/(k+1), b <= 1e6, have a product below 1e296: no overflow in a tile.
template <class Real>
struct LaneTile {
  static constexpr int kLanes = 8, kPerLane = 8, kTerms = kLanes * kPerLane;

  template <class Terms>
  HYPGEO_HD static ProductSum<Real> sum(const Terms& terms, index_t first, index_t count) {
    ProductSum<Real> lane[kLanes];
    for (int l = 0; l < kLanes; ++l) {
      lane[l] = {1, 0};
      for (int j = 0; j < kPerLane; ++j) {
        const index_t k = first + l * kPerLane + j;
        const Real r = k < count ? terms.ratio(k) : Real(0);
        lane[l] = join(lane[l], ProductSum<Real>{r, r});
      }
    }
    for (int step = 1; step < kLanes; step *= 2)
      for (int l = 0; l < kLanes; l += 2 * step) lane[l] = join(lane[l], lane[l + step]);
    return lane[0];
  }
};

// Inclusive scan over 32 lanes, one ratio each (Hillis-Steele, five steps).
template <class Real>
struct ScanTile {
  static constexpr int kTerms = 32;

  template <class Terms>
  HYPGEO_HD static ProductSum<Real> sum(const Terms& terms, index_t first, index_t count) {
    ProductSum<Real> lane[kTerms];
    for (int l = 0; l < kTerms; ++l) {
      const Real r = first + l < count ? terms.ratio(first + l) : Real(0);
      lane[l] = {r, r};
    }
    for (int step = 1; step < kTerms; step *= 2)  // downwards: lane[l - step] is still old
      for (int l = kTerms - 1; l >= step; --l) lane[l] = join(lane[l - step], lane[l]);
    return lane[kTerms - 1];
  }
};

// 1 + sum of all terms, tile by tile with a carried term.
template <class Tile, class Real, class Terms>
HYPGEO_HD Scaled<Real> sum_tiles(const Terms& terms, Real m) {
  const index_t count = degree(m);
  const Real big = Real(4294967296.0);
  Real term = 1;
  Scaled<Real> sum = {1, 0};
  for (index_t k = 0; k < count; k += Tile::kTerms) {
    const ProductSum<Real> tile = Tile::sum(terms, k, count);
    sum.value += term * tile.s;
    term *= tile.p;
    while (sum.value > big) {
      if (!(sum.value * Real(0) == 0)) return sum;  // overflow inside a tile: inf as it stands
      sum.value /= big;
      term /= big;
      sum.exponent += 32;
    }
    if (sum.value != sum.value || terms.done(term, sum.value, k + Tile::kTerms)) break;
  }
  return sum;
}

}  // namespace series

// 8 lanes over blocks of the reflected series.
template <class Real>
HYPGEO_HD Real parallel(Real m, Real b, Real c, Real z) {
  const series::ReflectedTerms<Real> terms(m, b, c, z);
  const series::Scaled<Real> front = series::prefactor(m, b, c);
  const series::Scaled<Real> sum = series::sum_tiles<series::LaneTile<Real>>(terms, m);
  return series::unscale(front.value * sum.value, front.exponent + sum.exponent);
}

// The same with ratio[k] = ReflectedTerms::base(k) and the prefactor given, as they depend on
// m, b, c only; ratios beyond count are computed.
template <class Real>
HYPGEO_HD Real parallel_precomputed(const Real* ratio, series::index_t count,
                                    series::Scaled<Real> front, Real m, Real b, Real c, Real z) {
  const series::StoredTerms<Real> terms = {series::ReflectedTerms<Real>(m, b, c, z), ratio, count};
  const series::Scaled<Real> sum = series::sum_tiles<series::LaneTile<Real>>(terms, m);
  return series::unscale(front.value * sum.value, front.exponent + sum.exponent);
}

// 32-lane inclusive scan with a carry from tile to tile.
template <class Real>
HYPGEO_HD Real scan(Real m, Real b, Real c, Real z) {
  const series::ReflectedTerms<Real> terms(m, b, c, z);
  const series::Scaled<Real> front = series::prefactor(m, b, c);
  const series::Scaled<Real> sum = series::sum_tiles<series::ScanTile<Real>>(terms, m);
  return series::unscale(front.value * sum.value, front.exponent + sum.exponent);
}

HYPGEO_END
