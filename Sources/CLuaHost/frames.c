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
