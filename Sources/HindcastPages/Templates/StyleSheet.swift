/// How pages look, in light and dark.
enum StyleSheet {
  static let text = """
    :root { color-scheme: light dark; --back: #fbfbfa; --text: #1d1d1f; --faint: #6e6e73; --line: #e2e2e0; --card: #fff;
      --link: #0b57d0; --good: #1a7f37; --bad: #b3261e; --warn: #8a5a00; --activity: #4f7cff; --timer: #c58a00;
      --child: #8250df; --other: #3f8f8f; --it: #fff1c2; }
    @media (prefers-color-scheme: dark) { :root { --back: #141416; --text: #ececee; --faint: #98989f; --line: #2e2e33;
      --card: #1c1c1f; --link: #8ab4f8; --good: #57c77a; --bad: #ff8a80; --warn: #f0c05a; --activity: #7c9cff;
      --timer: #e0b050; --child: #b48cff; --other: #6fc0c0; --it: #4a3d12; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
    header { padding: .7rem 1.5rem; border-bottom: 1px solid var(--line); display: flex; gap: 1.5rem; align-items: baseline;
      flex-wrap: wrap; }
    header strong { font-size: 1.05rem; }
    main { max-width: 76rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
    a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
    h1 { font-size: 1.35rem; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
    table { border-collapse: collapse; width: 100%; } th { text-align: left; color: var(--faint); font-weight: 500; }
    th, td { padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
    pre, code, .mono { font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; }
    pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .7rem; overflow-x: auto; }
    form { margin: 1rem 0; display: flex; gap: .5rem; } input { flex: 1; } input, button { font: inherit; padding: .35rem .6rem;
      border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: inherit; }
    .faint { color: var(--faint); } .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
      padding: .8rem 1rem; margin: .8rem 0; } .alarm { border-color: var(--bad); }
    .state { display: inline-block; padding: 0 .5rem; border-radius: 1rem; border: 1px solid var(--line); font-size: .85em; }
    .Completed, .passed { color: var(--good); } .Failed, .Terminated, .TimedOut, .nondeterministic, .deadlocked, .failed,
    .invalid { color: var(--bad); } .Running { color: var(--link); } .Canceled, .ContinuedAsNew, .skipped { color: var(--warn); }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 0; } dt { color: var(--faint); }
    dd { margin: 0; overflow-wrap: anywhere; }
    .span { display: grid; grid-template-columns: minmax(8rem, 18rem) 1fr 11rem; gap: .8rem; align-items: center; }
    .span > :first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .track { position: relative; height: .8rem; background: var(--line); border-radius: .4rem; }
    .bar { position: absolute; top: 0; bottom: 0; border-radius: .4rem; background: var(--other); }
    .bar.activity { background: var(--activity); } .bar.timer { background: var(--timer); } .bar.child { background: var(--child); }
    .bar.failed { background: var(--bad); } .bar.open { opacity: .5; }
    .event { border-top: 1px solid var(--line); padding: .3rem 0; }
    .event summary { display: grid; grid-template-columns: 3.5rem 9rem 1fr; gap: .8rem; cursor: pointer; }
    .command summary > :last-child { font-weight: 600; } .broken summary > :last-child { color: var(--bad); }
    .event dl { margin: .3rem 0 .3rem 13rem; } .event pre { margin-left: 13rem; max-height: 30rem; }
    .code { padding: 0; } .code div { padding: 0 .8rem; white-space: pre; } .code .it { background: var(--it); }
    .code span { display: inline-block; width: 3rem; color: var(--faint); }
    """
}
