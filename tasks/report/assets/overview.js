// The first part: what the run was, and its plots.
const FIELD_TITLES = {
  necessary: "Least needed clue",
  hierarchy: "Least needed sub-question",
  selectivity: "Selectivity",
  dispersion: "Dispersion",
  dependency: "Dependency",
  search_floor: "Search floor",
  blind_cost: "Blind cost",
  t_hit: "First sight of the answer",
  rival_count: "Rivals",
  words: "Length",
  vertices: "Vertices",
};
const DIMENSION_TITLES = { preset: "Preset", levels: "Levels", shape: "Shape", type: "Answer type", domain: "Domain" };
const PAPER = { examples: 52138, dollars: 571.8 };

function overview() {
  return [
    heading(),
    facts(),
    events(),
    mixSection(),
    funnelSection(),
    certificateSection(),
    costSection(),
    vertexSection(),
    about(),
  ];
}

function heading() {
  const worlds = FIGURES.worlds.map((world) => `${world.name} ${world.version}`).join(", ");
  const kind = FIGURES.is_run ? "Run" : "Tasks";
  return el(
    "div",
    { class: "title" },
    el("p", { class: "kicker" }, kind),
    el("h1", {}, FIGURES.name),
    el(
      "p",
      { class: "lead" },
      worlds
        ? `Deep-research questions about the world ${worlds}, each with a certificate computed from its data.`
        : "No tasks.",
    ),
  );
}

function facts() {
  const { ledger, asked } = FIGURES;
  const wanted = asked ? ` of ${told(asked.count)}` : "";
  const big = [
    [
      "accepted",
      `${told(ROWS.length)}${wanted}`,
      asked && asked.shard ? `part ${asked.shard[0]} of ${asked.shard[1]}` : "",
    ],
  ];
  if (ledger) {
    big.push(["candidates tried", told(ledger.tried), `${told(ledger.placeless)} certified without a place`]);
    big.push(["yield", percent(ledger.accepted / ledger.tried), "candidates with an accepted task"]);
    if (ROWS.length) big.push(["processor time", seconds(each("cpu_s")), "per accepted task"]);
    if (ROWS.length)
      big.push([
        "cost",
        `$${precise.format(each("cost_usd"))}`,
        `per accepted task; $${precise.format(ledger.cost.cost_usd || 0)} in all`,
      ]);
  }
  return el(
    "section",
    { "aria-label": "In short" },
    el(
      "dl",
      { class: "facts" },
      big.map(([name, value, note]) =>
        el("div", {}, el("dt", {}, name), el("dd", {}, value), note && el("dd", { class: "note" }, note)),
      ),
    ),
    el(
      "dl",
      { class: "small" },
      smallPrint().map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
    ),
  );
}

const each = (name) => (FIGURES.ledger.cost[name] || 0) / ROWS.length;

function smallPrint() {
  const { asked } = FIGURES;
  const presets = [...new Set(ROWS.map((row) => row.preset))].join(", ");
  const found = FIGURES.worlds.map((world) => [
    "world",
    el("span", {}, `${world.name} ${world.version} `, el("code", {}, world.sha256)),
  ]);
  found.push(["preset", presets || (asked && asked.preset) || "none"]);
  if (asked) {
    found.push(
      ["seed", asked.seed],
      ["questions from one diffusion", `up to ${asked.per_diffusion}`],
      ["lanes", asked.lanes],
      ["version", asked.graph_version],
    );
    const rules = Object.entries(asked.rules)
      .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
      .join(", ");
    if (rules) found.push(["rules", rules]);
  }
  return found;
}

function events() {
  if (!FIGURES.events.length) return null;
  return el(
    "p",
    { class: "events" },
    FIGURES.events.map((e, i) => [
      i ? " · " : "",
      `${e.event}${e.end ? ` (${e.end})` : ""} `,
      el("time", { datetime: e.at }, e.at.replace("T", " ").replace(/(:\d\d)(\.\d+)?(\+00:00|Z)$/, "$1")),
    ]),
  );
}

function mixSection() {
  if (!ROWS.length) return null;
  const plots = Object.entries(FIGURES.mix).map(([dimension, values]) => {
    const items = folded(
      values.map((v) => ({ name: v.value, count: v.count, wanted: v.wanted })),
      12,
    );
    const aimed = values.some((v) => v.wanted !== null);
    const note = aimed ? "Accepted tasks / asked for (the mark)." : "Accepted tasks; no share was asked for.";
    return figure(DIMENSION_TITLES[dimension], note, barsPlot(items, DIMENSION_TITLES[dimension], ROWS.length));
  });
  return el("section", {}, el("h2", {}, "Mix"), el("div", { class: "grid" }, plots));
}

function funnelSection() {
  const { ledger } = FIGURES;
  if (!ledger) return null;
  const left = [
    { name: "tried", count: ledger.tried },
    { name: "certified", count: ledger.accepted + ledger.placeless },
    { name: "accepted", count: ledger.accepted, series: 1 },
  ];
  const reasons = folded(
    ledger.refused.map((r) => ({ name: r.kind, count: r.count, series: 2 })),
    16,
  );
  return el(
    "section",
    {},
    el("h2", {}, "Where the candidates went"),
    el(
      "div",
      { class: "grid" },
      figure(
        "Candidates",
        "A candidate is one entity that a tree was grown from.",
        barsPlot(left, "Candidates", ledger.tried),
      ),
      reasons.length > 0 &&
        figure(
          "Failures",
          "By what ended a candidate; one can fail several times.",
          barsPlot(reasons, "Failures", 0, [720, 400]),
          el("p", {}, el("a", { href: "#rejected" }, "Examples of each")),
          true,
        ),
    ),
  );
}

function certificateSection() {
  if (!ROWS.length) return null;
  const plots = FIGURES.charts.map((chart) => {
    const asks = Object.entries(chart.asks)
      .map(([preset, n]) => `${preset} asks for ${n} or more`)
      .join(", ");
    return figure(
      FIELD_TITLES[chart.field],
      `${chart.says}${asks ? `; ${asks}` : ""}`,
      histogramPlot(chart, FIELD_TITLES[chart.field]),
    );
  });
  return el(
    "section",
    {},
    el("h2", {}, "Certificates and questions"),
    legend(Object.keys(FIGURES.charts[0].counts)),
    el("div", { class: "grid" }, plots),
  );
}

function costSection() {
  const { ledger } = FIGURES;
  if (!ledger) return null;
  const cost = ledger.cost;
  const kinds = [
    ["processor time", "cpu_s", seconds],
    ["time on the clock, summed", "wall_s", seconds],
    ["pages read", "pages", told],
    ["drafts written", "drafts", told],
    ["model calls", "calls", told],
    ["input tokens", "input_tokens", told],
    ["output tokens", "output_tokens", told],
    ["US dollars", "cost_usd", (n) => precise.format(n)],
  ];
  const rows = kinds
    .filter(([, key]) => key in cost)
    .map(([name, key, form]) => [
      name,
      form(cost[key]),
      ROWS.length ? (form === seconds ? seconds : precise.format)(cost[key] / ROWS.length) : "–",
    ]);
  const { examples, dollars } = PAPER;
  const apiece = precise.format(dollars / examples);
  const paper = `The InfoSeek paper made ${told(examples)} examples for ${dollars} US dollars, ${apiece} each.`;
  return el(
    "section",
    {},
    el("h2", {}, "Cost"),
    el(
      "div",
      { class: "grid" },
      figure(
        "Processor time of a candidate",
        "seconds",
        histogramPlot(ledger.spent, "Seconds of processor time"),
        legend(Object.keys(ledger.spent.counts)),
      ),
      el("div", {}, table("", ["", "#in all", "#per accepted task"], rows), el("p", { class: "note" }, paper)),
    ),
  );
}

function vertexSection() {
  if (!ROWS.length) return null;
  const rows = FIGURES.vertices.map((v) => [
    v.vertices,
    told(v.count),
    percent(v.count / ROWS.length),
    told(v.words),
    told(v.search_floor),
    told(v.selectivity),
    v.cpu_s === null ? "–" : seconds(v.cpu_s),
  ]);
  return el(
    "section",
    {},
    el("h2", {}, "By number of vertices"),
    el(
      "p",
      { class: "note" },
      "Vertices are variables and clues together, as the InfoSeek paper counts them. ",
      "Words, searches, candidates and seconds are medians.",
    ),
    table("", ["#vertices", "#tasks", "#share", "#words", "#search floor", "#selectivity", "#processor time"], rows),
  );
}

function about() {
  return el(
    "footer",
    {},
    el(
      "p",
      {},
      "The numbers of a certificate are computed from a closed world and its own search engine; they say nothing ",
      "about other collections of pages. A search floor is what somebody needs who knows which names matter.",
    ),
  );
}
