private import Synchronization
package import TemporalAPI

/// What has come for a process and was not looked at yet.
package final class ProcessMailbox: Sendable {
  private let mail = Mutex<[ProcessMail]>([])
  private let take: (@Sendable (ProcessMail) -> Void)?
  private let wake: @Sendable () -> Void

  /// - Parameter wake: Called whenever something has come.
  package init(wake: @escaping @Sendable () -> Void) {
    self.wake = wake
    take = nil
  }

  /// A mailbox whose owner takes everything at once.
  package init(handling take: @escaping @Sendable (ProcessMail) -> Void) {
    self.take = take
    wake = {}
  }

  /// Puts something in; from any thread.
  package func post(_ item: ProcessMail) {
    if let take { return take(item) }
    mail.withLock { $0.append(item) }
    wake()
  }

  func takeAll() -> [ProcessMail] {
    mail.withLock { mail in
      defer { mail = [] }
      return mail
    }
  }
}

/// Something that has come for a process.
package enum ProcessMail: Sendable {
  /// From another process.
  case message(ProcessMessageContent, from: ProcessID)
  /// A process that it monitors, or is linked to, has ended.
  case exit(ProcessID, Result<Temporal_Api_Common_V1_Payload?, FailedOperation>)
  /// A process that it is linked to has failed.
  case linkDown(ProcessID, Result<Temporal_Api_Common_V1_Payload?, FailedOperation>)
  /// It should end.
  case cancel(from: ProcessID, reason: String)
  /// It has to end.
  case terminate
  /// What it asked for under this number.
  case answer(Int, ProcessAnswer)
}

/// What came of something that a process asked for.
package enum ProcessAnswer: Sendable {
  case done
  case process(ProcessID)
  case value(Temporal_Api_Common_V1_Payload?)
  case failed(FailedOperation)
}
