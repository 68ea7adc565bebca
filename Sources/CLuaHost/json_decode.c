/* JSON text straight to Lua values (spec 5.5). */
#include "vm.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_DEPTH 128
/* Values of a container wait on the Lua stack until so many are there: most containers are then made in their size. */
#define WINDOW 24

typedef struct {
  hc_vm *vm;
  lua_State *L;
  const char *start, *at, *end;
  const char *error;
  char *text; /* of a string with escapes */
  size_t text_capacity;
} parser;

static const char null_in_object;

static bool fail(parser *p, const char *error) {
  if (!p->error) p->error = error;
  return false;
}

static void skip_space(parser *p) {
  while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\r' || *p->at == '\t')) p->at++;
}

/* Bytes of the UTF-8 sequence at `at`, or 0 when it is not valid. */
int hc_utf8_length(const char *at, const char *end) {
  const unsigned char *s = (const unsigned char *)at;
  size_t left = (size_t)(end - at);
  unsigned char first = s[0];
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return left > 1 && (s[1] & 0xC0) == 0x80 ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (left < 3 || (s[1] & 0xC0) != 0x80 || (s[2] & 0xC0) != 0x80) return 0;
    if (first == 0xE0 && s[1] < 0xA0) return 0;
    return first == 0xED && s[1] > 0x9F ? 0 : 3; /* surrogates */
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (left < 4 || (s[1] & 0xC0) != 0x80 || (s[2] & 0xC0) != 0x80 || (s[3] & 0xC0) != 0x80) return 0;
    if (first == 0xF0 && s[1] < 0x90) return 0;
    return first == 0xF4 && s[1] > 0x8F ? 0 : 4;
  }
  return 0;
}

/* Moves over plain characters of a string. */
static bool plain_run(parser *p) {
  while (p->at < p->end) {
    unsigned char c = (unsigned char)*p->at;
    if (c == '"' || c == '\\') return true;
    if (c < 0x20) return fail(p, "invalid control character in a string");
    if (c < 0x80) {
      p->at++;
    } else {
      int length = hc_utf8_length(p->at, p->end);
      if (!length) return fail(p, "invalid UTF-8 in a string");
      p->at += length;
    }
  }
  return fail(p, "unexpected end inside a string");
}

static bool room(parser *p, size_t size) {
  if (size <= p->text_capacity) return true;
  char *grown = realloc(p->text, size * 2);
  if (!grown) return fail(p, "not enough memory");
  p->text = grown;
  p->text_capacity = size * 2;
  return true;
}

static bool hex4(parser *p, unsigned *code) {
  if (p->end - p->at < 4) return fail(p, "unexpected end inside a string");
  *code = 0;
  for (int i = 0; i < 4; i++) {
    char c = *p->at++;
    int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
    if (digit < 0) return fail(p, "invalid escape sequence in a string");
    *code = *code * 16 + (unsigned)digit;
  }
  return true;
}

static size_t put_utf8(char *to, unsigned code) {
  if (code < 0x80) return to[0] = (char)code, 1;
  if (code < 0x800) {
    to[0] = (char)(0xC0 | code >> 6);
    to[1] = (char)(0x80 | (code & 0x3F));
    return 2;
  }
  if (code < 0x10000) {
    to[0] = (char)(0xE0 | code >> 12);
    to[1] = (char)(0x80 | (code >> 6 & 0x3F));
    to[2] = (char)(0x80 | (code & 0x3F));
    return 3;
  }
  to[0] = (char)(0xF0 | code >> 18);
  to[1] = (char)(0x80 | (code >> 12 & 0x3F));
  to[2] = (char)(0x80 | (code >> 6 & 0x3F));
  to[3] = (char)(0x80 | (code & 0x3F));
  return 4;
}

static bool escape(parser *p, size_t *length) {
  if (++p->at >= p->end) return fail(p, "unexpected end inside a string");
  char c = *p->at++;
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *found = c ? strchr(from, c) : NULL;
  if (found) {
    p->text[(*length)++] = to[found - from];
    return true;
  }
  unsigned code, low;
  if (c != 'u') return fail(p, "invalid escape sequence in a string");
  if (!hex4(p, &code)) return false;
  if (code >= 0xD800 && code < 0xE000) {
    if (code >= 0xDC00 || p->end - p->at < 2 || p->at[0] != '\\' || p->at[1] != 'u')
      return fail(p, "unpaired surrogate in a string");
    p->at += 2;
    if (!hex4(p, &low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return fail(p, "unpaired surrogate in a string");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  *length += put_utf8(p->text + *length, code);
  return true;
}

/* Pushes the string whose opening quote is at `at`. */
static bool push_string(parser *p) {
  const char *begin = ++p->at;
  if (!plain_run(p)) return false;
  if (*p->at == '"') {
    lua_pushlstring(p->L, begin, (size_t)(p->at - begin));
    p->at++;
    return true;
  }
  size_t length = 0;
  for (;;) {
    size_t run = (size_t)(p->at - begin);
    if (!room(p, length + run + 8)) return false;
    memcpy(p->text + length, begin, run);
    length += run;
    if (*p->at == '"') break;
    if (!escape(p, &length)) return false;
    begin = p->at;
    if (!plain_run(p)) return false;
  }
  p->at++;
  lua_pushlstring(p->L, p->text, length);
  return true;
}

static bool digits(parser *p) {
  const char *begin = p->at;
  while (p->at < p->end && *p->at >= '0' && *p->at <= '9') p->at++;
  return p->at > begin;
}

static bool push_float(parser *p, const char *begin) {
  size_t length = (size_t)(p->at - begin);
  if (!room(p, length + 1)) return false;
  memcpy(p->text, begin, length);
  p->text[length] = 0;
  double value = strtod(p->text, NULL);
  if (isinf(value)) value = value > 0 ? DBL_MAX : -DBL_MAX;
  lua_pushnumber(p->L, value);
  return true;
}

static bool push_number(parser *p) {
  const char *begin = p->at;
  bool negative = *p->at == '-';
  if (negative) p->at++;
  const char *first = p->at;
  if (!digits(p) || (*first == '0' && p->at - first > 1)) return fail(p, "invalid number");
  bool whole = true;
  const char *last = p->at;
  if (p->at < p->end && *p->at == '.') {
    whole = false;
    p->at++;
    if (!digits(p)) return fail(p, "invalid number");
  }
  if (p->at < p->end && (*p->at == 'e' || *p->at == 'E')) {
    whole = false;
    p->at++;
    if (p->at < p->end && (*p->at == '+' || *p->at == '-')) p->at++;
    if (!digits(p)) return fail(p, "invalid number");
  }
  if (!whole) return push_float(p, begin);
  uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX, value = 0;
  for (; first < last; first++) {
    uint64_t digit = (uint64_t)(*first - '0');
    if (value > (limit - digit) / 10) {
      value = limit; /* saturates */
      break;
    }
    value = value * 10 + digit;
  }
  lua_pushinteger(p->L, (lua_Integer)(negative ? 0 - value : value));
  return true;
}

static bool push_value(parser *p, int depth);

static bool literal(parser *p, const char *name, size_t length) {
  if ((size_t)(p->end - p->at) < length || memcmp(p->at, name, length) != 0) return fail(p, "invalid value");
  p->at += length;
  return true;
}

/* Moves over "," and sets *more, or over `close`. */
static bool separator(parser *p, char close, bool *more) {
  skip_space(p);
  if (p->at >= p->end) return fail(p, "unexpected end");
  *more = *p->at == ',';
  if (!*more && *p->at != close) return fail(p, close == ']' ? "expected ',' or ']'" : "expected ',' or '}'");
  p->at++;
  if (*more) skip_space(p);
  return true;
}

static bool push_array(parser *p, int depth) {
  lua_State *L = p->L;
  int base = lua_gettop(L), pending = 0, table = 0;
  lua_Integer count = 0;
  p->at++;
  skip_space(p);
  bool more = true;
  if (p->at < p->end && *p->at == ']') {
    p->at++;
    more = false;
  }
  while (more) {
    if (!push_value(p, depth + 1)) return false;
    count++;
    if (table) { /* a nil is a hole: setting it would only make room */
      if (lua_isnil(L, -1)) lua_pop(L, 1);
      else lua_rawseti(L, table, count);
    } else if (++pending == WINDOW) {
      lua_createtable(L, WINDOW * 2, 0);
      lua_insert(L, base + 1);
      table = base + 1;
      for (int i = WINDOW; i >= 1; i--) {
        if (lua_isnil(L, -1)) lua_pop(L, 1);
        else lua_rawseti(L, table, i);
      }
    }
    if (!separator(p, ']', &more)) return false;
  }
  if (table) return true;
  lua_createtable(L, pending, 0);
  lua_insert(L, base + 1);
  for (int i = pending; i >= 1; i--) {
    if (lua_isnil(L, -1)) lua_pop(L, 1);
    else lua_rawseti(L, base + 1, i);
  }
  return true;
}

/* Sets the pending pairs above `base` in a new table that replaces them. */
static bool make_object(parser *p, int base, int pending, int fields) {
  lua_State *L = p->L;
  const char *names[WINDOW];
  size_t lengths[WINDOW];
  for (int i = 0; i < pending; i++) {
    names[i] = lua_tolstring(L, base + 1 + 2 * i, &lengths[i]);
    for (int j = 0; j < i; j++) {
      if (names[i] == names[j] || (lengths[i] > 40 && lengths[i] == lengths[j] && !memcmp(names[i], names[j], lengths[i])))
        return fail(p, "duplicate object member name");
    }
  }
  lua_createtable(L, 0, fields);
  lua_insert(L, base + 1);
  for (int i = 0; i < pending; i++) {
    if (lua_isnil(L, -1)) lua_pop(L, 2);
    else lua_rawset(L, base + 1);
  }
  return true;
}

/* Sets the pair on top in an object that is larger than the window. */
static bool add_member(parser *p, int table, bool *has_null) {
  lua_State *L = p->L;
  lua_pushvalue(L, -2);
  if (lua_rawget(L, table) != LUA_TNIL) return fail(p, "duplicate object member name");
  lua_pop(L, 1);
  if (lua_isnil(L, -1)) { /* remembered until the end, to notice a second one */
    lua_pop(L, 1);
    lua_pushlightuserdata(L, (void *)&null_in_object);
    *has_null = true;
  }
  lua_rawset(L, table);
  return true;
}

static void drop_nulls(lua_State *L, int table) {
  lua_pushnil(L);
  while (lua_next(L, table)) {
    bool is_null = lua_touserdata(L, -1) == &null_in_object;
    lua_pop(L, 1);
    if (!is_null) continue;
    lua_pushvalue(L, -1);
    lua_pushnil(L);
    lua_rawset(L, table);
  }
}

static bool push_object(parser *p, int depth) {
  lua_State *L = p->L;
  int base = lua_gettop(L), pending = 0, table = 0;
  bool has_null = false, more = true;
  p->at++;
  skip_space(p);
  if (p->at < p->end && *p->at == '}') {
    p->at++;
    more = false;
  }
  while (more) {
    if (p->at >= p->end) return fail(p, "unexpected end");
    if (*p->at != '"') return fail(p, "expected a string as an object member name");
    if (!push_string(p)) return false;
    skip_space(p);
    if (p->at >= p->end || *p->at != ':') return fail(p, "expected ':'");
    p->at++;
    if (!push_value(p, depth + 1)) return false;
    if (table) {
      if (!add_member(p, table, &has_null)) return false;
    } else if (++pending == WINDOW) {
      /* nils among the first are not remembered as names: give them their mark as well */
      for (int i = 0; i < WINDOW; i++) {
        if (!lua_isnil(L, base + 2 + 2 * i)) continue;
        lua_pushlightuserdata(L, (void *)&null_in_object);
        lua_replace(L, base + 2 + 2 * i);
        has_null = true;
      }
      if (!make_object(p, base, pending, WINDOW * 2)) return false;
      table = base + 1;
    }
    if (!separator(p, '}', &more)) return false;
  }
  /* An object has keyed storage even when it is empty, or JSON would write it as []. */
  if (!table) return make_object(p, base, pending, pending ? pending : 1);
  if (has_null) drop_nulls(L, table);
  return true;
}

static bool push_value(parser *p, int depth) {
  if (depth > MAX_DEPTH) return fail(p, "json: maximum nesting depth exceeded");
  if (!lua_checkstack(p->L, 2 * WINDOW + 8)) return fail(p, "not enough memory");
  skip_space(p);
  if (p->at >= p->end) return fail(p, "unexpected end");
  switch (*p->at) {
  case '{': return push_object(p, depth);
  case '[': return push_array(p, depth);
  case '"': return push_string(p);
  case 't': return literal(p, "true", 4) ? lua_pushboolean(p->L, 1), true : false;
  case 'f': return literal(p, "false", 5) ? lua_pushboolean(p->L, 0), true : false;
  case 'n': return literal(p, "null", 4) ? lua_pushnil(p->L), true : false;
  default:
    if (*p->at == '-' || (*p->at >= '0' && *p->at <= '9')) return push_number(p);
    return fail(p, "invalid character at the start of a value");
  }
}

const char *hc_push_json(hc_vm *vm, lua_State *L, const char *bytes, size_t length, size_t *offset) {
  parser p = {vm, L, bytes, bytes, bytes + length, NULL, NULL, 0};
  int top = lua_gettop(L);
  bool valid = push_value(&p, 0);
  free(p.text);
  vm->spent += (int64_t)(length / 16);
  *offset = (size_t)(p.at - bytes);
  if (valid) return NULL;
  lua_settop(L, top);
  return p.error;
}
