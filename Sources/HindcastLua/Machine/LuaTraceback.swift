internal import CLuaHost

extension LuaMachine {
  /// The innermost line of user code that runs now; nil outside a host function.
  var currentLocation: LuaLocation? {
    var chunk: UnsafePointer<CChar>?
    var length = 0
    var line: Int32 = 0
    guard hc_current_location(vm, &chunk, &length, &line), let chunk else { return nil }
    let name = String(bytes: chunk, count: length)
    return LuaLocation(file: files[name] ?? name, line: Int(line))
  }

  /// Where the running code stands in a loop over the fields of a table, whose order Wippy's VM leaves to chance: a
  /// command that is issued here may come in another order in production. Nil outside such loops.
  var unorderedLoop: LuaLocation? {
    var chunk: UnsafePointer<CChar>?
    var length = 0
    var line: Int32 = 0
    guard hc_unordered_loop(vm, &chunk, &length, &line), let chunk else { return nil }
    let name = String(bytes: chunk, count: length)
    return LuaLocation(file: files[name] ?? name, line: Int(line))
  }

  /// Where user code returned last: right after a thread has finished, the `return` (or `end`) of its function. Nil
  /// unless ``tracksLines`` was set before the thread was made.
  var lastFrame: LuaFrame? {
    var frame = hc_frame()
    return hc_last_return(vm, &frame) ? shown(frame) : nil
  }

  /// The line of ``lastFrame``.
  var lastLine: LuaLocation? { lastFrame?.location }

  /// The stack of the code that runs now, innermost first, through all coroutines; empty outside a host function.
  var currentTraceback: [LuaFrame] {
    var frames: [LuaFrame] = []
    var level: Int32 = 0
    while let state = hc_running_thread(vm, level) {
      appendFrames(of: state, to: &frames)
      level += 1
    }
    return frames
  }

  /// Frames beyond this number are left out of the middle, so that an overflowed stack stays readable.
  private static let shownAtEachEnd = 100

  /// Appends the frames of one coroutine.
  func appendFrames(of state: OpaquePointer, to frames: inout [LuaFrame]) {
    var frame = hc_frame()
    var depth: Int32 = 0
    var step: Int32 = 1 << 20
    while step > 0 {
      if hc_get_frame(state, depth + step - 1, &frame) { depth += step }
      step /= 2
    }
    var level: Int32 = 0
    while level < depth, hc_get_frame(state, level, &frame) {
      if level == Self.shownAtEachEnd, depth > 2 * Self.shownAtEachEnd + 1 {
        let left = Int(depth) - 2 * Self.shownAtEachEnd
        frames.append(LuaFrame(location: nil, function: "\(left) more levels"))
        level = depth - Int32(Self.shownAtEachEnd)
        continue
      }
      if let shown = shown(frame) { frames.append(shown) }
      level += 1
    }
  }

  private func shown(_ frame: hc_frame) -> LuaFrame? {
    let name = frame.name.map { String(cString: $0) }
    if frame.is_c { return LuaFrame(location: nil, function: name.map { "function '\($0)'" } ?? "a function") }
    guard let bytes = frame.chunk, frame.chunk_length > 0, bytes[0] != 0x5b else { return nil }
    let chunk = String(bytes: bytes, count: frame.chunk_length)
    let file = files[chunk] ?? chunk
    let kind = frame.name_kind.map { String(cString: $0) } ?? ""
    let function =
      if let name { "\(kind == "method" ? "method" : "function") '\(name)'" } else if frame.is_main {
        "main chunk"
      } else {
        "function <\(file):\(frame.defined)>"
      }
    return LuaFrame(location: LuaLocation(file: file, line: Int(frame.line)), function: function)
  }
}

extension LuaThread {
  /// The stack of the thread, innermost first, through the user coroutines that it waits in.
  var traceback: [LuaFrame] {
    var chain = [state]
    while let last = chain.last, let inner = hc_inner_thread(machine.vm, last) { chain.append(inner) }
    var frames: [LuaFrame] = []
    for state in chain.reversed() { machine.appendFrames(of: state, to: &frames) }
    return frames
  }

  /// The innermost line of user code.
  var location: LuaLocation? { traceback.lazy.compactMap(\.location).first }
}
