// Plans, the table in shared or in global memory.
#include "plan.cuh"

HYPGEO_KERNEL(hypgeo_plan_float64) {
  using namespace hypgeo::gpu;
  HYPGEO_DYNAMIC_SHARED(two_doubles, table);
  run_plan<double, double>(call, SharedRows::load(call, table));
}
HYPGEO_KERNEL(hypgeo_plan_float32) {
  using namespace hypgeo::gpu;
  HYPGEO_DYNAMIC_SHARED(four_floats, table);
  run_plan<float, float>(call, ShortRows::load(call, table));
}
HYPGEO_KERNEL(hypgeo_plan_global_float64) {
  using namespace hypgeo::gpu;
  run_plan<double, double>(call, GlobalRows{call.plan.coefficient});
}
HYPGEO_KERNEL(hypgeo_plan_global_float32) {
  using namespace hypgeo::gpu;
  run_plan<float, float>(call, GlobalRows{call.plan.coefficient});
}
