/// How the report looks beyond what all pages have in common, and what moves in it.
enum ReportStyle {
  static let style =
    StyleSheet.text + """

        .shares { display: flex; height: .6rem; border-radius: .3rem; overflow: hidden; gap: 2px; margin: 1rem 0 .6rem; }
        .share { background: currentColor; min-width: 4px; }
        .counts { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; padding: 0; margin: 0; }
        .filters { position: sticky; top: 0; z-index: 1; flex-wrap: wrap; align-items: center; margin: 0; padding: .6rem 0;
          background: var(--back); border-bottom: 1px solid var(--line); }
        .filters[hidden] { display: none; } .filters input { min-width: 14rem; } .filters select { max-width: 14rem; }
        .causes td:first-child { width: 5rem; font-variant-numeric: tabular-nums; }
        .histories { list-style: none; padding: 0; margin: 0; }
        .history { border-bottom: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 2.6rem;
          scroll-margin-top: 4rem; }
        .history[hidden] { display: none; }
        .row { display: grid; grid-template-columns: 9.5rem minmax(10rem, 3fr) minmax(7rem, 1.4fr) minmax(8rem, 2fr) 6.5rem;
          gap: .2rem .9rem; padding: .5rem .2rem; align-items: baseline; }
        .row > * { overflow-wrap: anywhere; justify-self: start; } .row .count { justify-self: end; white-space: nowrap; }
        summary.row { list-style: none; } summary.row::-webkit-details-marker { display: none; }
        summary.row:hover { background: color-mix(in srgb, currentColor 4%, transparent); }
        summary.row .name::before { content: "▸ "; color: var(--faint); } details[open] > summary.row .name::before { content: "▾ "; }
        details[open] > summary.row .name { font-weight: 600; }
        .body { padding: 0 0 1.2rem; } .body h2 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
        .as-expected, .expected > * > .row > .state, .expected > .row > .state { color: var(--faint); }
      .expected .why::before { content: "as expected: "; color: var(--faint); }
        .warned .why { color: var(--warn); }
        .timeline > h2:first-of-type { display: none; }
      .timeline > summary { padding: .4rem 0; font-weight: 600; }
        @media (max-width: 60rem) { .row { grid-template-columns: 1fr auto; } .row .name { grid-column: 1 / -1; grid-row: 2; }
          .row .type { grid-column: 1 / -1; } .row .why { grid-column: 1 / -1; }
          .row .count { grid-column: 2; grid-row: 1; } }
        @media print { .filters { display: none; } }
      """

  /// The digest of ``script``: the page's policy lets no other script run, were one to get into it.
  static let scriptDigest = "sha256-EH8zzXlhwSqRFgZl5lvMQkgijBPSakG3wi99JRUtBaY="

  /// Filters, and details that open when a link leads into them. Without it the page reads just as well.
  static let script = """
    (() => {
      const form = document.querySelector('.filters'), items = [...document.querySelectorAll('.history')];
      const fields = form.elements, output = form.querySelector('output');
      const texts = new Map();
      const text = item => {
        if (!texts.has(item)) texts.set(item, (item.textContent || '').toLowerCase());
        return texts.get(item);
      };
      const apply = () => {
        const words = fields.text.value.toLowerCase().split(/\\s+/).filter(Boolean);
        const verdict = fields.verdict.value, rule = fields.rule.value, type = fields.type.value;
        let shown = 0;
        for (const item of items) {
          const data = item.dataset;
          const fits = (!verdict || data.verdict === verdict || item.classList.contains(verdict))
            && (!rule || data.rule.split(' ').includes(rule)) && (!type || data.type === type)
            && words.every(word => text(item).includes(word));
          item.hidden = !fits;
          if (fits) shown++;
        }
        output.textContent = `${shown} of ${items.length}`;
      };
      const toggle = open => items.forEach(item => {
        const details = item.querySelector('details');
        if (details && !item.hidden) details.open = open;
      });
      const follow = () => {
        // The names of places are plain and need no decoding.
        let element = document.getElementById(location.hash.slice(1));
        if (!element) return;
        const target = element, own = element.querySelector(':scope > details');
        if (own) own.open = true;
        for (; element; element = element.parentElement) {
          if (element.tagName === 'DETAILS') element.open = true;
          if (element.hidden) element.hidden = false;
        }
        target.scrollIntoView();
      };
      form.hidden = false;
      form.addEventListener('submit', event => event.preventDefault());
      form.addEventListener('input', apply);
      fields.open.addEventListener('click', () => toggle(true));
      fields.close.addEventListener('click', () => toggle(false));
      addEventListener('hashchange', follow);
      addEventListener('keydown', event => {
        if (event.key === '/' && !/INPUT|SELECT/.test(document.activeElement.tagName)) {
          event.preventDefault();
          fields.text.focus();
        } else if (event.key === 'Escape' && document.activeElement === fields.text) {
          fields.text.value = '';
          apply();
        }
      });
      apply();
      follow();
    })();
    """
}
