// The table of tasks: filtered, sorted, and drawn some rows at a time as they are scrolled to.
const COLUMNS = [
  ["question", "Question"],
  ["answer", "Answer"],
  ["preset", "Preset"],
  ["domain", "Domain"],
  ["levels", "Levels", true],
  ["vertices", "Vertices", true],
  ["words", "Words", true],
  ["search_floor", "Floor", true],
  ["selectivity", "Selectivity", true],
  ["rival_count", "Rivals", true],
];
const FILTERS = [
  ["preset", "Preset"],
  ["levels", "Levels"],
  ["shape", "Shape"],
  ["type", "Answer type"],
  ["domain", "Domain"],
  ["review", "Review"],
];
const STEP = 60;
const wanted = { text: "", sort: null, down: false, filters: {} };
let chosen = null;
let listed = ROWS;
let drawn = 0;

const valueOf = (row, name) => (name === "review" ? reviewOf(row.id).verdict || "open" : row[name]);

function matching() {
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  const filters = Object.entries(wanted.filters).filter(([, value]) => value);
  const found = ROWS.filter((row) => {
    if (filters.some(([name, value]) => valueOf(row, name) !== value)) return false;
    const text = words.length ? `${row.question} ${row.answer} ${row.id}`.toLowerCase() : "";
    return words.every((word) => text.includes(word));
  });
  return wanted.sort ? found.sort(order(wanted.sort, wanted.down)) : found;
}

// Numbers by size, words after them by the alphabet.
function order(name, down) {
  const rank = (value) => (typeof value === "number" ? 0 : 1);
  return (a, b) => {
    const [x, y] = [valueOf(a, name), valueOf(b, name)];
    const by =
      rank(x) - rank(y) ||
      (typeof x === "number" ? x - y : String(x).localeCompare(String(y), "en", { numeric: true }));
    return down ? -by : by;
  };
}

function tasksView() {
  const body = el("tbody", { id: "rows" });
  const head = el("tr", {}, el("th", { scope: "col" }, el("span", { class: "hidden" }, "Review")), COLUMNS.map(header));
  const end = el("p", { class: "note", id: "end" });
  const view = el(
    "section",
    { "aria-label": "Tasks" },
    el("h1", {}, "Tasks"),
    el(
      "p",
      { class: "note" },
      `Verdicts are kept in this browser until you save them; ${OBEYED} obey the file once it is `,
      el("code", {}, place()),
      ". Press ? for the keys.",
    ),
    filters(),
    el("p", { class: "note", id: "found", role: "status" }),
    el("div", { class: "scroll" }, el("table", { class: "tasks" }, el("thead", {}, head), body)),
    end,
  );
  new IntersectionObserver((seen) => seen.some((s) => s.isIntersecting) && more(), { rootMargin: "600px" }).observe(
    end,
  );
  queueMicrotask(refresh);
  return [view];
}

function header([name, title, number]) {
  const turn = () => {
    wanted.down = wanted.sort === name && !wanted.down;
    wanted.sort = name;
    for (const th of document.querySelectorAll("th[data-name]"))
      th.setAttribute("aria-sort", th.dataset.name !== name ? "none" : wanted.down ? "descending" : "ascending");
    refresh();
  };
  const now = wanted.sort !== name ? "none" : wanted.down ? "descending" : "ascending";
  return el(
    "th",
    { scope: "col", class: number ? "number" : null, "data-name": name, "aria-sort": now },
    el("button", { type: "button", onclick: turn }, title),
  );
}

function filters() {
  const search = el("input", {
    type: "search",
    id: "search",
    placeholder: "Question or answer",
    value: wanted.text,
    oninput: (e) => {
      wanted.text = e.target.value;
      refresh();
    },
  });
  const clear = () => {
    Object.assign(wanted, { text: "", filters: {}, sort: null, down: false });
    render();
  };
  return el(
    "form",
    { class: "filters", role: "search", onsubmit: (e) => e.preventDefault() },
    el("label", {}, el("span", {}, "Search"), search),
    FILTERS.map(selection),
    el("button", { type: "button", class: "quiet", onclick: clear }, "Clear"),
  );
}

function selection([name, title]) {
  const values =
    name === "review"
      ? ["accept", "reject", "open"]
      : [...new Set(ROWS.map((row) => row[name]))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const choose = (e) => {
    wanted.filters[name] = e.target.value;
    refresh();
  };
  return el(
    "label",
    {},
    el("span", {}, title),
    el(
      "select",
      { name, "aria-label": title, onchange: choose },
      el("option", { value: "" }, "all"),
      values.map((value) => el("option", { value, selected: wanted.filters[name] === value }, value)),
    ),
  );
}

function refresh() {
  listed = matching();
  drawn = 0;
  const body = byId("rows");
  if (!body) return;
  body.replaceChildren();
  byId("found").textContent =
    listed.length === ROWS.length
      ? plural(ROWS.length, "task")
      : `${told(listed.length)} of ${plural(ROWS.length, "task")}`;
  more();
}

function more() {
  const body = byId("rows");
  if (!body) return;
  body.append(...listed.slice(drawn, drawn + STEP).map(line));
  drawn = Math.min(listed.length, drawn + STEP);
  byId("end").textContent =
    drawn < listed.length ? `${told(listed.length - drawn)} more below` : listed.length ? "" : "No task fits.";
}

function line(row) {
  const cells = COLUMNS.slice(1).map(([name, , number]) =>
    el("td", { class: number ? "number" : null }, told(row[name])),
  );
  return el(
    "tr",
    {
      "data-id": row.id,
      class: row.id === chosen ? "chosen" : null,
      onclick: (e) => e.target.closest("a") || open(row.id),
    },
    el("td", {}, verdictMark(row.id)),
    el("td", { class: "question" }, el("a", { href: address(row.id) }, row.question)),
    cells,
  );
}

// Move the mark of the table by one, drawing further rows where it leaves those that are there.
function step(by) {
  const at = listed.findIndex((row) => row.id === chosen);
  const next = listed[Math.max(0, Math.min(listed.length - 1, at < 0 ? 0 : at + by))];
  return next ? next.id : null;
}

function choose(id) {
  chosen = id;
  while (drawn <= listed.findIndex((row) => row.id === id) && drawn < listed.length) more();
  for (const tr of document.querySelectorAll("#rows tr")) tr.classList.toggle("chosen", tr.dataset.id === id);
  const tr = document.querySelector("#rows tr.chosen");
  if (tr) {
    tr.querySelector("a").focus({ preventScroll: true });
    tr.scrollIntoView({ block: "nearest" });
  }
}

document.addEventListener("reviewed", ({ detail }) => {
  for (const tr of document.querySelectorAll("#rows tr")) {
    if (detail === null || tr.dataset.id === detail) tr.firstChild.replaceChildren(verdictMark(tr.dataset.id));
  }
});
