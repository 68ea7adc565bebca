/* The user's coroutines, and the scheduler's threads. A host wait inside nested user coroutines suspends all of them:
   each resume on the way passes the wait on with lua_yieldk and feeds the answer back in its continuation. */
#include "vm.h"

bool hc_is_waiting(lua_State *co) {
  return lua_status(co) == LUA_YIELD && lua_gettop(co) > 0 && lua_touserdata(co, -1) == &hc_wait_mark;
}

/* Resumes with `from` as the resumer; the machine's chain tells who runs. */
static int resume_linked(hc_vm *vm, lua_State *co, lua_State *from, int arguments, bool waitable, int *results) {
  struct hc_link link = {co, vm->chain};
  bool before = vm->waitable;
  vm->chain = &link;
  vm->waitable = waitable;
  int status = lua_resume(co, from, arguments, results);
  vm->waitable = before;
  vm->chain = link.outer;
  if (status == LUA_ERRMEM && !vm->fault) vm->fault = HC_FAULT_MEMORY;
  return status;
}

enum { FAILED = -1, WAITING = -2 };

/* The count of results on top of `co`, or FAILED (error value on top) or WAITING. */
static int resume_inner(lua_State *L, lua_State *co, int arguments) {
  hc_vm *vm = hc_vm_of(L);
  int results = 0;
  int status = resume_linked(vm, co, L, arguments, vm->waitable && lua_isyieldable(L), &results);
  if (vm->fault) hc_raise_fault(L, vm->fault);
  if (status == LUA_YIELD) return hc_is_waiting(co) ? WAITING : results;
  return status == LUA_OK ? results : FAILED;
}

/* Why a coroutine cannot be resumed by user code, or NULL. */
static const char *refusal(lua_State *L, lua_State *co) {
  if (hc_is_scheduler(co) || co == L || hc_is_waiting(co)) return "cannot resume non-suspended coroutine";
  switch (lua_status(co)) {
  case LUA_YIELD: return NULL;
  case LUA_OK: {
    lua_Debug activation;
    if (lua_getstack(co, 0, &activation)) return "cannot resume non-suspended coroutine";
    return lua_gettop(co) == 0 ? "cannot resume dead coroutine" : NULL;
  }
  default: return "cannot resume dead coroutine";
  }
}

/* Stack of `L`: the coroutine at 1, the values for it above. Pushes what `coroutine.resume` gives back. */
static int pass_on(lua_State *L, lua_KContext is_wrap);

static int pass_on_k(lua_State *L, int status, lua_KContext is_wrap) {
  (void)status;
  lua_State *co = lua_tothread(L, 1);
  lua_pop(co, 1); /* the mark */
  return pass_on(L, is_wrap);
}

static int pass_on(lua_State *L, lua_KContext is_wrap) {
  lua_State *co = lua_tothread(L, 1);
  int arguments = lua_gettop(L) - 1;
  if (!lua_checkstack(co, arguments + 1)) return luaL_error(L, "too many arguments to resume");
  lua_xmove(L, co, arguments);
  int results = resume_inner(L, co, arguments);
  if (results == WAITING) {
    lua_settop(L, 1);
    lua_pushlightuserdata(L, (void *)&hc_wait_mark);
    return lua_yieldk(L, 1, is_wrap, pass_on_k);
  }
  if (results == FAILED) {
    if (!is_wrap) lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return is_wrap ? lua_error(L) : 2;
  }
  luaL_checkstack(L, results + 1, "too many results to resume");
  if (!is_wrap) lua_pushboolean(L, 1);
  lua_xmove(co, L, results);
  return is_wrap ? results : results + 1;
}

static lua_State *check_thread(lua_State *L) {
  lua_State *co = lua_tothread(L, 1);
  luaL_argexpected(L, co, 1, "coroutine");
  return co;
}

static int co_create(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *co = lua_newthread(L);
  *hc_extra(co) = (uintptr_t)hc_vm_of(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  return 1;
}

static int co_resume(lua_State *L) {
  lua_State *co = check_thread(L);
  const char *reason = refusal(L, co);
  if (reason) {
    lua_pushboolean(L, 0);
    lua_pushstring(L, reason);
    return 2;
  }
  return pass_on(L, 0);
}

static int co_wrap_call(lua_State *L) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  const char *reason = refusal(L, co);
  if (reason) return luaL_error(L, "%s", reason);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  return pass_on(L, 1);
}

static int co_wrap(lua_State *L) {
  co_create(L);
  lua_pushcclosure(L, co_wrap_call, 1);
  return 1;
}

static int co_yield(lua_State *L) { return lua_yield(L, lua_gettop(L)); }

static int co_status(lua_State *L) {
  lua_State *co = check_thread(L);
  const char *status = "dead";
  lua_Debug activation;
  if (co == L) status = "running";
  else if (lua_status(co) == LUA_YIELD) status = "suspended";
  else if (lua_status(co) == LUA_OK && lua_getstack(co, 0, &activation)) status = "normal";
  else if (lua_status(co) == LUA_OK && lua_gettop(co) > 0) status = "suspended";
  lua_pushstring(L, status);
  return 1;
}

static int co_running(lua_State *L) {
  lua_pushthread(L);
  return 1;
}

void hc_open_coroutine(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"create", co_create}, {"resume", co_resume},   {"wrap", co_wrap}, {"yield", co_yield},
      {"status", co_status}, {"running", co_running}, {NULL, NULL},
  };
  lua_newtable(L);
  hc_set_functions(L, functions);
}

/* ---- Scheduler threads ---- */

lua_State *hc_thread_new(hc_vm *vm, int32_t *reference) {
  lua_State *L = vm->L;
  lua_State *thread = lua_newthread(L);
  *hc_extra(thread) = (uintptr_t)vm | HC_SCHEDULER_BIT;
  hc_install_hook(thread); /* coroutines created by the thread inherit it */
  *reference = hc_ref(vm, L);
  return thread;
}

static int32_t resume_thread(hc_vm *vm, hc_run *run, lua_State *L, int32_t arguments, int32_t *count) {
  *count = 0;
  int status = lua_status(L);
  lua_Debug activation;
  if (status == LUA_OK) {
    if (lua_getstack(L, 0, &activation) || lua_gettop(L) <= arguments) return HC_REFUSED;
  } else if (status != LUA_YIELD) {
    return HC_REFUSED;
  }
  lua_State *from = vm->chain ? vm->chain->L : NULL;
  bool enforce = vm->enforce;
  hc_run *outer = vm->run;
  int results = 0;
  vm->run = run;
  vm->enforce = true;
  status = resume_linked(vm, L, from, arguments, from == NULL, &results);
  vm->enforce = enforce;
  vm->run = outer ? outer : run; /* what is said about the outcome is said of this run */
  *count = results;
  if (status == LUA_OK) return HC_FINISHED;
  if (status != LUA_YIELD) {
    *count = 1;
    return HC_FAILED;
  }
  if (!hc_is_waiting(L)) return HC_YIELDED;
  *count = 0;
  return HC_WAITING;
}

/* Takes the mark of a wait from below the top `above` values. */
static void take_mark(lua_State *L, int above) {
  if (lua_status(L) == LUA_YIELD && lua_gettop(L) > above && lua_touserdata(L, -1 - above) == &hc_wait_mark)
    lua_remove(L, -1 - above);
}

int32_t hc_resume(hc_vm *vm, hc_run *run, lua_State *L, int32_t arguments, int32_t *count) {
  take_mark(L, arguments);
  return resume_thread(vm, run, L, arguments, count);
}

int32_t hc_resume_raising(hc_vm *vm, hc_run *run, lua_State *L, int32_t *count) {
  take_mark(L, 1);
  lua_pushlightuserdata(L, (void *)&hc_raise_mark);
  lua_insert(L, -2);
  return resume_thread(vm, run, L, 2, count);
}

void hc_thread_abandon(hc_vm *vm, lua_State *L) {
  for (struct hc_link *link = vm->chain; link; link = link->outer)
    if (link->L == L) return;
  lua_resetthread(L);
  lua_settop(L, 0);
}

lua_State *hc_running_thread(hc_vm *vm, int32_t level) {
  struct hc_link *link = vm->chain;
  while (link && level-- > 0) link = link->outer;
  return link ? link->L : NULL;
}

lua_State *hc_inner_thread(hc_vm *vm, lua_State *L) {
  (void)vm;
  lua_Debug activation;
  if (!hc_is_waiting(L) || !lua_getstack(L, 0, &activation) || !lua_checkstack(L, 2)) return NULL;
  lua_getinfo(L, "f", &activation);
  lua_CFunction function = lua_tocfunction(L, -1);
  lua_pop(L, 1);
  if (function != co_resume && function != co_wrap_call) return NULL;
  if (!lua_getlocal(L, &activation, 1)) return NULL;
  lua_State *inner = lua_tothread(L, -1);
  lua_pop(L, 1);
  return inner;
}
