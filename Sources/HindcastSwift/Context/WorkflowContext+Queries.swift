import HindcastCore
import SwiftProtobuf
import TemporalAPI

extension WorkflowContext {
  /// Sets what answers queries of a name. It may look at the workflow's state and must not change it.
  public func setQueryHandler<each Argument: Decodable, Output: Encodable>(
    _ name: String, file: String = #fileID, line: Int = #line,
    _ handler: @escaping (repeat each Argument) throws -> Output
  ) {
    host.command(at: SourceLocation(file: file, line: line), otherwise: ()) { _ in
      host.queryHandlers[name] = QueryHandler { payloads in
        var reader = ArgumentReader(payloads)
        return try PayloadConverter.payloads(try handler(repeat try reader.next((each Argument).self)))
      }
    }
  }
}

/// What answers queries of one name.
struct QueryHandler {
  let answer: (Temporal_Api_Common_V1_Payloads?) throws -> Temporal_Api_Common_V1_Payloads
}

extension WorkflowHost {
  /// The query that every SDK answers by itself.
  private static let stackTrace = "__stack_trace"

  func answerQuery(_ type: String, _ arguments: Temporal_Api_Common_V1_Payloads?) -> QueryAnswer {
    if type == Self.stackTrace {
      let text = dispatcher.coroutines.map(\.stack).map { stack in
        (["coroutine \(stack.name) [\(stack.waitingFor ?? "running")]:"] + stack.frames.map(\.description))
          .joined(separator: "\n")
      }
      return .answered(.with { $0.payloads = [JSONPayload.payload(text.joined(separator: "\n\n"))] })
    }
    guard let handler = queryHandlers[type] else {
      let known = ([Self.stackTrace] + queryHandlers.keys.sorted()).joined(separator: " ")
      return .failed("unknown queryType \(type). KnownQueryTypes=[\(known)]")
    }
    if let failure { return .failed(failure.message) }
    // Set within the budget's work; until it has run there is no answer.
    let answer = AnswerBox()
    withBudget { [self] in
      do {
        answer.value = .answered(try dispatcher.gate.outside { try self.lookOnly { try handler.answer(arguments) } })
      } catch {
        answer.value = .failed("\(error)")
      }
    }
    return failure.map { .failed($0.message) } ?? answer.value
  }

  private final class AnswerBox {
    var value = QueryAnswer.failed("the query handler did not answer")
  }
}
