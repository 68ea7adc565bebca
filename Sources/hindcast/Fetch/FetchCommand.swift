#if GRPC
import ArgumentParser
import Foundation
import HindcastFetch
import HindcastHTTP
import HindcastHistory
import HindcastRegistry
import HindcastReport

/// `hindcast fetch`: exports histories from a Temporal server.
struct FetchCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Export histories from a Temporal server.",
    discussion: """
      Writes the history of each run that the query finds to <workflow id>.<run id>.json in the output folder, as \
      `temporal workflow show --output json` does. Call it again to go on after an interruption, or to get what is new: \
      what is there and complete is not fetched again.
      """)

  @OptionGroup var server: ServerOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Which runs: a list filter, such as \"WorkflowType = 'order' AND CloseTime > '2024-01-01'\". By default all.",
      valueName: "query"))
  var query = ""

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write to.", valueName: "dir"))
  var output: String

  @Option(help: ArgumentHelp("The most runs to take.", valueName: "n"))
  var limit: PositiveArgument?

  @Option(
    help: ArgumentHelp("The share of the runs to take, such as 0.1; the same runs in each call.", valueName: "share"))
  var sample: ShareArgument?

  @Option(name: .shortAndLong, help: ArgumentHelp("Histories fetched at a time. By default 8.", valueName: "n"))
  var jobs: PositiveArgument?

  @Flag(help: "Of histories in which the same happened, keep only the shortest; loops count as the same however long.")
  var unique = false

  @Option(
    name: .customLong("redact"), defaultAsFlag: "strings",
    help: ArgumentHelp(
      "Replace personal data: strings (the default) in payloads, values (numbers, too), or all of the payloads.",
      valueName: "level"))
  var redactLevel: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("With --redact: keys in JSON, memos and headers whose values stay.", valueName: "key"))
  var keep: [String] = []

  @Option(
    help: ArgumentHelp(
      "Decode payloads at this remote codec; {namespace} stands for the namespace.", valueName: "url"))
  var codecEndpoint: String?

  @Option(
    help: ArgumentHelp(
      "What the codec is sent as Authorization. By default $TEMPORAL_CODEC_AUTH.", valueName: "text"))
  var codecAuth: String?

  func validate() throws {
    if let redactLevel, redact == nil {
      let known = Redaction.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(redactLevel)' is no level of redaction; there are \(known).")
    }
    if !keep.isEmpty, redact == nil { throw ValidationError("--keep says what --redact leaves.") }
    if codecAuth != nil, codecEndpoint == nil { throw ValidationError("--codec-auth goes with --codec-endpoint.") }
  }

  /// How much is replaced; `nil`: nothing.
  var redact: Redaction.Level? { redactLevel.flatMap(Redaction.Level.init) }

  func execute(in console: Console) async -> ExitStatus {
    do {
      let server = try server.server(of: try server.loadApp(console)?.registry)
      return try await FetchSession(self, server, console).run()
    } catch let error as OutputError {
      return console.fail(error)
    } catch let errors as RegistryErrors {
      console.complain(errors.description)
      return .unusable
    } catch {
      console.complain("error: \(error)")
      return .unusable
    }
  }

  /// Which runs.
  func request(in namespace: String) -> FetchRequest {
    FetchRequest(namespace: namespace, query: query, limit: limit?.value, sample: sample?.value ?? 1)
  }

  /// How the folder is filled.
  func exportOptions(in namespace: String) -> ExportOptions {
    let kept = keep.isEmpty ? "" : " but \(keep.sorted().joined(separator: ", "))"
    return ExportOptions(
      namespace: namespace, redaction: redact.map { $0.rawValue + kept }, isDecoded: codecEndpoint != nil,
      isUnique: unique)
  }

  /// What is done to each history.
  func transforms(in namespace: String, _ console: Console) -> [any HistoryTransform] {
    var transforms: [any HistoryTransform] = []
    if let codecEndpoint {
      transforms.append(
        RemoteCodec(
          endpoint: codecEndpoint, namespace: namespace,
          authorization: codecAuth ?? console.environment["TEMPORAL_CODEC_AUTH"], exchange: AsyncHTTPExchange()))
    }
    if let redact {
      var generator = SystemRandomNumberGenerator()
      transforms.append(Redaction(redact, keeping: Set(keep), using: &generator))
    }
    return transforms
  }
}
#endif
