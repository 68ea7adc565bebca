import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI

@testable import HindcastServer

// Commands that tests of starts and chains answer with.

extension Command {
  static func failWorkflow(_ message: String, type: String = "Type", nonRetryable: Bool = false) -> Command {
    .with {
      $0.commandType = .failWorkflowExecution
      $0.failWorkflowExecutionCommandAttributes.failure = .with {
        $0.message = message
        $0.applicationFailureInfo.type = type
        $0.applicationFailureInfo.nonRetryable = nonRetryable
      }
    }
  }

  static var cancelWorkflow: Command {
    .with {
      $0.commandType = .cancelWorkflowExecution
      $0.cancelWorkflowExecutionCommandAttributes = .init()
    }
  }

  static func continueAsNew(_ change: (inout ContinueAsNewCommand) -> Void = { _ in }) -> Command {
    var attributes = ContinueAsNewCommand()
    change(&attributes)
    return .with {
      $0.commandType = .continueAsNewWorkflowExecution
      $0.continueAsNewWorkflowExecutionCommandAttributes = attributes
    }
  }

  static func modifyMemo(_ key: String, _ value: String) -> Command {
    .with {
      $0.commandType = .modifyWorkflowProperties
      $0.modifyWorkflowPropertiesCommandAttributes.upsertedMemo.fields[key] = Payload(text: value)
    }
  }

  /// Values in JSON, by name.
  static func upsert(_ values: [String: String]?) -> Command {
    .with {
      $0.commandType = .upsertWorkflowSearchAttributes
      $0.upsertWorkflowSearchAttributesCommandAttributes = .init()
      guard let values else { return }
      $0.upsertWorkflowSearchAttributesCommandAttributes.searchAttributes = .with {
        for (name, value) in values {
          $0.indexedFields[name] = .with {
            $0.metadata["encoding"] = Data("json/plain".utf8)
            $0.data = Data(value.utf8)
          }
        }
      }
    }
  }
}
