// Shows the thread sanitizer the hand-over of Swift's Mutex.
//
// The fast paths of Mutex are inlined into our code, where the sanitizer sees their atomics. The slow ones, which wait in the
// kernel (futex, PI), are in libswiftSynchronization, which is not instrumented: each contended lock then looks like a race.
// These functions stand before the library's own, call them, and tell the sanitizer. Were the library's renamed, they would
// never be called, and the warnings be back.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#include "SanitizedMutex.h"

// Of compiler-rt's tsan_interface_inl.h.
void __tsan_acquire(void *);
void __tsan_release(void *);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

// Synchronization._MutexHandle._lockSlow(Swift.UInt32), ._tryLockSlow() -> Swift.Bool, ._unlockSlow()
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void sanitized_lock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT bool sanitized_try_lock(SELF) __asm__(TRY_LOCK);
SWIFT void sanitized_unlock(SELF) __asm__(UNLOCK);

SWIFT void sanitized_lock(uint32_t thread, SELF) {
    ((SWIFT void (*)(uint32_t, SELF))dlsym(RTLD_NEXT, LOCK))(thread, self);
    __tsan_acquire(self);
}

SWIFT bool sanitized_try_lock(SELF) {
    bool is_locked = ((SWIFT bool (*)(SELF))dlsym(RTLD_NEXT, TRY_LOCK))(self);
    if (is_locked) __tsan_acquire(self);
    return is_locked;
}

SWIFT void sanitized_unlock(SELF) {
    __tsan_release(self);
    ((SWIFT void (*)(SELF))dlsym(RTLD_NEXT, UNLOCK))(self);
}
