import HindcastCore
import HindcastReplay
import TemporalAPI

/// What a worker's failure is about.
enum FailureKind: Sendable, Hashable {
  /// Code and history diverge.
  case nondeterminism
  /// The code did not yield in time.
  case deadlock
  /// The worker has no workflow of the type.
  case unregisteredType
  /// The replay went well; the worker only does not know the query that came with it.
  case unknownQuery
  /// The code failed.
  case codeError
}

extension WorkerFailure {
  /// What the failure is about, as far as the SDKs' words tell.
  ///
  /// - Parameter query: the type of the query that was put.
  func kind(query: String) -> FailureKind {
    let text = message.lowercased()
    if cause == .nonDeterministicError || [text, type.lowercased()].contains(where: Self.speaksOfNondeterminism) {
      return .nondeterminism
    }
    if text.contains("tmprl1101") || text.contains("potential deadlock") { return .deadlock }
    if Self.unregistered.contains(where: text.contains) { return .unregisteredType }
    // Whoever complains about the query came as far as the query.
    if message.contains(query) { return .unknownQuery }
    return .codeError
  }

  private static func speaksOfNondeterminism(_ text: String) -> Bool {
    ["tmprl1100", "nondeterminis", "non-determinis"].contains(where: text.contains)
  }

  /// What the SDKs say of a type that they do not have, in lower case: Python and .NET ("Workflow class X is not registered on this
  /// worker", "Workflow type X is not registered on this worker"), Ruby ("… is not registered on this worker"), Go ("unable to find workflow type: X"),
  /// TypeScript ("no such function is exported by the workflow bundle"), Java ("Unknown workflow type").
  private static let unregistered = [
    "not registered on this worker", "unable to find workflow type",
    "no such function is exported by the workflow bundle",
    "unknown workflow type",
  ]

  /// The failure as a verdict and what decided it.
  func finding(_ kind: FailureKind) -> (Verdict, Finding) {
    let text = type.isEmpty || message.hasPrefix(type) || kind == .nondeterminism ? message : "\(type): \(message)"
    var finding: Finding
    let verdict: Verdict
    switch kind {
    case .nondeterminism:
      verdict = .nondeterministic
      finding = Finding(.reportedByWorker, .error, text)
    case .deadlock:
      verdict = .deadlocked
      finding = Finding(.deadlock, .error, text)
    case .unregisteredType:
      verdict = .failed
      finding = Finding(
        .unregisteredType, .error, text, hint: "start the worker with this workflow, or leave its histories out")
    case .codeError, .unknownQuery:
      verdict = .failed
      finding = Finding(.codeError, .error, text)
    }
    // Where the SDK looked for the type is of no use to anyone.
    if kind == .unregisteredType { return (verdict, finding) }
    finding.stack = StackTraceReader.frames(in: stackTrace)
    finding.location = (finding.stack.first { !$0.isLibrary } ?? finding.stack.first)?.location
    return (verdict, finding)
  }
}

extension StackFrame {
  /// Whether the frame is in code that was installed rather than written.
  fileprivate var isLibrary: Bool {
    guard let file = location?.file else { return true }
    return ["/site-packages/", "/node_modules/", "/lib/python"].contains(where: file.contains)
  }
}
