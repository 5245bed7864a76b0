// What the address asks for is drawn: #overview, #tasks, #task=ID, #rejected.
const PARTS = [
  ["#overview", "Overview", overview],
  ["#tasks", "Tasks", tasksView],
  ["#rejected", "Rejected", rejectedView],
];
let drawing = 0;

function show(hash) {
  if (location.hash !== hash) history.pushState(null, "", hash);
  return render();
}

function open(id) {
  chosen = id;
  return show(address(id));
}

async function render() {
  const hash = location.hash || "#overview";
  const id = taskOfAddress();
  const [name, , view] = PARTS.find(([part]) => part === hash) || PARTS[0];
  const turn = (drawing += 1);
  if (id !== null) chosen = id;
  try {
    const parts = id === null ? view() : await taskView(id);
    if (turn !== drawing) return;
    byId("main").replaceChildren(...parts.filter(Boolean));
  } catch (error) {
    if (turn !== drawing) return;
    byId("main").replaceChildren(el("p", {}, `This part cannot be shown: ${error.message}`));
  }
  const here = id === null ? name : "#tasks";
  byId("nav").replaceChildren(
    ...PARTS.map(([part, title]) => el("a", { href: part, "aria-current": part === here ? "page" : null }, title)),
  );
  document.title =
    id === null ? `${FIGURES.name}: report` : `${(ROWS[PLACE.get(id)] || { answer: "task" }).answer}: report`;
  if (id === null && name === "#tasks" && chosen) queueMicrotask(() => choose(chosen));
  else {
    window.scrollTo(0, 0);
    if (turn > 1) byId("main").focus({ preventScroll: true });
  }
}

window.addEventListener("hashchange", render);
reviewBar();
render();
