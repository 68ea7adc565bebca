import CLuaHost
import HindcastCore

extension LuaWorkflowInstance {
  /// All living coroutines with their stacks, in the order of their creation.
  var coroutines: [CoroutineStack] { coroutines(running: nil, frames: []) }

  /// All living coroutines; of the one that ran when a limit was reached, the stack is given.
  func coroutines(running: LuaTask?, frames: [LuaFrame]) -> [CoroutineStack] {
    guard let process = run.process else {
      return frames.isEmpty ? [] : [CoroutineStack(name: "main", waitingFor: nil, frames: run.frames(frames))]
    }
    return process.tasks.map { task in
      CoroutineStack(
        name: task.name, waitingFor: task === running ? nil : text(of: task.wait),
        frames: run.frames(task === running ? frames : task.thread.traceback))
    }
  }

  private func text(of wait: WaitReason) -> String? {
    switch wait {
    case .none: nil
    case .send(let channel): "channel send" + suffix(channel)
    case .receive(let channel): "channel receive" + suffix(channel)
    case .select(let channels):
      "channel select" + (channels.isEmpty ? " of no cases" : " of \(channels.map(name).joined(separator: ", "))")
    case .operation(let operation): operation.description
    }
  }

  private func suffix(_ channel: Channel) -> String {
    channel.subscription == nil ? "" : " (\(name(channel)))"
  }

  private func name(_ channel: Channel) -> String {
    guard let subscription = channel.subscription, subscription.isLive else { return "channel" }
    switch subscription.source {
    case .timer: return "timer"
    case .ticker: return "ticker"
    case .future: return "future"
    case .messages:
      switch subscription.topic {
      case SystemTopic.inbox: return "inbox"
      case SystemTopic.events: return "events"
      default: return "topic \(subscription.topic)"
      }
    }
  }

  // MARK: What can go on

  /// What could still wake a coroutine. A channel of the code's own is none: only other coroutines write to it.
  var wakeSources: WakeSources {
    guard let process = run.process else { return WakeSources(operations: 0, subscriptions: []) }
    var operations = process.queue.count
    var subscriptions: Set<String> = []
    func note(_ channel: Channel) {
      guard let subscription = channel.subscription, subscription.isLive else { return }
      switch subscription.source {
      case .timer(let timer), .ticker(let timer): if timer.isArmed { operations += 1 }
      case .future(let future): if future.activity != nil { operations += 1 }
      case .messages: subscriptions.insert(name(channel))
      }
    }
    for task in process.tasks {
      switch task.wait {
      case .operation: operations += 1
      case .receive(let channel): note(channel)
      case .select(let channels): channels.forEach(note)
      case .send, .none: break
      }
    }
    return WakeSources(operations: operations, subscriptions: subscriptions.sorted())
  }

  /// Signals that wait for somebody to receive them.
  var unreceivedSignals: [String] {
    ((run.process?.messages ?? []) + messages).compactMap { message in
      guard case .topic(let topic) = message.target, case .payloads(_, let sender) = message.body,
        sender?.host != UpdateRecord.host
      else { return nil }
      return topic
    }
  }
}

extension LuaThread {
  /// Calls `body` with chunk name and line of each level of user code, innermost first, until it answers false. Makes no
  /// text, since it is asked for at every command.
  func forEachLine(_ body: (_ chunk: UnsafeRawBufferPointer, _ line: Int) -> Bool) {
    var chain = [state]
    while let last = chain.last, let inner = hc_inner_thread(machine.vm, last) { chain.append(inner) }
    var frame = hc_frame()
    for state in chain.reversed() {
      var level: Int32 = 0
      while hc_get_frame(state, level, &frame) {
        level += 1
        guard !frame.is_c, let chunk = frame.chunk, frame.chunk_length > 0, chunk[0] != 0x5B else { continue }
        guard body(UnsafeRawBufferPointer(start: chunk, count: frame.chunk_length), Int(frame.line)) else { return }
      }
    }
  }

  /// The innermost line of user code, without the rest of the stack.
  var nearestLocation: LuaLocation? {
    var found: LuaLocation?
    forEachLine { chunk, line in
      let name = String(decoding: chunk, as: UTF8.self)
      found = LuaLocation(file: machine.files[name] ?? name, line: line)
      return false
    }
    return found
  }
}
