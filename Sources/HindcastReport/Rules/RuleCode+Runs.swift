import HindcastCore

extension RuleCode {
  /// The rules of code that does not run or go on, and of histories that cannot be replayed.
  var runRule: RuleDescription? {
    switch self {
    case .unstableCode:
      RuleDescription(
        .error, "Unstable code", "Two replays of one history issued different commands.",
        "Something other than the history decides: the order of a table, real time, randomness, global state. Ask the "
          + "workflow for it instead, or record it in a side effect.")
    case .deadlock:
      RuleDescription(
        .error, "Does not yield", "The code ran for longer than its budget without waiting for anything.",
        "Move long work into an activity, or put a wait into the loop.")
    case .logicalDeadlock:
      RuleDescription(
        .error, "Nothing can wake it", "Every coroutine waits, and nothing that is under way can wake one.",
        "Look at what each coroutine waits for; one of them must be sent to, closed or cancelled.")
    case .codeError:
      RuleDescription(
        .error, "Error in the code", "The code raises an error that the history does not have.",
        "Mend the error; the stack says where it is.")
    case .memoryLimit:
      RuleDescription(
        .error, "Too much memory", "The code holds more memory than one run may.",
        "Keep less in the workflow, or raise --memory-limit.")
    case .loadError:
      RuleDescription(
        .error, "Code does not load", "The app or the code of the workflow cannot be loaded.",
        "Mend the error that the message names; hindcast replay needs the same files as the worker.")
    case .unregisteredType:
      RuleDescription(
        .error, "Workflow type not registered", "The app defines no workflow of the type that the history names.",
        "Keep the type until no run of it is left, or name the right app with --app.")
    case .invalidHistory:
      RuleDescription(
        .error, "Broken history", "The history breaks a rule that every history keeps, or its file cannot be read.",
        Remedy.export)
    case .unknownEvent:
      RuleDescription(
        .error, "Unknown event", "The history holds an event of a type that is not known here.",
        "It was written by a newer server: a newer version of Hindcast may know the event.")
    case .unknownMarker:
      RuleDescription(
        .error, "Unknown marker", "The history holds a marker that no SDK known here writes.",
        "It was written by another SDK: replay it with hindcast verify and a worker of that SDK.")
    default: nil
    }
  }

  /// The rules of code that works but is in danger, and of histories that are odd.
  var remarkRule: RuleDescription {
    switch self {
    case .versionUnused:
      RuleDescription(
        .info, "Version not asked for",
        "The history has a marker of a version that the code does not ask for any more.",
        "Nothing, once no run needs the old branch.")
    case .versionMoved:
      RuleDescription(
        .warning, "Version asked for elsewhere",
        "The code asks for a version earlier than the history recorded it, and takes the old branch there.",
        "Leave calls of workflow.version where they were.")
    case .versionRepeated:
      RuleDescription(
        .warning, "Version recorded twice", "The history has two markers of one change; the last one counts.",
        Remedy.export)
    case .localActivityUnawaited:
      RuleDescription(
        .warning, "Local activity not awaited",
        "The code starts a local activity that the history does not have, and never waits for it.",
        "Wait for it, or leave it out.")
    case .unhandledSignal:
      RuleDescription(
        .info, "Signal not received", "A signal came that the code never receives.",
        "Nothing, if the signal may be ignored; otherwise look at the name that the code listens to.")
    case .eventsAfterClose:
      RuleDescription(
        .warning, "Events after the end", "Events follow the one that closes the workflow; they are ignored.",
        Remedy.export)
    case .unknownFlag:
      RuleDescription(
        .warning, "Unknown SDK flag",
        "A workflow task names a flag of its SDK that is not known here: a worker may behave otherwise.",
        "It was written by a newer SDK: a newer version of Hindcast may know the flag.")
    case .profileMismatch:
      RuleDescription(
        .warning, "Recorded by another SDK",
        "The history was recorded by an SDK whose rules differ from those that it is replayed under.",
        "Replay it with hindcast verify and a worker of that SDK.")
    case .openTaskFails:
      RuleDescription(
        .warning, "The next task would fail",
        "The workflow is open, and the code would fail it in the task that comes next.",
        "Mend the error before the deploy: the workflow fails as soon as it goes on.")
    case .historyNote:
      RuleDescription(
        .warning, "Note on the file", "The reader had to interpret how the file was written.", Remedy.export)
    case .commandsInPairsLoop:
      RuleDescription(
        .warning, "Commands in a loop over a table",
        "Commands were issued in a loop over pairs: its order is not the same in every process.",
        "Sort the keys, or loop over an array.")
    case .randomUsed:
      RuleDescription(
        .warning, "Randomness that is not recorded", "The code draws random numbers that a replay cannot repeat.",
        "Draw them through the workflow or in a side effect.")
    default:
      RuleDescription(
        .warning, "Hazard", "The code did something that may not replay.", "The message says what and where.")
    }
  }
}
