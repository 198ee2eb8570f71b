// A thread that watches how long calls take.
#ifndef ESPALIER_WATCH_H
#define ESPALIER_WATCH_H
#include <atomic>

namespace espalier {

void startWatch();

/// Whether the work ends with the calls that last.
extern std::atomic<bool> endsCalls;

/// Whether the process is about to end by a crash, which is not to be cut short.
extern std::atomic<bool> isCrashing;

}  // namespace espalier
#endif
