/* Host objects: userdata that hold a handle of a Swift object. */
#include "vm.h"

typedef struct {
  void *object;
  uint64_t serial;
  int32_t kind;
} hc_userdata;

uint64_t hc_object_serial(lua_State *L, int index) {
  if (lua_rawlen(L, index) != sizeof(hc_userdata)) return 0;
  return ((hc_userdata *)lua_touserdata(L, index))->serial;
}

static int collect(lua_State *L) {
  hc_userdata *data = lua_touserdata(L, 1);
  if (!data || !data->object) return 0;
  hc_vm *vm = hc_vm_of(L);
  void *object = data->object;
  data->object = NULL;
  bool enforce = vm->enforce;
  vm->enforce = false; /* what the object's deinit does must not raise */
  vm->host.release(vm->host.context, object);
  vm->enforce = enforce;
  return 0;
}

int32_t hc_kind_new(hc_vm *vm, const char *name) {
  lua_State *L = vm->L;
  int32_t kind = ++vm->kind_count;
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->kinds);
  lua_createtable(L, 0, 6);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_pushcfunction(L, collect);
  lua_setfield(L, -2, "__gc");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_newtable(L);
  lua_setfield(L, -2, "__index");
  lua_rawseti(L, -2, kind);
  lua_pop(L, 1);
  return kind;
}

void hc_kind_set(hc_vm *vm, int32_t kind, const char *name, int32_t where) {
  lua_State *L = vm->L;
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->kinds);
  lua_rawgeti(L, -1, kind);
  if (where == HC_METHOD_INDEX) {
    lua_pushliteral(L, "__index");
    if (lua_rawget(L, -2) != LUA_TTABLE) { /* replaced by a function: methods have no table to go to */
      lua_pop(L, 4);
      return;
    }
    lua_pushvalue(L, -4);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
  } else {
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, name);
  }
  lua_pop(L, 3);
}

bool hc_push_object(hc_vm *vm, lua_State *L, int32_t kind, void *object) {
  lua_checkstack(L, 8);
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->objects);
  if (lua_rawgetp(L, -1, object) == LUA_TUSERDATA) {
    lua_remove(L, -2);
    return false;
  }
  lua_pop(L, 1);
  hc_userdata *data = lua_newuserdatauv(L, sizeof *data, 0);
  data->object = object;
  data->kind = kind;
  data->serial = ++vm->pool.next_serial;
  lua_pushvalue(L, -1);
  lua_rawsetp(L, -3, object);
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm->kinds);
  lua_rawgeti(L, -1, kind);
  lua_setmetatable(L, -3);
  lua_pop(L, 1);
  lua_remove(L, -2);
  return true;
}

void *hc_object(lua_State *L, int32_t index, int32_t *kind) {
  if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(hc_userdata)) return NULL;
  hc_userdata *data = lua_touserdata(L, index);
  if (kind) *kind = data->kind;
  return data->object;
}
