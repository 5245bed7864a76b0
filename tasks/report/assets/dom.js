// Elements made from text; nothing on the page is ever parsed as markup.
const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const byId = (id) => document.getElementById(id);

function link(url, text) {
  const whole = /^https?:\/\//i.test(url || "");
  return whole ? el("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, text) : el("span", {}, text);
}

function table(caption, head, rows, classes = "") {
  const cell = (tag, value, number) =>
    el(tag, { class: number ? "number" : null, scope: tag === "th" ? "col" : null }, value);
  const numeric = head.map((title) => title.startsWith("#"));
  return el(
    "div",
    { class: `scroll ${classes}` },
    el(
      "table",
      {},
      caption && el("caption", {}, caption),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          head.map((title, i) => cell("th", title.replace(/^#/, ""), numeric[i])),
        ),
      ),
      el(
        "tbody",
        {},
        rows.map((row) =>
          el(
            "tr",
            {},
            row.map((value, i) => cell("td", value, numeric[i])),
          ),
        ),
      ),
    ),
  );
}

const whole = new Intl.NumberFormat("en-GB");
const precise = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 });
const told = (count) => {
  if (count === null || count === undefined) return "none";
  if (typeof count === "object") return `${whole.format(count.low)} to ${whole.format(count.high)}`;
  return typeof count === "number" ? whole.format(count) : String(count);
};
const percent = (share) => `${precise.format(100 * share)} %`;
const plural = (n, one, many = `${one}s`) => `${told(n)} ${n === 1 ? one : many}`;
const seconds = (s) => (s >= 100 ? `${whole.format(Math.round(s))} s` : `${precise.format(s)} s`);

function say(text) {
  byId("said").textContent = text;
}
