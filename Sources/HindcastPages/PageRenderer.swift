internal import HindcastReport

/// Turns views into HTML.
struct PageRenderer: Sendable {
  private let templates: HTMLTemplates

  init() throws { templates = try HTMLTemplates(Templates.all) }

  struct Link {
    var name: String
    var link: String
  }

  private struct Frame {
    var title: String
    let style = StyleSheet.text
    var namespaces: [Link]
    var content: String
  }

  struct Message {
    var title: String
    var text: String
  }

  /// A whole page, with a view in the middle.
  func page(_ title: String, _ view: Any, template: String, namespaces: [Link] = []) -> String {
    let content = templates.render(view, template)
    let frame = Frame(title: "\(title) · Hindcast", namespaces: namespaces, content: content)
    return templates.render(frame, "page")
  }
}
