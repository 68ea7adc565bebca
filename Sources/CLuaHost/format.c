/* string.format with Go's rules (spec 10.4): the format is Go's, not C's, and a value that does not suit its verb is
 * reported inside the text. */
#include "vm.h"

#include <math.h>
#include <stdio.h>

/* Go refuses larger widths and precisions. */
#define MAX_WIDTH 1000000

typedef struct {
  bool minus, plus, sharp, space, zero;
  int width, precision; /* -1: absent */
  char verb;
} directive;

static void pad(luaL_Buffer *out, int64_t count, char with) {
  while (count > 0) {
    size_t part = count > 512 ? 512 : (size_t)count;
    memset(luaL_prepbuffsize(out, part), with, part);
    luaL_addsize(out, part);
    count -= (int64_t)part;
  }
}

/* How many characters a text shows: width and precision count characters, not bytes. */
static int64_t count_characters(const char *text, size_t length) {
  int64_t count = 0;
  for (size_t i = 0; i < length;) {
    int size = hc_utf8_length(text + i, text + length);
    i += size ? (size_t)size : 1;
    count++;
  }
  return count;
}

static void add_padded(luaL_Buffer *out, const directive *d, const char *text, size_t length, bool zeros) {
  int64_t missing = d->width < 0 ? 0 : d->width - count_characters(text, length);
  if (!d->minus) pad(out, missing, zeros ? '0' : ' ');
  luaL_addlstring(out, text, length);
  if (d->minus) pad(out, missing, ' ');
}

static void add_text(luaL_Buffer *out, const directive *d, const char *text, size_t length) {
  if (d->precision >= 0) {
    size_t end = 0;
    for (int i = 0; i < d->precision && end < length; i++) {
      int size = hc_utf8_length(text + end, text + length);
      end += size ? (size_t)size : 1;
    }
    length = end;
  }
  add_padded(out, d, text, length, d->zero && !d->minus);
}

static void add_integer(luaL_Buffer *out, const directive *d, int64_t value, int base, bool upper) {
  static const char lower_digits[] = "0123456789abcdef", upper_digits[] = "0123456789ABCDEF";
  char reversed[64], sign[4];
  int count = 0, signs = 0;
  uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  if (value < 0) sign[signs++] = '-';
  else if (d->plus) sign[signs++] = '+';
  else if (d->space) sign[signs++] = ' ';
  bool nothing = d->precision == 0 && value == 0;
  while (!nothing && (rest || !count)) {
    reversed[count++] = (upper ? upper_digits : lower_digits)[rest % (unsigned)base];
    rest /= (unsigned)base;
  }
  if (d->sharp && base == 16) sign[signs++] = '0', sign[signs++] = upper ? 'X' : 'x';
  if (d->sharp && base == 8) sign[signs++] = '0';
  if (d->sharp && base == 2) sign[signs++] = '0', sign[signs++] = 'b';
  int64_t zeros = d->precision > count ? d->precision - count : 0;
  if (d->zero && !d->minus && d->precision < 0 && d->width > signs + count) zeros = d->width - signs - count;
  int64_t blanks = d->width - signs - count - zeros;
  if (!d->minus) pad(out, blanks, ' ');
  luaL_addlstring(out, sign, (size_t)signs);
  pad(out, zeros, '0');
  while (count) luaL_addchar(out, reversed[--count]);
  if (d->minus) pad(out, blanks, ' ');
}

/* Digits of a float without its sign. A double has no more than this many decimals. */
#define MAX_DECIMALS 1100

static int float_digits(lua_State *L, const directive *d, double size, int precision, char *text, size_t capacity) {
  char form[] = "%.*f";
  form[3] = d->verb == 'F' ? 'f' : d->verb;
  if (precision >= 0) return snprintf(text, capacity, form, precision, size);
  int length = hc_format_shortest(hc_vm_of(L), size, text);
  if (d->verb == 'G')
    for (int i = 0; i < length; i++)
      if (text[i] == 'e') text[i] = 'E';
  return length;
}

static void add_float(lua_State *L, luaL_Buffer *out, const directive *d, double value) {
  char text[MAX_DECIMALS + 400];
  bool general = d->verb == 'g' || d->verb == 'G';
  int precision = d->precision < 0 && !general ? 6 : d->precision, length, more = 0;
  char sign = signbit(value) && value == value ? '-' : d->plus ? '+' : d->space ? ' ' : 0;
  if (isfinite(value)) {
    if (precision > MAX_DECIMALS) {
      if (d->verb == 'f' || d->verb == 'F') more = precision - MAX_DECIMALS;
      precision = MAX_DECIMALS;
    }
    length = float_digits(L, d, fabs(value), precision, text, sizeof text);
  } else {
    if (isinf(value) && !sign) sign = '+';
    length = (int)strlen(strcpy(text, isinf(value) ? "Inf" : "NaN"));
  }
  int64_t missing = d->width - (int64_t)length - more - (sign ? 1 : 0);
  bool zeros = d->zero && !d->minus && isfinite(value);
  if (!d->minus && !zeros) pad(out, missing, ' ');
  if (sign) luaL_addchar(out, sign);
  if (zeros) pad(out, missing, '0');
  luaL_addlstring(out, text, (size_t)length);
  pad(out, more, '0');
  if (d->minus) pad(out, missing, ' ');
}

static void add_hex(luaL_Buffer *out, const directive *d, const char *text, size_t length) {
  const char *digits = d->verb == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
  int64_t missing = d->width - (int64_t)length * 2;
  if (!d->minus) pad(out, missing, d->zero ? '0' : ' ');
  for (size_t i = 0; i < length; i++) {
    luaL_addchar(out, digits[(unsigned char)text[i] >> 4]);
    luaL_addchar(out, digits[(unsigned char)text[i] & 15]);
  }
  if (d->minus) pad(out, missing, ' ');
}

static void quote_byte(luaL_Buffer *out, unsigned char c) {
  static const char from[] = "\a\b\f\n\r\t\v\\\"", to[] = "abfnrtv\\\"", hex[] = "0123456789abcdef";
  const char *found = c ? strchr(from, c) : NULL;
  luaL_addchar(out, '\\');
  if (found) {
    luaL_addchar(out, to[found - from]);
    return;
  }
  luaL_addchar(out, 'x');
  luaL_addchar(out, hex[c >> 4]);
  luaL_addchar(out, hex[c & 15]);
}

/* Go's strconv.Quote. */
static void add_quoted(luaL_Buffer *out, const char *text, size_t length) {
  luaL_addchar(out, '"');
  for (size_t i = 0; i < length;) {
    unsigned char c = (unsigned char)text[i];
    int size = hc_utf8_length(text + i, text + length);
    if (size > 1) {
      luaL_addlstring(out, text + i, (size_t)size);
    } else if (c < 0x20 || c >= 0x7F || c == '"' || c == '\\') {
      quote_byte(out, c);
    } else {
      luaL_addchar(out, (char)c);
    }
    i += size ? (size_t)size : 1;
  }
  luaL_addchar(out, '"');
}

static void add_rune(luaL_Buffer *out, const directive *d, int64_t code) {
  if (code < 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
  char text[8];
  size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = length; i-- > 1; code >>= 6) text[i] = (char)(0x80 | (code & 0x3F));
  text[0] = (char)(length == 1 ? code : (0xF0 << (4 - length) & 0xFF) | code);
  add_padded(out, d, text, length, d->zero && !d->minus);
}

static void add_bad(luaL_Buffer *out, const directive *d, const char *type, const char *value, size_t length) {
  luaL_addstring(out, "%!");
  luaL_addchar(out, d->verb);
  luaL_addchar(out, '(');
  luaL_addstring(out, type);
  luaL_addchar(out, '=');
  add_padded(out, d, value, length, false);
  luaL_addchar(out, ')');
}

static void add_string_verb(luaL_Buffer *out, const directive *d, const char *text, size_t length) {
  switch (d->verb) {
  case 'x': case 'X': add_hex(out, d, text, length); break;
  case 'q': add_quoted(out, text, length); break;
  default: add_text(out, d, text, length);
  }
}

static bool add_integer_verb(luaL_Buffer *out, const directive *d, int64_t value) {
  switch (d->verb) {
  case 'd': case 'i': case 'v': add_integer(out, d, value, 10, false); return true;
  case 'b': add_integer(out, d, value, 2, false); return true;
  case 'o': add_integer(out, d, value, 8, false); return true;
  case 'x': add_integer(out, d, value, 16, false); return true;
  case 'X': add_integer(out, d, value, 16, true); return true;
  case 'c': add_rune(out, d, value); return true;
  case 'U': {
    char text[24];
    int length = snprintf(text, sizeof text, "U+%04llX", (unsigned long long)value);
    add_padded(out, d, text, (size_t)length, false);
    return true;
  }
  default: return false;
  }
}

static void add_number(lua_State *L, luaL_Buffer *out, const directive *d, int argument) {
  char text[HC_NUMBER_TEXT];
  int length = hc_number_text(L, argument, text);
  if (lua_isinteger(L, argument)) {
    if (strchr("sqxX", d->verb)) add_string_verb(out, d, text, (size_t)length); /* its text, even in hexadecimal */
    else if (!add_integer_verb(out, d, lua_tointeger(L, argument))) add_bad(out, d, "lua.LInteger", text, (size_t)length);
    return;
  }
  double value = lua_tonumber(L, argument);
  bool whole = value == floor(value) && fabs(value) < 9.2e18;
  if (strchr("sq", d->verb)) {
    add_string_verb(out, d, text, (size_t)length);
  } else if (strchr("eEfFgG", d->verb)) {
    add_float(L, out, d, value);
  } else if (d->verb == 'v' && !whole) {
    directive general = *d;
    general.verb = 'g';
    add_float(L, out, &general, value);
  } else if (!add_integer_verb(out, d, hc_truncate(value))) {
    add_bad(out, d, whole ? "int64" : "float64", text, (size_t)length);
  }
}

static void add_string(lua_State *L, luaL_Buffer *out, directive *d, int argument) {
  size_t length;
  const char *text = lua_tolstring(L, argument, &length);
  double ignored;
  if (strchr("svqxX", d->verb)) {
    add_string_verb(out, d, text, length);
  } else if (d->verb == 'd' || d->verb == 'i') { /* a numeric string stays as it is; any other counts as 0 */
    if (hc_parse_number(text, length, &ignored)) add_text(out, d, text, length);
    else add_integer(out, d, 0, 10, false);
  } else {
    add_bad(out, d, "string", text, length);
  }
}

/* The text of any other value; it is at `position`, put there before the buffer began. */
static void add_other(lua_State *L, luaL_Buffer *out, const directive *d, int argument, int position) {
  static const char *const names[] = {"*lua.LNilType", "lua.LBool", "*lua.LUserData", "", "", "*lua.LTable",
                                      "*lua.LFunction", "*lua.LUserData", "*lua.LState"};
  size_t length;
  const char *text = lua_tolstring(L, position, &length);
  int type = lua_type(L, argument);
  if (strchr("svqxX", d->verb) || (d->verb == 't' && type == LUA_TBOOLEAN)) add_string_verb(out, d, text, length);
  else add_bad(out, d, names[type], text, length);
}

static int read_count(const char **at, const char *end) {
  int value = 0;
  bool any = false;
  while (*at < end && **at >= '0' && **at <= '9') {
    value = value > MAX_WIDTH ? value : value * 10 + (**at - '0');
    any = true;
    (*at)++;
  }
  return any ? value : -1;
}

static const char *read_directive(const char *at, const char *end, directive *d) {
  *d = (directive){.width = -1, .precision = -1};
  for (; at < end; at++) {
    if (*at == '-') d->minus = true;
    else if (*at == '+') d->plus = true;
    else if (*at == '#') d->sharp = true;
    else if (*at == ' ') d->space = true;
    else if (*at == '0') d->zero = true;
    else break;
  }
  d->width = read_count(&at, end);
  if (at < end && *at == '.') {
    at++;
    d->precision = read_count(&at, end);
    if (d->precision < 0) d->precision = 0;
  }
  d->verb = at < end ? *at++ : 0;
  return at;
}

int hc_string_format(lua_State *L) {
  size_t length;
  const char *at = hc_check_text(L, 1, &length), *end = at + length;
  int count = lua_gettop(L), argument = 1;
  /* Texts of tables, booleans … first, because __tostring must not run while the buffer is on the stack. */
  luaL_checkstack(L, count + 8, "too many arguments to 'format'");
  for (int i = 2; i <= count; i++) {
    if (lua_type(L, i) == LUA_TSTRING || lua_type(L, i) == LUA_TNUMBER) lua_pushnil(L);
    else hc_push_tostring(L, i, NULL);
  }
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  while (at < end) {
    const char *percent = memchr(at, '%', (size_t)(end - at));
    if (!percent) percent = end;
    luaL_addlstring(&out, at, (size_t)(percent - at));
    if (percent == end) break;
    directive d;
    at = read_directive(percent + 1, end, &d);
    if (!d.verb) {
      luaL_addstring(&out, "%!(NOVERB)");
      break;
    }
    if (d.verb == '%') {
      luaL_addchar(&out, '%');
      continue;
    }
    if (d.width > MAX_WIDTH) luaL_addstring(&out, "%!(BADWIDTH)"), d.width = -1;
    if (d.precision > MAX_WIDTH) luaL_addstring(&out, "%!(BADPREC)"), d.precision = -1;
    if (d.width > 4096) hc_charge(L, d.width / 64);
    if (++argument > count) {
      luaL_addstring(&out, "%!");
      luaL_addchar(&out, d.verb);
      luaL_addstring(&out, "(MISSING)");
      continue;
    }
    switch (lua_type(L, argument)) {
    case LUA_TNUMBER: add_number(L, &out, &d, argument); break;
    case LUA_TSTRING: add_string(L, &out, &d, argument); break;
    default: add_other(L, &out, &d, argument, count + argument - 1);
    }
  }
  luaL_pushresult(&out);
  return 1;
}
