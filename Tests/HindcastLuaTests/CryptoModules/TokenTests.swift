import XCTest

@testable import HindcastLua

/// Tokens were made by PyJWT, or by hand with Python's `hmac`.
final class TokenTests: XCTestCase {
  func testMaking() throws {
    try assertLua([
      (
        "crypto.jwt.encode({ exp = 1800000000, n = 1.5, sub = 'u' }, 'secret', 'HS256')",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE4MDAwMDAwMDAsIm4iOjEuNSwic3ViIjoidSJ9.W6QvzvYg2_0qdTVEKyezlVW9LFRxEVoXhKi4m-gjw9U nil"
      ),
      (
        "crypto.jwt.encode({ exp = 1800000000, n = 1.5, sub = 'u' }, 'secret', 'HS384')",
        "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJleHAiOjE4MDAwMDAwMDAsIm4iOjEuNSwic3ViIjoidSJ9.V-uBx4oeSmIyDfdoqv-mORVuVMzVzefUh9PCnBm8gfOTtargfBhbh6zxs4fRQXup nil"
      ),
      (
        "crypto.jwt.encode({ exp = 1800000000, n = 1.5, sub = 'u' }, 'secret', 'HS512')",
        "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE4MDAwMDAwMDAsIm4iOjEuNSwic3ViIjoidSJ9.RADSuFpLeUbM-w5OknLQGwb5DFthttVmnUeD3cXbfyAfdYMQvTzEz_EHcYueJ5G-BO-ZemID0lJQ3xAwIn1RDQ nil"
      ),
      (
        "crypto.jwt.encode({ exp = 1800000000, n = 1.5, sub = 'u' }, 'secret')",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE4MDAwMDAwMDAsIm4iOjEuNSwic3ViIjoidSJ9.W6QvzvYg2_0qdTVEKyezlVW9LFRxEVoXhKi4m-gjw9U nil"
      ),
      (
        "crypto.jwt.encode({ exp = 1800000000, n = 1.5, sub = 'u' }, 'secret', 'unknown')",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE4MDAwMDAwMDAsIm4iOjEuNSwic3ViIjoidSJ9.W6QvzvYg2_0qdTVEKyezlVW9LFRxEVoXhKi4m-gjw9U nil"
      ),
      (
        "crypto.jwt.encode({ sub = 'x', _header = { kid = 'k1' } }, 'secret')",
        "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIiwidHlwIjoiSldUIn0.eyJzdWIiOiJ4In0.5gU4RG6SVi4zDJhg2u8Nk8ge6sSYWB9JpZ7v-H80I_s nil"
      ),
      (
        "crypto.jwt.encode({ sub = '<&>' }, 'secret')",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJcdTAwM2NcdTAwMjZcdTAwM2UifQ.T-VpjE5LoDv7LbZMLrZYm1O80ucvuQfCnkdGxx3k6bU nil"
      ),
      (
        "crypto.jwt.encode({ 1, 2 }, 'secret')",
        "nil Invalid: failed to convert payload to map"
      ),
      (
        "crypto.jwt.encode({ a = { 0/0 } }, 'secret')",
        "nil Internal: sign token: json: unsupported value: NaN"
      ),
    ])
  }

  func testAccepting() throws {
    try assertLua([
      (
        "(function() local c = crypto.jwt.verify('eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE4MDAwMDAwMDAsIm4iOjEuNSwic3ViIjoidSJ9.RADSuFpLeUbM-w5OknLQGwb5DFthttVmnUeD3cXbfyAfdYMQvTzEz_EHcYueJ5G-BO-ZemID0lJQ3xAwIn1RDQ', 'secret', 'HS512') return c.exp, c.n, c.sub, math.type(c.exp) end)()",
        "1800000000 1.5 u float"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ4In0.TKECX_pF_bzlcgrzGibhwL3tklDD4LdEEzXVQCw00qY', 'secret', 'HS256', false).sub",
        "x"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3MDAwMDAwMDJ9.lCXjAplKPyWxBAIEbSUdJ1S8JUu4ARO9VZIlCIPpGSk', 'secret').exp",
        "1700000002"
      ),
    ])
  }

  func testRefusing() throws {
    try assertLua([
      (
        "crypto.jwt.verify('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE2MDAwMDAwMDB9.Nj93pHVGgZl_X8wJwy1hYur-flz1TZEpeID8uoL0flM', 'secret')",
        "nil Internal: verify token: token has invalid claims: token is expired"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ4In0.TKECX_pF_bzlcgrzGibhwL3tklDD4LdEEzXVQCw00qY', 'secret')",
        "nil Internal: verify token: token has invalid claims: token is missing required claim: exp claim is required"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE4MDAwMDAwMDAsIm5iZiI6MTc5MDAwMDAwMH0.dB7Ce2hymqFYflOR7-XXWGyOEWoTpUg6PyanJ0554ro', 'secret')",
        "nil Internal: verify token: token has invalid claims: token is not valid yet"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJuYmYiOjE3OTAwMDAwMDB9.JBM8bsLUNcXXsXSXYNsoic3ZLLkp6aH9qdgcrTKNAIc', 'secret')",
        "nil Internal: verify token: token has invalid claims: token is missing required claim: exp claim is required, token is not valid yet"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOiJzb29uIn0.', 'secret')",
        "nil Internal: verify token: token signature is invalid: signature is invalid"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE4MDAwMDAwMDAsIm4iOjEuNSwic3ViIjoidSJ9.W6QvzvYg2_0qdTVEKyezlVW9LFRxEVoXhKi4m-gjw9U', 'other')",
        "nil Internal: verify token: token signature is invalid: signature is invalid"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJleHAiOjE4MDAwMDAwMDAsIm4iOjEuNSwic3ViIjoidSJ9.V-uBx4oeSmIyDfdoqv-mORVuVMzVzefUh9PCnBm8gfOTtargfBhbh6zxs4fRQXup', 'secret')",
        "nil Internal: verify token: token signature is invalid: signing method HS384 is invalid"
      ),
      (
        "crypto.jwt.verify('a.b', 'secret')",
        "nil Internal: verify token: token is malformed: token contains an invalid number of segments"
      ),
      (
        "crypto.jwt.verify('a.b.c.d', 'secret')",
        "nil Internal: verify token: token is malformed: token contains an invalid number of segments"
      ),
      (
        "crypto.jwt.verify('*.b.c', 'secret')",
        "nil Internal: verify token: token is malformed: could not base64 decode header: illegal base64 data at input byte 0"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.*.c', 'secret')",
        "nil Internal: verify token: token is malformed: could not base64 decode claim: illegal base64 data at input byte 0"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.*', 'secret')",
        "nil Internal: verify token: token is malformed: could not base64 decode signature: illegal base64 data at input byte 0"
      ),
      (
        "crypto.jwt.verify('W10.e30.', 'secret')",
        "nil Internal: verify token: token is malformed: could not JSON decode header: json: cannot unmarshal array into Go value of type map[string]interface {}"
      ),
      (
        "crypto.jwt.verify('e30.e30.', 'secret')",
        "nil Internal: verify token: token is unverifiable: signing method (alg) is unspecified"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJYWCJ9.e30.', 'secret')",
        "nil Internal: verify token: token is unverifiable: signing method (alg) is unavailable"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJFUzI1NiJ9.e30.', 'secret', 'ES256')",
        "nil Internal: verify token: token signature is invalid: key is of invalid type: ECDSA verify expects *ecdsa.PublicKey"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJub25lIn0.e30.', 'secret', 'none')",
        "nil Internal: verify token: token signature is invalid: token is unverifiable: 'none' signature type is not allowed"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJleHAiOjE3MDAwMDAwMDF9.0SB2Jmw_PX1_Nzw0tsRUItQ8dA-iCUTtk65Oyz538Us', 'secret')",
        "nil Internal: verify token: token has invalid claims: token is expired"
      ),
      (
        "crypto.jwt.verify('eyJhbGciOiJIUzI1NiJ9.eyJleHAiOiJzb29uIiwibmJmIjpudWxsfQ.Is8ZAQ7sswRf9tPPiwoVZME5Srt7I30_sf_WF1z_pus', 'secret')",
        "nil Internal: verify token: token has invalid claims: invalid type for claim: exp is invalid, invalid type for claim: nbf is invalid"
      ),
    ])
  }

  func testRSAIsRefusedInPlainWords() throws {
    let words = "RS256 needs RSA, which Hindcast does not have; HS256, HS384 and HS512 work"
    try assertLua([
      ("crypto.jwt.encode({ a = 1 }, 'k', 'RS256')", "nil Internal: \(words)"),
      ("crypto.jwt.verify('a.b.c', 'k', 'RS256')", "nil Internal: \(words)"),
    ])
  }
}
