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
      if case .topic(let topic) = message.target, case .payloads(_, nil) = message.body { topic } else { nil }
    }
  }
}

extension LuaThread {
  /// The innermost line of user code, without the rest of the stack.
  var nearestLocation: LuaLocation? {
    var inner = state
    while let next = hc_inner_thread(machine.vm, inner) { inner = next }
    var frame = hc_frame()
    var level: Int32 = 0
    while hc_get_frame(inner, level, &frame) {
      if !frame.is_c, let chunk = frame.chunk, frame.chunk_length > 0, chunk[0] != 0x5B {
        let name = String(bytes: chunk, count: frame.chunk_length)
        return LuaLocation(file: machine.files[name] ?? name, line: Int(frame.line))
      }
      level += 1
    }
    return inner == state ? nil : location
  }
}
