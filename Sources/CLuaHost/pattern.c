/* Lua patterns, with every step counted: a pathological pattern runs into the instruction budget like any other loop.
 * The set is Lua 5.1's, with %f; positions and counts are floats, as the dialect's. */
#include "vm.h"

#include "pattern.h"

#include <ctype.h>

#define UNFINISHED (-1)
#define POSITION (-2)
#define MAX_DEPTH 200
/* Steps between two charges. */
#define STEP_CHUNK 512

static const char *match_here(hc_match *m, const char *s, const char *p);

static void step(hc_match *m) {
  if (++m->steps < STEP_CHUNK) return;
  hc_charge(m->L, m->steps);
  m->steps = 0;
}

static int find_capture(hc_match *m, int digit) {
  int index = digit - '1';
  if (index < 0 || index >= m->level || m->captures[index].length == UNFINISHED)
    return luaL_error(m->L, "invalid capture index %%%d", index + 1);
  return index;
}

static int open_capture(hc_match *m) {
  for (int level = m->level - 1; level >= 0; level--)
    if (m->captures[level].length == UNFINISHED) return level;
  return luaL_error(m->L, "invalid pattern capture");
}

/* The end of the single-character item at `p`. */
static const char *item_end(hc_match *m, const char *p) {
  if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends unexpectedly)");
  if (*p == '%') {
    if (p + 1 >= m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 2;
  }
  if (*p++ != '[') return p;
  if (p < m->pattern_end && *p == '^') p++;
  do { /* a ']' in front is an ordinary character */
    if (p >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
    if (*p++ == '%') p++;
  } while (p >= m->pattern_end || *p != ']');
  return p + 1;
}

static bool in_class(int c, int class) {
  bool member;
  switch (tolower(class)) {
  case 'a': member = isalpha(c); break;
  case 'c': member = iscntrl(c); break;
  case 'd': member = isdigit(c); break;
  case 'g': member = isgraph(c); break;
  case 'l': member = islower(c); break;
  case 'p': member = ispunct(c); break;
  case 's': member = isspace(c); break;
  case 'u': member = isupper(c); break;
  case 'w': member = isalnum(c); break;
  case 'x': member = isxdigit(c); break;
  case 'z': member = c == 0; break;
  default: return class == c;
  }
  return isupper(class) ? !member : member;
}

/* `p` at '[', `last` at the closing ']'. */
static bool in_set(int c, const char *p, const char *last) {
  bool found = true;
  if (p[1] == '^') {
    found = false;
    p++;
  }
  while (++p < last) {
    if (*p == '%') {
      p++;
      if (in_class(c, (unsigned char)*p)) return found;
    } else if (p[1] == '-' && p + 2 < last) {
      p += 2;
      if ((unsigned char)p[-2] <= c && c <= (unsigned char)*p) return found;
    } else if ((unsigned char)*p == c) {
      return found;
    }
  }
  return !found;
}

static bool matches_one(hc_match *m, const char *s, const char *p, const char *end) {
  if (s >= m->text_end) return false;
  int c = (unsigned char)*s;
  switch (*p) {
  case '.': return true;
  case '%': return in_class(c, (unsigned char)p[1]);
  case '[': return in_set(c, p, end - 1);
  default: return (unsigned char)*p == c;
  }
}

static const char *match_balance(hc_match *m, const char *s, const char *p) {
  if (p + 1 >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
  if (s >= m->text_end || *s != *p) return NULL;
  char open = *p, close = p[1];
  int depth = 1;
  while (++s < m->text_end) {
    step(m);
    if (*s == close) {
      if (--depth == 0) return s + 1;
    } else if (*s == open) {
      depth++;
    }
  }
  return NULL;
}

static const char *match_most(hc_match *m, const char *s, const char *p, const char *end) {
  ptrdiff_t count = 0;
  while (matches_one(m, s + count, p, end)) {
    count++;
    step(m);
  }
  for (; count >= 0; count--) {
    const char *result = match_here(m, s + count, end + 1);
    if (result) return result;
  }
  return NULL;
}

static const char *match_fewest(hc_match *m, const char *s, const char *p, const char *end) {
  for (;;) {
    const char *result = match_here(m, s, end + 1);
    if (result) return result;
    if (!matches_one(m, s, p, end)) return NULL;
    s++;
  }
}

static const char *begin_capture(hc_match *m, const char *s, const char *p, ptrdiff_t kind) {
  if (m->level >= HC_MAX_CAPTURES) luaL_error(m->L, "too many captures");
  m->captures[m->level].start = s;
  m->captures[m->level].length = kind;
  m->level++;
  const char *result = match_here(m, s, p);
  if (!result) m->level--;
  return result;
}

static const char *end_capture(hc_match *m, const char *s, const char *p) {
  int level = open_capture(m);
  m->captures[level].length = s - m->captures[level].start;
  const char *result = match_here(m, s, p);
  if (!result) m->captures[level].length = UNFINISHED;
  return result;
}

static const char *match_repeated(hc_match *m, const char *s, int digit) {
  int index = find_capture(m, digit);
  ptrdiff_t length = m->captures[index].length;
  if (length < 0) return NULL; /* a position */
  hc_charge(m->L, length / 64);
  if (m->text_end - s < length || memcmp(m->captures[index].start, s, (size_t)length) != 0) return NULL;
  return s + length;
}

static bool at_frontier(hc_match *m, const char *s, const char *set, const char *end) {
  int before = s == m->text ? 0 : (unsigned char)s[-1];
  int here = s < m->text_end ? (unsigned char)*s : 0;
  return !in_set(before, set, end - 1) && in_set(here, set, end - 1);
}

/* One item and what follows it; the parts that need no recursion stay in the loop. */
static const char *match_loop(hc_match *m, const char *s, const char *p) {
  while (p != m->pattern_end) {
    step(m);
    switch (*p) {
    case '(': return p + 1 < m->pattern_end && p[1] == ')' ? begin_capture(m, s, p + 2, POSITION) : begin_capture(m, s, p + 1, UNFINISHED);
    case ')': return end_capture(m, s, p + 1);
    case '$':
      if (p + 1 == m->pattern_end) return s == m->text_end ? s : NULL;
      break;
    case '%':
      if (p + 1 >= m->pattern_end) break;
      if (p[1] == 'b') {
        s = match_balance(m, s, p + 2);
        if (!s) return NULL;
        p += 4;
        continue;
      }
      if (p[1] == 'f') {
        p += 2;
        if (p >= m->pattern_end || *p != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
        const char *end = item_end(m, p);
        if (!at_frontier(m, s, p, end)) return NULL;
        p = end;
        continue;
      }
      if (isdigit((unsigned char)p[1])) {
        s = match_repeated(m, s, (unsigned char)p[1]);
        if (!s) return NULL;
        p += 2;
        continue;
      }
      break;
    default: break;
    }
    const char *end = item_end(m, p);
    char suffix = end < m->pattern_end ? *end : 0;
    switch (suffix) {
    case '?': {
      const char *result;
      if (matches_one(m, s, p, end) && (result = match_here(m, s + 1, end + 1))) return result;
      p = end + 1;
      break;
    }
    case '*': return match_most(m, s, p, end);
    case '+': return matches_one(m, s, p, end) ? match_most(m, s + 1, p, end) : NULL;
    case '-': return match_fewest(m, s, p, end);
    default:
      if (!matches_one(m, s, p, end)) return NULL;
      s++;
      p = end;
    }
  }
  return s;
}

static const char *match_here(hc_match *m, const char *s, const char *p) {
  if (m->depth-- == 0) luaL_error(m->L, "pattern too complex");
  const char *result = match_loop(m, s, p);
  m->depth++;
  return result;
}

void hc_match_begin(hc_match *m, lua_State *L, const char *text, size_t length, const char *pattern, size_t pattern_length) {
  m->L = L;
  m->text = text;
  m->text_end = text + length;
  m->pattern_end = pattern + pattern_length;
  m->steps = 0;
}

const char *hc_match_at(hc_match *m, const char *s, const char *pattern) {
  m->level = 0;
  m->depth = MAX_DEPTH;
  return match_here(m, s, pattern);
}

void hc_match_end(hc_match *m) { hc_charge(m->L, m->steps); }

void hc_push_capture(hc_match *m, int index, const char *s, const char *e) {
  if (index >= m->level) {
    if (index != 0) luaL_error(m->L, "invalid capture index %%%d", index + 1);
    lua_pushlstring(m->L, s, (size_t)(e - s)); /* the whole match */
    return;
  }
  ptrdiff_t length = m->captures[index].length;
  if (length == UNFINISHED) luaL_error(m->L, "unfinished capture");
  if (length == POSITION) lua_pushnumber(m->L, (lua_Number)(m->captures[index].start - m->text + 1));
  else lua_pushlstring(m->L, m->captures[index].start, (size_t)length);
}

int hc_push_captures(hc_match *m, const char *s, const char *e) {
  int count = m->level == 0 && s ? 1 : m->level;
  luaL_checkstack(m->L, count, "too many captures");
  for (int i = 0; i < count; i++) hc_push_capture(m, i, s, e);
  return count;
}
