/* Numbers as text, the way Go prints them, and back. */
#include "vm.h"

#include <math.h>
#include <stdlib.h>

int hc_format_integer(int64_t value, char *text) {
  char reversed[24];
  int length = 0, written = 0;
  uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  do {
    reversed[length++] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest);
  if (value < 0) text[written++] = '-';
  while (length) text[written++] = reversed[--length];
  return written;
}

/* Digits of the shortest text that reads back as `value` (positive, finite), without leading or trailing zeros, and
   the place of the decimal point: 0.<digits> * 10^point. Returns how many digits. */
int hc_shortest_digits(hc_vm *vm, double value, char *digits, int *point) {
  char text[HC_NUMBER_TEXT];
  int length = vm->host.shortest(value, text), count = 0, exponent = 0;
  bool seen_point = false, seen_digit = false;
  *point = 0;
  for (int i = 0; i < length; i++) {
    char c = text[i];
    if (c >= '0' && c <= '9') {
      if (c != '0') seen_digit = true;
      if (seen_digit) {
        digits[count++] = c;
        if (!seen_point) (*point)++;
      } else if (seen_point) {
        (*point)--;
      }
    } else if (c == '.') {
      seen_point = true;
    } else if (c == 'e' || c == 'E') {
      text[length < HC_NUMBER_TEXT ? length : HC_NUMBER_TEXT - 1] = 0;
      exponent = atoi(text + i + 1);
      break;
    }
  }
  while (count && digits[count - 1] == '0') count--;
  *point += exponent;
  return count;
}

static bool is_int64(double value) {
  return value >= -9223372036854775808.0 && value < 9223372036854775808.0 && value == (double)(int64_t)value;
}

static int write_special(double value, char *text) {
  const char *name = value != value ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  memcpy(text, name, strlen(name));
  return (int)strlen(name);
}

static int write_plain(const char *digits, int count, int point, char *text) {
  int length = 0;
  if (point <= 0) {
    text[length++] = '0';
    if (count) text[length++] = '.';
    for (int i = point; i < 0; i++) text[length++] = '0';
    for (int i = 0; i < count; i++) text[length++] = digits[i];
    return length;
  }
  for (int i = 0; i < point; i++) text[length++] = i < count ? digits[i] : '0';
  if (count > point) text[length++] = '.';
  for (int i = point; i < count; i++) text[length++] = digits[i];
  return length;
}

static int write_exponent(const char *digits, int count, int point, int least_exponent_digits, char *text) {
  int length = 0, exponent = point - 1;
  text[length++] = count ? digits[0] : '0';
  if (count > 1) text[length++] = '.';
  for (int i = 1; i < count; i++) text[length++] = digits[i];
  text[length++] = 'e';
  text[length++] = exponent < 0 ? '-' : '+';
  if (exponent < 0) exponent = -exponent;
  if (exponent < 10 && least_exponent_digits > 1) text[length++] = '0';
  return length + hc_format_integer(exponent, text + length);
}

/* Go's %g: exponent form for exponents below -4 and from 6 on. */
int hc_format_shortest(hc_vm *vm, double value, char *text) {
  char digits[HC_NUMBER_TEXT];
  int point, sign = value < 0, count = hc_shortest_digits(vm, fabs(value), digits, &point);
  if (sign) *text = '-';
  if (count && (point < -3 || point > 6)) return sign + write_exponent(digits, count, point, 2, text + sign);
  return sign + write_plain(digits, count, point, text + sign);
}

int hc_format_double(hc_vm *vm, double value, char *text) {
  if (is_int64(value)) return hc_format_integer((int64_t)value, text);
  if (!isfinite(value)) return write_special(value, text);
  return hc_format_shortest(vm, value, text);
}

int hc_format_plain(hc_vm *vm, double value, char *text) {
  if (is_int64(value)) return hc_format_integer((int64_t)value, text);
  char digits[HC_NUMBER_TEXT];
  int point, sign = value < 0, count = hc_shortest_digits(vm, fabs(value), digits, &point);
  if (sign) *text = '-';
  return sign + write_plain(digits, count, point, text + sign);
}

int hc_format_json(hc_vm *vm, double value, char *text) {
  double size = fabs(value);
  if (size < 1e15 && is_int64(value)) return hc_format_integer((int64_t)value, text);
  char digits[HC_NUMBER_TEXT];
  int point, sign = value < 0, count = hc_shortest_digits(vm, size, digits, &point);
  if (sign) *text = '-';
  if (size < 1e-6 || size >= 1e21) return sign + write_exponent(digits, count, point, 1, text + sign);
  return sign + write_plain(digits, count, point, text + sign);
}

int hc_number_text(lua_State *L, int index, char *text) {
  if (lua_isinteger(L, index)) return hc_format_integer(lua_tointeger(L, index), text);
  return hc_format_double(hc_vm_of(L), lua_tonumber(L, index), text);
}

/* Out of range saturates, as a conversion in Go does on arm64; NaN is 0. */
int64_t hc_truncate(double value) {
  if (value != value) return 0;
  if (value >= 9223372036854775808.0) return INT64_MAX;
  if (value < -9223372036854775808.0) return INT64_MIN;
  return (int64_t)value;
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Decimal numbers with exponent, and hexadecimal integers; spaces around. No hexadecimal floats, no "inf" or "nan". */
bool hc_parse_number(const char *text, size_t length, double *value) {
  while (length && is_space(*text)) text++, length--;
  while (length && is_space(text[length - 1])) length--;
  if (!length || length > 400) return false;
  bool negative = *text == '-';
  const char *digits = text + (*text == '-' || *text == '+');
  size_t count = length - (size_t)(digits - text);
  if (count > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X')) {
    uint64_t whole = 0;
    for (size_t i = 2; i < count; i++) {
      char c = digits[i];
      int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
      if (digit < 0) return false;
      whole = whole * 16 + (uint64_t)digit;
    }
    *value = negative ? -(double)(int64_t)whole : (double)(int64_t)whole;
    return true;
  }
  bool seen_digit = false;
  for (size_t i = 0; i < count; i++) {
    char c = digits[i];
    if (c >= '0' && c <= '9') seen_digit = true;
    else if (c == 'e' || c == 'E') { if (!seen_digit) return false; }
    else if (c == '+' || c == '-') { if (!i || (digits[i - 1] | 32) != 'e') return false; }
    else if (c != '.') return false;
  }
  if (!seen_digit) return false;
  char copy[402];
  memcpy(copy, text, length);
  copy[length] = 0;
  char *end;
  *value = strtod(copy, &end);
  return end == copy + length;
}

bool hc_to_double(lua_State *L, int index, double *value) {
  switch (lua_type(L, index)) {
  case LUA_TNUMBER: *value = lua_tonumber(L, index); return true;
  case LUA_TSTRING: {
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    return hc_parse_number(text, length, value);
  }
  default: return false;
  }
}
