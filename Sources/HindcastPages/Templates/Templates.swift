/// The pages as Mustache templates, by name, beside those for histories.
enum Templates {
  static let all: [String: String] = [
    "page": page, "runs": runs, "run": run, "message": message,
  ]

  private static let page = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{title}}</title>
    <style>{{{style}}}</style>
    </head>
    <body>
    <header><strong>Hindcast</strong>{{#namespaces}}<a href="{{link}}">{{name}}</a>{{/namespaces}}</header>
    <main>
    {{{content}}}
    </main>
    </body>
    </html>
    """

  private static let runs = """
    <h1>{{namespace}}</h1>
    <form method="get" action="/">
    <input type="hidden" name="namespace" value="{{namespace}}">
    <input name="query" value="{{query}}" placeholder="WorkflowType = 'app:order' AND ExecutionStatus = 'Running'" aria-label="Query">
    <button>Search</button>
    </form>
    {{#error}}<p class="card alarm">{{.}}</p>{{/error}}
    <p class="faint">{{count}}</p>
    <table>
    <thead><tr><th>Status</th><th>Workflow ID</th><th>Type</th><th>Task queue</th><th>Started</th><th>Closed</th><th>Events</th></tr></thead>
    <tbody>
    {{#rows}}
    <tr><td><span class="state {{status}}">{{status}}</span></td><td><a href="{{link}}">{{workflowID}}</a></td><td>{{type}}</td>\
    <td>{{taskQueue}}</td><td class="mono">{{started}}</td><td class="mono">{{closed}}</td><td>{{events}}</td></tr>
    {{/rows}}
    </tbody>
    </table>
    {{#next}}<p><a rel="next" href="{{.}}">Older runs</a></p>{{/next}}
    """

  private static let run = """
    <h1>{{workflowID}} <span class="state {{status}}">{{status}}</span></h1>
    <p><a href="{{download}}" download>Download the history</a></p>
    {{#pending}}<p class="card">{{.}}</p>{{/pending}}
    {{#history}}{{> history}}{{/history}}
    """

  private static let message = """
    <h1>{{title}}</h1>
    <p class="card alarm">{{text}}</p>
    """
}
