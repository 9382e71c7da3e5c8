// The corpus page: the table of articles and the stories; its charts come drawn.
const STEP = 100;
let shown = STEP;
const ORDER = {"machine-translated": 0, translated: 1, undecided: 2, original: 3};
const matching = (row) => row.f.filter(([detector, category, severity, p]) => passes(detector, category, severity, p));
const weight = (row) => row.hits.reduce((sum, [, , severity]) => sum + [1, 5, 25][severity], 0);
const KEYS = {
  order: (row) => row.at,
  title: (row) => (row.t || row.id).toLocaleLowerCase(state.lang),
  verdict: (row) => ORDER[row.l],
  machine: (row) => (row.j ? row.m : -1),
  damage: (row) => (row.j ? row.d : -1),
  findings: (row) => row.hits.length + weight(row) / 1e6,
};
function rows() {
  const wanted = state.search.toLocaleLowerCase(state.lang).split(/\s+/).filter(Boolean);
  const key = KEYS[state.sort.replace("-", "")];
  const sign = state.sort.startsWith("-") ? -1 : 1;
  return DATA.documents
    .map((row, at) => ({...row, at, hits: matching(row)}))
    .filter((row) => (!state.verdict || row.l === state.verdict) && (!filtering() || row.hits.length))
    .filter((row) => wanted.every((word) => `${row.t}\n${row.id}`.toLocaleLowerCase(state.lang).includes(word)))
    .map((row) => [key(row), row])
    .sort(([a, x], [b, y]) => (a < b ? -sign : a > b ? sign : x.at - y.at))
    .map(([, row]) => row);
}
function heading(key, text, numeric) {
  const active = state.sort.replace("-", "") === key;
  const down = state.sort.startsWith("-");
  const next = active ? (down ? key : `-${key}`) : numeric ? `-${key}` : key;
  return el("th", {scope: "col", class: numeric ? "num" : "", "aria-sort": active ? (down ? "descending" : "ascending") : null},
    el("button", {type: "button", class: "sort", "data-key": key, onclick: () => go({sort: next}, true)}, text, el("span", {class: "arrow", "aria-hidden": "true"}, active ? (down ? " ↓" : " ↑") : "")));
}
function tally(hits) {
  const by = [2, 1, 0].map((severity) => [severity, hits.filter((hit) => hit[2] === severity).length]).filter(([, n]) => n);
  return by.map(([severity, n]) => el("span", {class: `tally ${SEVERITIES[severity]}`},
    el("span", {"aria-hidden": "true"}, `${GLYPHS[severity]}\u202f`), number(n), el("span", {class: "sr"}, ` ${named("severity", SEVERITIES[severity])} `)));
}
const most = Math.max(50, ...DATA.documents.map((row) => row.d));
// Damage is felt by its order of magnitude, as the bins of its chart.
const harm = (damage) => Math.log1p(damage) / Math.log1p(most);
const verdict = (row) => el("span", {class: `verdict ${row.l}`}, named("label", row.l));
function line(row) {
  const name = row.t || row.id;
  return el("tr", {},
    el("th", {scope: "row"}, link({article: row.id, finding: "", passage: ""}, bdi(name, {lang: row.g})), row.t ? el("span", {class: "id"}, bdi(row.id)) : null),
    el("td", {}, verdict(row)),
    el("td", {class: "num", "data-name": W("machine")}, row.j ? [percent(row.m), meter(row.m, "machine")] : "–"),
    el("td", {class: "num", "data-name": W("damage")}, row.j ? [number(row.d, 1), meter(harm(row.d), "damage")] : "–"),
    el("td", {class: "counts", "data-name": W("findings")}, row.hits.length ? tally(row.hits) : el("span", {class: "faint"}, "–")));
}
function articles() {
  const found = rows();
  const place = $("#articles");
  const held = document.activeElement?.dataset?.key;
  const head = el("tr", {}, heading("title", W("document"), false), heading("verdict", W("verdict"), false), heading("machine", W("machine"), true),
    heading("damage", W("damage"), true), heading("findings", W("findings"), false));
  const all = el("table", {class: "articles"}, el("caption", {class: "sr"}, W("articles")), el("thead", {}, head), el("tbody", {}, found.slice(0, shown).map(line)));
  const total = DATA.documents.length;
  const status = found.length === total ? W("shown_all", {n: number(total)}) : W("shown_some", {n: number(found.length), all: number(total)});
  const more = found.length > shown ? el("button", {type: "button", onclick: () => { shown += STEP; articles(); }}, W("more", {n: number(Math.min(STEP, found.length - shown))})) : null;
  place.replaceChildren(el("p", {class: "status", role: "status"}, status), found.length ? el("div", {class: "scroll"}, all) : el("p", {class: "none"}, W("nothing_matches")), ...(more ? [more] : []));
  if (held) $(`[data-key="${held}"]`, place)?.focus();
}
// The sibling matrix: below the diagonal the cosine of the words, above it chrF.
function matrix(names) {
  const of = (a, b) => {
    const from = (x, y) => (INDEX.has(x) ? DATA.documents[INDEX.get(x)].s.find(([id]) => id === y) : undefined);
    return from(a, b) ?? from(b, a);
  };
  const cell = (i, j) => {
    if (i === j) return el("td", {class: "self"}, "·");
    const found = of(names[Math.max(i, j)], names[Math.min(i, j)]);
    if (!found) return el("td", {class: "none"}, "–");
    const [value, text] = i > j ? [found[1], number(found[1], 2)] : [found[2] / 100, number(found[2], 0)];
    return el("td", {class: i > j ? "cosine" : "chrf", "data-heat": Math.min(5, Math.max(0, Math.ceil(5 * value)))}, text);
  };
  const label = (name) => (INDEX.has(name) ? DATA.documents[INDEX.get(name)].t || name : name);
  const head = (name, i) => el("th", {scope: "row"}, el("b", {}, String(i + 1)), " ", INDEX.has(name) ? link({...OF_ARTICLE, article: name}, bdi(label(name))) : [bdi(name), el("span", {class: "faint"}, ` (${W("not_audited")})`)]);
  return el("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": `${W("matrix")}: ${label(names[0])}`}, el("table", {class: "matrix"}, el("caption", {}, W("matrix_caption")),
    el("thead", {}, el("tr", {}, el("th", {scope: "col"}, W("document")), names.map((name, i) => el("th", {scope: "col", title: label(name)}, String(i + 1))))),
    el("tbody", {}, names.map((name, i) => el("tr", {}, head(name, i), names.map((_, j) => cell(i, j)))))));
}
function stories() {
  const place = $("#stories");
  if (!DATA.stories.length) return place.replaceChildren(el("p", {class: "faint"}, W("no_stories")));
  const one = (names, at) => {
    const audited = names.filter((name) => INDEX.has(name)).map((name) => DATA.documents[INDEX.get(name)]);
    const bad = audited.filter((row) => row.l === "machine-translated").length;
    const open = at === 0 || DATA.stories.length <= 3;
    const box = el("details", {open}, el("summary", {}, bdi(audited[0].t || audited[0].id), el("span", {class: "faint"}, ` ${W("story_counts", {n: number(names.length), bad: number(bad)})}`)));
    const draw = () => { if (box.open && !$("table", box)) box.append(matrix(names)); };
    box.addEventListener("toggle", draw);
    draw();
    return box;
  };
  place.replaceChildren(...DATA.stories.map(one));
}
function overview() {
  if (!DATA.documents.length) return;
  $("#filters").replaceChildren(el("h2", {id: "articles-title"}, W("articles")), filters(false));
  refresh($("#filters form"));
  articles();
  $("#stories-title").textContent = W("stories");
  stories();
}
