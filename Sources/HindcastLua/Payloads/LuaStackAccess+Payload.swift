import Foundation
import TemporalAPI

extension LuaStackAccess {
  /// Pushes a payload's value; pushes nothing when it cannot be decoded.
  func push(payload: EncodedPayload) throws(PayloadError) {
    switch try PayloadEncoding.kind(of: payload) {
    case .null: pushNil()
    case .bytes: payload.data.withUnsafeBytes { push(bytes: $0) }
    case .json:
      let failure: LuaJSONError? = payload.data.withUnsafeBytes { bytes in
        do throws(LuaJSONError) {
          try pushJSON(bytes)
          return nil
        } catch {
          return error
        }
      }
      if let failure { throw PayloadError("failed to decode JSON: \(failure.message)") }
    }
  }

  /// Pushes a payload's value, or nil when it cannot be decoded.
  func pushOrNil(payload: EncodedPayload) {
    do throws(PayloadError) {
      try push(payload: payload)
    } catch {
      pushNil()
    }
  }

  /// The payload of the value at a position.
  /// - Parameter isExported: whether the value leaves by upstream's export copy, which drops host objects that are no
  ///   errors.
  func payload(_ position: Int, isExported: Bool) throws(PayloadError) -> EncodedPayload {
    do throws(LuaJSONError) {
      return PayloadEncoding.json(try withJSON(position, exporting: isExported) { Data($0) })
    } catch {
      throw PayloadError(
        "failed to encode to JSON: json: error calling MarshalJSON for type *json.jsonValue: \(error.message)")
    }
  }

  /// The payloads of the values at positions `first` to `last`, one each.
  func payloads(
    _ first: Int, through last: Int, isExported: Bool
  ) -> Result<EncodedArguments, PayloadError> {
    guard first <= last else { return .success([]) }
    var payloads: EncodedArguments = []
    payloads.reserveCapacity(last - first + 1)
    for position in first...last {
      do throws(PayloadError) {
        payloads.append(try payload(position, isExported: isExported))
      } catch {
        return .failure(
          PayloadError("error converting payload at index \(position - first): error transcoding value: \(error)"))
      }
    }
    return .success(payloads)
  }
}
