/* pairs and next in one order in every process.
 *
 * The order: numbers ascending, strings bytewise, false and true, then objects (tables, functions, threads, userdata) in
 * the order of their creation. Stock Lua iterates its hash part in an order that depends on addresses and the time.
 * A traversal works on the keys that were there when it began: fields may be assigned and cleared, keys that were
 * cleared meanwhile are not visited, and new keys are not either. */
#include "vm.h"

#include <stdlib.h>

typedef struct {
  int rank; /* 0 number, 1 string, 2 boolean, 3 object, 4 object of unknown age */
  int slot;
  union {
    double number;
    uint64_t serial;
    const char *bytes;
  } as;
  size_t length;
  int64_t integer;
  bool is_integer;
} key_order;

static int compare_numbers(const key_order *a, const key_order *b) {
  if (a->is_integer && b->is_integer) return (a->integer > b->integer) - (a->integer < b->integer);
  return (a->as.number > b->as.number) - (a->as.number < b->as.number);
}

static int compare_keys(const void *first, const void *second) {
  const key_order *a = first, *b = second;
  if (a->rank != b->rank) return a->rank - b->rank;
  switch (a->rank) {
  case 0: return compare_numbers(a, b);
  case 1: {
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->as.bytes, b->as.bytes, shorter);
    return order ? order : (a->length > b->length) - (a->length < b->length);
  }
  default: return (a->as.serial > b->as.serial) - (a->as.serial < b->as.serial);
  }
}

static void describe(lua_State *L, hc_vm *vm, int index, key_order *key) {
  switch (lua_type(L, index)) {
  case LUA_TNUMBER:
    key->rank = 0;
    key->is_integer = lua_isinteger(L, index);
    key->integer = key->is_integer ? lua_tointeger(L, index) : 0;
    key->as.number = lua_tonumber(L, index);
    break;
  case LUA_TSTRING:
    key->rank = 1;
    key->as.bytes = lua_tolstring(L, index, &key->length);
    break;
  case LUA_TBOOLEAN:
    key->rank = 2;
    key->as.serial = (uint64_t)lua_toboolean(L, index);
    break;
  default:
    key->rank = 3;
    key->as.serial = hc_key_serial(vm, L, index);
    if (!key->as.serial) key->rank = 4;
  }
}

/* Pushes an array of the keys of the table at `index`, ordered. Returns their count. */
static int push_ordered_keys(lua_State *L, int index) {
  hc_vm *vm = hc_vm_of(L);
  int count = 0;
  bool ordered = true, named = false;
  lua_createtable(L, 8, 0);
  int keys = lua_gettop(L);
  key_order previous = {0}, key = {0};
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    describe(L, vm, -1, &key);
    named = named || key.rank > 0;
    if (count && ordered && compare_keys(&previous, &key) > 0) ordered = false;
    previous = key;
    lua_pushvalue(L, -1);
    lua_rawseti(L, keys, ++count);
  }
  hc_charge(L, count);
  if (count > 1 && named && vm->run) vm->run->unordered_loops++;
  if (ordered || count < 2) return count;
  hc_charge(L, (int64_t)count * 16); /* what sorting and copying take, in instructions */
  key_order small[32];
  key_order *order = small;
  if (count > 32) order = lua_newuserdatauv(L, (size_t)count * sizeof *order, 0);
  int unknown = 0;
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, keys, i + 1);
    describe(L, vm, -1, &order[i]);
    order[i].slot = i + 1;
    unknown += order[i].rank == 4;
    lua_pop(L, 1);
  }
  if (unknown > 1 && vm->enforce)
    luaL_error(L, "cannot order the keys of this table: it has more than one key that is an object of unknown age");
  qsort(order, (size_t)count, sizeof *order, compare_keys);
  lua_createtable(L, count, 0);
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, keys, order[i].slot);
    lua_rawseti(L, -2, i + 1);
  }
  lua_replace(L, keys);
  lua_settop(L, keys);
  return count;
}

uint64_t hc_key_serial(hc_vm *vm, lua_State *L, int index) {
  const void *address = lua_topointer(L, index);
  if (lua_type(L, index) == LUA_TUSERDATA) return hc_object_serial(L, index);
  return address ? hc_serial(vm, address) : 0;
}

/* Integral keys come out as floats, as the dialect's do. */
static void push_key_as_float(lua_State *L, int index) {
  lua_Integer key = lua_tointeger(L, index);
  if (lua_isinteger(L, index) && key > -(INT64_C(1) << 53) && key < (INT64_C(1) << 53)) lua_pushnumber(L, (lua_Number)key);
  else lua_pushvalue(L, index);
}

/* The next pair of a table without a hash part (index 1), whose stock order is ascending already. */
static int array_next(lua_State *L) {
  lua_settop(L, 2);
  hc_push_contents(L, 1);
  if (hc_has_keyed_storage(L, 3)) return hc_base_next(L); /* a new key appeared meanwhile */
  lua_replace(L, 1);
  if (lua_type(L, 2) == LUA_TNUMBER) { /* it came out as a float */
    lua_pushinteger(L, hc_truncate(lua_tonumber(L, 2)));
    lua_replace(L, 2);
  }
  if (!lua_next(L, 1)) {
    lua_pushnil(L);
    return 1;
  }
  push_key_as_float(L, -2);
  lua_replace(L, -3);
  return 2;
}

enum { KEYS = 1, POSITION = 2, CONTENTS = 3 };

static int ordered_next(lua_State *L) {
  lua_Integer position = lua_tointeger(L, lua_upvalueindex(POSITION));
  lua_settop(L, 0);
  for (;;) {
    position++;
    if (lua_rawgeti(L, lua_upvalueindex(KEYS), position) == LUA_TNIL) return 1;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, lua_upvalueindex(CONTENTS)) != LUA_TNIL) break;
    lua_settop(L, 0);
  }
  lua_pushinteger(L, position);
  lua_replace(L, lua_upvalueindex(POSITION));
  push_key_as_float(L, 1);
  lua_replace(L, 1);
  return 2;
}

int hc_base_pairs(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  hc_push_contents(L, 1);
  if (!hc_has_keyed_storage(L, 2)) {
    lua_pushcfunction(L, array_next);
  } else {
    push_ordered_keys(L, 2);
    lua_pushinteger(L, 0);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, ordered_next, 3);
  }
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

/* Pushes the smallest key of the table at `index` and its value; false: it is empty. */
static bool push_first(lua_State *L, int index) {
  hc_vm *vm = hc_vm_of(L);
  key_order smallest, key;
  int64_t count = 0;
  lua_pushnil(L); /* the smallest so far */
  int best = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    describe(L, vm, -1, &key);
    if (!count++ || compare_keys(&key, &smallest) < 0) {
      smallest = key;
      lua_pushvalue(L, -1);
      lua_replace(L, best);
    }
  }
  hc_charge(L, count * 4);
  if (!count) {
    lua_pop(L, 1);
    return false;
  }
  lua_pushvalue(L, best);
  lua_rawget(L, index);
  return true;
}

/* The keys of the table that `next` was called for last, so that a loop over `next` costs no more than `pairs`. */
static int find_after(lua_State *L, int keys, int count, const key_order *key) {
  int low = 1, high = count + 1; /* the first position whose key comes after `key` */
  hc_vm *vm = hc_vm_of(L);
  while (low < high) {
    int middle = low + (high - low) / 2;
    key_order other;
    lua_rawgeti(L, keys, middle);
    describe(L, vm, -1, &other);
    lua_pop(L, 1);
    if (compare_keys(&other, key) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

enum { CACHED_TABLE = 1, CACHED_KEYS = 2, CACHED_POSITION = 3 };

void hc_forget_traversal(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, hc_vm_of(L)->next_cache);
  lua_pushnil(L);
  lua_rawseti(L, -2, CACHED_TABLE);
  lua_pushnil(L);
  lua_rawseti(L, -2, CACHED_KEYS);
  lua_pop(L, 1);
}

static int next_pair(lua_State *L, bool as_float) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  hc_push_contents(L, 1);
  lua_replace(L, 1);
  hc_vm *vm = hc_vm_of(L);
  if (lua_isnil(L, 2)) {
    if (!push_first(L, 1)) {
      lua_pushnil(L);
      return 1;
    }
    if (as_float) {
      push_key_as_float(L, -2);
      lua_replace(L, -3);
    }
    return 2;
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->next_cache); /* 3 */
  lua_rawgeti(L, 3, CACHED_TABLE);
  lua_rawgeti(L, 3, CACHED_KEYS); /* 5 */
  lua_rawgeti(L, 3, CACHED_POSITION);
  lua_Integer position = lua_tointeger(L, 6);
  bool same = lua_rawequal(L, 4, 1) && lua_rawgeti(L, 5, position) != LUA_TNIL && lua_rawequal(L, -1, 2);
  lua_settop(L, 5);
  if (!same) {
    lua_settop(L, 3);
    lua_pushvalue(L, 1);
    lua_rawseti(L, 3, CACHED_TABLE);
    lua_pushnil(L);
    int count = push_ordered_keys(L, 1); /* 5 */
    lua_pushvalue(L, 5);
    lua_rawseti(L, 3, CACHED_KEYS);
    key_order key;
    describe(L, vm, 2, &key);
    position = find_after(L, 5, count, &key) - 1;
  }
  for (;;) {
    position++;
    if (lua_rawgeti(L, 5, position) == LUA_TNIL) {
      hc_forget_traversal(L);
      lua_pushnil(L);
      return 1;
    }
    lua_pushvalue(L, 6);
    if (lua_rawget(L, 1) != LUA_TNIL) break;
    lua_settop(L, 5);
  }
  lua_pushinteger(L, position);
  lua_rawseti(L, 3, CACHED_POSITION);
  if (as_float) {
    push_key_as_float(L, 6);
    lua_replace(L, 6);
  }
  return 2;
}

int hc_base_next(lua_State *L) { return next_pair(L, true); }
int hc_prelude_next(lua_State *L) { return next_pair(L, false); }

static int ipairs_next(lua_State *L) {
  lua_Integer index = lua_tointeger(L, 2) + 1;
  lua_settop(L, 1);
  hc_push_contents(L, 1);
  lua_pushinteger(L, index);
  return lua_rawgeti(L, 2, index) == LUA_TNIL ? 1 : 2;
}

int hc_base_ipairs(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_pushcfunction(L, ipairs_next);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

/* Whether the iterator function of a loop, on top of the stack, visits several keys in an order that upstream's VM does
   not promise. */
bool hc_is_unordered_iterator(lua_State *L) {
  lua_CFunction function = lua_tocfunction(L, -1);
  if (function == hc_base_next) return true;
  if (function != ordered_next || !lua_getupvalue(L, -1, KEYS)) return false;
  bool several = lua_rawlen(L, -1) > 1;
  lua_pop(L, 1);
  return several;
}

/* ---- For Swift ---- */

void hc_iterate(lua_State *L, int32_t index) {
  index = lua_absindex(L, index);
  int *position = lua_newuserdatauv(L, sizeof *position, 2);
  *position = 0;
  int iterator = lua_gettop(L);
  if (lua_type(L, index) == LUA_TTABLE) hc_push_contents(L, index);
  else lua_newtable(L);
  push_ordered_keys(L, iterator + 1);
  lua_setiuservalue(L, iterator, 1);
  lua_setiuservalue(L, iterator, 2);
}

bool hc_iterate_next(lua_State *L, int32_t iterator) {
  iterator = lua_absindex(L, iterator);
  int *position = lua_touserdata(L, iterator);
  lua_getiuservalue(L, iterator, 1);
  lua_getiuservalue(L, iterator, 2);
  int contents = lua_gettop(L), keys = contents - 1;
  while (lua_rawgeti(L, keys, ++*position) != LUA_TNIL) {
    lua_pushvalue(L, -1);
    if (lua_rawget(L, contents) != LUA_TNIL) {
      lua_replace(L, contents);
      lua_replace(L, keys);
      return true;
    }
    lua_pop(L, 2);
  }
  lua_settop(L, keys - 1);
  return false;
}
