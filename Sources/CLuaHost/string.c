/* The string library and the string metatable. */
#include "vm.h"

#include <math.h>

int hc_string_find(lua_State *L);
int hc_string_match(lua_State *L);
int hc_string_gmatch(lua_State *L);
int hc_string_gsub(lua_State *L);
int hc_string_format(lua_State *L);

static int string_len(lua_State *L) {
  size_t length;
  hc_check_text(L, 1, &length);
  lua_pushnumber(L, (lua_Number)length);
  return 1;
}

/* First and last position of a range: negative ones count from the end; clipped to the text. */
static size_t first_position(int64_t position, size_t length) {
  if (position > 0) return position > (int64_t)length ? length + 1 : (size_t)position;
  if (position == 0 || position < -(int64_t)length) return 1;
  return length - (size_t)-position + 1;
}

static size_t last_position(int64_t position, size_t length) {
  if (position > (int64_t)length) return length;
  if (position >= 0) return (size_t)position;
  if (position < -(int64_t)length) return 0;
  return length - (size_t)-position + 1;
}

static int string_sub(lua_State *L) {
  size_t length;
  const char *text = hc_check_text(L, 1, &length);
  size_t first = first_position(hc_check_integer(L, 2), length);
  size_t last = last_position(hc_optional_integer(L, 3, -1), length);
  if (first > last) lua_pushliteral(L, "");
  else lua_pushlstring(L, text + first - 1, last - first + 1);
  return 1;
}

static int string_byte(lua_State *L) {
  size_t length;
  const char *text = hc_check_text(L, 1, &length);
  int64_t from = hc_optional_integer(L, 2, 1);
  size_t first = first_position(from, length);
  size_t last = last_position(hc_optional_integer(L, 3, (int64_t)first), length);
  if (first > last) return 0;
  luaL_argcheck(L, last - first < INT_MAX / 2, 3, "string slice too long");
  int count = (int)(last - first + 1);
  luaL_checkstack(L, count, "string slice too long");
  hc_charge(L, count / 8);
  for (int i = 0; i < count; i++) lua_pushnumber(L, (unsigned char)text[first + (size_t)i - 1]);
  return count;
}

static int string_char(lua_State *L) {
  int count = lua_gettop(L);
  luaL_Buffer out;
  char *to = luaL_buffinitsize(L, &out, (size_t)count);
  for (int i = 1; i <= count; i++) {
    int64_t code = hc_check_integer(L, i);
    luaL_argcheck(L, code >= 0 && code <= 255, i, "value out of range");
    to[i - 1] = (char)code;
  }
  luaL_pushresultsize(&out, (size_t)count);
  return 1;
}

static int string_rep(lua_State *L) {
  size_t length;
  const char *text = hc_check_text(L, 1, &length);
  int64_t count = hc_check_integer(L, 2);
  if (count <= 0 || length == 0) return lua_pushliteral(L, ""), 1;
  hc_expect_memory(L, (size_t)count, length);
  if ((uint64_t)count > (SIZE_MAX / 4) / length) return luaL_error(L, "resulting string too large");
  size_t whole = (size_t)count * length;
  hc_charge(L, (int64_t)(whole / 256));
  luaL_Buffer out;
  char *to = luaL_buffinitsize(L, &out, whole);
  memcpy(to, text, length);
  for (size_t done = length; done < whole; done *= 2) memcpy(to + done, to, done < whole - done ? done : whole - done);
  luaL_pushresultsize(&out, whole);
  return 1;
}

static int string_reverse(lua_State *L) {
  size_t length;
  const char *text = hc_check_text(L, 1, &length);
  hc_charge(L, (int64_t)(length / 256));
  luaL_Buffer out;
  char *to = luaL_buffinitsize(L, &out, length);
  for (size_t i = 0; i < length; i++) to[i] = text[length - 1 - i];
  luaL_pushresultsize(&out, length);
  return 1;
}

static int change_case(lua_State *L, bool upper) {
  hc_vm *vm = hc_vm_of(L);
  size_t length;
  const char *text = hc_check_text(L, 1, &length);
  hc_charge(L, (int64_t)(length / 64));
  bool ascii = true;
  for (size_t i = 0; i < length && ascii; i++) ascii = (unsigned char)text[i] < 0x80;
  if (!ascii) {
    bool enforce = vm->enforce;
    vm->enforce = false;
    const char *mapped = vm->host.change_case(vm->host.context, text, length, upper, &length);
    lua_pushlstring(L, mapped ? mapped : "", mapped ? length : 0);
    vm->enforce = enforce;
    return 1;
  }
  luaL_Buffer out;
  char *to = luaL_buffinitsize(L, &out, length);
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    if (upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z') c ^= 0x20;
    to[i] = c;
  }
  luaL_pushresultsize(&out, length);
  return 1;
}

static int string_upper(lua_State *L) { return change_case(L, true); }
static int string_lower(lua_State *L) { return change_case(L, false); }

void hc_open_string(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"len", string_len},           {"sub", string_sub},           {"byte", string_byte},
      {"char", string_char},         {"rep", string_rep},           {"reverse", string_reverse},
      {"upper", string_upper},       {"lower", string_lower},       {"find", hc_string_find},
      {"match", hc_string_match},    {"gmatch", hc_string_gmatch},  {"gfind", hc_string_gmatch},
      {"gsub", hc_string_gsub},      {"format", hc_string_format},  {NULL, NULL},
  };
  lua_newtable(L);
  hc_set_functions(L, functions);
  /* These three do only what their format says, in one pass. */
  luaopen_string(L);
  static const char *const stock[] = {"pack", "unpack", "packsize"};
  for (size_t i = 0; i < sizeof stock / sizeof *stock; i++) {
    lua_getfield(L, -1, stock[i]);
    lua_setfield(L, -3, stock[i]);
  }
  lua_pop(L, 1);
}

/* ---- Arithmetic on numeric strings: the result is a float ---- */

static int returned(lua_State *L, int status, lua_KContext context) {
  (void)L;
  (void)status;
  (void)context;
  return 1;
}

typedef double (*operation)(double, double);

static int arithmetic(lua_State *L, const char *event, operation apply) {
  double a, b;
  lua_settop(L, 2);
  if (hc_to_double(L, 1, &a) && hc_to_double(L, 2, &b)) {
    lua_pushnumber(L, apply(a, b));
    return 1;
  }
  if (lua_type(L, 2) != LUA_TSTRING && luaL_getmetafield(L, 2, event) != LUA_TNIL) {
    lua_insert(L, 1);
    lua_callk(L, 2, 1, 0, returned);
    return 1;
  }
  int culprit = hc_to_double(L, 1, &a) ? 2 : 1;
  return luaL_error(L, "attempt to perform arithmetic on a %s value", luaL_typename(L, culprit));
}

static double add(double a, double b) { return a + b; }
static double subtract(double a, double b) { return a - b; }
static double multiply(double a, double b) { return a * b; }
static double divide(double a, double b) { return a / b; }
static double modulo(double a, double b) {
  double rest = fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

static int arithmetic_add(lua_State *L) { return arithmetic(L, "__add", add); }
static int arithmetic_sub(lua_State *L) { return arithmetic(L, "__sub", subtract); }
static int arithmetic_mul(lua_State *L) { return arithmetic(L, "__mul", multiply); }
static int arithmetic_div(lua_State *L) { return arithmetic(L, "__div", divide); }
static int arithmetic_pow(lua_State *L) { return arithmetic(L, "__pow", pow); }
static int arithmetic_mod(lua_State *L) { return arithmetic(L, "__mod", modulo); }

/* The library's writable table is on top. */
void hc_install_string_metatable(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"__add", arithmetic_add}, {"__sub", arithmetic_sub}, {"__mul", arithmetic_mul}, {"__div", arithmetic_div},
      {"__pow", arithmetic_pow}, {"__mod", arithmetic_mod}, {NULL, NULL},
  };
  lua_pushliteral(L, "");
  lua_createtable(L, 0, 10);
  luaL_setfuncs(L, functions, 0);
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0); /* a run must not reach the shared metatable */
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}
