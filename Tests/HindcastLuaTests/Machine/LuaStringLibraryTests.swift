import XCTest

@testable import HindcastLua

final class LuaStringLibraryTests: XCTestCase {
  func testBasics() throws {
    try assertResults([
      ("('abc'):upper(), ('ÄÖ'):lower(), ('straße'):upper(), ('ǆ'):upper()", "ABC äö STRAßE Ǆ"),
      ("('abc'):sub(2), ('abc'):sub(-2, -2), ('abc'):sub(5), ('abc'):sub(0)", "bc b  abc"),
      ("('abc'):byte(), ('abc'):byte(-1), ('abc'):byte(1, -1)", "97 99 97 98 99"), ("string.char(72, 105)", "Hi"),
      ("('ab'):rep(3), ('ab'):rep(0), ('ab'):rep(-1)", "ababab  "), ("('abc'):reverse(), ('abc'):len()", "cba 3"),
      ("string.rep(1.0, 3)", "111"), ("#string.pack('>I4', 7), (string.unpack('>I4', string.pack('>I4', 7)))", "4 7"),
    ])
  }

  func testPatterns() throws {
    try assertResults([
      ("('hello world'):find('o w')", "5 7"), ("('a.b'):find('.', 1, true)", "2 2"), ("('abc'):find('b', -1)", "nil"),
      ("('abc'):find('')", "1 0"), ("('abc'):find('', 4)", "4 3"), ("('abc'):find('', 5)", "nil"),
      ("('key = value'):match('^(%w+)%s*=%s*(%w+)$')", "key value"), ("('2024-01-02'):match('(%d+)-(%d+)')", "2024 01"),
      ("('abc'):match('()b()')", "2 3"), ("('f(a(b)c)d'):match('%b()')", "(a(b)c)"),
      ("('THE (quick) fox'):find('%f[%a]%a+', 5)", "6 10"), ("('abab'):match('(ab)%1')", "ab"),
      ("('aaa'):match('a-$'), ('aXb'):match('%u'), ('a]b'):match('[]]')", "aaa X ]"),
      ("('x^y'):match('[%^]'), ('a-z'):match('[a%-]+')", "^ a-"), ("('äöü'):find('ö', 1, true)", "3 4"),
      (
        "local t = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do t[#t + 1] = k .. v end\nreturn table.concat(t, ',')",
        "a1,b2"
      ),
      ("local n = 0 for _ in ('abc'):gmatch('') do n = n + 1 end return n", "4"),
      ("('hello'):gsub('l', 'L')", "heLLo 2"), ("('hello'):gsub('l', 'L', 1)", "heLlo 1"),
      ("('abc'):gsub('%w', '%0%0')", "aabbcc 3"), ("('abc'):gsub('', '-')", "-a-b-c- 4"),
      ("('hello world'):gsub('%w+', {hello = 'bye'})", "bye world 2"),
      ("('abc'):gsub('%w', function(c) if c == 'b' then return 2.0 end end)", "a2c 3"),
      ("('abc'):gsub('^a', 'x')", "xbc 1"), ("('a b'):gsub('(%w) (%w)', '%2 %1')", "b a 1"),
      ("select(2, pcall(string.find, 'a', '[a'))", "malformed pattern (missing ']')"),
      ("select(2, pcall(string.find, 'a', '%'))", "malformed pattern (ends with '%')"),
      ("select(2, pcall(string.find, 'a', '(a'))", "unfinished capture"),
      ("select(2, pcall(string.gsub, 'a', 'a', '%2'))", "invalid capture index %2"),
    ])
  }

  func testFormatFollowsGo() throws {
    try assertResults([
      ("string.format('%d %s %5.2f', 42, 'x', 3.14159)", "42 x  3.14"),
      ("string.format('%5d|%-5d|%05d', 42.0, 42, -42)", "   42|42   |-0042"),
      ("string.format('%d', 3.99)", "3"), ("string.format('%i', 7.0)", "7"),
      ("string.format('%x %X %o', 255.0, 255.0, 8.0)", "ff FF 10"),
      ("string.format('%x', 255)", "323535"), ("string.format('%5.1f', 5)", "%!f(lua.LInteger=    5)"),
      ("string.format('%f', 5)", "%!f(lua.LInteger=5)"), ("string.format('%.1f', 2.25)", "2.2"),
      ("string.format('%d')", "%!d(MISSING)"),
      ("string.format('%q', 'a\"b\\n')", "\"a\\\"b\\n\""),
      ("string.format('%s %s %s', nil, true, 1.5)", "nil true 1.5"),
      ("string.format('%10s|%-10s|%.2s', 'abc', 'äbc', 'äbc')", "       abc|äbc       |äb"),
      ("string.format('%%|%c|%e|%g', 65.0, 12345.678, 1e20)", "%|A|1.234568e+04|1e+20"),
      ("string.format('%5t', true)", " true"),
      ("string.format('%y', 'a')", "%!y(string=a)"), ("string.format('100%')", "100%!(NOVERB)"),
      ("string.format('%d', '12')", "12"),
      ("string.format('%s', setmetatable({}, {__tostring = function() return 'me' end}))", "me"),
      ("string.format('%x', 'hi')", "6869"), ("string.format('%+d % d %+.1f', 5.0, 5.0, 1.5)", "+5  5 +1.5"),
      ("string.format('%d %d', 1)", "1 %!d(MISSING)"), ("string.format('x', 1)", "x"),
      ("string.format('%.3f', 1/0)", "+Inf"),
      ("string.format('%08.3f', -3.14159)", "-003.142"), ("string.format('%.20f', 0.1)", "0.10000000000000000555"),
    ])
  }
}
