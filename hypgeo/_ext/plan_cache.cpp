#include "plan_cache.h"

#include <array>
#include <mutex>
#include <new>

namespace hypgeo {
namespace {

constexpr std::size_t kSlots = 16;  // about 16 x 16 KiB: a handful of parameter sets in turn

struct Slot {
  double m = 0, b = 0, c = 0;
  std::shared_ptr<const CachedPlan> plan;
  unsigned long long last_used = 0;
};

std::mutex mutex;
std::array<Slot, kSlots> slots;
unsigned long long clock_ticks = 0;

Slot* find(double m, double b, double c) {
  for (Slot& slot : slots) {
    if (slot.plan && slot.m == m && slot.b == b && slot.c == c) return &slot;
  }
  return nullptr;
}

Slot* oldest() {
  Slot* best = &slots[0];
  for (Slot& slot : slots) {
    if (slot.last_used < best->last_used) best = &slot;
  }
  return best;
}

}  // namespace

std::shared_ptr<const CachedPlan> build_plan(double m, double b, double c) {
  try {
    auto plan = std::make_shared<CachedPlan>();
    plan->usable = kernels().plan_build(m, b, c, &plan->table);
    return plan;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

std::shared_ptr<const CachedPlan> cached_plan(double m, double b, double c) {
  {
    const std::lock_guard<std::mutex> lock(mutex);
    if (Slot* slot = find(m, b, c)) {
      slot->last_used = ++clock_ticks;
      return slot->plan;
    }
  }
  // Built outside the lock: two threads may build the same table, none waits for a build.
  std::shared_ptr<const CachedPlan> plan = build_plan(m, b, c);
  if (!plan) return plan;
  const std::lock_guard<std::mutex> lock(mutex);
  Slot* slot = find(m, b, c);
  if (slot == nullptr) slot = oldest();
  *slot = Slot{m, b, c, plan, ++clock_ticks};
  return plan;
}

void plan_cache_clear() {
  const std::lock_guard<std::mutex> lock(mutex);
  slots.fill(Slot{});
}

std::size_t plan_cache_size() {
  const std::lock_guard<std::mutex> lock(mutex);
  std::size_t used = 0;
  for (const Slot& slot : slots) used += slot.plan ? 1 : 0;
  return used;
}

}  // namespace hypgeo
