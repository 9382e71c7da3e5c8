// Elements, words, numbers and the state. Texts of documents reach the page through text nodes alone, never as markup.
const DATA = JSON.parse(document.getElementById("report").textContent);
const SEVERITIES = ["minor", "major", "critical"];
const GLYPHS = ["○", "◆", "▲"];
const COMMANDS = "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufff9-\\ufffb";
const COMMAND = new RegExp(`[${COMMANDS}]`, "g");
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const number_of = (char) => `U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
const visible = (text) => text.replace(COMMAND, (char) => (char < " " ? String.fromCodePoint(0x2400 + char.codePointAt(0)) : "\ufffd"));

// el("p", {class: "a", onclick: f}, "text", child, [more]): attributes are set as such, handlers are listened to.
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : visible(String(value)));
  }
  return put(made, children);
}
function put(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    if (child instanceof Node) parent.append(child);
    else write(parent, String(child));
  }
  return parent;
}
// A character that would command the page (NUL, direction overrides) is shown by its number.
function write(parent, text) {
  let at = 0;
  for (const match of text.matchAll(COMMAND)) {
    if (at < match.index) parent.append(text.slice(at, match.index));
    const chip = document.createElement("span");
    chip.className = "ctl";
    chip.dataset.c = number_of(match[0]);
    parent.append(chip);
    at = match.index + 1;
  }
  if (at < text.length) parent.append(text.slice(at));
}
const bdi = (text, attributes = {}) => el("bdi", attributes, text);
function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
// A share as a bar; decoration, the number stands beside it.
function meter(share, kind = "") {
  const wide = (100 * Math.min(Math.max(share, 0), 1)).toFixed(1);
  return svg("svg", {class: `meter ${kind}`, viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true"},
    svg("rect", {class: "track", width: 100, height: 4}), svg("rect", {class: "fill", width: wide, height: 4}));
}

// Words: W("key", {n: 3}), names of labels, numbers as the language writes them.
const table = () => DATA.words[state.lang];
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (slot, name) => (name in values ? values[name] : slot));
const W = (key, values = {}) => fill(table()[key], values);
const named = (kind, key) => (Object.hasOwn(table()[kind], key) ? table()[kind][key] : visible(key.replaceAll("_", " ")));
const said = (message) => (typeof message === "string" ? message : message[state.lang] ?? message.en);
function number(value, places = 0) {
  const [whole, part] = value.toFixed(places).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, W("thousands"));
  return part ? grouped + W("decimal") + part : grouped;
}
function percent(p) {
  const n = Math.round(100 * p);
  const written = (whole) => W("percent", {n: whole}).replace(" ", "\u00a0");
  if (n === 100 && p < 1) return `>\u202f${written(99)}`;
  if (n === 0 && p > 0) return `<\u202f${written(1)}`;
  return written(n);
}
const count = (n) => (n === 0 ? W("no_finding") : n === 1 ? W("one_finding") : W("many_findings", {n: number(n)}));
const quoted = (text) => W("quote_open") + text + W("quote_close");
// The IPCC's likelihood scale (words.en.toml, [likelihood]).
const likelihood = (p) => named("likelihood", [[0.99, "p99"], [0.9, "p90"], [0.66, "p66"], [0.33, "p33"], [0.1, "p10"], [0.01, "p01"], [0, "p00"]].find(([least]) => p >= least)[1]);

// State lives in the fragment of the address, so that a link shows the same thing.
const DEFAULTS = {lang: DATA.lang, theme: "", article: "", finding: "", passage: "", search: "", verdict: "", severity: "", category: "", detector: "", min: "", sort: "-damage"};
const SORTS = ["order", "title", "verdict", "machine", "damage", "findings"];
const OF_ARTICLE = {article: "", finding: "", passage: ""};
const NO_FILTER = {search: "", verdict: "", severity: "", category: "", detector: "", min: ""};
let state = {...DEFAULTS};
function read() {
  const given = new URLSearchParams(location.hash.slice(1));
  const found = {...DEFAULTS};
  for (const key of Object.keys(DEFAULTS)) if (given.has(key)) found[key] = given.get(key);
  if (!Object.hasOwn(DATA.words, found.lang)) found.lang = DATA.lang;
  if (!["", "light", "dark"].includes(found.theme)) found.theme = "";
  if (!SORTS.includes(found.sort.replace("-", ""))) found.sort = DEFAULTS.sort;
  found.min = /^(?:[5-9]\d|100)$/.test(found.min) && found.min !== "50" ? found.min : "";
  found.severity = found.severity.split(",").filter((name) => SEVERITIES.includes(name)).join(",");
  return found;
}
function href(changes) {
  const next = {...state, ...changes};
  const kept = new URLSearchParams();
  for (const [key, value] of Object.entries(next)) if (value !== DEFAULTS[key]) kept.set(key, value);
  return `#${kept}`;
}
function go(changes, replace = false) {
  if (replace) location.replace(href(changes));
  else location.hash = href(changes);
}
const link = (changes, ...children) => el("a", {href: href(changes)}, ...children);

// The filters: of documents (search, verdict) and of findings (severity, category, detector, probability).
const passes = (detector, category, severity, p) =>
  (!state.severity || state.severity.split(",").includes(SEVERITIES[severity])) &&
  (!state.category || state.category === category) &&
  (!state.detector || state.detector === detector) &&
  (!state.min || p >= Number(state.min) / 100);
const filtering = () => Boolean(state.severity || state.category || state.detector || state.min);
const INDEX = new Map(DATA.documents.map((row, at) => [row.id, at]));
const ARTICLES = new Map();
function body(at) {
  if (!ARTICLES.has(at)) ARTICLES.set(at, JSON.parse(document.getElementById(`article-${at}`).textContent));
  return ARTICLES.get(at);
}
