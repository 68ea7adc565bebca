/* What Swift does with a Lua stack: only calls that cannot raise. */
#include "vm.h"

int32_t hc_top(lua_State *L) { return lua_gettop(L); }
void hc_set_top(lua_State *L, int32_t top) { lua_settop(L, top); }
void hc_pop(lua_State *L, int32_t count) { lua_pop(L, count); }
bool hc_reserve(lua_State *L, int32_t count) { return lua_checkstack(L, count); }
int32_t hc_type(lua_State *L, int32_t index) { return lua_type(L, index); }
bool hc_is_integer(lua_State *L, int32_t index) { return lua_isinteger(L, index); }

int64_t hc_integer(lua_State *L, int32_t index) {
  if (lua_isinteger(L, index)) return lua_tointeger(L, index);
  return lua_type(L, index) == LUA_TNUMBER ? hc_truncate(lua_tonumber(L, index)) : 0;
}

double hc_double(lua_State *L, int32_t index) {
  return lua_type(L, index) == LUA_TNUMBER ? lua_tonumber(L, index) : 0;
}

bool hc_numeric(lua_State *L, int32_t index, double *value) { return hc_to_double(L, index, value); }
bool hc_boolean(lua_State *L, int32_t index) { return lua_toboolean(L, index); }

const char *hc_string(lua_State *L, int32_t index, size_t *length) {
  if (lua_type(L, index) != LUA_TSTRING) {
    *length = 0;
    return NULL;
  }
  return lua_tolstring(L, index, length);
}


int64_t hc_length(lua_State *L, int32_t index) {
  if (lua_type(L, index) != LUA_TTABLE) return 0;
  hc_push_contents(L, index);
  int64_t length = (int64_t)lua_rawlen(L, -1);
  lua_pop(L, 1);
  return length;
}

/* Room for one more value and a few temporaries, so that a caller that pushes many cannot run off the stack. At Lua's
   limit of a million values the newest is given up. */
static void make_room(lua_State *L) {
  if (!lua_checkstack(L, 4)) lua_pop(L, 1);
}

void hc_push_nil(lua_State *L) {
  make_room(L);
  lua_pushnil(L);
}

void hc_push_boolean(lua_State *L, bool value) {
  make_room(L);
  lua_pushboolean(L, value);
}

void hc_push_integer(lua_State *L, int64_t value) {
  make_room(L);
  lua_pushinteger(L, value);
}

void hc_push_double(lua_State *L, double value) {
  make_room(L);
  lua_pushnumber(L, value);
}

void hc_push_string(lua_State *L, const char *bytes, size_t length) {
  make_room(L);
  lua_pushlstring(L, bytes ? bytes : "", length);
}

void hc_push_value(lua_State *L, int32_t index) {
  index = lua_absindex(L, index);
  make_room(L);
  lua_pushvalue(L, index);
}

void hc_push_table(lua_State *L, int32_t array, int32_t fields) {
  make_room(L);
  lua_createtable(L, array, fields);
}

void hc_push_thread(lua_State *thread, lua_State *L) {
  lua_pushthread(thread);
  if (thread != L) lua_xmove(thread, L, 1);
}

void hc_move(lua_State *from, lua_State *to, int32_t count) {
  if (from != to && lua_checkstack(to, count)) lua_xmove(from, to, count);
}

void hc_remove(lua_State *L, int32_t index) { lua_remove(L, index); }

static bool is_writable(lua_State *L, int index) {
  return lua_type(L, index) == LUA_TTABLE && !hc_is_frozen(L, index);
}

void hc_set_field(lua_State *L, int32_t index, const char *key, size_t length) {
  index = lua_absindex(L, index);
  if (!is_writable(L, index)) {
    lua_pop(L, 1);
    return;
  }
  lua_pushlstring(L, key ? key : "", length);
  lua_insert(L, -2);
  lua_rawset(L, index);
}

void hc_set_index(lua_State *L, int32_t index, int64_t key) {
  if (is_writable(L, index)) lua_rawseti(L, index, key);
  else lua_pop(L, 1);
}

int32_t hc_get_field(lua_State *L, int32_t index, const char *key, size_t length) {
  if (lua_type(L, index) != LUA_TTABLE || !lua_checkstack(L, 6)) {
    lua_pushnil(L);
    return LUA_TNIL;
  }
  hc_push_contents(L, index);
  lua_pushlstring(L, key ? key : "", length);
  int type = lua_rawget(L, -2);
  lua_remove(L, -2);
  return type;
}

int32_t hc_get_index(lua_State *L, int32_t index, int64_t key) {
  if (lua_type(L, index) != LUA_TTABLE || !lua_checkstack(L, 6)) {
    lua_pushnil(L);
    return LUA_TNIL;
  }
  hc_push_contents(L, index);
  int type = lua_rawgeti(L, -1, key);
  lua_remove(L, -2);
  return type;
}

const char *hc_type_name(lua_State *L, int32_t index) {
  if (lua_type(L, index) == LUA_TUSERDATA && lua_getmetatable(L, index)) {
    lua_pushliteral(L, "__name");
    const char *name = lua_rawget(L, -2) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    lua_pop(L, 2);
    if (name) return name;
  }
  return luaL_typename(L, index);
}
