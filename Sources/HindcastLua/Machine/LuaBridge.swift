internal import CLuaHost

/// The Swift side of the callbacks of `hc_host`: what C calls with the machine's context pointer.
///
/// An object of its own because C needs the context before the machine itself exists.
final class LuaBridge {
  unowned(unsafe) var machine: LuaMachine?
  /// Nil once the machine is closed: handles that outlive it have nothing to give back.
  var vm: OpaquePointer?
  var functions: ContiguousArray<LuaHostFunction> = []
  /// Texts of host objects by kind; kinds count from 1.
  var descriptions: ContiguousArray<((AnyObject, LuaDescriptionPurpose) -> String?)?> = []
  private let print: (String) -> Void
  private let cpuClock: (() -> Int64)?
  /// Text that was handed to C last; C copies it before it calls again.
  private var handed = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 256)

  init(print: @escaping (String) -> Void, cpuClock: (() -> Int64)?) {
    self.print = print
    self.cpuClock = cpuClock
  }

  deinit { handed.deallocate() }

  /// The callbacks, with this object as their context.
  func callbacks() -> hc_host {
    hc_host(
      context: Unmanaged.passUnretained(self).toOpaque(),
      call: { context, state, function, count in
        guard let context, let state else { return hc_reply(action: Int32(HC_RETURN), count: 0) }
        return LuaBridge.of(context).call(Int(function), state, Int(count))
      },
      release: { _, object in
        if let object { Unmanaged<AnyObject>.fromOpaque(object).release() }
      },
      shortest: { value, text in
        guard let text else { return 0 }
        var description = value.description
        return description.withUTF8 { bytes in
          for (offset, byte) in bytes.enumerated() { text[offset] = CChar(bitPattern: byte) }
          return Int32(bytes.count)
        }
      },
      change_case: { context, text, length, upper, resultLength in
        guard let context, let text, let resultLength else { return nil }
        return LuaBridge.of(context).hand(
          String(bytes: text, count: length).withSimpleCase(upper: upper != 0), length: resultLength)
      },
      cpu_time: cpuClock == nil ? nil : { context in context.map { LuaBridge.of($0).cpuClock?() ?? 0 } ?? 0 },
      print: { context, text, length in
        guard let context, let text else { return }
        LuaBridge.of(context).print(String(bytes: text, count: length))
      },
      describe: { context, object, kind, purpose, text, length in
        guard let context, let object, let text, let length else { return false }
        let bridge = LuaBridge.of(context)
        guard let describe = bridge.descriptions[Int(kind) - 1],
          let described = describe(
            Unmanaged<AnyObject>.fromOpaque(object).takeUnretainedValue(),
            LuaDescriptionPurpose(rawValue: purpose) ?? .text)
        else { return false }
        text.pointee = bridge.hand(described, length: length)
        return true
      })
  }

  private static func of(_ context: UnsafeMutableRawPointer) -> LuaBridge {
    Unmanaged<LuaBridge>.fromOpaque(context).takeUnretainedValue()
  }

  private func hand(_ text: String, length: UnsafeMutablePointer<Int>) -> UnsafePointer<CChar>? {
    var text = text
    return text.withUTF8 { bytes in
      if bytes.count > handed.count {
        handed.deallocate()
        handed = .allocate(capacity: bytes.count * 2)
      }
      bytes.withMemoryRebound(to: CChar.self) { _ = handed.update(fromContentsOf: $0) }
      length.pointee = bytes.count
      return UnsafePointer(handed.baseAddress)
    }
  }

  private func call(_ number: Int, _ state: OpaquePointer, _ count: Int) -> hc_reply {
    guard let machine else { return hc_reply(action: Int32(HC_RETURN), count: 0) }
    var call = LuaCall(machine: machine, state: state, count: count)
    do throws(LuaRaise) {
      let reply = try functions[number](&call)
      return hc_reply(action: reply.action, count: reply.count)
    } catch {
      switch error {
      case .value: return hc_reply(action: Int32(HC_RAISE), count: 1)
      case .message(let message):
        call.push(message)
        return hc_reply(action: Int32(HC_FAIL), count: 1)
      case .argument(let position, let complaint):
        call.push(complaint)
        return hc_reply(action: Int32(HC_BAD_ARGUMENT), count: Int32(position))
      }
    }
  }
}

/// What a text of a host object is for.
enum LuaDescriptionPurpose: Int32 {
  /// `tostring(object)`, and error messages.
  case text = 1
  /// The JSON string that stands for the object; nil gives `null`.
  case json
  /// The JSON string in a value that leaves the workflow; nil makes the value nil. Only errors have one.
  case export
}
