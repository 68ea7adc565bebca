import HindcastSwift

extension GoPorts {
  static func addEndings(_ code: SwiftWorkflows) -> SwiftWorkflows {
    code
      .workflow("EmptyWorkflow") { (_, _: String) in }
      .workflow("DeadlockedWorkflow") { (_, _: String) in
        // Go's sleeps for longer than the second that its detector allows.
        let end = ContinuousClock.now + .milliseconds(100)
        while ContinuousClock.now < end {}
      }
      .workflow("ContinueAsNewWorkflow") { (_, goesOn: Bool) in
        if goesOn { throw ContinueAsNewError("ContinueAsNewWorkflow", false) }
      }
      .workflow("TripWorkflow") { (context, tripsBefore: Int) in
        var trips = tripsBefore
        let events = context.signalChannel(named: "trip_event", of: Int.self)
        for _ in 0..<10 {
          _ = try await events.receive()
          trips += 1
        }
        throw ContinueAsNewError("TripWorkflow", trips)
      }
  }
}
