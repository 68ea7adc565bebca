internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

extension ServerMachine {
  func standaloneActivity(
    _ activityID: String, runID: String, in namespace: String
  ) throws(ServiceError) -> StandaloneActivityRecord {
    throw .notFound("activity not found for ID: \(activityID)")
  }

  mutating func answerStandaloneActivity(
    _ runID: String, attempt: Int32?, _ answer: ActivityAnswer, by worker: ActivityWorker, _ turn: inout Turn
  ) throws(ServiceError) -> HeartbeatAnswer {
    throw .activityTaskNotFound
  }
}
