// One task, whole.
async function taskView(id) {
  if (!PLACE.has(id))
    return [el("p", {}, "There is no such task in this report. "), el("a", { href: "#tasks" }, "To the tasks")];
  const shown = await task(id);
  return [
    el(
      "article",
      { class: "task", "data-id": id },
      taskHead(id, shown.record),
      taskReview(id),
      treePart(shown),
      cluesPart(shown),
      rivalsPart(shown),
      evidencePart(shown),
      attacksPart(shown),
      routePart(shown),
      thresholdsPart(shown),
      stepsPart(shown.record),
      provenancePart(shown.record),
    ),
  ];
}

function taskHead(id, record) {
  const row = ROWS[PLACE.get(id)];
  const at = listed.findIndex((r) => r.id === id);
  const [before, after] = [listed[at - 1], listed[at + 1]];
  const tags = [row.preset, `${row.levels} levels`, row.shape, row.type, row.domain, plural(row.words, "word")];
  return el(
    "header",
    {},
    el(
      "p",
      { class: "kicker" },
      el("a", { href: "#tasks" }, "Tasks"),
      at >= 0 ? ` · ${at + 1} of ${told(listed.length)}` : "",
      before && [" · ", el("a", { href: address(before.id), rel: "prev" }, "previous")],
      after && [" · ", el("a", { href: address(after.id), rel: "next" }, "next")],
    ),
    el("h1", { class: "ask" }, record.question),
    el(
      "p",
      { class: "answer" },
      el("span", {}, "Answer "),
      el("strong", {}, record.answer),
      record.answer_aliases.length > 0 && el("small", {}, `also ${record.answer_aliases.join(", ")}`),
    ),
    el(
      "p",
      { class: "tags" },
      tags.map((tag) => el("span", {}, tag)),
    ),
  );
}

function taskReview(id) {
  let begun = false;
  const note = el("textarea", {
    id: "note",
    rows: 2,
    placeholder: "Note (n)",
    "aria-label": "Note",
    onfocus: () => {
      begun = false;
    },
    onblur: (e) => {
      e.target.value = reviewOf(id).note;
    },
    oninput: (e) => {
      decide(id, { note: e.target.value.trim() }, begun);
      begun = true;
    },
  });
  const button = (verdict, text) =>
    el(
      "button",
      { type: "button", class: verdict, "data-verdict": verdict, onclick: () => verdictOf(id, verdict) },
      text,
    );
  const box = el(
    "div",
    { class: "verdict", role: "group", "aria-label": "Verdict" },
    button("accept", "Accept (a)"),
    button("reject", "Reject (r)"),
    note,
  );
  paint(box, id);
  return box;
}

function verdictOf(id, verdict) {
  decide(id, { verdict: reviewOf(id).verdict === verdict ? null : verdict });
  const now = reviewOf(id).verdict;
  say(now ? `${now}ed` : "No verdict.");
}

function paint(box, id) {
  const review = reviewOf(id);
  for (const button of box.querySelectorAll("button"))
    button.setAttribute("aria-pressed", String(button.dataset.verdict === review.verdict));
  const note = box.querySelector("textarea");
  if (document.activeElement !== note) note.value = review.note;
}

document.addEventListener("reviewed", () => {
  const shown = document.querySelector("article.task");
  if (shown) paint(shown.querySelector(".verdict"), shown.dataset.id);
});

function treePart(shown) {
  return part(
    "Research tree",
    "Variables with their entity, kind and how many of that kind there are; clues with how many of the kind each fits.",
    treePicture(shown),
  );
}

function cluesPart({ record, said, certificate }) {
  const { necessary, necessary_locally: locally, hierarchy, edges, selectivity } = certificate;
  const clauses = record.constraints.filter((c) => !isNoun(c));
  const rows = clauses.map((c) => [
    c.id,
    c.vertex,
    el("span", {}, c.surface, el("small", {}, said[c.id])),
    told(c.candidates),
    isEdge(c) ? "–" : told(necessary[c.id]),
    isEdge(c) ? "–" : told(locally[c.id]),
  ]);
  const labels = Object.fromEntries(variables(record.root).map((v) => [v.id, v.entity]));
  const parent = Object.fromEntries(clauses.filter(isEdge).map((c) => [c.target.vertex, c.vertex]));
  const words = [`All of it leaves one answer. The most telling clue alone still leaves ${manyLeft(selectivity)}.`];
  for (const [c, n] of Object.entries(necessary))
    words.push(`Without ${c}, ${lift(n, `, though ${manyLeft(locally[c])} for its own sub-question`)}`);
  for (const [v, n] of Object.entries(hierarchy))
    words.push(`With nothing said of ${v} (${labels[v]}) but its kind, ${lift(n, "")}`);
  for (const [v, n] of Object.entries(edges))
    words.push(`Whoever knows ${v} (${labels[v]}) alone still has ${manyLeft(n)} for ${parent[v]}.`);
  return part(
    "Clues",
    "How many of the variable's kind fit each clue alone, and how many answers there are once it is left out.",
    [
      table("", ["", "of", "the question says", "#alone", "#answers without", "#sub-question without"], rows),
      el(
        "ul",
        { class: "words" },
        words.map((text) => el("li", {}, text)),
      ),
    ],
  );
}

const manyLeft = (n) => (n === 1 ? "one candidate" : `${told(n)} candidates`);
function lift(n, otherwise) {
  const fewest = typeof n === "object" ? n.low : n;
  return fewest > 1
    ? `${told(n)} answers fit instead of one: it is needed.`
    : `the whole question still has one answer${otherwise}.`;
}

function thresholdsPart({ thresholds, record }) {
  const name = record.provenance.preset.name;
  const verdict = (met) =>
    met === null ? "" : el("span", { class: met ? "accept" : "reject" }, met ? "met" : "not met");
  const rows = thresholds.map((t) => [t.says, el("code", {}, t.field), t.value, t.needed, verdict(t.met)]);
  return part(
    "Certificate",
    `Every number beside what ${name} asks for.`,
    table("", ["what it is", "field", "#value", `#${name} asks`, ""], rows),
  );
}

function stepsPart(record) {
  return part(
    "Steps and ladder",
    "The sub-questions in the order in which they can be solved, and the question as it grew.",
    [
      el(
        "ol",
        { class: "steps" },
        record.steps.map((s) => el("li", {}, `${s.question} `, el("strong", {}, s.answer))),
      ),
      table(
        "",
        ["#variables", "question"],
        record.ladder.map((l) => [l.vertices, l.question]),
      ),
    ],
  );
}

function provenancePart(record) {
  const p = record.provenance;
  const flat = (value) =>
    value !== null && typeof value === "object"
      ? Object.entries(value)
          .filter(([, v]) => v !== null && String(v) !== "")
          .map(([k, v]) => `${k} ${Array.isArray(v) ? v.join(" ") : v}`)
          .join(", ")
      : told(value);
  const rows = Object.entries(p)
    .filter(([key]) => key !== "preset")
    .map(([key, value]) => [key.replaceAll("_", " "), typeof value === "number" ? String(value) : flat(value)]);
  const raw = el("pre", {});
  const show = (e) => {
    if (e.target.open && !raw.textContent) raw.textContent = JSON.stringify(record, null, 2);
  };
  return part("Provenance", null, [
    listOf([["id", el("code", {}, record.id)], ...rows]),
    el("details", { ontoggle: show }, el("summary", {}, "The whole record"), raw),
  ]);
}
