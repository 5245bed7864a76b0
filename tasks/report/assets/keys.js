// The keyboard: one letter an act, never while something is being typed.
const KEYS = [
  ["j", "next task"],
  ["k", "previous task"],
  ["Enter", "open the marked task"],
  ["a", "accept"],
  ["r", "reject"],
  ["n", "write a note"],
  ["u", "undo"],
  ["s", "save the review"],
  ["/", "search"],
  ["Escape", "leave a field, or go back to the table"],
  ["?", "this help"],
];

function help() {
  const box = byId("help");
  box.replaceChildren(
    el("h2", { id: "help-title" }, "Keyboard review"),
    el(
      "dl",
      { class: "keys" },
      KEYS.map(([key, what]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, what))),
    ),
    el(
      "p",
      { class: "note" },
      "The same key again takes a verdict back. Verdicts are kept in this browser until you save them: ",
      `put the file where the run is, as ${place()}, and ${OBEYED} leave rejected tasks out.`,
    ),
    el("form", { method: "dialog" }, el("button", {}, "Close")),
  );
  if (!box.open) box.showModal();
}

// The task that letters act on: the one of the address, even before it is drawn, else the one marked in the table.
const current = () => taskOfAddress() ?? (byId("rows") ? chosen : null);
const drawnTask = () => document.querySelector("article.task")?.dataset.id;
let waiting = false;

async function go(by) {
  const whole = taskOfAddress() !== null;
  if (!whole && !byId("rows")) await show("#tasks");
  const next = step(by);
  if (next && whole) await open(next);
  else if (next) choose(next);
}

// Nothing typed meanwhile may be taken for a letter that acts.
async function annotate() {
  const id = current();
  if (!id) return;
  waiting = true;
  if (drawnTask() !== id) await open(id);
  waiting = false;
  byId("note")?.focus();
}

async function find() {
  if (!byId("search")) await show("#tasks");
  byId("search").focus();
  byId("search").select();
}

const ACTS = {
  j: () => go(1),
  k: () => go(-1),
  a: () => current() && verdictOf(current(), "accept"),
  r: () => current() && verdictOf(current(), "reject"),
  n: annotate,
  u: undo,
  s: save,
  "/": find,
  "?": help,
  Escape: () => taskOfAddress() !== null && show("#tasks"),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (typing && event.key === "Escape") return typing.blur();
  if (waiting) return event.preventDefault();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  const act = ACTS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
