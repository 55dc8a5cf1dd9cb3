// Plan tables shared between calls: a small least-recently-used cache.
#pragma once

#include <cstddef>
#include <memory>

#include "hypgeo/csrc/dispatch.h"
#include "hypgeo/csrc/plan_table.h"

namespace hypgeo {

struct CachedPlan {
  bool usable;  // false: plan_build refused these parameters, use eval
  PlanTable table;
};

// Builds on first use; thread safe; the result stays valid when the cache drops it.
// nullptr when memory is short.
std::shared_ptr<const CachedPlan> cached_plan(double m, double b, double c);

// A table outside the cache, for Plan objects.
std::shared_ptr<const CachedPlan> build_plan(double m, double b, double c);

void plan_cache_clear();
std::size_t plan_cache_size();

}  // namespace hypgeo
