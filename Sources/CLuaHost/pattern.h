/* The pattern matcher, used by find, match, gmatch and gsub. */
#ifndef HC_PATTERN_H
#define HC_PATTERN_H

#include "vm.h"

#define HC_MAX_CAPTURES 32

typedef struct {
  lua_State *L;
  const char *text, *text_end, *pattern_end;
  int level, depth;
  int64_t steps;
  struct {
    const char *start;
    ptrdiff_t length;
  } captures[HC_MAX_CAPTURES];
} hc_match;

void hc_match_begin(hc_match *m, lua_State *L, const char *text, size_t length, const char *pattern, size_t pattern_length);
/* The end of the match that begins at `s`, or NULL. */
const char *hc_match_at(hc_match *m, const char *s, const char *pattern);
/* Charges the steps that were not charged yet. */
void hc_match_end(hc_match *m);
void hc_push_capture(hc_match *m, int index, const char *s, const char *e);
/* Pushes all captures, or the whole match when there are none and `s` is given. */
int hc_push_captures(hc_match *m, const char *s, const char *e);

#endif
