public import HindcastCore
public import TemporalAPI

/// Workflows written in Swift, by the names of their types.
///
/// ```swift
/// let code = SwiftWorkflows()
///   .workflow("OrderWorkflow") { (context, order: Order) async throws -> Receipt in
///     let charge: Charge = try await context.executeActivity("Charge", order, options: .startToClose(.seconds(30)))
///     try await context.sleep(for: .seconds(3600))
///     return Receipt(charge: charge)
///   }
/// ```
///
/// Each function runs on an executor of its own that goes only as far as the history has events. `async let`, task groups
/// and actors work as usual; `Task { }`, `Task.sleep` and real I/O leave the executor and fail the workflow task. Code
/// must not depend on the order of a `Set` or `Dictionary`: Swift changes it from process to process.
public struct SwiftWorkflows: WorkflowCode {
  private var registrations: [String: WorkflowRegistration] = [:]
  private var duplicate: WorkflowLoadError?

  /// No workflow is registered yet.
  public init() {}

  /// The registered types, sorted.
  public var workflowTypes: [String] { registrations.keys.sorted() }

  /// Makes a runtime. Of the limits only `cpuTime` applies to Swift code; without it code runs on the caller's thread.
  /// - Throws: `WorkflowLoadError` when a type was registered twice.
  public func makeRuntime(_ options: RuntimeOptions) throws(WorkflowLoadError) -> any WorkflowRuntime {
    if let duplicate { throw duplicate }
    return SwiftRuntime(registrations: registrations, options: options)
  }

  /// Registers a workflow that takes and returns payloads as they are.
  /// - Parameters:
  ///   - type: the name of the workflow type.
  ///   - body: the workflow function; it gets nil when the workflow was started without input.
  public func workflow(
    rawPayloads type: String, file: String = #fileID, line: Int = #line,
    _ body:
      @escaping @Sendable (WorkflowContext, Temporal_Api_Common_V1_Payloads?) async throws ->
      Temporal_Api_Common_V1_Payloads?
  ) -> SwiftWorkflows {
    var copy = self
    let location = SourceLocation(file: file, line: line)
    if let other = copy.registrations.updateValue(WorkflowRegistration(location: location, run: body), forKey: type) {
      copy.duplicate =
        copy.duplicate
        ?? WorkflowLoadError(
          .invalidCode, "workflow type \"\(type)\" is registered twice", location: location,
          hint: "it is registered at \(other.location) as well")
    }
    return copy
  }

  /// Registers a workflow whose arguments and result are `Codable`.
  /// - Parameters:
  ///   - type: the name of the workflow type.
  ///   - body: the workflow function. It may take any number of arguments; those that the input lacks are nil where
  ///     they are optional, and fail the workflow where they are not.
  public func workflow<each Argument: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
    _ type: String, file: String = #fileID, line: Int = #line,
    _ body: @escaping @Sendable (WorkflowContext, repeat each Argument) async throws -> Output
  ) -> SwiftWorkflows {
    workflow(rawPayloads: type, file: file, line: line) { context, input in
      var arguments = ArgumentReader(input)
      let output = try await body(context, repeat try arguments.next((each Argument).self))
      return try PayloadConverter.payloads(output)
    }
  }

  /// Registers a workflow that returns nothing.
  public func workflow<each Argument: Decodable & SendableMetatype>(
    _ type: String, file: String = #fileID, line: Int = #line,
    _ body: @escaping @Sendable (WorkflowContext, repeat each Argument) async throws -> Void
  ) -> SwiftWorkflows {
    workflow(rawPayloads: type, file: file, line: line) { context, input in
      var arguments = ArgumentReader(input)
      try await body(context, repeat try arguments.next((each Argument).self))
      return nil
    }
  }
}

/// A registered workflow function.
struct WorkflowRegistration: Sendable {
  /// Where it was registered.
  let location: SourceLocation
  let run:
    @Sendable (WorkflowContext, Temporal_Api_Common_V1_Payloads?) async throws -> Temporal_Api_Common_V1_Payloads?
}
