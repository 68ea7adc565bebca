/// How pages look, in light and dark.
package enum StyleSheet {
  /// What all pages need.
  package static let text = """
    :root { color-scheme: light dark; --back: #fbfbfa; --text: #1d1d1f; --faint: #63636a; --line: #e2e2e0; --card: #fff;
      --link: #0b57d0; --good: #146c2e; --bad: #b3261e; --warn: #8a5a00; --activity: #4f7cff; --timer: #c58a00;
      --child: #8250df; --other: #3f8f8f; --it: #fff1c2; }
    @media (prefers-color-scheme: dark) { :root { --back: #141416; --text: #ececee; --faint: #a0a0a8; --line: #2e2e33;
      --card: #1c1c1f; --link: #8ab4f8; --good: #57c77a; --bad: #ff8a80; --warn: #f0c05a; --activity: #7c9cff;
      --timer: #e0b050; --child: #b48cff; --other: #6fc0c0; --it: #4a3d12; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
    header { padding: .7rem 1.5rem; border-bottom: 1px solid var(--line); display: flex; gap: 1.5rem; align-items: baseline;
      flex-wrap: wrap; }
    header strong { font-size: 1.05rem; }
    main { max-width: 76rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
    a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
    :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
    h1 { font-size: 1.35rem; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
    table { border-collapse: collapse; width: 100%; } th { text-align: left; color: var(--faint); font-weight: 500; white-space: nowrap; }
    th, td { padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
    pre, code, .mono { font: 13px/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .7rem; overflow-x: auto; }
    form { margin: 1rem 0; display: flex; gap: .5rem; } input { flex: 1; } input, button, select { font: inherit;
      padding: .35rem .6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: inherit; }
    summary { cursor: pointer; }
    .faint { color: var(--faint); } .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
      padding: .8rem 1rem; margin: .8rem 0; } .alarm { border-color: var(--bad); }
    .state { display: inline-block; padding: 0 .55rem; border-radius: 1rem; font-size: .85em; white-space: nowrap;
      background: color-mix(in srgb, currentColor 12%, transparent); }
    .Completed, .passed { color: var(--good); } .Failed, .Terminated, .TimedOut, .nondeterministic, .deadlocked, .failed,
    .invalid { color: var(--bad); } .Running { color: var(--link); } .Canceled, .ContinuedAsNew, .skipped { color: var(--warn); }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 0; } dt { color: var(--faint); }
    dd { margin: 0; overflow-wrap: anywhere; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .scroll { overflow-x: auto; }
    .span { display: grid; grid-template-columns: minmax(6rem, 18rem) 1fr 11rem; gap: .8rem; align-items: center; }
    .span > :first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .track { position: relative; height: .7rem; background: var(--line); border-radius: .35rem; }
    .bar { position: absolute; top: 0; bottom: 0; border-radius: .35rem; background: var(--other); }
    .bar.activity { background: var(--activity); } .bar.timer { background: var(--timer); } .bar.child { background: var(--child); }
    .bar.failed { background: var(--bad); } .bar.open { opacity: .5; }
    .event { border-top: 1px solid var(--line); padding: .3rem 0; } .card > .event:first-child { border-top: 0; }
    .line { display: grid; grid-template-columns: 3.5rem 9rem 1fr; gap: .8rem; }
    .command .what { font-weight: 600; } .broken .what { color: var(--bad); }
    .event dl { margin: .2rem 0 .2rem 14.1rem; } .event pre { margin-left: 14.1rem; max-height: 30rem; }
    .diverged { background: color-mix(in srgb, var(--bad) 8%, transparent); box-shadow: -3px 0 0 var(--bad); }
    .remark { margin: .2rem 0 .4rem 14.1rem; color: var(--warn); overflow-wrap: anywhere; } .remark.error { color: var(--bad); }
    .remark.info { color: var(--faint); }
    .finding { background: var(--card); border: 1px solid var(--line); border-left: 3px solid var(--faint);
      border-radius: 6px; padding: .7rem 1rem; margin: .8rem 0; }
    .finding.error { border-left-color: var(--bad); } .finding.warning { border-left-color: var(--warn); }
    .finding p { margin: .3rem 0; overflow-wrap: anywhere; } .finding .message { white-space: pre-line; }
    .finding details { margin: .5rem 0 0; } .finding > .at { color: var(--faint); margin-top: .8rem; }
    .finding pre { margin: .4rem 0; } .cause { font-size: 1.1em; font-weight: 600; } .cause .faint { font-weight: 400; }
      .fields { margin: .7rem 0; } .fields td:first-child { width: 30%; }
    .fix { margin-top: .8rem; } .fix pre { border-left: 3px solid var(--good); }
    .sides { margin: .7rem 0; } .sides td:first-child { width: 1.6rem; } .sides .differs td:first-child,
    .sides .only-history td:first-child, .sides .only-code td:first-child { color: var(--bad); font-weight: 600; }
    .sides .matched { color: var(--faint); } .sides tr:not(.matched) td { background: color-mix(in srgb, var(--bad) 8%, transparent); }
    .sides thead td, .sides thead th { background: none; } .sides .place { display: block; font-size: 12px; }
    .code { padding: .3rem 0; } .code div { padding: 0 .8rem; white-space: pre; min-width: max-content; } .code .it { background: var(--it); }
    .code span { display: inline-block; width: 3rem; color: var(--faint); }
    @media (max-width: 42rem) { main { padding: .6rem .8rem 3rem; } header { padding: .7rem .8rem; }
      .line { grid-template-columns: 2.2rem 1fr; } .line .what { grid-column: 2; } .span { grid-template-columns: 7rem 1fr; }
      .span > :last-child { grid-column: 2; font-size: .85em; } .event dl, .event pre, .remark { margin-left: 3rem; }
      dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; } }
    """
}
