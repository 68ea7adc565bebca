import HindcastCore
import TemporalAPI

extension WorkflowContext {
  /// Sets what handles updates of a name. Updates that came before wait for it, and run before this returns.
  ///
  /// A handler is a coroutine of its own: it may wait, and change what the workflow function sees.
  /// - Parameters:
  ///   - name: the update's name.
  ///   - validator: throws to reject an update. It must not change anything, and is not run in a replay.
  ///   - handler: is given a context and the arguments; its result, or what it throws, is the update's outcome.
  public func setUpdateHandler<each Argument: Decodable, Output: Encodable>(
    _ name: String, validator: ((repeat each Argument) throws -> Void)? = nil, file: String = #fileID,
    line: Int = #line, _ handler: @escaping (WorkflowContext, repeat each Argument) async throws -> Output
  ) async throws {
    try await setHandler(name, at: SourceLocation(file: file, line: line)) { payloads in
      var reader = ArgumentReader(payloads)
      let arguments = (repeat try reader.next((each Argument).self))
      return PreparedUpdate(
        validate: { try validator?(repeat each arguments) },
        run: { context in try PayloadConverter.payloads(try await handler(context, repeat each arguments)) })
    }
  }

  /// Sets what handles updates of a name that have no result.
  public func setUpdateHandler<each Argument: Decodable>(
    _ name: String, validator: ((repeat each Argument) throws -> Void)? = nil, file: String = #fileID,
    line: Int = #line, _ handler: @escaping (WorkflowContext, repeat each Argument) async throws -> Void
  ) async throws {
    try await setHandler(name, at: SourceLocation(file: file, line: line)) { payloads in
      var reader = ArgumentReader(payloads)
      let arguments = (repeat try reader.next((each Argument).self))
      return PreparedUpdate(
        validate: { try validator?(repeat each arguments) },
        run: { context in
          try await handler(context, repeat each arguments)
          return nil
        })
    }
  }

  /// Whether no update is being handled: await it before the workflow ends, so that none is cut off.
  public var allHandlersFinished: Bool { host.read(true) { _ in host.updates.running.isEmpty } }

  private func setHandler(
    _ name: String, at location: SourceLocation,
    _ prepare: @escaping (Temporal_Api_Common_V1_Payloads?) throws -> PreparedUpdate
  ) async throws {
    let yields = host.command(at: location, otherwise: nil) { environment in
      host.updates.handlers[name] = UpdateHandler(prepare: prepare)
      guard environment.tryUse(.priorityUpdateHandling) else { return false }
      host.updates.release(name)
      return true
    }
    guard let yields else { throw await host.refusal(at: location) }
    guard yields else { return }
    try await host.dispatcher.wait(for: "updates that waited for handler \(name)", at: location) { true }
    host.noteProgress()
  }
}
