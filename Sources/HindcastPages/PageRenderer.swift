internal import Mustache

/// Turns views into HTML.
struct PageRenderer: Sendable {
  private let library: MustacheLibrary

  init() throws {
    var library = MustacheLibrary()
    for (name, text) in Templates.all { try library.register(text, named: name) }
    self.library = library
  }

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
    let content = library.render(view, withTemplate: template) ?? ""
    let frame = Frame(title: "\(title) · Hindcast", namespaces: namespaces, content: content)
    return library.render(frame, withTemplate: "page") ?? ""
  }
}
