// Verdicts and notes: those of RUN/review.jsonl first, then what was decided in this browser; saved as such a file.
const STORE = `report-review:${FIGURES.identity}`;
const SAVED = new Map(FIGURES.reviews.map((r) => [r.id, { verdict: r.verdict, note: r.note || "" }]));
const EMPTY = { verdict: null, note: "" };
const mine = new Map(kept());
const undone = [];
const unsaved = new Set();
let keeps = true;

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(STORE) || "[]");
    return found.filter(
      ([id, r]) =>
        typeof id === "string" && [null, "accept", "reject"].includes(r.verdict) && typeof r.note === "string",
    );
  } catch {
    return [];
  }
}

function keep() {
  try {
    localStorage.setItem(STORE, JSON.stringify([...mine]));
  } catch {
    keeps = false;
  }
}

const reviewOf = (id) => mine.get(id) || SAVED.get(id) || EMPTY;
const same = (a, b) => a.verdict === b.verdict && a.note === b.note;

// `onward` goes on with what the last decision began, so that it is undone together with it.
function decide(id, change, onward = false) {
  const before = reviewOf(id);
  const after = { ...before, ...change };
  if (same(before, after)) return;
  if (!onward) undone.push({ id, before });
  record(id, after);
}

function record(id, review) {
  mine.set(id, review);
  unsaved.add(id);
  keep();
  reviewBar();
  document.dispatchEvent(new CustomEvent("reviewed", { detail: id }));
}

function undo() {
  const last = undone.pop();
  if (!last) {
    say("Nothing to undo.");
    return;
  }
  record(last.id, last.before);
  const row = ROWS[PLACE.get(last.id)];
  say(`Undone: ${last.before.verdict || "no verdict"} again for ${row.answer}.`);
}

// Every verdict, tasks in the report's order first; a note without a verdict has no place in the file.
function reviewLines() {
  const ids = [...ROWS.map((row) => row.id), ...[...SAVED.keys()].filter((id) => !PLACE.has(id))];
  const lines = ids.map((id) => ({ id, ...reviewOf(id) })).filter((line) => line.verdict);
  return lines.map(({ id, verdict, note }) => `${JSON.stringify({ id, verdict, note })}\n`).join("");
}

async function save() {
  const text = reviewLines();
  try {
    if (window.showSaveFilePicker) await saveHere(text);
    else download(text);
  } catch (error) {
    if (error.name === "AbortError") return;
    download(text);
  }
  unsaved.clear();
  reviewBar();
  const notes = ROWS.filter((row) => reviewOf(row.id).note && !reviewOf(row.id).verdict).length;
  const left = notes ? ` ${plural(notes, "note")} without a verdict stayed in this browser.` : "";
  say(`Saved ${plural(text.split("\n").length - 1, "verdict")}. Exports obey the file once it is ${place()}.${left}`);
}

async function saveHere(text) {
  const types = [{ description: "JSON lines", accept: { "application/jsonl": [".jsonl"] } }];
  const handle = await window.showSaveFilePicker({ suggestedName: "review.jsonl", types });
  const file = await handle.createWritable();
  await file.write(text);
  await file.close();
}

function download(text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  const anchor = el("a", { href: url, download: "review.jsonl" });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

const OBEYED = FIGURES.is_run ? "exports and splits" : "exports";
const place = () => `${FIGURES.is_run ? `${FIGURES.name}/` : "beside the tasks: "}review.jsonl`;

function forget() {
  if (!window.confirm("Forget every verdict and note given in this browser, and go back to review.jsonl?")) return;
  mine.clear();
  undone.length = 0;
  unsaved.clear();
  keep();
  reviewBar();
  document.dispatchEvent(new CustomEvent("reviewed", { detail: null }));
}

function reviewBar() {
  const all = ROWS.map((row) => reviewOf(row.id).verdict);
  const [yes, no] = ["accept", "reject"].map((verdict) => all.filter((v) => v === verdict).length);
  const differ = [...mine].filter(([id, review]) => !same(review, SAVED.get(id) || EMPTY)).length;
  const parts = [
    el(
      "span",
      { class: "tally" },
      "Review: ",
      el("b", { class: "accept" }, told(yes)),
      " accept ",
      el("b", { class: "reject" }, told(no)),
      " reject ",
      el("span", { class: "dim" }, `${told(ROWS.length - yes - no)} open`),
    ),
    el(
      "button",
      { type: "button", onclick: save, title: `Exports obey the file once it is ${place()}` },
      unsaved.size ? `Save review (${unsaved.size})` : "Save review",
    ),
    differ > 0 &&
      el(
        "button",
        {
          type: "button",
          class: "quiet",
          onclick: forget,
          title: `${differ} differ from the review.jsonl that the report was made with`,
        },
        "Forget mine",
      ),
    el("button", { type: "button", class: "quiet", onclick: help, "aria-label": "Keyboard help" }, "?"),
    !keeps && el("span", { class: "reject" }, "this browser keeps nothing: save before closing"),
  ];
  byId("review").replaceChildren(...parts.filter(Boolean));
}

const verdictMark = (id) => {
  const { verdict, note } = reviewOf(id);
  const sign = { accept: "✓", reject: "✗" }[verdict] || "";
  return el(
    "span",
    {
      class: `mark ${verdict || "open"}`,
      role: "img",
      "aria-label": `${verdict ? `${verdict}ed` : "not reviewed"}${note ? ", with a note" : ""}`,
      title: note || null,
    },
    `${sign}${note ? "*" : ""}`,
  );
};
