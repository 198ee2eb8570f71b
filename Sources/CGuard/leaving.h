// Ways out of a call other than to return.
#ifndef ESPALIER_LEAVING_H
#define ESPALIER_LEAVING_H
#include <atomic>

namespace espalier {

/// Whether the process has begun to end: what runs now are destructors.
extern std::atomic<bool> isEnding;

/// Returns where no plugin is about to end the process by the function `how`; where one is, it is an error of its call, or ends it.
void leaving(const char *how, const void *returnAddress);

/// Remembers which process this is, to recognise one that a plugin forks.
void rememberProcess();

/// Whether this is a process that a plugin forked, which may end as it likes.
bool isForked();

/// Ends a process that a plugin forked and that returned into the host.
[[noreturn]] void forked();

}  // namespace espalier
#endif
