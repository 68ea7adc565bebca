/// Events that lie together in one array of a file.
struct HistoryPage {
  var container: HistoryOrigin.Container
  /// The JSON pointer of the array.
  var pointer: String
  /// The place in that array of the first event.
  var sourceIndex = 0
  var events: [HistoryEvent] = []
  /// The line on which each event begins; empty in a source without lines.
  var lines: [UInt32] = []
  /// The notes that the decoder made in this page, by their places in its list.
  var notes: Range<Int> = 0..<0
  var workflowID: String?
  var runID: String?
  /// Whether the page names a further page.
  var hasNextPage = false

  init(container: HistoryOrigin.Container, pointer: String) {
    self.container = container
    self.pointer = pointer
  }

  /// Whether a history may be spread over several pages of this kind.
  var isPart: Bool {
    switch container {
    case .historyArray, .response, .rawHistory, .events: true
    case .memory, .history, .binaryHistory, .binaryExport, .export: false
    }
  }
}
