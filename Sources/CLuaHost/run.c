/* A run's own state: its globals, its random numbers and the names it gave to tables and functions. */
#include "vm.h"

#include <stdlib.h>

static uint64_t mix(uint64_t *state) { /* splitmix64 */
  uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}

static uint64_t rotate(uint64_t value, int bits) { return value << bits | value >> (64 - bits); }

uint64_t hc_run_random(hc_run *run) { /* xoshiro256** */
  uint64_t *s = run->random;
  uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate(s[3], 45);
  return result;
}

hc_run *hc_run_open(hc_vm *vm, uint64_t random_seed) {
  hc_run *run = calloc(1, sizeof *run);
  if (!run) return NULL;
  for (int i = 0; i < 4; i++) run->random[i] = mix(&random_seed);
  lua_State *L = vm->L;
  if (!lua_checkstack(L, 16)) {
    free(run);
    return NULL;
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->globals);
  lua_createtable(L, 0, 64);
  lua_pushnil(L);
  while (lua_next(L, -3)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
  }
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "_G");
  run->globals = hc_ref(vm, L);
  lua_pop(L, 1);
  return run;
}

void hc_run_close(hc_vm *vm, hc_run *run) {
  if (vm) {
    hc_unref(vm, run->globals);
    hc_unref(vm, run->names);
    if (vm->run == run) vm->run = NULL;
    hc_forget_traversal(vm->L);
  }
  free(run);
}

void hc_run_push_globals(hc_vm *vm, hc_run *run, lua_State *L) { hc_push_ref(vm, L, run->globals); }

/* Addresses differ from process to process, so an object's name is its number in the run: in the order in which the
   run asked. Another layout seed gives other numbers, as another process would give other addresses. */
uint64_t hc_object_name(lua_State *L, int index) {
  hc_vm *vm = hc_vm_of(L);
  hc_run *run = vm->run;
  if (!run) return 0;
  index = lua_absindex(L, index);
  if (!run->names) {
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    run->names = hc_ref(vm, L);
  }
  hc_push_ref(vm, L, run->names);
  lua_pushvalue(L, index);
  if (lua_rawget(L, -2) != LUA_TNUMBER) {
    lua_pop(L, 1);
    lua_pushvalue(L, index);
    lua_pushinteger(L, (lua_Integer)++run->next_name);
    lua_rawset(L, -3);
    lua_pushinteger(L, (lua_Integer)run->next_name);
  }
  uint64_t number = (uint64_t)lua_tointeger(L, -1);
  lua_pop(L, 2);
  return UINT64_C(0xc000000000) + ((vm->seed & 0xffff) << 20) + number * 64;
}
