/* The computer's time zone, which Swift without Foundation does not tell. */
#include "CLuaHost.h"

#include <stdio.h>
#include <time.h>

int32_t hc_zone_offset(int64_t seconds, char *name, size_t capacity) {
  time_t instant = (time_t)seconds;
  struct tm local;
  if (!localtime_r(&instant, &local)) {
    snprintf(name, capacity, "UTC");
    return 0;
  }
  snprintf(name, capacity, "%s", local.tm_zone ? local.tm_zone : "");
  return (int32_t)local.tm_gmtoff;
}
