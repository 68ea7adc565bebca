internal import HindcastCore
package import HindcastHistory
package import HindcastLua
package import HindcastWorker

/// The activities of an app that one worker has, as workers run them.
package struct LuaActivityAdapter: ActivityCode {
  package let activityTypes: [String]

  private let activities: LuaActivities
  private let processes: AppProcesses

  package init(_ activities: LuaActivities, types: [String], processes: AppProcesses) {
    self.activities = activities
    self.processes = processes
    activityTypes = types.sorted()
  }

  package func run(_ activity: ActivityContext) throws(ActivityError) -> Payloads? {
    var context = LuaActivities.Context(
      now: { WorkflowTime(unixNanoseconds: activity.now) }, sleep: { activity.wait(.nanoseconds($0)) == nil },
      log: { activity.log(WorkerLogLine($0)) })
    context.reach(processes, in: activity)
    do {
      return try activities.run(activity.info.type, input: activity.input, header: activity.header, context: context)
    } catch {
      throw .failed(error.failure)
    }
  }
}
