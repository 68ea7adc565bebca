/* How often lines and probes of user code ran: only on machines that were asked to count. */
#include "vm.h"

#include <stdlib.h>

typedef struct {
  const char *source; /* of a program, which the machine keeps: one address for all functions of a program */
  size_t length;
  uint64_t *counts[2]; /* by line, by probe */
  size_t capacity[2];
} unit;

enum { LINES = 0, PROBES = 1 };

struct hc_coverage {
  unit *units;
  size_t count, capacity;
  size_t last; /* the unit that counted last */
};

/* More than any source has; what is beyond is not counted. */
#define MOST_COUNTERS ((size_t)1 << 22)

void hc_collect_coverage(hc_vm *vm) {
  if (!vm->coverage) vm->coverage = calloc(1, sizeof *vm->coverage);
}

void hc_close_coverage(hc_vm *vm) {
  struct hc_coverage *coverage = vm->coverage;
  if (!coverage) return;
  for (size_t i = 0; i < coverage->count; i++) {
    free(coverage->units[i].counts[LINES]);
    free(coverage->units[i].counts[PROBES]);
  }
  free(coverage->units);
  free(coverage);
  vm->coverage = NULL;
}

static unit *unit_of(struct hc_coverage *coverage, const char *source, size_t length) {
  if (coverage->last < coverage->count && coverage->units[coverage->last].source == source)
    return &coverage->units[coverage->last];
  for (size_t i = 0; i < coverage->count; i++) {
    if (coverage->units[i].source != source) continue;
    coverage->last = i;
    return &coverage->units[i];
  }
  if (coverage->count == coverage->capacity) {
    size_t capacity = coverage->capacity ? coverage->capacity * 2 : 8;
    unit *grown = realloc(coverage->units, capacity * sizeof *grown);
    if (!grown) return NULL;
    coverage->units = grown;
    coverage->capacity = capacity;
  }
  coverage->last = coverage->count++;
  unit *added = &coverage->units[coverage->last];
  *added = (unit){.source = source, .length = length};
  return added;
}

static void count(struct hc_coverage *coverage, const lua_Debug *activation, int which, int64_t number) {
  /* Names in brackets are the machine's own Lua text. */
  if (activation->what[0] == 'C' || activation->source[0] != '=' || activation->source[1] == '[') return;
  if (number < 0 || (uint64_t)number >= MOST_COUNTERS) return;
  unit *counted = unit_of(coverage, activation->source, activation->srclen);
  if (!counted) return;
  size_t index = (size_t)number;
  if (index >= counted->capacity[which]) {
    size_t capacity = (index + 64) * 2;
    uint64_t *grown = realloc(counted->counts[which], capacity * sizeof *grown);
    if (!grown) return;
    memset(grown + counted->capacity[which], 0, (capacity - counted->capacity[which]) * sizeof *grown);
    counted->counts[which] = grown;
    counted->capacity[which] = capacity;
  }
  counted->counts[which][index]++;
}

void hc_note_line(lua_State *L, lua_Debug *activation) {
  hc_vm *vm = hc_vm_of(L);
  if (!vm->coverage) return;
  lua_getinfo(L, "S", activation);
  if (activation->what[0] == 'm') return; /* what makes the chunk's function, see program.c */
  count(vm->coverage, activation, LINES, activation->currentline);
}

int hc_note_probe(lua_State *L) {
  hc_vm *vm = hc_vm_of(L);
  lua_Debug caller;
  if (!vm->coverage || !lua_getstack(L, 1, &caller)) return 0;
  lua_getinfo(L, "S", &caller);
  count(vm->coverage, &caller, PROBES, lua_tointeger(L, 1));
  return 0;
}

int32_t hc_coverage_count(hc_vm *vm) { return vm->coverage ? (int32_t)vm->coverage->count : 0; }

bool hc_get_coverage(hc_vm *vm, int32_t number, hc_coverage_counts *counts) {
  memset(counts, 0, sizeof *counts);
  if (number < 0 || number >= hc_coverage_count(vm)) return false;
  const unit *counted = &vm->coverage->units[number];
  counts->chunk = counted->source + 1;
  counts->chunk_length = counted->length - 1;
  counts->lines = counted->counts[LINES];
  counts->line_count = counted->capacity[LINES];
  counts->probes = counted->counts[PROBES];
  counts->probe_count = counted->capacity[PROBES];
  return true;
}

void hc_reset_coverage(hc_vm *vm) {
  struct hc_coverage *coverage = vm->coverage;
  if (!coverage) return;
  for (size_t i = 0; i < coverage->count; i++)
    for (int which = LINES; which <= PROBES; which++)
      if (coverage->units[i].counts[which])
        memset(coverage->units[i].counts[which], 0, coverage->units[i].capacity[which] * sizeof(uint64_t));
}
