/* Programs: compiled once, loaded once in a machine, instantiated for each run by calling a factory.
 *
 * The text is compiled as the body of a function inside a chunk that takes the globals as its argument:
 *   local _ENV = ...; return function(...) <text> end
 * so a run gets a fresh function with its own globals at the price of one call, and line numbers stay. */
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>

static const char head[] = "local _ENV = ...; return function(...) ";
static const char tail[] = "\nend";

typedef struct {
  char *bytes;
  size_t length, capacity;
} buffer;

static int append(lua_State *L, const void *part, size_t length, void *context) {
  (void)L;
  buffer *output = context;
  if (output->length + length > output->capacity) {
    size_t capacity = (output->length + length) * 2;
    char *grown = realloc(output->bytes, capacity);
    if (!grown) return 1;
    output->bytes = grown;
    output->capacity = capacity;
  }
  memcpy(output->bytes + output->length, part, length);
  output->length += length;
  return 0;
}

typedef struct {
  const char *parts[3];
  size_t lengths[3];
  int next;
} source;

static const char *read_part(lua_State *L, void *context, size_t *length) {
  (void)L;
  source *text = context;
  if (text->next == 3) return NULL;
  *length = text->lengths[text->next];
  return text->parts[text->next++];
}

typedef struct {
  const char *text;
  size_t length;
  const char *chunk_name;
  buffer output;
} job;

static int compile(lua_State *L) {
  job *work = lua_touserdata(L, 1);
  /* The text alone must be a chunk: "end function f()" would be one only inside the factory. */
  if (luaL_loadbufferx(L, work->text, work->length, work->chunk_name, "t") != LUA_OK) return lua_error(L);
  lua_settop(L, 1);
  source text = {{head, work->text, tail}, {sizeof head - 1, work->length, sizeof tail - 1}, 0};
  if (work->length && work->text[work->length - 1] == '\n') { /* no comment can hide the end: no line more is needed */
    text.parts[2]++;
    text.lengths[2]--;
  }
  if (work->length == 0) { /* an empty part would end the text */
    text.parts[1] = " ";
    text.lengths[1] = 1;
  }
  if (lua_load(L, read_part, &text, work->chunk_name, "t") != LUA_OK) return lua_error(L);
  if (lua_dump(L, append, &work->output, 0) != 0) return luaL_error(L, "not enough memory");
  return 0;
}

static char *copy(const char *bytes, size_t length, size_t *copied) {
  char *result = malloc(length + 1);
  if (!result) return NULL;
  memcpy(result, bytes, length);
  result[length] = 0;
  *copied = length;
  return result;
}

int32_t hc_compile(const char *text, size_t length, const char *chunk_name, char **output, size_t *output_length) {
  *output = NULL;
  *output_length = 0;
  lua_State *L = luaL_newstate();
  if (!L) return LUA_ERRMEM;
  job work = {text, length, chunk_name, {NULL, 0, 0}};
  lua_pushcfunction(L, compile);
  lua_pushlightuserdata(L, &work);
  int status = lua_pcall(L, 1, 0, 0);
  if (status == LUA_OK) {
    *output = work.output.bytes;
    *output_length = work.output.length;
  } else {
    size_t size = 0;
    const char *message = lua_tolstring(L, -1, &size);
    *output = copy(message ? message : "", message ? size : 0, output_length);
    free(work.output.bytes);
  }
  lua_close(L);
  return status;
}

void hc_free(void *pointer) { free(pointer); }

int32_t hc_program_load(hc_vm *vm, const char *compiled, size_t length) {
  lua_State *L = vm->L;
  size_t before = vm->pool.used;
  lua_gc(L, LUA_GCSTOP); /* so that what is used afterwards is what the program takes: it belongs to the machine */
  int status = luaL_loadbufferx(L, compiled, length, "=program", "b");
  lua_gc(L, LUA_GCRESTART);
  if (status != LUA_OK) {
    lua_pop(L, 1);
    return 0;
  }
  vm->base += vm->pool.used - before;
  return hc_ref(vm, L);
}

bool hc_program_push(hc_vm *vm, int32_t program, hc_run *run, lua_State *L) {
  lua_checkstack(L, 8);
  hc_push_ref(vm, L, program);
  hc_run_push_globals(vm, run, L);
  if (lua_pcall(L, 1, 1, 0) == LUA_OK) return true;
  lua_pop(L, 1);
  return false;
}
