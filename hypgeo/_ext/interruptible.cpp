#include "interruptible.h"

#include <chrono>

#include "hypgeo/csrc/stop.h"
#include "python.h"

namespace hypgeo {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPatience(50);

struct Ear {
  bool is_listening = false, has_heard = false;
  Clock::time_point last = Clock::time_point();
};
thread_local Ear ear;

}  // namespace

bool is_interrupted() {
  if (!ear.is_listening || ear.has_heard) return ear.has_heard;
  const Clock::time_point now = Clock::now();
  // The first time, nothing has taken long yet.
  if (ear.last == Clock::time_point()) ear.last = now;
  if (now - ear.last < kPatience) return false;
  ear.last = now;
  const PyGILState_STATE state = PyGILState_Ensure();
  ear.has_heard = PyErr_CheckSignals() != 0;
  PyGILState_Release(state);
  return ear.has_heard;
}

Listening::Listening() {
  asks_to_stop = is_interrupted;
  ear = {true, false, Clock::time_point()};
}

Listening::~Listening() { ear = Ear(); }

}  // namespace hypgeo
