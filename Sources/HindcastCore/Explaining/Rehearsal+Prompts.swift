import HindcastHistory
import TemporalAPI

extension Rehearsal: RehearsalPrompter {
  func version(
    of changeID: String, recorded: Int?, minimum: Int, maximum: Int, at location: SourceLocation?
  ) -> Int {
    let range = minimum...max(minimum, maximum)
    if let recorded, range.contains(recorded) { return recorded }
    let step = VersionStep(
      changeID: changeID, recorded: recorded, minimum: minimum, maximum: maximum, location: location)
    if let recorded {
      editCost += 1
      steps.append(.version(step))
      return min(max(recorded, range.lowerBound), range.upperBound)
    }
    if isAhead, let later = story.versionMarkers.first(where: { $0.changeID == changeID })?.version,
      range.contains(later)
    {
      return later
    }
    // Behind the end of what is known, the code makes its choice anew.
    if story.slices[task].mayBeCutShort { return range.upperBound }
    if minimum > -1 {
      editCost += 1
      steps.append(.version(step))
      return minimum
    }
    // The old branch is what a gate without a marker is for; but the marker may have been lost.
    if cost == 0, maximum > -1, choose([0, 0.9]) == 1 {
      editCost += 0.9
      steps.append(.version(step))
      return maximum
    }
    return -1
  }

  func sideEffect(at location: SourceLocation?) -> Payloads? {
    let number = nextSideEffect()
    sideEffects.append(number)
    guard let number else { return nil }
    reservedSideEffects.insert(number)
    return story.event(number).markerRecordedEventAttributes.details["data"]
  }

  private func nextSideEffect() -> Int? {
    func isFree(_ number: Int) -> Bool {
      !isIssued[number] && !reservedSideEffects.contains(number) && story.event(number).isSideEffect
    }
    if let own = story.commandsOfTask[task].first(where: isFree) { return own }
    guard let later = (story.commandsOfTask[task].upperBound..<story.commands.count).first(where: isFree) else {
      return nil
    }
    // Code that has left something out may be on to a later task's side effect.
    if isAhead { return choose([0, 1]) == 0 ? later : nil }
    return choose([1, 1]) == 0 ? nil : later
  }

  func sideEffectFailed() {
    if !sideEffects.isEmpty { sideEffects.removeLast() }
  }

  func mutableSideEffectIsMissing(_ id: String, at location: SourceLocation?) {
    editCost += 1
    steps.append(.mutableSideEffect(id, location))
  }
}

extension HistoryEvent {
  /// Whether the event is the marker of a side effect.
  var isSideEffect: Bool {
    eventType == .markerRecorded && markerRecordedEventAttributes.markerName == Marker.sideEffect
  }
}
