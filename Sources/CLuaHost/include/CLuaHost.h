/*
 * The C side of the Lua machine: everything that may call a Lua function that raises.
 *
 * Lua raises with longjmp, which must not cross a Swift frame. So Swift sees only this header: the functions below
 * never raise (apart from running out of real memory), and host functions written in Swift return a reply before any
 * raise or yield happens (spec: "no Swift frame may ever be between a raise and its resume").
 */
#ifndef C_LUA_HOST_H
#define C_LUA_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lua_State lua_State;
typedef struct hc_vm hc_vm;
typedef struct hc_run hc_run;

/* ---- Replies of host functions ------------------------------------------------------------------------------- */

enum {
  HC_RETURN = 0, /* the top `count` values are the results */
  HC_RAISE = 1,  /* the top value is the error value; raised without a position */
  HC_WAIT = 2,   /* suspend the whole scheduler thread; the values of its next resume are the results */
  HC_FAIL = 3,   /* the top value is a message; raised with the position of the caller, as luaL_error does */
  HC_BAD_ARGUMENT = 4 /* the top value is the complaint about argument `count`: "bad argument #1 to 'f' (...)" */
};

typedef struct {
  int32_t action;
  int32_t count;
} hc_reply;

/* What a text of a host object is for: tostring; the JSON string that stands for it; the same in a value that leaves
   the workflow, where only errors have one and everything else becomes nil. */
enum { HC_DESCRIBE_TEXT = 1, HC_DESCRIBE_JSON = 2, HC_DESCRIBE_EXPORT = 3 };

/* What the host does for the machine. None of them may raise; all run on the thread that runs the machine. */
typedef struct {
  void *context;
  /* Calls host function `function` with `arguments` values on the stack of `L`. */
  hc_reply (*call)(void *context, lua_State *L, int32_t function, int32_t arguments);
  /* Gives up the handle of a host object that was collected. */
  void (*release)(void *context, void *object);
  /* Writes the shortest decimal text that reads back as `value` (any layout; finite) and returns its length (< 40). */
  int32_t (*shortest)(double value, char *text);
  /* Maps UTF-8 text to upper (1) or lower (0) case; the result stays valid until the next call. */
  const char *(*change_case)(void *context, const char *text, size_t length, int32_t upper, size_t *result_length);
  /* CPU time of the calling thread in nanoseconds; NULL means the operating system's. */
  int64_t (*cpu_time)(void *context);
  /* One line printed by the run. */
  void (*print)(void *context, const char *line, size_t length);
  /* Text of a host object for one of HC_DESCRIBE_…; false: it has none. The text stays valid until the next call. */
  bool (*describe)(void *context, void *object, int32_t kind, int32_t purpose, const char **text, size_t *length);
} hc_host;

/* ---- The machine --------------------------------------------------------------------------------------------- */

/* Opens a machine; NULL when memory is out or the Lua library has an unknown layout. `memory_limit` bounds, in bytes,
   what runs may hold over what the machine itself holds (0: no limit). `seed` varies addresses and tostring. */
hc_vm *hc_open(const hc_host *host, size_t memory_limit, uint64_t seed);
void hc_close(hc_vm *vm);
lua_State *hc_main_state(hc_vm *vm);
/* Declares that what is allocated now belongs to the machine, so the memory limit counts from here. */
void hc_seal(hc_vm *vm);
size_t hc_used_memory(hc_vm *vm);
size_t hc_peak_memory(hc_vm *vm);
size_t hc_reserved_memory(hc_vm *vm);
void hc_collect(hc_vm *vm);

/* ---- Budgets and faults -------------------------------------------------------------------------------------- */

enum {
  HC_FAULT_NONE = 0,
  HC_FAULT_INSTRUCTIONS = 1,
  HC_FAULT_CPU_TIME = 2,
  HC_FAULT_MEMORY = 3,
};

/* Starts a slice: `instructions` (0: unlimited) and `cpu_nanoseconds` (0: unlimited) from now on. */
void hc_begin_slice(hc_vm *vm, int64_t instructions, int64_t cpu_nanoseconds);
/* Instructions counted since the slice began (VM instructions in steps, plus the charges of library functions). */
int64_t hc_slice_instructions(hc_vm *vm);
/* Counts instructions for work that a host function does; the next check of the budget sees them. */
void hc_spend(hc_vm *vm, int64_t instructions);
/* Whether the budget is used up, for host functions that work long: reads the clock. When it is, the fault is raised as
   soon as the host function returns. */
bool hc_is_used_up(hc_vm *vm);
int32_t hc_fault(hc_vm *vm);

/* ---- Runs ---------------------------------------------------------------------------------------------------- */

/* A run: fresh globals, its own random sequence and names for tables and functions. */
hc_run *hc_run_open(hc_vm *vm, uint64_t random_seed);
/* `vm` may be NULL once the machine is closed. */
void hc_run_close(hc_vm *vm, hc_run *run);
void hc_run_push_globals(hc_vm *vm, hc_run *run, lua_State *L);

/* ---- Registering --------------------------------------------------------------------------------------------- */

/* Pushes host function number `function`. `name` is what errors and tracebacks call it. */
void hc_push_host_function(lua_State *L, int32_t function, const char *name);
/* Pops a value and makes it field `name` of the shared library `library` (created when absent). With an empty
   `library` it becomes a global of every run made from now on. */
void hc_set_library_field(hc_vm *vm, const char *library, const char *name);
/* Makes a library that exists a global of every run, or not. */
void hc_set_global_library(hc_vm *vm, const char *library, bool global);
/* Pushes the library's read-only table, or nil. */
void hc_push_library(hc_vm *vm, lua_State *L, const char *library);

/* ---- Programs ------------------------------------------------------------------------------------------------ */

/* Compiles source text and returns a status (0: compiled). `*output` (to be freed with hc_free) is the compiled form,
   or the error message. Bytecode is refused. */
int32_t hc_compile(const char *text, size_t length, const char *chunk_name, char **output, size_t *output_length);
void hc_free(void *pointer);
/* Loads a compiled form made by hc_compile and returns a reference to it. 0: it could not be loaded. */
int32_t hc_program_load(hc_vm *vm, const char *compiled, size_t length);
/* Pushes a fresh function of the program whose globals are those of `run`. */
bool hc_program_push(hc_vm *vm, int32_t program, hc_run *run, lua_State *L);
/* Gives the globals of a run what our own Lua text needs and no workflow gets: weak tables, `rawlen`, and a `next` that
   keeps the subtype of keys. */
void hc_widen_for_prelude(hc_vm *vm, hc_run *run);
/* Pushes the function that translated text calls for an operation ("cat", "len", …); false, and nothing, for another name. */
bool hc_push_helper(hc_vm *vm, lua_State *L, const char *name);

/* ---- Host objects -------------------------------------------------------------------------------------------- */

enum { HC_METHOD_INDEX = 0, HC_METHOD_META = 1 };

/* Makes a kind of host objects; `name` stands in error messages. */
int32_t hc_kind_new(hc_vm *vm, const char *name);
/* Pops a function and makes it a method (HC_METHOD_INDEX) or a metamethod (HC_METHOD_META) of the kind. */
void hc_kind_set(hc_vm *vm, int32_t kind, const char *name, int32_t where);
/* Pushes the userdata of `object`. True: it is new, and the userdata owns one handle of the object until `release`. */
bool hc_push_object(hc_vm *vm, lua_State *L, int32_t kind, void *object);
/* The object of the userdata at `index` and its kind, or NULL. */
void *hc_object(lua_State *L, int32_t index, int32_t *kind);

/* ---- References ---------------------------------------------------------------------------------------------- */

/* Pops a value and keeps it alive; 0 for nil. */
int32_t hc_ref(hc_vm *vm, lua_State *L);
void hc_unref(hc_vm *vm, int32_t reference);
void hc_push_ref(hc_vm *vm, lua_State *L, int32_t reference);

/* ---- Threads ------------------------------------------------------------------------------------------------- */

enum {
  HC_FINISHED = 0, /* the results are the whole stack */
  HC_WAITING = 1,  /* a host function waits */
  HC_YIELDED = 2,  /* the thread's own code called coroutine.yield; the values are on top of the stack */
  HC_FAILED = 3,   /* the error value is on top of the stack */
  HC_REFUSED = 4,  /* the thread is dead, running, or too many resumes are nested */
};

/* Makes a scheduler thread and a reference that keeps it alive. */
lua_State *hc_thread_new(hc_vm *vm, int32_t *reference);
/* Resumes with the top `arguments` values; `*count` tells how many values the outcome carries. */
int32_t hc_resume(hc_vm *vm, hc_run *run, lua_State *L, int32_t arguments, int32_t *count);
/* Resumes a waiting thread by raising the value on top of its stack where it waits. */
int32_t hc_resume_raising(hc_vm *vm, hc_run *run, lua_State *L, int32_t *count);
/* Whether a host function that runs on `L` may answer HC_WAIT (no sort comparator, gsub callback … in between). */
bool hc_can_wait(hc_vm *vm, lua_State *L);
/* Drops everything a thread holds. The thread cannot be resumed afterwards. */
void hc_thread_abandon(hc_vm *vm, lua_State *L);

/* ---- Frames -------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *chunk;   /* chunk name as given to hc_compile, without the leading "="; "" for a C function */
  size_t chunk_length;
  int32_t line;        /* -1 unknown */
  int32_t defined;     /* line of the function's first line; 0: main chunk */
  const char *name;    /* NULL: unknown */
  const char *name_kind; /* "global", "local", "method", "field", "upvalue", "metamethod", "for iterator", "hook", "" */
  bool is_c;
  bool is_main;
  bool is_tail_call;
} hc_frame;

/* Frame `level` of a thread (0: innermost); false: there is none. */
bool hc_get_frame(lua_State *L, int32_t level, hc_frame *frame);
/* The user coroutine that `L` is waiting for, or NULL. */
lua_State *hc_inner_thread(hc_vm *vm, lua_State *L);
/* The innermost running thread, or NULL; and the thread that resumed the `level`th innermost one. */
lua_State *hc_running_thread(hc_vm *vm, int32_t level);
/* The innermost frame of user code of the running threads, cheaply: chunk name and line. */
bool hc_current_location(hc_vm *vm, const char **chunk, size_t *length, int32_t *line);
/* Whether threads that are made from now on remember where their functions return; costs a little at every return. */
void hc_track_returns(hc_vm *vm, bool track);
/* Where user code returned last: chunk name, line, first line of the function. False: nowhere yet. */
bool hc_last_return(hc_vm *vm, hc_frame *frame);
/* The innermost frame of user code that stands in a loop over a table whose order upstream's VM leaves to chance; cheap
   as long as the run has had no such loop. */
bool hc_unordered_loop(hc_vm *vm, const char **chunk, size_t *length, int32_t *line);

/* ---- Coverage ------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *chunk; /* chunk name as given to hc_compile, without the leading "=" */
  size_t chunk_length;
  const uint64_t *lines; /* how often each line began to run, by its number */
  size_t line_count;
  const uint64_t *probes; /* how often each probe was reached, by its number */
  size_t probe_count;
} hc_coverage_counts;

/* Lets threads that are made from now on count the lines and probes of user code. Cannot be taken back. */
void hc_collect_coverage(hc_vm *vm);
/* How many programs have counts, and those of one of them; valid until code runs. */
int32_t hc_coverage_count(hc_vm *vm);
bool hc_get_coverage(hc_vm *vm, int32_t number, hc_coverage_counts *counts);
/* Starts all counts again at 0. */
void hc_reset_coverage(hc_vm *vm);

/* ---- JSON ---------------------------------------------------------------------------------------------------- */

/* Pushes the value of JSON text and returns NULL; or pushes nothing and returns what is wrong at `*offset`. What follows
   the first value is ignored. */
const char *hc_push_json(hc_vm *vm, lua_State *L, const char *bytes, size_t length, size_t *offset);
/* The JSON text of the value at `index`, valid until the next call. Returns NULL, or why there is none. With
   `exporting`, userdata that is no error counts as nil. */
const char *hc_json(hc_vm *vm, lua_State *L, int32_t index, bool exporting, const char **bytes, size_t *length);

/* ---- The stack ----------------------------------------------------------------------------------------------- */

enum {
  HC_NONE = -1, HC_NIL = 0, HC_BOOLEAN = 1, HC_LIGHT = 2, HC_NUMBER = 3, HC_STRING = 4, HC_TABLE = 5,
  HC_FUNCTION = 6, HC_USERDATA = 7, HC_THREAD = 8,
};

int32_t hc_top(lua_State *L);
void hc_set_top(lua_State *L, int32_t top);
void hc_pop(lua_State *L, int32_t count);
bool hc_reserve(lua_State *L, int32_t count);
int32_t hc_type(lua_State *L, int32_t index);
bool hc_is_integer(lua_State *L, int32_t index);
int64_t hc_integer(lua_State *L, int32_t index);
double hc_double(lua_State *L, int32_t index);
/* Value of a number, or of a string that reads as one. */
bool hc_numeric(lua_State *L, int32_t index, double *value);
bool hc_boolean(lua_State *L, int32_t index);
/* Bytes of a string value; NULL for any other type. */
const char *hc_string(lua_State *L, int32_t index, size_t *length);
/* Length of a table (as `#` without metamethods), looking through read-only tables. */
int64_t hc_length(lua_State *L, int32_t index);
void hc_push_nil(lua_State *L);
void hc_push_boolean(lua_State *L, bool value);
void hc_push_integer(lua_State *L, int64_t value);
void hc_push_double(lua_State *L, double value);
void hc_push_string(lua_State *L, const char *bytes, size_t length);
void hc_push_value(lua_State *L, int32_t index);
void hc_push_table(lua_State *L, int32_t array, int32_t fields);
void hc_push_thread(lua_State *thread, lua_State *L);
void hc_move(lua_State *from, lua_State *to, int32_t count);
void hc_remove(lua_State *L, int32_t index);
/* Raw access to the table at `index`; a set pops the value, a get pushes it and returns its type. A set on a read-only
   table does nothing but pop. */
void hc_set_field(lua_State *L, int32_t index, const char *key, size_t length);
void hc_set_index(lua_State *L, int32_t index, int64_t key);
int32_t hc_get_field(lua_State *L, int32_t index, const char *key, size_t length);
int32_t hc_get_index(lua_State *L, int32_t index, int64_t key);
/* Iterates a table in the machine's order: pushes an iterator for the table at `index` … */
void hc_iterate(lua_State *L, int32_t index);
/* … and, with the iterator at `iterator`, pushes the next key and value, or pushes nothing and returns false. */
bool hc_iterate_next(lua_State *L, int32_t iterator);
/* Pushes the text of a value as `tostring` gives it for values without __tostring. */
void hc_push_text(lua_State *L, int32_t index);
/* "string", "integer"…: Lua's type name of a value; the kind's name for host objects. */
const char *hc_type_name(lua_State *L, int32_t index);

#ifdef __cplusplus
}
#endif

#endif
