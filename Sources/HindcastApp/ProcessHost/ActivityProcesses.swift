package import HindcastLua
package import HindcastWorker

extension LuaActivities.Context {
  /// Lets an activity's code reach other processes and workflows, and wait for what they send.
  package mutating func reach(_ processes: any ProcessHost, in activity: ActivityContext) {
    self.processes = processes
    wait = { activity.waitUntilWoken(for: $0.map(Duration.nanoseconds)) == nil }
    wake = { activity.wakeUp() }
  }
}
