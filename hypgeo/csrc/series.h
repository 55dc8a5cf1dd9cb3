// The evaluations every earlier implementation has, by name: checks and baselines, all O(m).
#pragma once

#include "series_lanes.h"
#include "series_sequential.h"
