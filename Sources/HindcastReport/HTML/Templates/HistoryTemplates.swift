/// The templates for a history and what a replay says of it.
enum HistoryTemplates {
  static let all: [String: String] = [
    "history": history, "verdict": verdict, "timeline": timeline, "finding": finding, "event": event,
  ]

  private static let history = """
    <section class="card"><dl>{{#facts}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/facts}}</dl></section>
    {{#verdicts}}
    <h2>Replay <span class="state {{name}}">{{name}}</span></h2>
    {{> verdict}}
    {{/verdicts}}
    {{> timeline}}
    """

  private static let verdict = """
    {{#findings}}{{> finding}}{{/findings}}
    {{#warnings}}{{> finding}}{{/warnings}}
    {{#hasSDKWords}}<details><summary>What the SDK says</summary><pre>{{sdkWords}}</pre></details>{{/hasSDKWords}}
    """

  private static let timeline = """
    {{#hasSpans}}
    <h2>Timeline</h2>
    <section class="card">
    {{#spans}}
    <div class="span"><a href="#{{spanAnchor}}">{{label}}</a><div class="track"><div class="bar {{kind}} {{state}}" \
    style="left:{{left}}%;width:{{width}}%"></div></div><span class="faint">{{spanText}}</span></div>
    {{/spans}}
    </section>
    {{/hasSpans}}
    {{#tasks}}
    {{#hasLeftOut}}<p class="faint">{{leftOut}}</p>{{/hasLeftOut}}
    <h2>{{title}}</h2>
    <section class="card">
    {{#events}}{{> event}}{{/events}}
    </section>
    {{/tasks}}
    """

  private static let event = """
    <div class="event{{#isCommand}} command{{/isCommand}}{{#isFailure}} broken{{/isFailure}}{{#isDivergence}} diverged{{/isDivergence}}" id="{{anchor}}">
    {{#hasJSON}}<details><summary class="line"><span class="faint">{{id}}</span><span class="mono faint">{{time}}</span><span class="what">{{summary}}</span></summary>
    <pre>{{json}}</pre></details>{{/hasJSON}}{{^hasJSON}}<div class="line"><span class="faint">{{id}}</span><span class="mono faint">{{time}}</span><span class="what">{{summary}}</span></div>{{/hasJSON}}
    <dl>{{#details}}<dt>{{label}}</dt><dd class="mono">{{value}}</dd>{{/details}}</dl>
    {{#remarks}}<p class="remark {{severity}}">{{words}}</p>{{/remarks}}
    </div>
    """

  private static let finding = """
    <div class="finding {{severity}}">
    <p class="rule"><strong>{{rule}}</strong> <span class="faint">· {{ruleTitle}}{{#hasEvent}} · {{eventName}}{{/hasEvent}}</span></p>
    {{#hasCause}}<p class="cause">{{cause}} <span class="faint">{{reservation}}</span></p>{{/hasCause}}
    <p class="message{{#hasCause}} faint{{/hasCause}}">{{message}}</p>
    {{#hasSides}}
    <div class="scroll"><table class="sides">
    <thead><tr><th></th><th>Event</th><th>The history has</th><th>The code does</th></tr></thead>
    <tbody>
    {{#sides}}
    <tr class="{{relation}}"><td title="{{signWords}}"><span aria-hidden="true">{{sign}}</span><span class="unseen">{{signWords}}</span></td>\
    <td class="faint">{{sideEvent}}</td><td class="mono">{{inHistory}}</td><td class="mono">{{inCode}} <span class="faint place">{{sidePlace}}</span></td></tr>
    {{/sides}}
    </tbody>
    </table></div>
    {{/hasSides}}
    {{#hasDifferences}}
    <div class="scroll"><table class="fields">
    <thead><tr><th>Field</th><th>{{firstSide}}</th><th>{{secondSide}}</th></tr></thead>
    <tbody>{{#differences}}<tr><td class="mono">{{field}}</td><td class="mono">{{inHistory}}</td><td class="mono">{{inCode}}</td></tr>{{/differences}}</tbody>
    </table></div>
    {{/hasDifferences}}
    {{#hasPlace}}<p class="at mono">{{place}}</p>{{/hasPlace}}
    {{#hasLines}}<pre class="code" tabindex="0">{{#lines}}<div{{#isIt}} class="it"{{/isIt}}><span>{{number}}</span>{{text}}</div>{{/lines}}</pre>{{/hasLines}}
    {{#hasAdvice}}<div class="fix"><p><strong>Fix</strong> {{advice}} <span class="faint mono">{{fixPlace}}</span></p>{{#hasSnippet}}<pre tabindex="0">{{snippet}}</pre>{{/hasSnippet}}</div>{{/hasAdvice}}
    {{#hasStacks}}<details><summary>Where the code stands</summary>{{#stacks}}<p class="faint">{{stackName}}</p><pre>{{#frames}}{{.}}
    {{/frames}}</pre>{{/stacks}}</details>{{/hasStacks}}
    </div>
    """
}
