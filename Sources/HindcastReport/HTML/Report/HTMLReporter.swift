import HindcastCore
public import HindcastReplay

/// One page with everything in it: what went wrong and where, all histories with filters, and for each that did not pass its
/// timeline, both sides beside each other, the code and the fix.
///
/// The page needs no other file and no network, and reads without JavaScript. Timelines are cut to what surrounds the failure,
/// and to less when there are many, so that thousands of histories make a page that opens at once.
public struct HTMLReporter: Reporter {
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

  /// Timelines are cut more once this many events are on the page.
  private static let manyEvents = 8_000
  private static let around: (before: Int64, after: Int64) = (60, 25)
  private static let aroundOfMany: (before: Int64, after: Int64) = (8, 4)

  /// Makes a reporter, which writes when it is finished.
  /// - Throws: ``OutputError/failed(_:)`` when the page's templates are broken.
  public init(to output: any ReportOutput, context: ReportContext) throws(OutputError) {
    self.output = output
    self.context = context
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
    let view: HistoryView
    if let history = verdict.history, !verdict.isAcceptable {
      let style = HistoryView.Style(
        anchorPrefix: "\(anchor)-", showsJSON: false,
        around: shownEvents < Self.manyEvents ? Self.around : Self.aroundOfMany)
      view = HistoryView(history, verdict: verdict, style: style, sources: &sources)
    } else {
      view = HistoryView(verdict, sources: &sources)
    }
    shownEvents += view.shownEvents
    let row = ReportRow(verdict, anchor: anchor, view: view)
    let place = verdict.failure.flatMap { sources.place(of: $0, app: verdict.appDirectory) }
    index.add(verdict, row: row, at: place.map(String.init(describing:)) ?? "")
    let group = verdict.isAcceptable ? row.outcome == "warned" ? 1 : 2 : 0
    groups[group] += templates.render(row, "report-history")
  }

  /// Takes in what could not be replayed.
  public mutating func report(_ problem: InputProblem) { problems.append(problem.message) }

  /// Writes the page.
  public mutating func finish(_ summary: ReplaySummary) throws(OutputError) {
    let page = ReportPage(
      summary: summary, context: context, index: index, problems: problems, content: groups.joined())
    try output.write(templates.render(page, "report"))
  }
}
