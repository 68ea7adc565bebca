/* The table library, without sort. All functions work on the raw table and know read-only ones. */
#include "vm.h"

int hc_table_sort(lua_State *L);

static void check_writable(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (hc_is_frozen(L, 1)) hc_raise_frozen(L);
}

static int table_insert(lua_State *L) {
  check_writable(L);
  int64_t length = hc_length(L, 1), position = length + 1;
  switch (lua_gettop(L)) {
  case 2: break;
  case 3:
    position = hc_check_integer(L, 2);
    if (position >= 1 && position <= length) {
      hc_charge(L, (length - position) / 8);
      for (int64_t i = length; i >= position; i--) {
        lua_rawgeti(L, 1, i);
        lua_rawseti(L, 1, i + 1);
      }
    }
    break;
  default: return luaL_error(L, "wrong number of arguments to 'insert'");
  }
  lua_rawseti(L, 1, position);
  return 0;
}

static int table_remove(lua_State *L) {
  check_writable(L);
  int64_t length = hc_length(L, 1), position = hc_optional_integer(L, 2, length);
  if (position < 1 || position > length) return lua_pushnil(L), 1;
  lua_rawgeti(L, 1, position);
  hc_charge(L, (length - position) / 8);
  for (; position < length; position++) {
    lua_rawgeti(L, 1, position + 1);
    lua_rawseti(L, 1, position);
  }
  lua_pushnil(L);
  lua_rawseti(L, 1, length);
  return 1;
}

static int table_concat(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  size_t separator_length = 0;
  const char *separator = lua_isnoneornil(L, 2) ? "" : hc_check_text(L, 2, &separator_length);
  int64_t first = hc_optional_integer(L, 3, 1), last = hc_optional_integer(L, 4, hc_length(L, 1));
  lua_settop(L, 2);
  hc_push_contents(L, 1);
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  size_t written = 0, charged = 0;
  for (int64_t i = first; i <= last; i++) {
    if (i > first) luaL_addlstring(&out, separator, separator_length);
    int type = lua_rawgeti(L, 3, i);
    if (type == LUA_TNUMBER) {
      hc_push_text(L, -1);
      lua_remove(L, -2);
    } else if (type != LUA_TSTRING) {
      return luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1), (LUAI_UACINT)i);
    }
    written += lua_rawlen(L, -1) + separator_length + 64;
    luaL_addvalue(&out);
    if (written - charged > 1 << 16) {
      hc_charge(L, (int64_t)(written - charged) / 128);
      charged = written;
    }
    if (i == INT64_MAX) break;
  }
  luaL_pushresult(&out);
  return 1;
}

int hc_table_unpack(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  int64_t first = hc_optional_integer(L, 2, 1), last = hc_optional_integer(L, 3, hc_length(L, 1));
  if (first > last) return 0;
  uint64_t count = (uint64_t)last - (uint64_t)first;
  if (count >= INT_MAX || !lua_checkstack(L, (int)++count + 1)) return luaL_error(L, "too many results to unpack");
  hc_charge(L, (int64_t)count / 8);
  hc_push_contents(L, 1);
  lua_replace(L, 1);
  for (uint64_t i = 0; i < count; i++) lua_rawgeti(L, 1, first + (int64_t)i);
  return (int)count;
}

static int table_getn(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_pushnumber(L, (lua_Number)hc_length(L, 1));
  return 1;
}

static int table_maxn(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Number largest = 0;
  int64_t steps = 0;
  hc_push_contents(L, 1);
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TNUMBER && lua_tonumber(L, -1) > largest) largest = lua_tonumber(L, -1);
    steps++;
  }
  hc_charge(L, steps / 8);
  lua_pushnumber(L, largest);
  return 1;
}

/* Room for so many elements and fields. */
static int table_create(lua_State *L) {
  int64_t elements = hc_optional_integer(L, 1, 0), fields = hc_optional_integer(L, 2, 0);
  luaL_argcheck(L, elements >= 0 && elements < INT_MAX / 2, 1, "size out of range");
  luaL_argcheck(L, fields >= 0 && fields < INT_MAX / 4, 2, "size out of range");
  hc_expect_memory(L, (size_t)elements, 16);
  hc_expect_memory(L, (size_t)fields, 40);
  lua_createtable(L, (int)elements, (int)fields);
  return 1;
}

static int table_freeze(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  hc_freeze_in_place(L, 1);
  lua_settop(L, 1);
  return 1;
}

static int table_isfrozen(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_pushboolean(L, hc_is_frozen(L, 1));
  return 1;
}

void hc_open_table(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"insert", table_insert}, {"remove", table_remove}, {"concat", table_concat},     {"unpack", hc_table_unpack},
      {"getn", table_getn},     {"maxn", table_maxn},     {"create", table_create},     {"freeze", table_freeze},
      {"sort", hc_table_sort},  {"isfrozen", table_isfrozen}, {NULL, NULL},
  };
  lua_newtable(L);
  hc_set_functions(L, functions);
}
