/* The slow path of Swift's Mutex, which lies in a library that the thread sanitizer does not see into: here in code that it does.
   The mutex is 0, or the number of the thread that holds it. */
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

__attribute__((swiftcall)) void lock_slow(uint32_t own, __attribute__((swift_context)) _Atomic uint32_t *mutex)
    __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");
__attribute__((swiftcall)) void unlock_slow(__attribute__((swift_context)) _Atomic uint32_t *mutex)
    __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");

__attribute__((swiftcall)) void lock_slow(uint32_t own, __attribute__((swift_context)) _Atomic uint32_t *mutex) {
  for (uint32_t none = 0; !atomic_compare_exchange_weak(mutex, &none, own); none = 0) sched_yield();
}

__attribute__((swiftcall)) void unlock_slow(__attribute__((swift_context)) _Atomic uint32_t *mutex) { atomic_store(mutex, 0); }
