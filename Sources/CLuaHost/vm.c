/* Opening and closing a machine, its references, and the shared read-only libraries. */
#include "vm.h"

#include <stdlib.h>

/* hc_has_keyed_storage reads one field of Lua's table; refuse a library that lays tables out differently. */
static int probe(lua_State *L) {
  lua_newtable(L);
  bool sound = !hc_has_keyed_storage(L, -1);
  lua_pushboolean(L, 1);
  lua_setfield(L, -2, "field");
  sound = sound && hc_has_keyed_storage(L, -1);
  lua_pushnil(L);
  lua_setfield(L, -2, "field");
  sound = sound && hc_has_keyed_storage(L, -1);
  lua_createtable(L, 8, 0);
  sound = sound && !hc_has_keyed_storage(L, -1);
  lua_createtable(L, 0, 8);
  sound = sound && hc_has_keyed_storage(L, -1);
  lua_pushboolean(L, sound);
  return 1;
}

static int keep(lua_State *L) { return luaL_ref(L, LUA_REGISTRYINDEX); }

static int keep_weak(lua_State *L, const char *mode) {
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushstring(L, mode);
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  return keep(L);
}

static void add_library(hc_vm *vm, const char *name) {
  lua_State *L = vm->L; /* the writable table is on top */
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->libraries);
  lua_createtable(L, 2, 0);
  lua_pushvalue(L, -3);
  lua_rawseti(L, -2, 1);
  lua_pushvalue(L, -3);
  hc_freeze_new(L);
  lua_rawseti(L, -2, 2);
  lua_setfield(L, -2, name);
  lua_pop(L, 2);
}

static int open_machine(lua_State *L) {
  hc_vm *vm = lua_touserdata(L, 1);
  lua_settop(L, 0);
  if (probe(L), !lua_toboolean(L, -1)) return luaL_error(L, "this build of Lua 5.4 is not supported");
  lua_settop(L, 0);
  lua_newtable(L);
  vm->references = keep(L);
  vm->objects = keep_weak(L, "v");
  lua_newtable(L);
  vm->kinds = keep(L);
  lua_newtable(L);
  vm->libraries = keep(L);
  lua_createtable(L, 3, 0);
  vm->next_cache = keep(L);

  hc_open_base(L);
  vm->globals = keep(L);
  hc_open_coroutine(L);
  add_library(vm, "coroutine");
  hc_open_table(L);
  add_library(vm, "table");
  hc_open_math(L);
  add_library(vm, "math");
  hc_open_string(L);
  hc_install_string_metatable(L);
  add_library(vm, "string");
  lua_newtable(L);
  add_library(vm, "package");
  static const char *const names[] = {"coroutine", "table", "math", "string", "package"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) hc_set_global_library(vm, names[i], true);

  lua_createtable(L, 16, 0);
  hc_open_helpers(L);
  vm->helpers = keep(L);
  return 0;
}

hc_vm *hc_open(const hc_host *host, size_t memory_limit, uint64_t seed) {
  hc_vm *vm = calloc(1, sizeof *vm);
  if (!vm) return NULL;
  vm->host = *host;
  vm->seed = seed;
  vm->pool.layout = seed;
  vm->limit = memory_limit;
  vm->budget = INT64_MAX;
  vm->L = lua_newstate(hc_allocate, vm);
  if (!vm->L) {
    hc_pool_close(&vm->pool);
    free(vm);
    return NULL;
  }
  *hc_extra(vm->L) = (uintptr_t)vm;
  lua_checkstack(vm->L, 200); /* for what finalizers do on top of what Swift does */
  lua_pushcfunction(vm->L, open_machine);
  lua_pushlightuserdata(vm->L, vm);
  if (lua_pcall(vm->L, 1, 0, 0) != LUA_OK) {
    hc_close(vm);
    return NULL;
  }
  hc_seal(vm);
  return vm;
}

void hc_close(hc_vm *vm) {
  lua_close(vm->L);
  hc_close_coverage(vm);
  hc_pool_close(&vm->pool);
  free(vm->json.bytes);
  free(vm);
}

lua_State *hc_main_state(hc_vm *vm) { return vm->L; }

void hc_seal(hc_vm *vm) {
  lua_gc(vm->L, LUA_GCCOLLECT);
  vm->base = vm->pool.used;
  vm->pool.peak = vm->pool.used;
}

size_t hc_used_memory(hc_vm *vm) { return vm->pool.used; }
size_t hc_peak_memory(hc_vm *vm) { return vm->pool.peak; }
size_t hc_reserved_memory(hc_vm *vm) { return vm->pool.reserved; }
void hc_collect(hc_vm *vm) { lua_gc(vm->L, LUA_GCCOLLECT); }

/* ---- References ---- */

int32_t hc_ref(hc_vm *vm, lua_State *L) {
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    return 0;
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->references);
  int32_t slot = vm->reference_free;
  if (slot) {
    lua_rawgeti(L, -1, slot);
    vm->reference_free = (int32_t)lua_tointeger(L, -1);
    lua_pop(L, 1);
  } else {
    slot = ++vm->reference_count;
  }
  lua_insert(L, -2);
  lua_rawseti(L, -2, slot);
  lua_pop(L, 1);
  return slot;
}

void hc_unref(hc_vm *vm, int32_t reference) {
  if (!reference) return;
  lua_State *L = vm->L;
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->references);
  lua_pushinteger(L, vm->reference_free);
  lua_rawseti(L, -2, reference);
  vm->reference_free = reference;
  lua_pop(L, 1);
}

void hc_push_ref(hc_vm *vm, lua_State *L, int32_t reference) {
  lua_checkstack(L, 4);
  if (!reference) {
    lua_pushnil(L);
    return;
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->references);
  lua_rawgeti(L, -1, reference);
  lua_remove(L, -2);
}

/* ---- Libraries ---- */

void hc_set_functions(lua_State *L, const luaL_Reg *functions) {
  for (; functions->name; functions++) {
    lua_pushstring(L, functions->name);
    lua_pushcclosure(L, functions->func, 1);
    lua_setfield(L, -2, functions->name);
  }
}

/* Pushes entry `which` of a library (1: writable, 2: read-only) or nil. */
static void push_library(hc_vm *vm, lua_State *L, const char *library, int which) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->libraries);
  lua_pushstring(L, library);
  if (lua_rawget(L, -2) == LUA_TTABLE) {
    lua_rawgeti(L, -1, which);
    lua_replace(L, -3);
    lua_pop(L, 1);
  } else {
    lua_remove(L, -2);
  }
}

void hc_set_library_field(hc_vm *vm, const char *library, const char *name) {
  lua_State *L = vm->L;
  if (!*library) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->globals);
  } else {
    push_library(vm, L, library, 1);
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
      lua_newtable(L);
      lua_pushvalue(L, -1);
      add_library(vm, library);
    }
  }
  lua_insert(L, -2);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

void hc_set_global_library(hc_vm *vm, const char *library, bool global) {
  lua_State *L = vm->L;
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->globals);
  if (global) push_library(vm, L, library, 2);
  else lua_pushnil(L);
  lua_setfield(L, -2, library);
  lua_pop(L, 1);
}

void hc_push_library(hc_vm *vm, lua_State *L, const char *library) { push_library(vm, L, library, 2); }
