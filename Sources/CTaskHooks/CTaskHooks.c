// For SCHED_IDLE.
#define _GNU_SOURCE

#include "CTaskHooks.h"

#include <pthread.h>
#include <sched.h>
#include <stddef.h>

// `Task { }` and `Task.detached { }` do not inherit a task executor: their jobs go to the runtime's global queue, and
// workflow code would run on a thread of its own. The runtime lets one hook see each such job. The hook is part of the
// runtime's ABI (swift/Runtime/Concurrency.h); it is weak here, so that a runtime without it only loses the check.

#define SWIFT_CC __attribute__((swiftcall))

typedef SWIFT_CC void (*enqueue_original)(void *job);
typedef SWIFT_CC void (*enqueue_hook)(void *job, enqueue_original original);

extern enqueue_hook swift_task_enqueueGlobal_hook __attribute__((weak));

static enqueue_hook next_hook;
static _Thread_local bool is_watching;
static _Thread_local bool has_escaped;

static SWIFT_CC void on_enqueue(void *job, enqueue_original original) {
  if (is_watching) {
    // Running the job would let it race with the code that is unwound because of it.
    has_escaped = true;
    return;
  }
  if (next_hook) {
    next_hook(job, original);
  } else {
    original(job);
  }
}

static void install(void) {
  if (&swift_task_enqueueGlobal_hook == NULL) return;
  next_hook = swift_task_enqueueGlobal_hook;
  swift_task_enqueueGlobal_hook = on_enqueue;
}

void hindcast_install_task_hook(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install);
}

void hindcast_begin_watch(void) {
  has_escaped = false;
  is_watching = true;
}

bool hindcast_pause_watch(void) {
  bool was_watching = is_watching;
  is_watching = false;
  return was_watching;
}

void hindcast_continue_watch(void) { is_watching = true; }

bool hindcast_end_watch(void) {
  is_watching = false;
  return has_escaped;
}

void hindcast_deprioritize_thread(uintptr_t thread) {
#ifdef SCHED_IDLE
  struct sched_param parameters = {0};
  // Not vital: without it a lost thread only takes more of the machine.
  (void)pthread_setschedparam((pthread_t)thread, SCHED_IDLE, &parameters);
#else
  (void)thread;
#endif
}
