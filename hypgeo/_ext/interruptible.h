// Blocks of a ufunc loop, with an ear for Ctrl-C: an element may take 60 ms, an array hours.
#pragma once

#include <chrono>

#include "block.h"

namespace hypgeo {

// NumPy runs loops without the interpreter lock. In threads other than the main one nothing is heard.
inline bool is_interrupted() {
  const PyGILState_STATE state = PyGILState_Ensure();
  const bool is_set = PyErr_CheckSignals() != 0;
  PyGILState_Release(state);
  return is_set;
}

// run(first element, number of elements), until it returns false or a signal handler has raised. Blocks
// that take long are followed by shorter ones.
template <class RunBlock>
void interruptible_blocks(npy_intp n, const RunBlock& run) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kPatience(50);
  npy_intp length = kBlock;
  Clock::time_point heard = n > kBlock ? Clock::now() : Clock::time_point();
  for (npy_intp start = 0, count; start < n; start += count) {
    count = n - start < length ? n - start : length;
    if (!run(start, count) || start + count == n) return;
    const Clock::time_point now = Clock::now();
    if (now - heard < kPatience) continue;
    if (is_interrupted()) return;
    if (now - heard > 4 * kPatience && length > 1) length /= 2;
    heard = now;
  }
}

}  // namespace hypgeo
