// Parts of a task: evidence in its context, wrong answers, attacks, and the way to the evidence.
function quote(shown, e) {
  const [before, after] = (shown.contexts || {})[`${e.page}:${e.start}`] || ["", ""];
  return el(
    "blockquote",
    {},
    el("p", {}, before, el("mark", {}, e.quote), after),
    el("footer", {}, link(e.url, e.title)),
  );
}

function evidencePart(shown) {
  const clauses = shown.record.constraints.filter((c) => !isNoun(c));
  return part(
    "Evidence",
    "The sentences that the question rests on, marked where they stand in their pages.",
    clauses.map((c) =>
      el(
        "div",
        { class: "clause" },
        el("h4", {}, el("span", { class: "chip" }, c.id), c.claim),
        (c.evidence || []).map((e) => quote(shown, e)),
      ),
    ),
  );
}

function rivalsPart(shown) {
  const { record } = shown;
  const { rivals } = record.certificate;
  const count = shown.certificate.rival_count;
  const surfaces = Object.fromEntries(record.constraints.map((c) => [c.id, c.surface]));
  const name = (id) => (shown.titles || {})[id] || id;
  const rows = rivals.map((r) => {
    const others = Object.entries(r.witness)
      .filter(([v]) => v !== record.root.id)
      .map(([v, id]) => `${v} = ${name(id)}`)
      .join(", ");
    return [
      el("span", {}, r.label || name(r.entity), others && el("small", {}, others)),
      el(
        "span",
        {},
        r.fails.map((c) => [el("span", { class: "chip" }, c), `${surfaces[c]} `]),
      ),
      el(
        "details",
        {},
        el("summary", {}, plural((r.evidence || []).length, "quote")),
        (r.evidence || []).map((e) => quote(shown, e)),
      ),
    ];
  });
  const note = rivals.length
    ? `${told(count)} wrong answers meet all but one clue; the nearest, with evidence for what they do meet:`
    : "Nobody else meets all but one clue.";
  return part(
    "Rivals",
    note,
    rows.length > 0 && table("", ["wrong answer", "fails only", "evidence for the rest"], rows),
  );
}

function attacksPart(shown) {
  const {
    audit,
    record: { constraints },
  } = shown;
  const { ranks } = audit;
  const clauses = constraints.filter((c) => !isNoun(c)).length;
  const tried = [
    ["the whole question", 1],
    ["each clause alone", clauses],
    ["each pair of clauses", (clauses * (clauses - 1)) / 2],
  ];
  const rows = tried.map(([what, n], size) => {
    const seen = ranks.answer_seen.filter((s) => s.clauses.length === size);
    const best = seen.sort((a, b) => a.rank - b.rank)[0];
    return [
      what,
      told(n),
      best ? `rank ${best.rank}${size ? ` (${best.clauses.join(", ")})` : ""}` : `not among the first ${ranks.depth}`,
    ];
  });
  const names = (found) =>
    Object.entries(found)
      .map(([v, all]) => `${v}: ${[].concat(all).join(", ")}`)
      .join("; ") || "none";
  const inner =
    Object.entries(ranks.inner_best)
      .map(([v, n]) => `${v} ${n ? `at rank ${n}` : "not found"}`)
      .join(", ") || "none";
  const findings = [
    ["hidden names in the question", names(audit.leaks)],
    [
      "names, years and numbers spelt out",
      audit.exposed.map((e) => `${e.text} (${e.clue || "of no clue"})`).join(", ") || "none",
    ],
    ["pages of the hidden things, by the same queries", inner],
    [`words that bring ${ranks.depth} pages or fewer`, told(audit.rare_words)],
    ["ways to read the question", told(audit.readings)],
    ["popularity of the answer", audit.popularity === null ? "not checked" : `percentile ${audit.popularity}`],
    ["others of the same name", names(audit.namesakes)],
    ["not tried", audit.not_checked.join(", ") || "nothing"],
  ];
  return part(
    "Attacks on the wording",
    "Searches that know the question alone, and the best rank of the answer's page.",
    [table("", ["searched for", "#queries", "answer's page"], rows), listOf(findings)],
  );
}

function routePart(shown) {
  const { route, not_checked: missing, search_floor: floor, blind_cost: blind, t_hit: hit } = shown.certificate;
  if (missing.includes("search_floor")) return part("Finding the evidence", "Not measured.");
  const name = (id) => (shown.titles || {})[id] || id;
  const rows = route.map((hop, i) => [i + 1, el("q", {}, hop.query), hop.pages.map(name).join(" · ")]);
  const fewest =
    floor === null
      ? "No sequence of searches brings all the evidence."
      : `No fewer than ${told(floor)} searches bring all that the question says, chosen with the answer in hand.`;
  const after = plural(hit, "search", "searches");
  const seen = hit ? `sees the answer's name after ${after}` : "never sees the answer's name";
  const held = blind ? `holds all the evidence after ${told(blind)}` : "never holds all the evidence";
  const note = `${fewest} A plain solver ${seen} and ${held}.`;
  return part("Finding the evidence", note, rows.length > 0 && table("", ["#", "search", "pages that come"], rows));
}

const listOf = (pairs) =>
  el(
    "dl",
    { class: "pairs" },
    pairs.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );

function part(title, note, ...children) {
  return el("section", {}, el("h3", {}, title), note && el("p", { class: "note" }, note), children);
}
