/* Arguments as the dialect converts them, and values as text. */
#include "vm.h"

#include <stdio.h>

const char *hc_check_text(lua_State *L, int argument, size_t *length) {
  switch (lua_type(L, argument)) {
  case LUA_TSTRING: break;
  case LUA_TNUMBER: {
    char text[HC_NUMBER_TEXT];
    int written = hc_number_text(L, argument, text);
    lua_pushlstring(L, text, (size_t)written);
    lua_replace(L, argument);
    break;
  }
  default: luaL_typeerror(L, argument, lua_typename(L, LUA_TSTRING));
  }
  return lua_tolstring(L, argument, length);
}

double hc_check_double(lua_State *L, int argument) {
  double value;
  if (!hc_to_double(L, argument, &value)) luaL_typeerror(L, argument, lua_typename(L, LUA_TNUMBER));
  return value;
}

int64_t hc_check_integer(lua_State *L, int argument) {
  if (lua_isinteger(L, argument)) return lua_tointeger(L, argument);
  return hc_truncate(hc_check_double(L, argument));
}

int64_t hc_optional_integer(lua_State *L, int argument, int64_t otherwise) {
  return lua_isnoneornil(L, argument) ? otherwise : hc_check_integer(L, argument);
}

void hc_push_text(lua_State *L, int32_t index) {
  index = lua_absindex(L, index);
  switch (lua_type(L, index)) {
  case LUA_TSTRING: lua_pushvalue(L, index); break;
  case LUA_TNUMBER: {
    char text[HC_NUMBER_TEXT];
    int length = hc_number_text(L, index, text);
    lua_pushlstring(L, text, (size_t)length);
    break;
  }
  case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false"); break;
  case LUA_TNIL: lua_pushliteral(L, "nil"); break;
  case LUA_TUSERDATA: {
    hc_vm *vm = hc_vm_of(L);
    int32_t kind;
    void *object = hc_object(L, index, &kind);
    const char *text;
    size_t length;
    if (object && vm->host.describe && vm->host.describe(vm->host.context, object, kind, HC_DESCRIBE_TEXT, &text, &length)) {
      lua_pushlstring(L, text, length);
      break;
    }
  } /* fall through */
  default: {
    char text[64];
    int length = snprintf(text, sizeof text, "%s: 0x%llx", luaL_typename(L, index),
                          (unsigned long long)hc_object_name(L, index));
    lua_pushlstring(L, text, (size_t)length);
  }
  }
}

const char *hc_push_tostring(lua_State *L, int index, size_t *length) {
  index = lua_absindex(L, index);
  if (luaL_callmeta(L, index, "__tostring")) {
    if (lua_type(L, -1) == LUA_TNUMBER) {
      hc_push_text(L, -1);
      lua_remove(L, -2);
    } else if (lua_type(L, -1) != LUA_TSTRING) {
      luaL_error(L, "'__tostring' must return a string");
    }
  } else {
    hc_push_text(L, index);
  }
  return lua_tolstring(L, -1, length);
}
