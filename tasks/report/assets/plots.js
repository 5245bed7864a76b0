// Plots as SVG: bars over values, stacked by series, and lying bars with the share that was asked for.
const seriesClass = (i) => `series s${i % 4}`;

function legend(names) {
  return names.length < 2
    ? null
    : el(
        "p",
        { class: "legend" },
        names.map((name, i) => [
          el("span", { class: `key ${seriesClass(i)}`, "aria-hidden": "true" }),
          el("span", {}, name),
        ]),
      );
}

// A chart of {labels, counts: {series: [n]}}; every bar has its numbers as a title, the whole a label in words.
function histogramPlot(chart, label) {
  const names = Object.keys(chart.counts);
  const totals = chart.labels.map((_, i) => names.reduce((sum, name) => sum + chart.counts[name][i], 0));
  const most = Math.max(1, ...totals);
  const [width, height, top, foot] = [360, 150, 16, 30];
  const step = width / Math.max(1, chart.labels.length);
  const inner = height - top - foot;
  const every = Math.ceil(Math.max(...chart.labels.map((l) => l.length * 6.2 + 8), 1) / step);
  const words = chart.labels.findIndex((text) => /^[a-z]/.test(text));
  const ticked = (i) => (words >= 0 && i >= words) || (i % every === 0 && (words < 0 || i + every <= words));
  const bars = chart.labels.map((text, i) => {
    let y = height - foot;
    const parts = names.map((name, s) => {
      const tall = (chart.counts[name][i] / most) * inner;
      y -= tall;
      return (
        tall > 0 &&
        svg("rect", { class: seriesClass(s), x: i * step + step * 0.08, y, width: step * 0.84, height: tall })
      );
    });
    const shown = names
      .filter((name) => chart.counts[name][i])
      .map((name) => `${name || "tasks"} ${chart.counts[name][i]}`);
    return svg(
      "g",
      {},
      svg("title", {}, `${text}: ${shown.join(", ") || "none"}`),
      parts,
      totals[i] > 0 && step > 14 && svg("text", { class: "count", x: (i + 0.5) * step, y: y - 4 }, told(totals[i])),
      ticked(i) && svg("text", { class: "tick", x: (i + 0.5) * step, y: height - foot + 15 }, text),
    );
  });
  const spoken = chart.labels.map((text, i) => `${text}: ${totals[i]}`).join(", ");
  return svg(
    "svg",
    { class: "plot", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${label}. ${spoken}` },
    svg("line", { class: "axis", x1: 0, x2: width, y1: height - foot + 0.5, y2: height - foot + 0.5 }),
    bars,
  );
}

// Lying bars: [{name, count, wanted}], the wanted share as a mark across the bar.
function barsPlot(items, label, total, [width, from] = [360, 128]) {
  const most = Math.max(1e-9, ...items.map((item) => Math.max(item.count, (item.wanted || 0) * total)));
  const [row, room] = [24, 66];
  const letters = Math.floor(from / 6.4);
  const wide = width - from - room;
  const rows = items.map((item, i) => {
    const y = i * row;
    const length = (item.count / most) * wide;
    const mark =
      item.wanted === null || item.wanted === undefined ? null : from + ((item.wanted * total) / most) * wide;
    const name = item.name.length > letters ? `${item.name.slice(0, letters - 1)}…` : item.name;
    const share = total ? ` (${percent(item.count / total)})` : "";
    const aim = mark === null ? "" : `, asked ${percent(item.wanted)}`;
    return svg(
      "g",
      {},
      svg("title", {}, `${item.name}: ${told(item.count)}${share}${aim}`),
      svg("text", { class: "name", x: from - 8, y: y + 16 }, name),
      svg("rect", {
        class: seriesClass(item.series || 0),
        x: from,
        y: y + 4,
        width: Math.max(length, item.count ? 1.5 : 0),
        height: row - 9,
      }),
      mark !== null && svg("line", { class: "wanted", x1: mark, x2: mark, y1: y + 1, y2: y + row - 2 }),
      svg(
        "text",
        { class: "value", x: width - room + 8, y: y + 16 },
        mark === null ? told(item.count) : `${told(item.count)} / ${told(Math.round(item.wanted * total))}`,
      ),
    );
  });
  const spoken = items.map((item) => `${item.name}: ${item.count}`).join(", ");
  return svg(
    "svg",
    {
      class: "plot",
      viewBox: `0 0 ${width} ${Math.max(1, items.length) * row}`,
      role: "img",
      "aria-label": `${label}. ${spoken}`,
    },
    rows,
  );
}

// The first of many, the rest as one bar.
function folded(items, most) {
  if (items.length <= most) return items;
  const rest = items.slice(most - 1);
  const sum = rest.reduce((n, item) => n + item.count, 0);
  return [...items.slice(0, most - 1), { name: `${rest.length} others`, count: sum, series: 3 }];
}

function figure(title, note, plot, extra, wide = false) {
  return el(
    "figure",
    { class: wide ? "wide" : null },
    el("figcaption", {}, el("h3", {}, title), note && el("p", {}, note)),
    plot,
    extra,
  );
}
