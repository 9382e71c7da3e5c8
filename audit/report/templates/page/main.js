// What the address says is shown; keys lead through the findings.
const announce = (text) => { $("#live").textContent = text; };
const rest = (from) => Object.keys(DEFAULTS).filter((key) => state[key] !== from[key]);
function render(before) {
  const changed = new Set(before ? rest(before) : Object.keys(DEFAULTS));
  if (changed.has("theme")) document.documentElement.dataset.theme = state.theme;
  if (changed.has("lang")) language();
  const at = state.article ? INDEX.get(state.article) ?? -1 : -1;
  const fresh = changed.has("lang") || changed.has("article");
  if (changed.has("lang") || changed.has("theme")) bar();
  $("#overview").hidden = at >= 0;
  $("#article").hidden = at < 0;
  if (at >= 0) onArticle(at, fresh, changed, before);
  else onOverview(fresh, changed, before);
}
function onArticle(at, fresh, changed, before) {
  if (fresh) {
    article(at);
    document.title = `${visible(current.row.t || current.row.id)} – ${visible(DATA.title)}`;
    if (before && changed.has("article")) scrollTo(0, 0);
  } else if (["severity", "category", "detector", "min"].some((key) => changed.has(key))) applyFilters();
  const moved = changed.has("finding") || fresh;
  if (moved) select(stepping);
  stepping = false;
  const placed = (changed.has("passage") || fresh) && state.passage && showPassage();
  if (before && changed.has("article") && !placed && !state.finding) $("#article-title").focus({preventScroll: true});
}
function onOverview(fresh, changed, before) {
  current = null;
  document.body.classList.remove("sheet");
  document.title = visible(DATA.title);
  if (fresh) {
    $("#article").replaceChildren();
    overview();
    if (before && changed.has("article")) { scrollTo(0, 0); $(`.glance[lang="${state.lang}"] h1`).focus({preventScroll: true}); }
  } else {
    if (!DATA.documents.length) return;
    if (["search", "verdict", "severity", "category", "detector", "min"].some((key) => changed.has(key))) shown = STEP;
    refresh($("#filters form"));
    articles();
  }
}
function language() {
  document.documentElement.lang = state.lang;
  for (const part of $$("[data-ui]")) part.hidden = part.dataset.ui !== state.lang;
}
function bar() {
  const languages = Object.keys(DATA.words).map((lang) => el("button", {type: "button", lang, "aria-pressed": String(lang === state.lang), "data-lang": lang, title: DATA.words[lang].ui_name, onclick: () => go({lang}, true)},
    el("span", {class: "sr"}, `${DATA.words[lang].ui_name} `), el("span", {"aria-hidden": "true"}, lang.toUpperCase())));
  const dark = state.theme ? state.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = el("button", {type: "button", class: "theme", onclick: () => go({theme: dark ? "light" : "dark"}, true)}, W(dark ? "theme_light" : "theme_dark"));
  const help = el("button", {type: "button", class: "help", "aria-haspopup": "dialog", "aria-label": W("keys"), onclick: keys}, "?");
  const held = document.activeElement?.className;
  const heldLang = document.activeElement?.dataset?.lang;
  $("#tools").replaceChildren(el("div", {class: "languages", role: "group", "aria-label": W("ui_language")}, languages), theme, help);
  if (heldLang) $(`#tools [data-lang="${state.lang}"]`).focus();
  else if (held === "theme") theme.focus();
  $("#skip").textContent = W("skip");
  $("#home").setAttribute("href", href({...OF_ARTICLE}));
}
// Single keys can be switched off (WCAG 2.1.4).
let listening = true;
function keys() {
  const dialog = $("#keys");
  const entry = (key, text) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, text)];
  const box = el("input", {type: "checkbox", checked: listening, autocomplete: "off", onchange: (event) => { listening = event.target.checked; }});
  dialog.replaceChildren(el("h2", {id: "keys-title"}, W("keys")),
    el("dl", {}, entry("n", W("key_n")), entry("p", W("key_p")), entry("c", W("key_c")), entry("j", W("key_j")), entry("k", W("key_k")), entry("/", W("key_search")), entry("Esc", W("key_esc"))),
    el("label", {class: "toggle"}, box, ` ${W("keys_on")}`), el("form", {method: "dialog"}, el("button", {}, W("close"))));
  dialog.setAttribute("aria-labelledby", "keys-title");
  dialog.showModal();
}
const PRESSED = {
  n: () => current && step(1),
  p: () => current && step(-1),
  c: () => $("#article .card .copy")?.click(),
  j: () => current && neighbour(1),
  k: () => current && neighbour(-1),
  "/": () => $("#filter-search")?.focus(),
  "?": keys,
};
function neighbour(by) {
  const row = DATA.documents[current.at + by];
  if (row) go({...OF_ARTICLE, article: row.id});
}
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("#keys").open) return;
  if (event.key === "Escape") {
    if (state.finding) {
      const n = chosen();
      go({finding: ""}, true);
      $(`#mark-${n}`)?.focus({preventScroll: true});
    } else if (state.article) go({...OF_ARTICLE});
    return;
  }
  if (!listening || event.target.closest?.("input:not([type=checkbox]), select, textarea")) return;
  if (Object.hasOwn(PRESSED, event.key)) { event.preventDefault(); PRESSED[event.key](); }
});
// Links drawn beforehand set a part of the state and keep the rest.
addEventListener("click", (event) => {
  const set = event.target.closest?.("[data-set]");
  if (!set) return;
  event.preventDefault();
  const changes = Object.fromEntries(new URLSearchParams(set.dataset.set));
  go(changes);
  if (!changes.article) $("#filters").scrollIntoView();
});
addEventListener("hashchange", () => { const before = state; state = read(); render(before); });
addEventListener("beforeprint", () => {
  if (!current) return;
  for (const box of $$("#article details.furniture, #article .gauge details, #article .card details")) box.open = true;
  for (const li of $$("#article .finding:not([hidden])")) if (!$(".card", li)) li.append(card(Number(li.dataset.n)));
});
addEventListener("afterprint", () => { if (current) select(false); });
state = read();
render(null);
document.documentElement.dataset.ready = "";
