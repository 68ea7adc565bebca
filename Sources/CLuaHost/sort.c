/* table.sort: a stable merge sort, so that the result is the same in every process, whatever the comparator says. */
#include "vm.h"

typedef struct {
  lua_State *L;
  int values;     /* stack index of the copied elements */
  int comparator; /* 0: by `<` */
  enum { BY_NUMBER, BY_STRING, BY_COMPARISON } mode;
  int64_t comparisons;
} sorter;

static bool compare_raw(sorter *s, int mode) {
  lua_State *L = s->L;
  if (mode == BY_NUMBER) return lua_compare(L, -2, -1, LUA_OPLT);
  size_t left, right;
  const char *a = lua_tolstring(L, -2, &left), *b = lua_tolstring(L, -1, &right);
  int order = memcmp(a, b, left < right ? left : right);
  return order ? order < 0 : left < right;
}

/* Whether element `b` must come before element `a`. */
static bool comes_before(sorter *s, uint32_t b, uint32_t a) {
  lua_State *L = s->L;
  if (++s->comparisons % 256 == 0) hc_charge(L, 256);
  bool result;
  if (s->comparator) {
    lua_pushvalue(L, s->comparator);
    lua_rawgeti(L, s->values, b);
    lua_rawgeti(L, s->values, a);
    lua_call(L, 2, 1);
    result = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return result;
  }
  lua_rawgeti(L, s->values, b);
  lua_rawgeti(L, s->values, a);
  result = s->mode == BY_COMPARISON ? lua_compare(L, -2, -1, LUA_OPLT) : compare_raw(s, s->mode);
  lua_pop(L, 2);
  return result;
}

static void merge(sorter *s, const uint32_t *from, uint32_t *to, size_t low, size_t middle, size_t high) {
  size_t left = low, right = middle;
  for (size_t i = low; i < high; i++) {
    bool take_right = left >= middle || (right < high && comes_before(s, from[right], from[left]));
    to[i] = take_right ? from[right++] : from[left++];
  }
}

static void insertion_sort(sorter *s, uint32_t *order, size_t low, size_t high) {
  for (size_t i = low + 1; i < high; i++) {
    uint32_t moved = order[i];
    size_t j = i;
    for (; j > low && comes_before(s, moved, order[j - 1]); j--) order[j] = order[j - 1];
    order[j] = moved;
  }
}

int hc_table_sort(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (hc_is_frozen(L, 1)) return hc_raise_frozen(L);
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  int64_t length = (int64_t)lua_rawlen(L, 1);
  if (length < 2) return 0;
  luaL_argcheck(L, length < INT_MAX / 2, 1, "array too big");
  size_t count = (size_t)length;
  lua_createtable(L, (int)count, 0); /* 3: the elements, safe from a comparator that changes the table */
  sorter s = {L, 3, lua_isnil(L, 2) ? 0 : 2, BY_COMPARISON, 0};
  bool numbers = true, strings = true;
  for (size_t i = 1; i <= count; i++) {
    int type = lua_rawgeti(L, 1, (lua_Integer)i);
    numbers = numbers && type == LUA_TNUMBER;
    strings = strings && type == LUA_TSTRING;
    lua_rawseti(L, 3, (lua_Integer)i);
  }
  if (numbers) s.mode = BY_NUMBER;
  else if (strings) s.mode = BY_STRING;
  hc_charge(L, length / 4);
  uint32_t *order = lua_newuserdatauv(L, count * 2 * sizeof *order, 0), *other = order + count;
  for (size_t i = 0; i < count; i++) order[i] = (uint32_t)i + 1;
  size_t width = 8;
  for (size_t low = 0; low < count; low += width) insertion_sort(&s, order, low, low + width < count ? low + width : count);
  for (; width < count; width *= 2) {
    for (size_t low = 0; low < count; low += 2 * width) {
      size_t middle = low + width < count ? low + width : count;
      merge(&s, order, other, low, middle, low + 2 * width < count ? low + 2 * width : count);
    }
    uint32_t *merged = other;
    other = order;
    order = merged;
  }
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 3, order[i]);
    lua_rawseti(L, 1, (lua_Integer)i + 1);
  }
  return 0;
}
