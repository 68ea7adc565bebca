import HindcastCore
public import HindcastReplay

/// One page with everything in it: what went wrong and where, all histories with filters, and for each that did not pass its
/// timeline, both sides beside each other, the code and the fix.
///
/// The page needs no other file and no network, and reads without JavaScript. Timelines are cut to what surrounds the failure,
/// and the more there is on the page, the less is added for each history, so that it opens whatever it is about.
public struct HTMLReporter: Reporter {
  /// How much goes on a page.
  struct Limits {
    /// Timelines are cut more once this many events are on the page.
    var events = 8_000
    /// Histories are a line each once the list has this many bytes.
    var bytes = 24_000_000
    /// So many histories of which there is nothing to say have a line of their own.
    var plainRows = 10_000
  }

  private let output: any ReportOutput
  private let context: ReportContext
  private let templates: HTMLTemplates
  private var sources: SourceFiles
  /// The histories as HTML: those that did not pass, those with remarks, and the others.
  private var groups = ["", "", ""]
  private var count = 0
  private var shownEvents = 0
  private var index = ReportIndex()
  private var problems: [String] = []
  private let limits: Limits
  private var plainRows = 0

  private static let around: (before: Int64, after: Int64) = (60, 25)
  private static let aroundOfMany: (before: Int64, after: Int64) = (8, 4)

  /// Makes a reporter, which writes when it is finished.
  /// - Throws: ``OutputError/failed(_:)`` when the page's templates are broken.
  public init(to output: any ReportOutput, context: ReportContext) throws(OutputError) {
    try self.init(to: output, context: context, limits: Limits())
  }

  init(to output: any ReportOutput, context: ReportContext, limits: Limits) throws(OutputError) {
    self.output = output
    self.context = context
    self.limits = limits
    sources = SourceFiles(workingDirectory: context.workingDirectory)
    do {
      templates = try HTMLTemplates(ReportTemplates.all)
    } catch {
      throw .failed("the templates of the page: \(error)")
    }
  }

  /// Takes a history in.
  public mutating func report(_ verdict: HistoryVerdict) {
    count += 1
    let anchor = "h\(count)"
    let view = view(of: verdict, anchor: anchor)
    shownEvents += view?.shownEvents ?? 0
    let row = ReportRow(verdict, anchor: anchor, view: view)
    let place = verdict.failure.flatMap { sources.place(of: $0, app: verdict.appDirectory) }
    index.add(verdict, row: row, at: place.map(String.init(describing:)) ?? "")
    if row.outcome == "fine" {
      plainRows += 1
      if plainRows > limits.plainRows { return }
    }
    let group = verdict.isAcceptable ? row.outcome == "warned" ? 1 : 2 : 0
    groups[group] += templates.render(row, "report-history")
  }

  /// What there is to show of a history below its line; nil once the page is full.
  private mutating func view(of verdict: HistoryVerdict, anchor: String) -> HistoryView? {
    guard groups.reduce(0, { $0 + $1.utf8.count }) < limits.bytes else { return nil }
    guard let history = verdict.history, !verdict.isAcceptable else {
      return HistoryView(verdict, sources: &sources)
    }
    let around = shownEvents < limits.events ? Self.around : Self.aroundOfMany
    let style = HistoryView.Style(anchorPrefix: "\(anchor)-", showsJSON: false, around: around)
    return HistoryView(history, verdict: verdict, style: style, sources: &sources)
  }

  /// Takes in what could not be replayed.
  public mutating func report(_ problem: InputProblem) { problems.append(problem.message) }

  /// Writes the page.
  public mutating func finish(_ summary: ReplaySummary) throws(OutputError) {
    let page = ReportPage(
      summary: summary, context: context, index: index, problems: problems, content: groups.joined(),
      unlisted: max(0, plainRows - limits.plainRows))
    try output.write(templates.render(page, "report"))
  }
}
