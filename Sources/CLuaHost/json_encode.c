/* Lua values to JSON text (spec 5.4), with object keys sorted. */
#include "vm.h"

#include <math.h>
#include <stdlib.h>

#define MAX_DEPTH 128
/* A table that refers to others many times over is a small value with a huge text. */
#define DEFAULT_MAX_TEXT ((size_t)256 << 20)

typedef struct {
  const char *bytes;
  size_t length;
  char *owned; /* text of a number or boolean key */
  double number;
  int type;
} member;

typedef struct {
  hc_vm *vm;
  lua_State *L;
  bool exporting;
  const char *error;
  size_t max_text;
  const void *path[MAX_DEPTH + 1];
} writer;

static bool fail(writer *w, const char *error) {
  if (!w->error) w->error = error;
  return false;
}

static char *reserve(writer *w, size_t more) {
  hc_json_buffer *out = &w->vm->json;
  if (out->length + more > out->capacity) {
    if (out->length + more > w->max_text) return fail(w, "the JSON text is too large"), NULL;
    size_t capacity = (out->length + more) * 2;
    char *grown = realloc(out->bytes, capacity);
    if (!grown) return fail(w, "not enough memory"), NULL;
    out->bytes = grown;
    out->capacity = capacity;
  }
  return out->bytes + out->length;
}

static bool put(writer *w, const char *bytes, size_t length) {
  char *to = reserve(w, length);
  if (!to) return false;
  memcpy(to, bytes, length);
  w->vm->json.length += length;
  return true;
}

static bool is_plain(unsigned char c) {
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

static bool put_escape(writer *w, unsigned char c) {
  static const char hex[] = "0123456789abcdef";
  static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
  const char *found = c ? strchr(from, c) : NULL;
  if (found) return put(w, (char[]){'\\', to[found - from]}, 2);
  return put(w, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
}

static bool put_string(writer *w, const char *bytes, size_t length) {
  const char *at = bytes, *end = bytes + length;
  if (!reserve(w, length + 2) || !put(w, "\"", 1)) return false;
  while (at < end) {
    const char *run = at;
    while (at < end && is_plain((unsigned char)*at)) at++;
    if (at > run && !put(w, run, (size_t)(at - run))) return false;
    if (at == end) break;
    if ((unsigned char)*at < 0x80) {
      if (!put_escape(w, (unsigned char)*at++)) return false;
      continue;
    }
    int size = hc_utf8_length(at, end);
    if (size == 3 && !memcmp(at, "\xE2\x80", 2) && (unsigned char)(at[2] | 1) == 0xA9) { /* U+2028, U+2029 */
      if (!put(w, at[2] & 1 ? "\\u2029" : "\\u2028", 6)) return false;
    } else if (!(size ? put(w, at, (size_t)size) : put(w, "\\ufffd", 6))) {
      return false;
    }
    at += size ? size : 1;
  }
  return put(w, "\"", 1);
}

static bool put_number(writer *w, int index, bool top_level) {
  if (lua_isinteger(w->L, index)) {
    char *to = reserve(w, 24);
    if (!to) return false;
    w->vm->json.length += (size_t)hc_format_integer(lua_tointeger(w->L, index), to);
    return true;
  }
  double value = lua_tonumber(w->L, index);
  if (!isfinite(value)) return put(w, "null", 4);
  char *to = reserve(w, 420);
  if (!to) return false;
  w->vm->json.length += (size_t)(top_level ? hc_format_json(w->vm, value, to) : hc_format_plain(w->vm, value, to));
  return true;
}

/* Whether a value does not leave the workflow: userdata that is no error becomes nil when values are copied out. */
static bool is_dropped(writer *w, int index) {
  if (!w->exporting || lua_type(w->L, index) != LUA_TUSERDATA) return false;
  int32_t kind;
  void *object = hc_object(w->L, index, &kind);
  const char *text;
  size_t length;
  return !object || !w->vm->host.describe ||
         !w->vm->host.describe(w->vm->host.context, object, kind, HC_DESCRIBE_EXPORT, &text, &length);
}

static bool put_userdata(writer *w, int index) {
  int32_t kind;
  void *object = hc_object(w->L, index, &kind);
  const char *text;
  size_t length;
  int purpose = w->exporting ? HC_DESCRIBE_EXPORT : HC_DESCRIBE_JSON;
  if (object && w->vm->host.describe &&
      w->vm->host.describe(w->vm->host.context, object, kind, purpose, &text, &length))
    return put_string(w, text, length);
  return put(w, "null", 4);
}

static int compare_members(const void *first, const void *second) {
  const member *a = first, *b = second;
  size_t shorter = a->length < b->length ? a->length : b->length;
  int order = memcmp(a->bytes, b->bytes, shorter);
  return order ? order : (a->length > b->length) - (a->length < b->length);
}

static void sort_members(member *members, size_t count) {
  if (count > 12) {
    qsort(members, count, sizeof *members, compare_members);
    return;
  }
  for (size_t i = 1; i < count; i++) {
    member moved = members[i];
    size_t j = i;
    for (; j > 0 && compare_members(&members[j - 1], &moved) > 0; j--) members[j] = members[j - 1];
    members[j] = moved;
  }
}

static bool name_member(writer *w, int key, member *m) {
  m->owned = NULL;
  m->type = lua_type(w->L, key);
  if (m->type == LUA_TSTRING) {
    m->bytes = lua_tolstring(w->L, key, &m->length);
    return true;
  }
  m->owned = malloc(420);
  if (!m->owned) return fail(w, "not enough memory");
  if (m->type == LUA_TBOOLEAN) {
    m->number = lua_toboolean(w->L, key);
    strcpy(m->owned, m->number != 0 ? "true" : "false");
    m->length = strlen(m->owned);
  } else if (isfinite(m->number = lua_tonumber(w->L, key))) {
    m->length = (size_t)hc_format_plain(w->vm, m->number, m->owned);
  } else {
    m->length = (size_t)hc_format_double(w->vm, m->number, m->owned);
  }
  m->bytes = m->owned;
  return true;
}

static bool put_value(writer *w, int index, int depth);

static bool put_members(writer *w, int table, int depth, const member *members, size_t count) {
  lua_State *L = w->L;
  if (!put(w, "{", 1)) return false;
  for (size_t i = 0; i < count; i++) {
    if (i && !put(w, ",", 1)) return false;
    if (!put_string(w, members[i].bytes, members[i].length) || !put(w, ":", 1)) return false;
    switch (members[i].type) {
    case LUA_TSTRING: lua_pushlstring(L, members[i].bytes, members[i].length); break;
    case LUA_TBOOLEAN: lua_pushboolean(L, members[i].number != 0); break;
    default: lua_pushnumber(L, members[i].number);
    }
    lua_rawget(L, table);
    bool written = put_value(w, lua_gettop(L), depth + 1);
    lua_pop(L, 1);
    if (!written) return false;
  }
  return put(w, "}", 1);
}

static bool put_object(writer *w, int table, int depth, size_t count) {
  lua_State *L = w->L;
  member small[16];
  member *members = count <= 16 ? small : malloc(count * sizeof *members);
  if (!members) return fail(w, "not enough memory");
  size_t named = 0;
  bool written = true;
  lua_pushnil(L);
  while (lua_next(L, table)) {
    int type = lua_type(L, -2);
    bool counts = (type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN) && !is_dropped(w, lua_gettop(L));
    lua_pop(L, 1);
    if (!counts) continue;
    if (!name_member(w, lua_gettop(L), &members[named])) {
      lua_pop(L, 1);
      written = false;
      break;
    }
    named++;
  }
  if (written) {
    sort_members(members, named);
    written = put_members(w, table, depth, members, named);
  }
  for (size_t i = 0; i < named; i++) free(members[i].owned);
  if (members != small) free(members);
  return written;
}

static bool put_array(writer *w, int table, int depth, lua_Integer count) {
  lua_State *L = w->L;
  if (!put(w, "[", 1)) return false;
  for (lua_Integer i = 1; i <= count; i++) {
    if (i > 1 && !put(w, ",", 1)) return false;
    lua_rawgeti(L, table, i);
    bool written = put_value(w, lua_gettop(L), depth + 1);
    lua_pop(L, 1);
    if (!written) return false;
  }
  return put(w, "]", 1);
}

static bool put_table(writer *w, int index, int depth) {
  lua_State *L = w->L;
  if (depth > MAX_DEPTH) return fail(w, "exceeded maximum nesting depth for JSON encoding");
  const void *identity = lua_topointer(L, index);
  for (int i = 0; i < depth; i++)
    if (w->path[i] == identity) return fail(w, "cannot encode recursively nested tables to JSON");
  w->path[depth] = identity;
  if (!lua_checkstack(L, 8)) return fail(w, "not enough memory");
  hc_push_contents(L, index);
  int table = lua_gettop(L);
  size_t elements = 0, fields = 0;
  double largest = 0;
  lua_pushnil(L);
  while (lua_next(L, table)) {
    bool dropped = is_dropped(w, lua_gettop(L));
    lua_pop(L, 1);
    if (dropped) continue;
    double key = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
    if (key > 0 && key == floor(key)) {
      elements++;
      if (key > largest) largest = key;
    } else {
      fields++;
    }
  }
  bool written;
  if (!elements && !fields) written = hc_has_keyed_storage(L, table) ? put(w, "{}", 2) : put(w, "[]", 2);
  else if (elements && fields) written = fail(w, "cannot encode mixed-key table: table has both numeric and non-numeric keys");
  else if (fields) written = put_object(w, table, depth, fields);
  else if (largest != (double)elements) written = fail(w, "cannot encode sparse array: non-contiguous numeric keys found");
  else written = put_array(w, table, depth, (lua_Integer)elements);
  lua_pop(L, 1);
  return written;
}

static bool put_value(writer *w, int index, int depth) {
  switch (lua_type(w->L, index)) {
  case LUA_TSTRING: {
    size_t length;
    const char *bytes = lua_tolstring(w->L, index, &length);
    return put_string(w, bytes, length);
  }
  case LUA_TNUMBER: return put_number(w, index, depth == 0);
  case LUA_TBOOLEAN: return lua_toboolean(w->L, index) ? put(w, "true", 4) : put(w, "false", 5);
  case LUA_TTABLE: return put_table(w, index, depth);
  case LUA_TUSERDATA: return put_userdata(w, index);
  default: return put(w, "null", 4);
  }
}

const char *hc_json(hc_vm *vm, lua_State *L, int32_t index, bool exporting, const char **bytes, size_t *length) {
  if (vm->json.capacity > (size_t)1 << 20) { /* one large payload should not stay with the machine */
    free(vm->json.bytes);
    vm->json = (hc_json_buffer){NULL, 0, 0};
  }
  vm->json.length = 0;
  writer w = {.vm = vm, .L = L, .exporting = exporting, .max_text = vm->limit ? vm->limit : DEFAULT_MAX_TEXT};
  put_value(&w, lua_absindex(L, index), 0);
  vm->spent += (int64_t)(vm->json.length / 16);
  *bytes = vm->json.bytes;
  *length = vm->json.length;
  return w.error;
}
