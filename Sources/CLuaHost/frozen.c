/* Read-only tables: an empty proxy in front of the contents. Assigning an existing field of a stock table calls no
   metamethod, so a read-only table must never hold its fields itself. */
#include "vm.h"

static const char frozen_tag;

static bool push_shadow(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return false;
  if (lua_rawgetp(L, -1, &frozen_tag) == LUA_TTABLE) {
    lua_remove(L, -2);
    return true;
  }
  lua_pop(L, 2);
  return false;
}

void hc_push_contents(lua_State *L, int index) {
  if (!push_shadow(L, index)) lua_pushvalue(L, index);
}

bool hc_is_frozen(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TTABLE || !push_shadow(L, index)) return false;
  lua_pop(L, 1);
  return true;
}

int hc_raise_frozen(lua_State *L) { return luaL_error(L, "attempt to modify Immutable table"); }

static int frozen_newindex(lua_State *L) { return hc_raise_frozen(L); }

/* Pops the contents and makes the table at `index` (absolute) their proxy. */
static void become_proxy(lua_State *L, int index) {
  int contents = lua_gettop(L);
  bool has_metatable = lua_getmetatable(L, contents);
  lua_createtable(L, 0, 8);
  if (has_metatable) { /* what the contents answer to, the proxy answers to */
    lua_pushnil(L);
    while (lua_next(L, -3)) {
      lua_pushvalue(L, -2);
      lua_insert(L, -2);
      lua_rawset(L, -4);
    }
    if (lua_getfield(L, -1, "__metatable") == LUA_TNIL) {
      lua_pushvalue(L, -3);
      lua_setfield(L, -3, "__metatable");
    }
    lua_pop(L, 1);
  } else {
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
  }
  lua_pushvalue(L, contents);
  lua_rawsetp(L, -2, &frozen_tag);
  lua_pushvalue(L, contents);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, frozen_newindex);
  lua_setfield(L, -2, "__newindex");
  lua_setmetatable(L, index);
  lua_settop(L, contents - 1);
}

void hc_freeze_new(lua_State *L) {
  lua_newtable(L);
  lua_insert(L, -2);
  become_proxy(L, lua_gettop(L) - 1);
}

void hc_freeze_in_place(lua_State *L, int index) {
  if (hc_is_frozen(L, index)) return;
  lua_newtable(L);
  int contents = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, contents);
  }
  lua_pushnil(L);
  while (lua_next(L, index)) { /* clearing existing fields while traversing is allowed */
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_pushnil(L);
    lua_rawset(L, index);
  }
  if (lua_getmetatable(L, index)) lua_setmetatable(L, contents);
  become_proxy(L, index);
}
