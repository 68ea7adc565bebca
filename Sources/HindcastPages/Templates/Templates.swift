/// The pages as Mustache templates, by name. Values are escaped where they stand in two braces.
enum Templates {
  static let all: [String: String] = [
    "page": page, "runs": runs, "run": run, "history": history, "finding": finding, "event": event, "message": message,
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

  private static let history = """
    <section class="card"><dl>{{#facts}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/facts}}</dl></section>
    {{#verdict}}
    <h2>Replay <span class="state {{name}}">{{name}}</span></h2>
    {{#finding}}{{> finding}}{{/finding}}
    {{#warnings}}{{> finding}}{{/warnings}}
    {{/verdict}}
    {{#hasSpans}}
    <h2>Timeline</h2>
    <section class="card">
    {{#spans}}
    <div class="span"><a href="#event-{{eventID}}">{{label}}</a><div class="track"><div class="bar {{kind}} {{state}}" \
    style="left:{{left}}%;width:{{width}}%"></div></div><span class="faint">{{text}}</span></div>
    {{/spans}}
    </section>
    {{/hasSpans}}
    {{#tasks}}
    <h2>{{title}}</h2>
    <section class="card">
    {{#events}}{{> event}}{{/events}}
    </section>
    {{/tasks}}
    """

  private static let event = """
    <div class="event{{#isCommand}} command{{/isCommand}}{{#isFailure}} broken{{/isFailure}}" id="event-{{id}}">
    <details><summary><span class="faint">{{id}}</span><span class="mono faint">{{time}}</span><span>{{summary}}</span></summary>
    <pre>{{json}}</pre></details>
    <dl>{{#details}}<dt>{{label}}</dt><dd class="mono">{{value}}</dd>{{/details}}</dl>
    {{#finding}}{{> finding}}{{/finding}}
    </div>
    """

  private static let finding = """
    <div class="card alarm">
    <p><strong>{{rule}}</strong> {{message}}</p>
    <dl>
    {{#expected}}<dt>history</dt><dd class="mono">{{.}}</dd>{{/expected}}
    {{#actual}}<dt>code</dt><dd class="mono">{{.}}</dd>{{/actual}}
    {{#differences}}<dt>{{field}}</dt><dd class="mono">{{history}} → {{code}}</dd>{{/differences}}
    {{#location}}<dt>code at</dt><dd class="mono">{{.}}</dd>{{/location}}
    {{#hint}}<dt>hint</dt><dd>{{.}}</dd>{{/hint}}
    </dl>
    {{#hasLines}}<pre class="code">{{#lines}}<div{{#isIt}} class="it"{{/isIt}}><span>{{number}}</span>{{text}}</div>{{/lines}}</pre>{{/hasLines}}
    </div>
    """

  private static let message = """
    <h1>{{title}}</h1>
    <p class="card alarm">{{text}}</p>
    """
}
