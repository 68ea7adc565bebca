#include "vm.h"
int hc_table_unpack(lua_State *L){ lua_getglobal(L,"x"); return 0; }
void hc_open_table(lua_State *L){ luaopen_table(L); }
void hc_open_math(lua_State *L){ luaopen_math(L); }
void hc_open_string(lua_State *L){ luaopen_string(L); }
void hc_install_string_metatable(lua_State *L){ (void)L; }
