// What was not accepted: each heading of the funnel with examples.
function rejectedView() {
  const groups = FIGURES.rejected;
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  const note = groups.length
    ? `${plural(total, "draft")} sent back or given up, under ${plural(groups.length, "heading")}`
    : FIGURES.is_run
      ? "Nothing was rejected."
      : "A file of tasks does not tell what was rejected.";
  return [
    el(
      "section",
      { class: "rejected" },
      el("h1", {}, "Rejected"),
      el("p", { class: "note" }, note),
      groups.map((group, i) =>
        el(
          "details",
          { open: i < 3 },
          el("summary", {}, el("b", {}, group.kind), el("span", { class: "dim" }, ` ${told(group.count)}`)),
          el("ul", {}, group.examples.map(example)),
          group.count > group.examples.length &&
            el("p", { class: "note" }, `and ${told(group.count - group.examples.length)} more in rejected.jsonl`),
        ),
      ),
    ),
  ];
}

function example(e) {
  return el(
    "li",
    {},
    e.question
      ? el("p", { class: "question" }, e.question)
      : el("p", { class: "dim" }, `No question was written (root ${e.entity}).`),
    el(
      "ul",
      {},
      e.reasons.map((reason) => el("li", {}, reason)),
    ),
    el("small", {}, `candidate ${told(e.candidate)}, root ${e.entity}`),
  );
}
