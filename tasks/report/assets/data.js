// What the page was given: figures at once, and the tasks packed, some of them unpacked when one is opened.
const FIGURES = JSON.parse(byId("figures").textContent);
const ROWS = FIGURES.rows;
const PLACE = new Map(ROWS.map((row, i) => [row.id, i]));
const opened = new Map();
const address = (id) => `#task=${encodeURIComponent(id)}`;
const taskOfAddress = () => (location.hash.startsWith("#task=") ? decodeURIComponent(location.hash.slice(6)) : null);

async function unpack(number) {
  const packed = document.querySelectorAll("script.chunk")[number].textContent;
  const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

async function task(id) {
  const place = PLACE.get(id);
  const number = Math.floor(place / FIGURES.together);
  if (!opened.has(number)) {
    if (opened.size > 7) opened.delete(opened.keys().next().value);
    opened.set(number, unpack(number));
  }
  return (await opened.get(number))[place % FIGURES.together];
}

// The tree of variables, from the nesting of the record: what has no entity there is a clue.
function variables(node, depth = 0) {
  const own = { id: node.id, entity: node.entity, depth };
  const below = (node.children || []).filter((child) => child.entity !== null);
  return [own, ...below.flatMap((child) => variables(child, depth + 1))];
}

const isEdge = (c) => c.kind === "relation" && c.target && "vertex" in c.target;
const isNoun = (c) => c.kind === "type";
