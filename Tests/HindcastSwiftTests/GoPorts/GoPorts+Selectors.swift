import HindcastSwift

extension GoPorts {
  static func addSelectors(_ code: SwiftWorkflows) -> SwiftWorkflows {
    code.workflow("SelectorBlockingDefaultWorkflow") { context in
      let first = context.channel(of: String.self)
      let second = context.channel(of: String.self)
      context.spawn { _ in try await first.send("one") }
      context.spawn { _ in try await second.send("two") }

      let selector = context.selector()
      selector.onReceive(first) { channel, _ in _ = try await channel.receive() }
      selector.otherwise { _ = try await second.receive() }
      try await selector.select()
      guard selector.hasPending else { return context.logger.info("Signal in ch1 lost") }
      try await context.executeActivity(
        "SelectorBlockingDefaultActivity", "Signal not lost", options: .startToClose(.seconds(10)))
    }
  }

  static func addChannels(_ code: SwiftWorkflows) -> SwiftWorkflows {
    code.workflow("ChannelWorkerWorkflow") { context in
      let items = context.channel(of: String.self)
      var received: [String] = []
      var working = 2

      context.spawn("producer") { _ in
        try await items.send("item-1")
        try await items.send("item-2")
        items.close()
      }
      for number in 1...2 {
        context.spawn("worker \(number)") { context in
          defer { working -= 1 }
          var isDone = false
          while !isDone {
            let selector = context.selector()
            selector.onReceive(items) { channel, isOpen in
              if !isOpen { isDone = true } else if let item = try await channel.receive() { received.append(item) }
            }
            try await selector.select()
          }
        }
      }
      try await context.condition { working == 0 }
      for item in received { try await context.executeActivity(hello, item, options: .startToClose(.seconds(10))) }
    }
  }
}
