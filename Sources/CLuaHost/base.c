/* The global functions. Whatever could reach the file system, compile text, or undo a fault is absent or replaced. */
#include "vm.h"

static int base_assert(lua_State *L) {
  if (lua_toboolean(L, 1)) return lua_gettop(L);
  luaL_checkany(L, 1);
  lua_remove(L, 1);
  lua_pushliteral(L, "assertion failed!");
  lua_settop(L, 1);
  return lua_error(L);
}

static int base_error(lua_State *L) {
  int64_t level = hc_optional_integer(L, 2, 1);
  lua_settop(L, 1);
  if (lua_type(L, 1) == LUA_TSTRING && level > 0 && level < 200) {
    luaL_where(L, (int)level);
    lua_pushvalue(L, 1);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int base_getmetatable(lua_State *L) {
  luaL_checkany(L, 1);
  if (!lua_getmetatable(L, 1)) return lua_pushnil(L), 1;
  luaL_getmetafield(L, 1, "__metatable");
  return 1;
}

/* Takes the fields of the metatable on top whose effect depends on the collector: weak tables and finalizers do not
   exist in the dialect, and when they act is not the same in two processes. */
static void drop_collector_fields(lua_State *L, int metatable) {
  static const char *const names[] = {"__gc", "__mode"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    lua_pushstring(L, names[i]);
    if (lua_rawget(L, metatable) != LUA_TNIL) {
      lua_pushstring(L, names[i]);
      lua_pushnil(L);
      lua_rawset(L, metatable);
    }
    lua_pop(L, 1);
  }
}

static int base_setmetatable(lua_State *L) {
  int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (hc_is_frozen(L, 1)) return hc_raise_frozen(L);
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
  lua_settop(L, 2);
  if (type == LUA_TTABLE) {
    hc_push_contents(L, 2); /* Lua looks for metamethods in the table itself */
    lua_replace(L, 2);
    drop_collector_fields(L, 2);
  }
  lua_setmetatable(L, 1);
  return 1;
}

static int base_rawequal(lua_State *L) {
  luaL_checkany(L, 1);
  luaL_checkany(L, 2);
  lua_pushboolean(L, lua_rawequal(L, 1, 2));
  return 1;
}

static int base_rawget(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 2);
  lua_settop(L, 2);
  hc_push_contents(L, 1);
  lua_insert(L, 2);
  lua_rawget(L, 2);
  return 1;
}

static int base_rawset(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 2);
  luaL_checkany(L, 3);
  lua_settop(L, 3);
  if (hc_is_frozen(L, 1)) return hc_raise_frozen(L);
  if (lua_isnil(L, 2)) return luaL_error(L, "table index is nil");
  if (lua_type(L, 2) == LUA_TNUMBER && lua_tonumber(L, 2) != lua_tonumber(L, 2)) return luaL_error(L, "table index is NaN");
  lua_rawset(L, 1);
  return 1;
}

static int base_select(lua_State *L) {
  int count = lua_gettop(L);
  if (lua_type(L, 1) == LUA_TSTRING && *lua_tostring(L, 1) == '#') {
    lua_pushnumber(L, count - 1);
    return 1;
  }
  int64_t position = hc_check_integer(L, 1);
  if (position < 0) position = count + position;
  else if (position > count) position = count;
  luaL_argcheck(L, position >= 1, 1, "index out of range");
  return count - (int)position;
}

static int base_tonumber(lua_State *L) {
  if (lua_isnoneornil(L, 2)) {
    if (lua_type(L, 1) == LUA_TNUMBER) {
      lua_settop(L, 1);
      return 1;
    }
    luaL_checkany(L, 1);
    double value;
    if (hc_to_double(L, 1, &value)) lua_pushnumber(L, value);
    else lua_pushnil(L);
    return 1;
  }
  int64_t base = hc_check_integer(L, 2);
  luaL_argcheck(L, base >= 2 && base <= 36, 2, "base out of range");
  size_t length;
  const char *text = hc_check_text(L, 1, &length);
  const char *end = text + length;
  while (text < end && (*text == ' ' || (*text >= '\t' && *text <= '\r'))) text++;
  while (end > text && (end[-1] == ' ' || (end[-1] >= '\t' && end[-1] <= '\r'))) end--;
  bool negative = text < end && *text == '-';
  if (negative) text++;
  double value = 0;
  bool valid = text < end;
  for (; valid && text < end; text++) {
    char c = *text;
    int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'z' ? (c | 32) - 'a' + 10 : 99;
    if (digit >= base) valid = false;
    value = value * (double)base + digit;
  }
  if (valid) lua_pushnumber(L, negative ? -value : value);
  else lua_pushnil(L);
  return 1;
}

static int tostring_result(lua_State *L, int status, lua_KContext context) {
  (void)status;
  (void)context;
  if (lua_type(L, -1) == LUA_TNUMBER) hc_push_text(L, -1);
  else if (lua_type(L, -1) != LUA_TSTRING) return luaL_error(L, "'__tostring' must return a string");
  return 1;
}

static int base_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 1, 0, tostring_result);
    return tostring_result(L, LUA_OK, 0);
  }
  hc_push_text(L, 1);
  return 1;
}

static int base_type(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushstring(L, luaL_typename(L, 1));
  return 1;
}

static int base_print(lua_State *L) {
  hc_vm *vm = hc_vm_of(L);
  int count = lua_gettop(L);
  luaL_Buffer line;
  luaL_buffinit(L, &line);
  for (int i = 1; i <= count; i++) { /* only strings and numbers are rendered */
    if (i > 1) luaL_addchar(&line, ' ');
    if (lua_type(L, i) == LUA_TSTRING) {
      lua_pushvalue(L, i);
      luaL_addvalue(&line);
    } else if (lua_type(L, i) == LUA_TNUMBER) {
      char text[HC_NUMBER_TEXT];
      int length = hc_number_text(L, i, text);
      luaL_addlstring(&line, text, (size_t)length);
    }
  }
  luaL_pushresult(&line);
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  bool enforce = vm->enforce;
  vm->enforce = false;
  vm->host.print(vm->host.context, text, length);
  vm->enforce = enforce;
  return 0;
}

static int base_require(lua_State *L) {
  hc_vm *vm = hc_vm_of(L);
  const char *name = hc_check_text(L, 1, NULL);
  if (vm->run) {
    hc_run_push_globals(vm, vm->run, L);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, -2) != LUA_TNIL) return 1;
  }
  return luaL_error(L, "module '%s' not found", name);
}

/* ---- Protected calls: a fault of the budget or the memory limit goes through them ---- */

static int protected_result(lua_State *L, int status, lua_KContext skipped) {
  hc_vm *vm = hc_vm_of(L);
  if (status == LUA_ERRMEM && !vm->fault) vm->fault = HC_FAULT_MEMORY;
  if (vm->fault) return hc_raise_fault(L, vm->fault);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_pushboolean(L, 0);
    lua_pushvalue(L, -2);
    return 2;
  }
  return lua_gettop(L) - (int)skipped;
}

static int base_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, protected_result);
  return protected_result(L, status, 0);
}

/* Message handler: the user's handler (upvalue 1), unless a fault goes by. */
static int handle_message(lua_State *L) {
  if (hc_vm_of(L)->fault) return 1;
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

static int base_xpcall(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2); /* no further arguments for the function */
  lua_pushcclosure(L, handle_message, 1);
  lua_insert(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 2); /* handler, true, function */
  int status = lua_pcallk(L, 0, LUA_MULTRET, 1, 1, protected_result);
  return protected_result(L, status, 1);
}

int hc_table_unpack(lua_State *L);

void hc_open_base(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"assert", base_assert},       {"error", base_error},       {"getmetatable", base_getmetatable},
      {"setmetatable", base_setmetatable}, {"next", hc_base_next}, {"pairs", hc_base_pairs},
      {"ipairs", hc_base_ipairs},    {"pcall", base_pcall},       {"xpcall", base_xpcall},
      {"print", base_print},         {"rawequal", base_rawequal}, {"rawget", base_rawget},
      {"rawset", base_rawset},       {"select", base_select},     {"tonumber", base_tonumber},
      {"tostring", base_tostring},   {"type", base_type},         {"unpack", hc_table_unpack},
      {"require", base_require},     {NULL, NULL},
  };
  lua_newtable(L);
  hc_set_functions(L, functions);
  lua_pushliteral(L, "Lua 5.3 - Wippy Modification");
  lua_setfield(L, -2, "_VERSION");
  lua_pushliteral(L, "GopherLua 0.1");
  lua_setfield(L, -2, "_GOPHER_LUA_VERSION");
}
