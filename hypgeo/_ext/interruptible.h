// Blocks of a ufunc loop, with an ear for Ctrl-C: an element may take 60 ms, an array hours.
#pragma once

#include "block.h"

namespace hypgeo {

// NumPy runs loops without the interpreter lock. In threads other than the main one nothing is heard.
// While one of these lives, its thread asks for signals every 50 ms, also between the slow elements of a
// block (csrc/stop.h): blocks of a length that depended on time would put other elements side by side,
// and results would differ in their last bits from call to call.
class Listening {
 public:
  Listening();
  ~Listening();
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
};

// Whether a signal handler has raised.
bool is_interrupted();

// run(first element, number of elements), until it returns false or a signal handler has raised.
template <class RunBlock>
void interruptible_blocks(npy_intp n, const RunBlock& run) {
  const Listening here;
  for (npy_intp start = 0; start < n; start += kBlock) {
    const npy_intp count = n - start < kBlock ? n - start : kBlock;
    if (!run(start, count) || is_interrupted()) return;
  }
}

}  // namespace hypgeo
