/// The templates of the report that is one page.
enum ReportTemplates {
  static let all: [String: String] = ["report": page, "report-history": history]

  /// Nothing is fetched from anywhere, whatever a history holds.
  private static let page = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '{{{scriptDigest}}}'; img-src data:; base-uri 'none'; form-action 'none'">
    <link rel="icon" href="data:,">
    <title>{{title}} · Hindcast</title>
    <style>{{{style}}}</style>
    </head>
    <body>
    <header><strong>Hindcast</strong><span class="faint">replay report</span></header>
    <main>
    <h1>{{title}}</h1>
    <p class="faint">{{subtitle}}</p>
    <div class="shares" aria-hidden="true">{{#shares}}<div class="share {{shareClass}}" style="flex-grow:{{count}}"></div>{{/shares}}</div>
    <ul class="counts">{{#shares}}<li><span class="state {{shareClass}}">{{name}}</span> {{countWords}}</li>{{/shares}}\
    {{#extras}}<li class="faint">{{.}}</li>{{/extras}}</ul>
    {{#hasProblems}}<section class="card alarm"><h2>Not replayed</h2><ul>{{#problems}}<li class="mono">{{.}}</li>{{/problems}}</ul></section>{{/hasProblems}}
    {{#hasCauses}}
    <h2>What went wrong</h2>
    <div class="scroll"><table class="causes">
    <thead><tr><th>Histories</th><th>Rule</th><th>Code at</th><th>First</th></tr></thead>
    <tbody>{{#causes}}<tr><td>{{count}}</td><td><strong>{{rule}}</strong><br><span class="faint">{{words}}</span></td><td class="mono">{{at}}</td>\
    <td><a class="mono" href="#{{anchor}}">{{first}}</a></td></tr>{{/causes}}</tbody>
    </table></div>
    <p class="faint">{{moreCauses}}</p>
    {{/hasCauses}}
    <h2 id="histories">Histories</h2>
    <form class="filters" hidden role="search">
    <input type="search" name="text" placeholder="Filter by any text" aria-label="Filter by text">
    <select name="verdict" aria-label="Verdict"><option value="">All verdicts</option><option value="failing">did not pass</option>\
    <option value="warned">with warnings</option>{{#verdictNames}}<option>{{.}}</option>{{/verdictNames}}</select>
    <select name="rule" aria-label="Rule"><option value="">All rules</option>{{#rules}}<option>{{.}}</option>{{/rules}}</select>
    <select name="type" aria-label="Workflow type"><option value="">All types</option>{{#types}}<option>{{.}}</option>{{/types}}</select>
    <button type="button" name="open">Open all</button><button type="button" name="close">Close all</button>
    <output class="faint"></output>
    </form>
    <ul class="histories">
    {{{content}}}
    </ul>
    <p class="faint">{{unlisted}}</p>
    </main>
    <script>{{{script}}}</script>
    </body>
    </html>
    """

  private static let history = """
    <li id="{{anchor}}" class="history {{outcome}}" data-verdict="{{verdictName}}" data-rule="{{allRules}}" data-type="{{type}}">
    {{#hasBody}}<details><summary class="row">{{/hasBody}}{{^hasBody}}<div class="row">{{/hasBody}}
    <span class="state {{verdictName}}">{{verdictName}}</span><span class="name mono">{{historyName}}</span>\
    <span class="faint type">{{type}}</span><span class="why">{{why}}</span><span class="faint count">{{eventCount}}</span>
    {{#hasBody}}</summary>
    <div class="body">
    {{#verdicts}}
    {{#isUnexpected}}<p class="card alarm">Expected: {{expectation}}</p>{{/isUnexpected}}
    {{> verdict}}
    {{/verdicts}}
    <details class="card"><summary>About the history</summary><dl>{{#facts}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/facts}}</dl></details>
    {{#hasTasks}}<details class="timeline"><summary>Timeline, {{extent}}</summary>
    {{> timeline}}
    {{#hasLeftOutAfter}}<p class="faint">{{leftOutAfter}}</p>{{/hasLeftOutAfter}}
    </details>{{/hasTasks}}
    </div></details>{{/hasBody}}{{^hasBody}}</div>{{/hasBody}}
    </li>
    """
}
