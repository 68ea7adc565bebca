#if GRPC
import HindcastCore
import HindcastHistory
import HindcastLua
import HindcastWorker

/// The activities of an app that one worker has, as workers run them.
struct LuaActivityAdapter: ActivityCode {
  let activityTypes: [String]

  private let activities: LuaActivities

  init(_ activities: LuaActivities, types: [String]) {
    self.activities = activities
    activityTypes = types.sorted()
  }

  func run(_ activity: ActivityContext) throws(ActivityError) -> Payloads? {
    let context = LuaActivities.Context(
      sleep: { activity.wait(.nanoseconds($0)) == nil }, log: { activity.log(WorkerLogLine($0)) })
    do {
      return try activities.run(activity.info.type, input: activity.input, header: activity.header, context: context)
    } catch {
      throw .failed(error.failure)
    }
  }
}
#endif
