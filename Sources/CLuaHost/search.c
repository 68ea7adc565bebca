/* string.find, match, gmatch and gsub. */
#include "pattern.h"

/* 1-based start, negative from the end; at least 1. */
static int64_t start_position(int64_t position, size_t length) {
  if (position > 0) return position;
  if (position == 0 || position < -(int64_t)length) return 1;
  return (int64_t)length + position + 1;
}

static bool has_specials(const char *pattern, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (pattern[i] && strchr("^$*+?.([%-", pattern[i])) return true;
  return false;
}

/* The first place of `needle`; every comparison of a candidate is charged. */
static const char *find_plain(lua_State *L, const char *text, size_t length, const char *needle, size_t needle_length) {
  if (needle_length == 0) return text;
  if (needle_length > length) return NULL;
  const char *at = text, *last = text + length - needle_length;
  int64_t candidates = 0;
  while (at <= last && (at = memchr(at, *needle, (size_t)(last - at) + 1))) {
    if (!memcmp(at, needle, needle_length)) return at;
    at++;
    candidates += 1 + (int64_t)needle_length / 64;
    if (candidates > 1000) {
      hc_charge(L, candidates);
      candidates = 0;
    }
  }
  return NULL;
}

static int find(lua_State *L, bool wants_position) {
  size_t length, pattern_length;
  const char *text = hc_check_text(L, 1, &length), *pattern = hc_check_text(L, 2, &pattern_length);
  int64_t start = start_position(hc_optional_integer(L, 3, 1), length);
  if (start > (int64_t)length + 1) return lua_pushnil(L), 1;
  const char *s = text + start - 1;
  hc_charge(L, (int64_t)(length - (size_t)(start - 1)) / 256);
  if (wants_position && (lua_toboolean(L, 4) || !has_specials(pattern, pattern_length))) {
    const char *found = find_plain(L, s, length - (size_t)(start - 1), pattern, pattern_length);
    if (!found) return lua_pushnil(L), 1;
    lua_pushnumber(L, (lua_Number)(found - text + 1));
    lua_pushnumber(L, (lua_Number)(found - text) + (lua_Number)pattern_length);
    return 2;
  }
  bool anchored = pattern_length && *pattern == '^';
  if (anchored) pattern++, pattern_length--;
  hc_match m;
  hc_match_begin(&m, L, text, length, pattern, pattern_length);
  do {
    const char *e = hc_match_at(&m, s, pattern);
    if (!e) continue;
    hc_match_end(&m);
    if (!wants_position) return hc_push_captures(&m, s, e);
    lua_pushnumber(L, (lua_Number)(s - text + 1));
    lua_pushnumber(L, (lua_Number)(e - text));
    return hc_push_captures(&m, NULL, NULL) + 2;
  } while (s++ < m.text_end && !anchored);
  hc_match_end(&m);
  return lua_pushnil(L), 1;
}

int hc_string_find(lua_State *L) { return find(L, true); }
int hc_string_match(lua_State *L) { return find(L, false); }

static int gmatch_next(lua_State *L) {
  size_t length, pattern_length;
  const char *text = lua_tolstring(L, lua_upvalueindex(1), &length);
  const char *pattern = lua_tolstring(L, lua_upvalueindex(2), &pattern_length);
  hc_match m;
  hc_match_begin(&m, L, text, length, pattern, pattern_length);
  for (const char *s = text + lua_tointeger(L, lua_upvalueindex(3)); s <= m.text_end; s++) {
    const char *e = hc_match_at(&m, s, pattern);
    if (!e) continue;
    hc_match_end(&m);
    lua_pushinteger(L, e - text + (e == s ? 1 : 0));
    lua_replace(L, lua_upvalueindex(3));
    return hc_push_captures(&m, s, e);
  }
  hc_match_end(&m);
  return 0;
}

int hc_string_gmatch(lua_State *L) {
  hc_check_text(L, 1, NULL);
  hc_check_text(L, 2, NULL);
  lua_settop(L, 2);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, gmatch_next, 3);
  return 1;
}

static void add_template(hc_match *m, luaL_Buffer *out, const char *s, const char *e) {
  size_t length;
  const char *template = lua_tolstring(m->L, 3, &length);
  for (size_t i = 0; i < length; i++) {
    if (template[i] != '%' || i + 1 == length) {
      luaL_addchar(out, template[i]);
    } else if (template[++i] < '0' || template[i] > '9') {
      luaL_addchar(out, template[i]);
    } else if (template[i] == '0') {
      luaL_addlstring(out, s, (size_t)(e - s));
    } else {
      hc_push_capture(m, template[i] - '1', s, e);
      if (lua_type(m->L, -1) == LUA_TNUMBER) {
        hc_push_text(m->L, -1);
        lua_remove(m->L, -2);
      }
      luaL_addvalue(out);
    }
  }
}

/* Appends what replaces the match; the buffer is on top of the stack. */
static void add_replacement(hc_match *m, luaL_Buffer *out, const char *s, const char *e, int type) {
  lua_State *L = m->L;
  switch (type) {
  case LUA_TFUNCTION: {
    lua_pushvalue(L, 3);
    int count = hc_push_captures(m, s, e);
    lua_call(L, count, 1);
    break;
  }
  case LUA_TTABLE:
    hc_push_capture(m, 0, s, e);
    lua_gettable(L, 3);
    break;
  default: add_template(m, out, s, e); return;
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    lua_pushlstring(L, s, (size_t)(e - s)); /* keeps the original */
  } else if (lua_type(L, -1) == LUA_TNUMBER) {
    hc_push_text(L, -1);
    lua_remove(L, -2);
  } else if (lua_type(L, -1) != LUA_TSTRING) {
    luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  }
  luaL_addvalue(out);
}

int hc_string_gsub(lua_State *L) {
  size_t length, pattern_length;
  const char *text = hc_check_text(L, 1, &length), *pattern = hc_check_text(L, 2, &pattern_length);
  int type = lua_type(L, 3);
  if (type == LUA_TNUMBER) hc_check_text(L, 3, NULL);
  luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
                   "string/function/table");
  int64_t most = hc_optional_integer(L, 4, (int64_t)length + 1), count = 0;
  bool anchored = pattern_length && *pattern == '^';
  if (anchored) pattern++, pattern_length--;
  hc_match m;
  hc_match_begin(&m, L, text, length, pattern, pattern_length);
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  const char *s = text;
  while (count < most) {
    const char *e = hc_match_at(&m, s, pattern);
    if (e) {
      count++;
      add_replacement(&m, &out, s, e, type);
    }
    if (e && e > s) s = e;
    else if (s < m.text_end) luaL_addchar(&out, *s++);
    else break;
    if (anchored) break;
  }
  hc_match_end(&m);
  luaL_addlstring(&out, s, (size_t)(m.text_end - s));
  luaL_pushresult(&out);
  lua_pushnumber(L, (lua_Number)count);
  return 2;
}
