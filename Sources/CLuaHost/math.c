/* The math library. Results are floats, as the dialect's; random numbers come from the run's own sequence. */
#include "vm.h"

#include <float.h>
#include <math.h>

typedef double (*unary)(double);

static int apply(lua_State *L, unary function) {
  lua_pushnumber(L, function(hc_check_double(L, 1)));
  return 1;
}

static double degrees(double x) { return x * (180.0 / M_PI); }
static double radians(double x) { return x * (M_PI / 180.0); }

#define UNARY(name, function) \
  static int math_##name(lua_State *L) { return apply(L, function); }
UNARY(abs, fabs)
UNARY(acos, acos)
UNARY(asin, asin)
UNARY(ceil, ceil)
UNARY(cos, cos)
UNARY(cosh, cosh)
UNARY(deg, degrees)
UNARY(exp, exp)
UNARY(floor, floor)
UNARY(log10, log10)
UNARY(rad, radians)
UNARY(sin, sin)
UNARY(sinh, sinh)
UNARY(sqrt, sqrt)
UNARY(tan, tan)
UNARY(tanh, tanh)
#undef UNARY

static int math_atan(lua_State *L) {
  double y = hc_check_double(L, 1);
  lua_pushnumber(L, lua_isnoneornil(L, 2) ? atan(y) : atan2(y, hc_check_double(L, 2)));
  return 1;
}

static int math_atan2(lua_State *L) {
  lua_pushnumber(L, atan2(hc_check_double(L, 1), hc_check_double(L, 2)));
  return 1;
}

static int math_fmod(lua_State *L) {
  lua_pushnumber(L, fmod(hc_check_double(L, 1), hc_check_double(L, 2)));
  return 1;
}

static int math_pow(lua_State *L) {
  lua_pushnumber(L, pow(hc_check_double(L, 1), hc_check_double(L, 2)));
  return 1;
}

static int math_ldexp(lua_State *L) {
  int64_t exponent = hc_check_integer(L, 2);
  if (exponent > 5000) exponent = 5000;
  if (exponent < -5000) exponent = -5000;
  lua_pushnumber(L, ldexp(hc_check_double(L, 1), (int)exponent));
  return 1;
}

static int math_frexp(lua_State *L) {
  int exponent;
  lua_pushnumber(L, frexp(hc_check_double(L, 1), &exponent));
  lua_pushnumber(L, exponent);
  return 2;
}

static int math_modf(lua_State *L) {
  double whole, fraction = modf(hc_check_double(L, 1), &whole);
  lua_pushnumber(L, whole);
  lua_pushnumber(L, fraction);
  return 2;
}

static int math_log(lua_State *L) {
  double x = hc_check_double(L, 1);
  if (lua_isnoneornil(L, 2)) {
    lua_pushnumber(L, log(x));
  } else {
    double base = hc_check_double(L, 2);
    lua_pushnumber(L, base == 2 ? log2(x) : base == 10 ? log10(x) : log(x) / log(base));
  }
  return 1;
}

static int extreme(lua_State *L, bool largest) {
  double result = hc_check_double(L, 1);
  for (int i = 2; i <= lua_gettop(L); i++) {
    double value = hc_check_double(L, i);
    if (largest ? value > result : value < result) result = value;
  }
  lua_pushnumber(L, result);
  return 1;
}

static int math_max(lua_State *L) { return extreme(L, true); }
static int math_min(lua_State *L) { return extreme(L, false); }

static int math_type(lua_State *L) {
  luaL_checkany(L, 1);
  if (lua_type(L, 1) != LUA_TNUMBER) lua_pushnil(L);
  else lua_pushstring(L, lua_isinteger(L, 1) ? "integer" : "float");
  return 1;
}

static int math_tointeger(lua_State *L) {
  double value;
  lua_settop(L, 1);
  if (lua_isinteger(L, 1)) return 1;
  if (hc_to_double(L, 1, &value) && value == floor(value) && fabs(value) < 9223372036854775808.0) lua_pushinteger(L, (lua_Integer)value);
  else lua_pushnil(L);
  return 1;
}

static int math_random(lua_State *L) {
  hc_vm *vm = hc_vm_of(L);
  uint64_t drawn = vm->run ? hc_run_random(vm->run) : 0;
  int64_t low = 1, high;
  switch (lua_gettop(L)) {
  case 0: lua_pushnumber(L, (lua_Number)(drawn >> 11) * 0x1.0p-53); return 1;
  case 1: high = hc_check_integer(L, 1); break;
  default:
    low = hc_check_integer(L, 1);
    high = hc_check_integer(L, 2);
  }
  luaL_argcheck(L, low <= high, lua_gettop(L) > 1 ? 2 : 1, "interval is empty");
  uint64_t span = (uint64_t)high - (uint64_t)low;
  if (span < UINT64_MAX) drawn = (uint64_t)(((unsigned __int128)drawn * (span + 1)) >> 64);
  lua_pushnumber(L, (lua_Number)(int64_t)((uint64_t)low + drawn));
  return 1;
}

static int math_randomseed(lua_State *L) {
  (void)L;
  return 0;
}

void hc_open_math(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"abs", math_abs},     {"acos", math_acos},   {"asin", math_asin},   {"atan", math_atan},   {"atan2", math_atan2},
      {"ceil", math_ceil},   {"cos", math_cos},     {"cosh", math_cosh},   {"deg", math_deg},     {"exp", math_exp},
      {"floor", math_floor}, {"fmod", math_fmod},   {"frexp", math_frexp}, {"ldexp", math_ldexp}, {"log", math_log},
      {"log10", math_log10}, {"max", math_max},     {"min", math_min},     {"mod", math_fmod},    {"modf", math_modf},
      {"pow", math_pow},     {"rad", math_rad},     {"random", math_random}, {"randomseed", math_randomseed},
      {"sin", math_sin},     {"sinh", math_sinh},   {"sqrt", math_sqrt},   {"tan", math_tan},     {"tanh", math_tanh},
      {"tointeger", math_tointeger}, {"type", math_type}, {NULL, NULL},
  };
  lua_newtable(L);
  hc_set_functions(L, functions);
  lua_pushnumber(L, DBL_MAX);
  lua_setfield(L, -2, "huge");
  lua_pushnumber(L, M_PI);
  lua_setfield(L, -2, "pi");
  lua_pushinteger(L, INT64_MAX);
  lua_setfield(L, -2, "maxinteger");
  lua_pushinteger(L, INT64_MIN);
  lua_setfield(L, -2, "mininteger");
}
