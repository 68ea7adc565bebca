/* Where code stands: stack frames and the cheap "innermost line of the user's code". */
#include "vm.h"

/* Chunk names are "=<name>"; names in brackets are the machine's own Lua text. */
static bool is_user_source(const lua_Debug *frame) { return frame->source[0] == '=' && frame->source[1] != '['; }

bool hc_get_frame(lua_State *L, int32_t level, hc_frame *frame) {
  lua_Debug activation;
  memset(frame, 0, sizeof *frame);
  if (!lua_getstack(L, level, &activation)) return false;
  lua_getinfo(L, "Slntu", &activation);
  frame->is_c = activation.what[0] == 'C';
  frame->chunk = frame->is_c || activation.source[0] != '=' ? "" : activation.source + 1;
  frame->chunk_length = frame->is_c || activation.source[0] != '=' ? 0 : activation.srclen - 1;
  frame->line = activation.currentline;
  frame->defined = activation.linedefined;
  frame->name = activation.name;
  frame->name_kind = activation.namewhat;
  frame->is_tail_call = activation.istailcall;
  frame->is_main = !frame->is_c && activation.isvararg && activation.linedefined <= 1 && !activation.name;
  return true;
}

void hc_track_returns(hc_vm *vm, bool track) { vm->track_returns = track; }

void hc_note_return(lua_State *L, lua_Debug *activation) {
  hc_vm *vm = hc_vm_of(L);
  lua_getinfo(L, "Slu", activation);
  if (activation->what[0] == 'C' || !is_user_source(activation)) return;
  vm->last_return.source = activation->source;
  vm->last_return.length = activation->srclen;
  vm->last_return.line = activation->currentline;
  vm->last_return.defined = activation->linedefined;
  vm->last_return.is_vararg = activation->isvararg;
}

bool hc_last_return(hc_vm *vm, hc_frame *frame) {
  memset(frame, 0, sizeof *frame);
  if (!vm->last_return.source) return false;
  frame->chunk = vm->last_return.source + 1;
  frame->chunk_length = vm->last_return.length - 1;
  frame->line = vm->last_return.line;
  frame->defined = vm->last_return.defined;
  frame->is_main = vm->last_return.is_vararg && vm->last_return.defined <= 1;
  return true;
}

/* Whether a frame is inside a generic `for` over an unordered table: its iterator is the first of the loop's hidden locals. */
static bool in_unordered_loop(lua_State *L, lua_Debug *activation) {
  const char *name;
  bool found = false;
  for (int i = 1; !found && (name = lua_getlocal(L, activation, i)); i++) {
    found = name[0] == '(' && !strcmp(name, "(for state)") && hc_is_unordered_iterator(L);
    lua_pop(L, 1);
  }
  return found;
}

bool hc_unordered_loop(hc_vm *vm, const char **chunk, size_t *length, int32_t *line) {
  lua_Debug activation;
  if (!vm->run || !vm->run->unordered_loops) return false;
  for (struct hc_link *link = vm->chain; link; link = link->outer) {
    if (!lua_checkstack(link->L, 4)) return false;
    for (int level = 0; lua_getstack(link->L, level, &activation); level++) {
      lua_getinfo(link->L, "Sl", &activation);
      if (activation.what[0] == 'C' || !is_user_source(&activation) || !in_unordered_loop(link->L, &activation)) continue;
      *chunk = activation.source + 1;
      *length = activation.srclen - 1;
      *line = activation.currentline;
      return true;
    }
  }
  return false;
}

bool hc_current_location(hc_vm *vm, const char **chunk, size_t *length, int32_t *line) {
  lua_Debug activation;
  for (struct hc_link *link = vm->chain; link; link = link->outer) {
    for (int level = 0; lua_getstack(link->L, level, &activation); level++) {
      lua_getinfo(link->L, "Sl", &activation);
      if (activation.what[0] == 'C' || !is_user_source(&activation)) continue;
      *chunk = activation.source + 1;
      *length = activation.srclen - 1;
      *line = activation.currentline;
      return true;
    }
  }
  return false;
}
