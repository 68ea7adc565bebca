import HindcastHistory
import TemporalAPI

/// What a rehearsal says was done to the code, with its surroundings.
struct EditScript {
  /// An edit and what stands round it.
  struct Placed {
    var edit: CommandEdit
    var history: Subject?
    var code: Subject?
    /// How many pairs in order came before it: edits of one gap belong together.
    var gap: Int
    /// What code and history do next, and last, together; with the event.
    var next: (subject: Subject, eventID: Int64)?
    var previous: (subject: Subject, eventID: Int64)?
    /// For a change of order: what the code does first.
    var partner: Subject?
    /// For a change of order: whether the code waits for the one before it begins the other.
    var isApart = false
    /// For a change of the moment: what only one side waits for.
    var awaited: (title: String, eventID: Int64)?
    var version: VersionStep?
    var detail = Detail.none

    /// What more an edit may say.
    enum Detail {
      case none
      /// The code ends, and leaves this many commands out.
      case endsEarly(Int)
      /// The code waits; nil: nobody knows for what.
      case waits(String?)
      /// The code does not wait for what the history has before.
      case hurries
      /// The code waits for something before it.
      case lags
    }
  }

  private let rehearsal: Rehearsal
  private let story: RecordedStory
  private(set) var placed: [Placed] = []
  private(set) var rows: [AlignedRow] = []
  /// The row of the first edit.
  private(set) var firstRow: Int?
  /// Whether the edits account for the whole history.
  private(set) var isComplete = false
  /// How often each thing is done, by the code and in the history, as far as both were looked at.
  private(set) var counts: [Subject: (code: Int, history: Int)] = [:]

  /// The places from which the code does each thing.
  private(set) var places: [Subject: Set<SourceLocation>] = [:]

  private var nextRecorded = 0
  private var gap = 0
  private var lastPair: (subject: Subject, eventID: Int64)?
  private var lastLocation: SourceLocation?

  init(_ rehearsal: Rehearsal) {
    self.rehearsal = rehearsal
    story = rehearsal.story
    for (index, step) in rehearsal.steps.enumerated() {
      add(step, at: index)
      if let location = step.location { lastLocation = location }
    }
    addTail()
    mergeReplacements()
    if placed.isEmpty { addMove() }
    addStaleVersions()
    addUnusedMutableSideEffects()
    count()
  }

  // MARK: Steps

  private mutating func add(_ step: RehearsalStep, at index: Int) {
    switch step {
    case .pair(let number, let command, let relation, let isLate, _):
      if isLate {
        addLate(number, command, at: index)
      } else {
        addRemoved(nextRecorded..<number, before: step)
        addPair(number, command, relation)
        nextRecorded = number + 1
      }
    case .inserted(let command):
      addRow(AlignedRow(.onlyCode, command: Subject(command).title, location: command.location), isEdit: true)
      add(Placed(edit: CommandEdit(.inserted, command: command), code: Subject(command), gap: gap))
    case .beyond(let command):
      addRow(AlignedRow(.onlyCode, command: Subject(command).title, location: command.location), isEdit: false)
    case .ended(let command): addEnd(command)
    case .version(let version): add(version)
    case .mutableSideEffect(let id, let location):
      addRow(
        AlignedRow(.onlyCode, command: Subject.mutableSideEffect(id).title, location: location), isEdit: true)
      add(Placed(edit: CommandEdit(.inserted, location: location), code: .mutableSideEffect(id), gap: gap))
    }
  }

  private mutating func add(_ edit: Placed) {
    var edit = edit
    edit.previous = edit.previous ?? lastPair
    edit.edit.previousLocation = lastLocation
    placed.append(edit)
  }

  private mutating func addRow(_ row: AlignedRow, isEdit: Bool) {
    if isEdit, firstRow == nil { firstRow = rows.count }
    rows.append(row)
  }

  /// What follows an edit is known only now.
  private mutating func closeGap(with pair: (subject: Subject, eventID: Int64)) {
    for index in placed.indices.reversed() {
      guard placed[index].gap == gap else { break }
      placed[index].next = pair
    }
    gap += 1
  }

  private mutating func addPair(_ number: Int, _ command: IssuedCommand, _ relation: RehearsalStep.Relation) {
    let event = story.event(number)
    let (history, code) = (Subject(event), Subject(command))
    var edit: CommandEdit?
    switch relation {
    case .same: break
    case .renamed(let differences) where !differences.isEmpty:
      edit = CommandEdit(.renamed, event: event, command: command, differences: differences)
    case .renamed: break
    case .replaced where command.closesWorkflow:
      edit = CommandEdit(.endChanged, event: event, command: command, location: endLocation(command))
    case .replaced: edit = CommandEdit(.replaced, event: event, command: command)
    }
    addRow(
      AlignedRow(
        edit == nil ? .matched : .differs, event: history.title, eventID: event.eventID, command: code.title,
        location: command.location), isEdit: edit != nil)
    closeGap(with: (history, event.eventID))
    if let edit {
      add(Placed(edit: edit, history: history, code: code, gap: gap))
      gap += 1
    }
    lastPair = (history, event.eventID)
  }

  private mutating func addRemoved(_ numbers: Range<Int>, before step: RehearsalStep) {
    for number in numbers where !rehearsal.isIssued[number] {
      addRemoved(number, at: step.location ?? rehearsal.lastLocation ?? lastLocation)
    }
  }

  private mutating func addRemoved(_ number: Int, at location: SourceLocation?) {
    let event = story.event(number)
    let subject = Subject(event)
    addRow(AlignedRow(.onlyHistory, event: subject.title, eventID: event.eventID), isEdit: true)
    add(Placed(edit: CommandEdit(.removed, event: event, location: location), history: subject, gap: gap))
  }

  /// A command that comes after one which follows it in the history.
  private mutating func addLate(_ number: Int, _ command: IssuedCommand, at index: Int) {
    let event = story.event(number)
    let subject = Subject(event)
    // The first that overtook it.
    var overtaker: IssuedCommand?
    var passed: Int64?
    var isApart = false
    for case .pair(let other, let issued, _, false, _) in rehearsal.steps[..<index] where other > number {
      (overtaker, passed) = (issued, story.event(other).eventID)
      isApart = story.commands[other].task != story.commands[number].task
      break
    }
    var row = AlignedRow(
      .differs, event: subject.title, eventID: event.eventID, command: Subject(command).title,
      location: command.location)
    if let passed, let first = rows.lastIndex(where: { $0.eventID == passed }) {
      rows[first].relation = .differs
      firstRow = min(firstRow ?? first, first)
      if first == rows.count - 1 {
        // Two neighbours: each side in its own order.
        (rows[first].event, row.event) = (row.event, rows[first].event)
        (rows[first].eventID, row.eventID) = (row.eventID, rows[first].eventID)
      }
    }
    addRow(row, isEdit: true)
    var edit = Placed(
      edit: CommandEdit(.swapped, event: event, command: overtaker ?? command), history: subject,
      code: Subject(command), gap: gap)
    edit.partner = overtaker.map(Subject.init)
    edit.isApart = isApart
    add(edit)
  }

  private mutating func add(_ version: VersionStep) {
    let event = story.versionMarkers.first { $0.changeID == version.changeID }?.event
    var edit = Placed(
      edit: CommandEdit(.versionMarkerMissing, event: event, location: version.location), gap: gap)
    edit.version = version
    addRow(
      AlignedRow(
        event == nil ? .onlyCode : .differs,
        event: version.recorded.map { "version \($0) of \(version.changeID)" }, eventID: event?.eventID,
        command: "version \(version.range) of \(version.changeID)", location: version.location
      ), isEdit: true)
    add(edit)
  }

  // MARK: The end

  /// The code ended, and the history has no end that a command made.
  private mutating func addEnd(_ command: IssuedCommand) {
    let first = rehearsal.front.map { story.event($0) }
    addRow(
      AlignedRow(
        first == nil ? .onlyCode : .differs, event: first.map { Subject($0).title }, eventID: first?.eventID,
        command: Subject(command).title, location: command.location), isEdit: true)
    var edit = Placed(
      edit: CommandEdit(.endChanged, event: first, command: command, location: endLocation(command)),
      history: first.map(Subject.init),
      code: Subject(command), gap: gap)
    edit.detail = .endsEarly(rehearsal.isIssued.lazy.filter { !$0 }.count)
    add(edit)
    nextRecorded = rehearsal.isIssued.count
  }

  private mutating func addTail() {
    turnTailIntoEnd()
    switch rehearsal.ending {
    case .whole:
      for number in nextRecorded..<max(nextRecorded, rehearsal.isIssued.count) where !rehearsal.isIssued[number] {
        addRemoved(number, at: rehearsal.lastLocation ?? lastLocation)
      }
      isComplete = true
    case .stuck:
      guard let front = rehearsal.front else { return }
      let event = story.event(front)
      let waiting = rehearsal.run?.coroutines.first
      addRow(AlignedRow(.onlyHistory, event: Subject(event).title, eventID: event.eventID), isEdit: true)
      var edit = Placed(
        edit: CommandEdit(.endChanged, event: event, location: waiting?.location), history: Subject(event), gap: gap)
      edit.detail = .waits(Self.waiting(rehearsal.run))
      add(edit)
      isComplete = front == story.closingCommand
    case .abandoned, .failed:
      // What the code would have done next is unknown, but not what the history has there.
      guard let front = rehearsal.front else { return }
      closeGap(with: (Subject(story.event(front)), story.event(front).eventID))
    }
  }

  /// Where the code ended. A `return` is no call that would tell its line; then it is where the code stood last.
  private func endLocation(_ command: IssuedCommand) -> SourceLocation? { command.location ?? rehearsal.lastLocation }

  private static func waiting(_ run: WorkflowRun?) -> String? {
    let subscriptions = run?.wakeSources.subscriptions ?? []
    if !subscriptions.isEmpty { return subscriptions.joined(separator: ", ") }
    return run?.coroutines.first?.waitingFor
  }

  /// Several commands left out right before the end: the code ends early.
  private mutating func turnTailIntoEnd() {
    guard case .pair(_, let command, .same, _, _)? = rehearsal.steps.last, command.closesWorkflow else { return }
    let tail = placed.suffix(while: { $0.edit.kind == .removed && $0.gap == gap - 1 })
    guard tail.count > 1, let first = tail.first else { return }
    // One thing that is done less often is a loop that ends sooner, and not the workflow.
    if let subject = first.history, tail.allSatisfy({ $0.history == subject }),
      rows.contains(where: { $0.event == subject.title && $0.command != nil })
    {
      return
    }
    placed.removeLast(tail.count)
    var edit = first
    edit.edit.kind = .endChanged
    edit.edit.command = command
    edit.edit.location = endLocation(command) ?? first.edit.location
    edit.code = Subject(command)
    edit.detail = .endsEarly(tail.count)
    placed.append(edit)
  }

  // MARK: Afterwards

  /// What was left out where one thing was put in was replaced.
  private mutating func mergeReplacements() {
    var index = 0
    while index + 1 < placed.count {
      let pair = [placed[index], placed[index + 1]]
      let count = placed.filter { $0.gap == pair[0].gap }.count
      guard count == 2, pair[0].gap == pair[1].gap, let removed = pair.first(where: { $0.edit.kind == .removed }),
        let inserted = pair.first(where: { $0.edit.kind == .inserted })
      else {
        index += 1
        continue
      }
      var merged = removed
      merged.edit.kind = .replaced
      merged.edit.command = inserted.edit.command
      merged.edit.location = inserted.edit.location
      merged.code = inserted.code
      placed.replaceSubrange(index...index + 1, with: [merged])
    }
  }

  /// Nothing is other but the moment: the first command that another task issues.
  private mutating func addMove() {
    for case .pair(let number, let command, _, _, let task) in rehearsal.steps
    where task != story.commands[number].task {
      let event = story.event(number)
      var edit = Placed(
        edit: CommandEdit(
          command.closesWorkflow ? .endChanged : .moved, event: event, command: command,
          location: command.closesWorkflow ? endLocation(command) : nil),
        history: Subject(event), code: Subject(command), gap: 0)
      let recordedTask = story.commands[number].task
      edit.detail = task < recordedTask ? .hurries : .lags
      edit.awaited = story.trigger(ofTask: max(task, recordedTask))
      if firstRow == nil { firstRow = rows.firstIndex { $0.eventID == event.eventID } }
      return placed.append(edit)
    }
  }

  /// Versions that the history has and the code does not ask for, where something else changed with them.
  private mutating func addStaleVersions() {
    guard !placed.isEmpty, let used = rehearsal.run?.environment.usedVersions else { return }
    for marker in story.versionMarkers.reversed() where !used.contains(marker.changeID) {
      guard let first = placed.first?.edit.event ?? placed.first?.next.flatMap({ event($0.eventID) }),
        first.eventID > marker.event.eventID
      else { continue }
      var edit = Placed(
        edit: CommandEdit(.versionMarkerStale, event: marker.event, location: placed[0].edit.location), gap: 0)
      edit.version = VersionStep(changeID: marker.changeID, recorded: marker.version, minimum: -1, maximum: 0)
      edit.history = .version(marker.changeID)
      placed.insert(edit, at: 0)
    }
  }

  private func event(_ id: Int64) -> HistoryEvent? { story.events.first { $0.eventID == id } }

  private mutating func addUnusedMutableSideEffects() {
    guard let calls = rehearsal.run?.environment.sideEffects.mutableCalls else { return }
    for (id, event) in story.mutableSideEffects where calls[id] == nil {
      var edit = Placed(edit: CommandEdit(.removed, event: event), history: .mutableSideEffect(id), gap: 0)
      for case .pair(let number, let command, _, _, _) in rehearsal.steps
      where story.event(number).eventID > event.eventID {
        edit.edit.location = command.location
        edit.next = (Subject(story.event(number)), story.event(number).eventID)
        break
      }
      placed.append(edit)
    }
  }

  private mutating func count() {
    for step in rehearsal.steps {
      let subject: Subject
      switch step {
      case .pair(let number, _, .same, _, _): subject = Subject(story.event(number))
      case .pair(_, let command, _, _, _), .inserted(let command), .beyond(let command), .ended(let command):
        subject = Subject(command)
      case .version, .mutableSideEffect: continue
      }
      counts[subject, default: (0, 0)].code += 1
      if let location = step.location { places[subject, default: []].insert(location) }
    }
    for number in story.commands.indices { counts[Subject(story.event(number)), default: (0, 0)].history += 1 }
  }

  /// How often the code and the history do the one thing that all edits are about, where only its number has changed.
  var changedCount: (subject: Subject, code: Int, history: Int)? {
    guard let first = placed.first, [.inserted, .removed].contains(first.edit.kind),
      let subject = first.code ?? first.history, subject.end == nil, let count = counts[subject],
      placed.allSatisfy({ $0.edit.kind == first.edit.kind && ($0.code ?? $0.history) == subject })
    else { return nil }
    guard count.code > 0, count.history > 0, count.code != count.history else { return nil }
    return (subject, count.code, count.history)
  }
}

extension Array {
  /// The longest end whose elements all fulfil a condition.
  fileprivate func suffix(while condition: (Element) -> Bool) -> ArraySlice<Element> {
    var start = endIndex
    while start > startIndex, condition(self[start - 1]) { start -= 1 }
    return self[start...]
  }
}
