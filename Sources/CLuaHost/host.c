/* Host functions: the one C function behind all of them. The Swift frame has returned before anything is raised. */
#include "vm.h"

const char hc_wait_mark, hc_raise_mark;

static int after_wait(lua_State *L, int status, lua_KContext context) {
  (void)status;
  (void)context;
  if (lua_gettop(L) >= 2 && lua_touserdata(L, 1) == &hc_raise_mark) {
    lua_settop(L, 2);
    return lua_error(L);
  }
  return lua_gettop(L);
}

static int trampoline(lua_State *L) {
  hc_vm *vm = hc_vm_of(L);
  int32_t function = (int32_t)lua_tointeger(L, lua_upvalueindex(1));
  luaL_checkstack(L, 64, "too many arguments to a host function");
  bool enforce = vm->enforce;
  vm->enforce = false;
  hc_reply reply = vm->host.call(vm->host.context, L, function, lua_gettop(L));
  vm->enforce = enforce;
  if (enforce && vm->limit && vm->pool.used > vm->base + vm->limit) {
    lua_gc(L, LUA_GCCOLLECT);
    if (vm->pool.used > vm->base + vm->limit) return hc_raise_fault(L, HC_FAULT_MEMORY);
  }
  if (enforce && vm->spent >= vm->budget) return hc_raise_fault(L, HC_FAULT_INSTRUCTIONS);
  if (enforce && vm->fault) return hc_raise_fault(L, vm->fault);
  switch (reply.action) {
  case HC_RETURN: return reply.count;
  case HC_WAIT:
    if (!hc_can_wait(vm, L))
      return luaL_error(L, "cannot wait here: a sort comparator, a gsub callback or a synchronous call is on the stack");
    lua_settop(L, 0);
    lua_pushlightuserdata(L, (void *)&hc_wait_mark);
    return lua_yieldk(L, 1, 0, after_wait);
  case HC_FAIL: return luaL_error(L, "%s", lua_tostring(L, -1));
  case HC_BAD_ARGUMENT: return luaL_argerror(L, reply.count, lua_tostring(L, -1));
  default: return lua_error(L);
  }
}

void hc_push_host_function(lua_State *L, int32_t function, const char *name) {
  lua_checkstack(L, 4);
  lua_pushinteger(L, function);
  lua_pushstring(L, name);
  lua_pushcclosure(L, trampoline, 2);
}

bool hc_can_wait(hc_vm *vm, lua_State *L) { return vm->waitable && lua_isyieldable(L); }
