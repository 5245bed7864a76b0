// The research tree as a picture: variables as boxes from left to right, clues as leaves with their candidates.
const BOX = { wide: 216, gap: 52, line: 15, pad: 9, between: 12 };

function wrapped(text, most = 31, lines = 3) {
  const found = [""];
  for (const word of String(text).split(/\s+/)) {
    const last = found[found.length - 1];
    if (last && last.length + word.length + 1 > most) found.push(word);
    else found[found.length - 1] = last ? `${last} ${word}` : word;
  }
  const cut = found.slice(0, lines).map((l) => (l.length > most ? `${l.slice(0, most - 1)}…` : l));
  if (found.length > lines) cut[lines - 1] = `${cut[lines - 1].slice(0, most - 1)}…`;
  return cut;
}

// A node of the picture: lines of text by class, what hangs below it, and the height that both take.
function grown(shown, id, relation) {
  const { record, said } = shown;
  const own = record.constraints.filter((c) => c.vertex === id);
  const noun = own.find(isNoun);
  const label = variables(record.root).find((v) => v.id === id).entity;
  const node = {
    id,
    kind: "variable",
    lines: [
      ...wrapped(`${id}  ${label}`).map((t) => ["name", t]),
      ...wrapped(`${noun.type} · ${told(noun.candidates)}`, 34).map((t) => ["type", t]),
    ],
    relation,
  };
  node.below = own
    .filter((c) => !isNoun(c))
    .map((c) =>
      isEdge(c) ? grown(shown, c.target.vertex, { id: c.id, text: edgeName(shown, c) }) : leaf(c, said[c.id]),
    );
  return measured(node);
}

const edgeName = (shown, c) => `${shown.relations[c.relation] || c.relation} ${c.direction === "out" ? "→" : "←"}`;

function leaf(c, text) {
  return measured({
    id: c.id,
    kind: "clue",
    lines: [...wrapped(text).map((t) => ["says", t]), ["type", `${c.id} · ${plural(c.candidates, "candidate")}`]],
    below: [],
  });
}

function measured(node) {
  node.own = node.lines.length * BOX.line + 2 * BOX.pad;
  node.caption = node.relation ? BOX.line + 3 : 0;
  const below =
    node.below.reduce((sum, child) => sum + child.tall, 0) + Math.max(0, node.below.length - 1) * BOX.between;
  node.tall = Math.max(node.own + 2 * node.caption, below);
  return node;
}

function placed(node, x, y, boxes, lines) {
  node.x = x;
  let at = y + Math.max(0, node.tall - heightBelow(node)) / 2;
  for (const child of node.below) {
    placed(child, x + BOX.wide + BOX.gap, at, boxes, lines);
    at += child.tall + BOX.between;
  }
  node.y = node.below.length
    ? (node.below[0].middle + node.below[node.below.length - 1].middle - node.own) / 2
    : y + (node.tall - node.own) / 2;
  node.y = Math.max(y + node.caption, Math.min(y + node.tall - node.own, node.y));
  node.middle = node.y + node.own / 2;
  boxes.push(node);
  for (const child of node.below) lines.push([x + BOX.wide, node.middle, child.x, child.middle, child.kind]);
}

const heightBelow = (node) =>
  node.below.reduce((sum, child) => sum + child.tall, 0) + Math.max(0, node.below.length - 1) * BOX.between;

function box(node) {
  const text = node.lines.map(([kind, words], i) =>
    svg("text", { class: kind, x: node.x + 11, y: node.y + BOX.pad + (i + 0.78) * BOX.line }, words),
  );
  const caption =
    node.relation &&
    svg(
      "text",
      { class: "relation", x: node.x + 2, y: node.y - 6 },
      ...wrapped(`${node.relation.id} ${node.relation.text}`, 36, 1),
    );
  return svg(
    "g",
    { class: node.kind },
    caption,
    svg("rect", { x: node.x, y: node.y, width: BOX.wide, height: node.own, rx: node.kind === "clue" ? 3 : 8 }),
    text,
  );
}

// Chords tie two variables: a dashed line from the clue to the variable that it is held against.
function chords(record, boxes) {
  return record.constraints.flatMap((c) => {
    const other = (c.as || c.than || {}).vertex;
    const [from, to] = [boxes.find((b) => b.id === c.id), boxes.find((b) => b.id === other)];
    return from && to ? [svg("path", { class: "chord", d: bend(from, to) })] : [];
  });
}

// Between the sides that face each other, or around the right where both stand in one column.
function bend(from, to) {
  const [x, out] = to.x < from.x ? [from.x, -40] : [from.x + BOX.wide, 40];
  const [u, back] = to.x > from.x ? [to.x, -40] : [to.x + BOX.wide, 40];
  return `M${x} ${from.middle} C${x + out} ${from.middle} ${u + back} ${to.middle} ${u} ${to.middle}`;
}

function treePicture(shown) {
  const root = grown(shown, shown.record.root.id, null);
  const [boxes, lines] = [[], []];
  placed(root, 1, 1, boxes, lines);
  const width = Math.max(...boxes.map((b) => b.x)) + BOX.wide + 2;
  const height = Math.max(...boxes.map((b) => b.y + b.own)) + 2;
  const bends = lines.map(([x, y, u, v, kind]) =>
    svg("path", { class: `tie ${kind}`, d: `M${x} ${y} C${x + BOX.gap / 2} ${y} ${u - BOX.gap / 2} ${v} ${u} ${v}` }),
  );
  const spoken = shown.record.constraints.map((c) => `${c.vertex}: ${shown.said[c.id]}`).join("; ");
  return el(
    "div",
    { class: "scroll picture", tabindex: "0", role: "group", "aria-label": "The research tree" },
    svg(
      "svg",
      { class: "tree", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": spoken },
      bends,
      chords(shown.record, boxes),
      boxes.map(box),
    ),
  );
}
