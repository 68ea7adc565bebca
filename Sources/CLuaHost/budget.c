/* Instruction and CPU-time budgets, and the faults that no pcall can swallow. */
#include "vm.h"

#include <time.h>

static int64_t thread_cpu_time(hc_vm *vm) {
  if (vm->host.cpu_time) return vm->host.cpu_time(vm->host.context);
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* A clock that costs nothing to read and only decides when to read the precise one. */
static int64_t coarse_time(void) {
#ifdef CLOCK_MONOTONIC_COARSE
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
#else
  return 0;
#endif
}

static const char *fault_message(int32_t fault) {
  switch (fault) {
  case HC_FAULT_INSTRUCTIONS: return "the instruction budget of this workflow task is used up";
  case HC_FAULT_CPU_TIME: return "the CPU time budget of this workflow task is used up";
  default: return "not enough memory";
  }
}

int hc_raise_fault(lua_State *L, int32_t fault) {
  hc_vm *vm = hc_vm_of(L);
  vm->fault = fault;
  bool enforce = vm->enforce;
  vm->enforce = false; /* the message itself must fit */
  lua_pushstring(L, fault_message(fault));
  vm->enforce = enforce;
  return lua_error(L);
}

static void check(lua_State *L, hc_vm *vm) {
  if (vm->spent >= vm->budget) hc_raise_fault(L, HC_FAULT_INSTRUCTIONS);
  if (!vm->cpu_budget) return;
  int64_t coarse = coarse_time();
  bool moved = coarse != vm->coarse_checked;
  if (!vm->host.cpu_time && !moved && ++vm->hooks_since_check < 64) return;
  vm->hooks_since_check = 0;
  vm->coarse_checked = coarse;
  if (thread_cpu_time(vm) - vm->cpu_start > vm->cpu_budget) hc_raise_fault(L, HC_FAULT_CPU_TIME);
}

static void on_event(lua_State *L, lua_Debug *activation) {
  hc_vm *vm = hc_vm_of(L);
  if (activation->event == LUA_HOOKRET) {
    hc_note_return(L, activation);
    return;
  }
  if (activation->event == LUA_HOOKLINE) {
    hc_note_line(L, activation);
    return;
  }
  if (vm->fault) hc_raise_fault(L, vm->fault);
  vm->spent += HC_HOOK_INTERVAL;
  check(L, vm);
}

void hc_install_hook(lua_State *L) {
  int returns = hc_vm_of(L)->track_returns ? LUA_MASKRET : 0;
  int lines = hc_vm_of(L)->coverage ? LUA_MASKLINE : 0;
  lua_sethook(L, on_event, LUA_MASKCOUNT | returns | lines, HC_HOOK_INTERVAL);
}

void hc_charge(lua_State *L, int64_t cost) {
  hc_vm *vm = hc_vm_of(L);
  vm->spent += cost;
  if (vm->enforce) check(L, vm);
}

void hc_expect_memory(lua_State *L, size_t count, size_t size) {
  hc_vm *vm = hc_vm_of(L);
  if (!vm->enforce || !vm->limit || !size) return;
  if (count > vm->limit / size) hc_raise_fault(L, HC_FAULT_MEMORY);
}

void hc_begin_slice(hc_vm *vm, int64_t instructions, int64_t cpu_nanoseconds) {
  vm->budget = instructions > 0 ? instructions : INT64_MAX;
  vm->spent = 0;
  vm->fault = HC_FAULT_NONE;
  vm->cpu_budget = cpu_nanoseconds > 0 ? cpu_nanoseconds : 0;
  vm->cpu_start = vm->cpu_budget ? thread_cpu_time(vm) : 0;
  vm->hooks_since_check = 0;
}

int64_t hc_slice_instructions(hc_vm *vm) { return vm->spent; }
void hc_spend(hc_vm *vm, int64_t instructions) {
  if (instructions > 0 && instructions < INT64_MAX - vm->spent) vm->spent += instructions;
}

bool hc_is_used_up(hc_vm *vm) {
  if (vm->spent >= vm->budget)
    vm->fault = HC_FAULT_INSTRUCTIONS;
  else if (vm->cpu_budget && thread_cpu_time(vm) - vm->cpu_start > vm->cpu_budget)
    vm->fault = HC_FAULT_CPU_TIME;
  return vm->fault != HC_FAULT_NONE;
}

int32_t hc_fault(hc_vm *vm) { return vm->fault; }
