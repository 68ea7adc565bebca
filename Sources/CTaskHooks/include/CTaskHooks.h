#ifndef HINDCAST_TASK_HOOKS_H
#define HINDCAST_TASK_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

/// Puts a hook into the Swift runtime's global task queue, once a process. It passes every job on, but for those of a
/// thread that is being watched.
void hindcast_install_task_hook(void);

/// From now on the current thread may not hand jobs to the global queue: what it tries is dropped and remembered.
void hindcast_begin_watch(void);

/// Lets the current thread do as it likes until `hindcast_continue_watch`: it runs code that is not the workflow's.
/// Returns whether it was being watched.
bool hindcast_pause_watch(void);

/// Goes on with the watch that was paused.
void hindcast_continue_watch(void);

/// Ends the watch; says whether the thread tried to hand a job to the global queue since it began.
bool hindcast_end_watch(void);

/// Lets a thread (a `pthread_t`) run only where nobody else wants the CPU, if the system knows how to do that.
void hindcast_deprioritize_thread(uintptr_t thread);

#endif
