/* One fact about a table that no public call tells: whether it has, or had, fields outside its array. JSON needs it to
   tell `[]` from `{}`, and pairs to know that an array needs no sorting. It is read from Lua's own table, whose layout
   is the same in all of 5.4; hc_open checks it before a machine is used. */
#include "vm.h"

typedef struct {
  void *next;
  unsigned char type, marked, flags, log_node_count;
  unsigned int array_limit;
  void *array, *nodes, *last_free;
} table_layout;

bool hc_has_keyed_storage(lua_State *L, int index) {
  const table_layout *table = lua_topointer(L, index);
  return table->last_free != NULL; /* NULL: the shared dummy node */
}
