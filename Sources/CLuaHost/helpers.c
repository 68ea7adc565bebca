/* The operations that translated text calls instead of Lua 5.4's own, because the dialect's differ (spec 10.4). */
#include "vm.h"

#include <math.h>
#include <stdlib.h>

static int returned(lua_State *L, int status, lua_KContext context) {
  (void)L;
  (void)status;
  (void)context;
  return 1;
}

static int concatenate_rest(lua_State *L, int status, lua_KContext context);

/* Calls the metamethod of the first operand that has it, with both operands; false: none has. */
static bool call_metamethod(lua_State *L, const char *event) {
  if (luaL_getmetafield(L, 1, event) == LUA_TNIL && luaL_getmetafield(L, 2, event) == LUA_TNIL) return false;
  lua_insert(L, 1);
  lua_settop(L, 3);
  lua_callk(L, 2, 1, 0, returned);
  return true;
}

static int arithmetic_error(lua_State *L) {
  int culprit = 1;
  double ignored;
  if (hc_to_double(L, 1, &ignored)) culprit = 2;
  return luaL_error(L, "attempt to perform arithmetic on a %s value", luaL_typename(L, culprit));
}

static bool is_text(lua_State *L, int index) {
  int type = lua_type(L, index);
  return type == LUA_TSTRING || type == LUA_TNUMBER;
}

/* Joins the strings and numbers on top of the stack that stand together. */
static void join_texts(lua_State *L, int count) {
  size_t whole = 0;
  for (int i = -count; i < 0; i++) {
    size_t length;
    hc_check_text(L, lua_absindex(L, i), &length);
    whole += length;
  }
  hc_expect_memory(L, whole, 1);
  if (whole > 4096) hc_charge(L, (int64_t)(whole / 256));
  lua_concat(L, count);
}

/* Joins all operands from the right, as `..` does. */
static int concatenate(lua_State *L) {
  for (int top = lua_gettop(L); top > 1; top = lua_gettop(L)) {
    int texts = 0;
    while (texts < top && is_text(L, top - texts)) texts++;
    if (texts > 1) {
      join_texts(L, texts);
      continue;
    }
    if (luaL_getmetafield(L, top - 1, "__concat") == LUA_TNIL && luaL_getmetafield(L, top, "__concat") == LUA_TNIL)
      return luaL_error(L, "attempt to concatenate a %s value", luaL_typename(L, is_text(L, top) ? top - 1 : top));
    lua_insert(L, top - 1);
    lua_callk(L, 2, 1, 0, concatenate_rest);
  }
  return 1;
}

static int concatenate_rest(lua_State *L, int status, lua_KContext context) {
  (void)status;
  (void)context;
  return concatenate(L);
}

static int op_cat(lua_State *L) { return concatenate(L); }

static int op_len(lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING) {
    lua_pushnumber(L, (lua_Number)lua_rawlen(L, 1));
    return 1;
  }
  lua_settop(L, 1);
  if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 1, 0, returned);
    return 1;
  }
  if (lua_type(L, 1) != LUA_TTABLE) return luaL_error(L, "attempt to get length of a %s value", luaL_typename(L, 1));
  lua_pushnumber(L, (lua_Number)hc_length(L, 1));
  return 1;
}

static int op_unm(lua_State *L) {
  double value;
  if (lua_type(L, 1) != LUA_TNUMBER && !hc_to_double(L, 1, &value)) {
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    if (call_metamethod(L, "__unm")) return 1;
    return arithmetic_error(L);
  }
  hc_to_double(L, 1, &value);
  lua_pushnumber(L, -value);
  return 1;
}

static bool operands(lua_State *L, double *a, double *b) { return hc_to_double(L, 1, a) && hc_to_double(L, 2, b); }

static int op_mod(lua_State *L) {
  double a, b;
  lua_settop(L, 2);
  if (!operands(L, &a, &b)) return call_metamethod(L, "__mod") ? 1 : arithmetic_error(L);
  double rest = fmod(a, b);
  if (rest != 0 && (rest < 0) != (b < 0)) rest += b;
  lua_pushnumber(L, rest);
  return 1;
}

static int64_t operand_integer(lua_State *L, int index) {
  if (lua_isinteger(L, index)) return lua_tointeger(L, index);
  double value = 0;
  if (!hc_to_double(L, index, &value))
    luaL_error(L, "attempt to perform arithmetic on a %s value", luaL_typename(L, index));
  return hc_truncate(value);
}

static int op_idiv(lua_State *L) {
  int64_t a = operand_integer(L, 1), b = operand_integer(L, 2);
  if (b == 0) return luaL_error(L, "attempt to divide by zero");
  lua_pushinteger(L, b == -1 ? (lua_Integer)(0 - (uint64_t)a) : a / b);
  return 1;
}

static int64_t bit_operand(lua_State *L, int index) {
  if (lua_isinteger(L, index)) return lua_tointeger(L, index);
  double value = 0;
  if (!hc_to_double(L, index, &value))
    luaL_error(L, "attempt to perform bitwise operation on a %s value", luaL_typename(L, index));
  return hc_truncate(value);
}

static int op_band(lua_State *L) { return lua_pushinteger(L, bit_operand(L, 1) & bit_operand(L, 2)), 1; }
static int op_bor(lua_State *L) { return lua_pushinteger(L, bit_operand(L, 1) | bit_operand(L, 2)), 1; }
static int op_bxor(lua_State *L) { return lua_pushinteger(L, bit_operand(L, 1) ^ bit_operand(L, 2)), 1; }
static int op_bnot(lua_State *L) { return lua_pushinteger(L, ~bit_operand(L, 1)), 1; }

/* As Go shifts: the count is unsigned, the value signed. */
static int op_shl(lua_State *L) {
  int64_t value = bit_operand(L, 1);
  uint64_t bits = (uint64_t)bit_operand(L, 2);
  lua_pushinteger(L, bits < 64 ? (lua_Integer)((uint64_t)value << bits) : 0);
  return 1;
}

static int op_shr(lua_State *L) {
  int64_t value = bit_operand(L, 1);
  uint64_t bits = (uint64_t)bit_operand(L, 2);
  lua_pushinteger(L, value >> (bits < 64 ? bits : 63));
  return 1;
}

static const luaL_Reg helpers[] = {
    {"hit", hc_note_probe},
    {"cat", op_cat},   {"len", op_len}, {"unm", op_unm},   {"mod", op_mod}, {"idiv", op_idiv}, {"band", op_band},
    {"bor", op_bor},   {"bxor", op_bxor}, {"shl", op_shl}, {"shr", op_shr}, {"bnot", op_bnot}, {NULL, NULL},
};

void hc_open_helpers(lua_State *L) { hc_set_functions(L, helpers); }

static int prelude_setmetatable(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

static int prelude_rawlen(lua_State *L) {
  lua_pushinteger(L, hc_length(L, 1));
  return 1;
}

void hc_widen_for_prelude(hc_vm *vm, hc_run *run) {
  static const luaL_Reg functions[] = {
      {"next", hc_prelude_next}, {"setmetatable", prelude_setmetatable}, {"rawlen", prelude_rawlen}, {NULL, NULL}};
  hc_run_push_globals(vm, run, vm->L);
  hc_set_functions(vm->L, functions);
  lua_pop(vm->L, 1);
}

bool hc_push_helper(hc_vm *vm, lua_State *L, const char *name) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->helpers);
  lua_pushstring(L, name);
  bool found = lua_rawget(L, -2) != LUA_TNIL;
  lua_remove(L, -2);
  if (!found) lua_pop(L, 1);
  return found;
}
