/* What the C files of the machine share. Never seen by Swift. */
#ifndef HC_VM_H
#define HC_VM_H

#include "include/CLuaHost.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <limits.h>
#include <string.h>

/* Instructions between two calls of the count hook. */
#define HC_HOOK_INTERVAL 1000
#define HC_CLASSES 32
#define HC_CLASS_STEP 16
#define HC_SMALL_MAX (HC_CLASSES * HC_CLASS_STEP)
#define HC_PAGE_SIZE 16384

typedef struct hc_free_block {
  struct hc_free_block *next;
} hc_free_block;

typedef struct hc_page {
  struct hc_page *next;
  uint32_t block_size;
  uint32_t tagged;
} hc_page;

/* Small blocks come from pages of one size class; tables, functions and threads from "tagged" pages, whose blocks end
   in a serial number: the order of creation, which no public Lua call tells. */
typedef struct {
  hc_free_block *free[2][HC_CLASSES];
  char *bump[2][HC_CLASSES];
  char *bump_end[2][HC_CLASSES];
  hc_page *pages;
  hc_page **page_set; /* open addressing; answers "is this address in a page of ours?" */
  size_t page_count, page_capacity;
  size_t used, peak, reserved;
  uint64_t next_serial;
  uint64_t layout;
} hc_pool;

typedef struct {
  char *bytes;
  size_t length, capacity;
} hc_json_buffer;

struct hc_link {
  lua_State *L;
  struct hc_link *outer;
};

struct hc_run {
  int globals;
  int names; /* weak-keyed table: object -> its number in tostring */
  uint64_t next_name;
  uint64_t unordered_loops; /* traversals so far whose order upstream leaves open */
  uint64_t random[4];
};

struct hc_vm {
  lua_State *L;
  hc_host host;
  hc_pool pool;
  size_t limit;     /* bytes over `base`; 0: none */
  size_t base;      /* what the machine holds by itself */
  bool enforce;     /* only while Lua code runs, so that a push from Swift cannot raise */
  bool waitable;    /* no frame without a continuation below the innermost resume */
  int32_t fault;
  uint64_t seed;
  int64_t budget;   /* instructions of the slice; INT64_MAX: unlimited */
  int64_t spent;
  int64_t cpu_budget, cpu_start;
  int64_t coarse_checked;
  int32_t hooks_since_check;
  struct hc_link *chain;
  hc_run *run;
  int references;   /* registry references of the machine's own tables */
  int reference_count, reference_free;
  int objects;      /* weak-valued: handle -> userdata */
  int kinds;        /* kind number -> metatable */
  int kind_count;
  int libraries;    /* name -> {writable table, read-only proxy} */
  int globals;      /* what every run's globals are copied from */
  int global_count;
  int helpers;
  int next_cache; /* see iterate.c */
  hc_json_buffer json;
  bool track_returns;
  struct hc_coverage *coverage; /* NULL: nobody counts */
  struct {
    const char *source; /* of a program, which the machine keeps */
    size_t length;
    int line, defined;
    bool is_vararg;
  } last_return;
};

/* The pointer in the extra space carries, in its lowest bit, "this is a thread of the scheduler". */
#define HC_SCHEDULER_BIT ((uintptr_t)1)
static inline uintptr_t *hc_extra(lua_State *L) { return (uintptr_t *)lua_getextraspace(L); }
static inline hc_vm *hc_vm_of(lua_State *L) { return (hc_vm *)(*hc_extra(L) & ~HC_SCHEDULER_BIT); }
static inline bool hc_is_scheduler(lua_State *L) { return (*hc_extra(L) & HC_SCHEDULER_BIT) != 0; }

/* alloc.c */
void *hc_allocate(void *vm, void *block, size_t old_size, size_t new_size);
void hc_pool_close(hc_pool *pool);
/* Order of creation of a table, closure or thread; 0: unknown. */
uint64_t hc_serial(hc_vm *vm, const void *object);

/* frames.c */
void hc_note_return(lua_State *L, lua_Debug *activation);

/* coverage.c */
/* A line of code is about to run. */
void hc_note_line(lua_State *L, lua_Debug *activation);
/* The probe whose number is the argument was reached. */
int hc_note_probe(lua_State *L);
void hc_close_coverage(hc_vm *vm);

/* budget.c */
void hc_install_hook(lua_State *L);
/* Counts `cost` instructions for work done in C; raises when the slice's budget is used up. */
void hc_charge(lua_State *L, int64_t cost);
int hc_raise_fault(lua_State *L, int32_t fault);
/* Raises the memory fault if a result of `size` bytes cannot fit. */
void hc_expect_memory(lua_State *L, size_t count, size_t size);

/* run.c */
/* The next of the run's random numbers, in 0 ..< 2^64. */
uint64_t hc_run_random(hc_run *run);
/* The number that stands for the address of the object at `index` in tostring. */
uint64_t hc_object_name(lua_State *L, int index);

/* table_layout.c */
/* Whether the table at `index` has, or once had, storage for keys outside its array. */
bool hc_has_keyed_storage(lua_State *L, int index);

/* json_decode.c */
/* Bytes of the UTF-8 sequence at `at`, or 0 when it is not valid. */
int hc_utf8_length(const char *at, const char *end);

/* frozen.c */
/* The table that holds the contents of the table at `index`: itself, or what a read-only proxy stands for. Pushes it. */
void hc_push_contents(lua_State *L, int index);
bool hc_is_frozen(lua_State *L, int index);
int hc_raise_frozen(lua_State *L);
/* Pops a table and pushes a read-only proxy of it. */
void hc_freeze_new(lua_State *L);
/* Makes the table at `index` itself read-only. */
void hc_freeze_in_place(lua_State *L, int index);

/* number.c */
#define HC_NUMBER_TEXT 48
/* How Lua values print: integral ones without a point, others as Go's %g. */
int hc_format_double(hc_vm *vm, double value, char *text);
/* Go's %g with the shortest digits; `value` must be finite. */
int hc_format_shortest(hc_vm *vm, double value, char *text);
int hc_format_integer(int64_t value, char *text);
/* Plain decimal digits, no exponent; may need up to 400 characters. */
int hc_format_plain(hc_vm *vm, double value, char *text);
/* JSON top level: exponent form outside 1e-6 ... 1e21. */
int hc_format_json(hc_vm *vm, double value, char *text);
int hc_shortest_digits(hc_vm *vm, double value, char *digits, int *point);
/* Text of the number at `index` (which must be one). */
int hc_number_text(lua_State *L, int index, char *text);
/* Reads a number as the dialect does; false: not a number. */
bool hc_parse_number(const char *text, size_t length, double *value);
/* Value of a number or numeric string at `index`. */
bool hc_to_double(lua_State *L, int index, double *value);
int64_t hc_truncate(double value);

/* text.c */
/* Bytes of the string or number at `argument`, or an argument error; a number's text replaces it on the stack. */
const char *hc_check_text(lua_State *L, int argument, size_t *length);
double hc_check_double(lua_State *L, int argument);
int64_t hc_check_integer(lua_State *L, int argument);
int64_t hc_optional_integer(lua_State *L, int argument, int64_t otherwise);
/* Pushes the text of the value at `index`; honours __tostring (which may not wait). */
const char *hc_push_tostring(lua_State *L, int index, size_t *length);

/* Libraries: each pushes one writable table. */
void hc_open_base(lua_State *L);
void hc_open_string(lua_State *L);
void hc_open_table(lua_State *L);
void hc_open_math(lua_State *L);
void hc_open_coroutine(lua_State *L);
/* Sets the functions as closures (objects of their own, so that they have an order of creation). */
void hc_set_functions(lua_State *L, const luaL_Reg *functions);

/* iterate.c */
int hc_base_next(lua_State *L);
int hc_prelude_next(lua_State *L);
int hc_base_pairs(lua_State *L);
int hc_base_ipairs(lua_State *L);

/* Order of creation of the table, function, thread or userdata at `index`; 0: unknown. */
uint64_t hc_key_serial(hc_vm *vm, lua_State *L, int index);
/* object.c */
uint64_t hc_object_serial(lua_State *L, int index);

/* helpers.c */
void hc_open_helpers(lua_State *L);
/* string.c */
void hc_install_string_metatable(lua_State *L);

bool hc_is_unordered_iterator(lua_State *L);
/* Lets go of the table that `next` was called for last. */
void hc_forget_traversal(lua_State *L);

/* coroutine.c */
extern const char hc_wait_mark, hc_raise_mark;
bool hc_is_waiting(lua_State *co);

#endif
