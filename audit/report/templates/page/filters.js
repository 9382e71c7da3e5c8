// The bar of filters: the same state for the overview and for an article.
function options(kind, all, chosen, key) {
  const select = el("select", {id: `filter-${key}`, onchange: (event) => go({[key]: event.target.value, finding: ""}, true)},
    el("option", {value: ""}, W(`all_${key}`)), all.map((value) => el("option", {value, selected: value === chosen}, kind ? named(kind, value) : value)));
  return el("label", {class: "field", for: `filter-${key}`}, el("span", {class: "key"}, W(key === "detector" ? "detector_field" : key)), select);
}
function severities() {
  const chosen = new Set(state.severity ? state.severity.split(",") : SEVERITIES);
  const toggle = (name) => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    const kept = SEVERITIES.filter((severity) => next.has(severity));
    go({severity: kept.length === 0 || kept.length === SEVERITIES.length ? "" : kept.join(","), finding: ""}, true);
  };
  const boxes = [...SEVERITIES].reverse().map((name) => el("label", {class: `toggle ${name}`},
    el("input", {type: "checkbox", value: name, checked: chosen.has(name), autocomplete: "off", onchange: () => toggle(name)}),
    el("span", {"aria-hidden": "true"}, GLYPHS[SEVERITIES.indexOf(name)]), ` ${named("severity", name)}`));
  return el("fieldset", {class: "field severities"}, el("legend", {class: "key"}, W("severity_field")), boxes);
}
function least() {
  const shown = el("output", {for: "filter-min"}, percent(Number(state.min || 50) / 100));
  const range = el("input", {id: "filter-min", type: "range", min: 50, max: 99, step: 1, value: state.min || 50, "aria-valuetext": percent(Number(state.min || 50) / 100),
    oninput: (event) => { shown.textContent = percent(event.target.value / 100); event.target.setAttribute("aria-valuetext", shown.textContent); },
    onchange: (event) => go({min: event.target.value === "50" ? "" : event.target.value, finding: ""}, true)});
  return el("label", {class: "field least", for: "filter-min"}, el("span", {class: "key"}, W("min"), " ", shown), range);
}
let typing = 0;
function search() {
  const input = el("input", {id: "filter-search", type: "search", value: state.search, autocomplete: "off", spellcheck: "false", placeholder: W("search_hint"),
    oninput: (event) => { clearTimeout(typing); typing = setTimeout(() => go({search: event.target.value}, true), 150); }});
  return el("label", {class: "field search", for: "filter-search"}, el("span", {class: "key"}, W("search")), input);
}
function filters(forArticle) {
  const fields = forArticle ? [] : [search(), options("label", DATA.labels, state.verdict, "verdict")];
  fields.push(severities(), options("", DATA.categories, state.category, "category"), options("detector", DATA.detectors, state.detector, "detector"), least());
  const reset = el("button", {type: "button", class: "plain reset", onclick: () => go({...NO_FILTER, finding: ""}, true)}, W("reset"));
  return el("form", {class: "filters", role: "search", "aria-label": W("filters"), onsubmit: (event) => event.preventDefault()}, fields, reset);
}
// Fields keep their element (and so their focus) while the state changes under them.
function refresh(form) {
  const set = (id, value) => { const field = $(`#filter-${id}`, form); if (field && field !== document.activeElement) field.value = value; };
  set("search", state.search);
  for (const key of ["verdict", "category", "detector"]) set(key, state[key]);
  set("min", state.min || 50);
  $("output", form).textContent = percent(Number(state.min || 50) / 100);
  $(".severities", form).replaceWith(keepFocus($(".severities", form), severities()));
  $(".reset", form).hidden = !(filtering() || (state.search && !state.article) || (state.verdict && !state.article));
}
function keepFocus(old, fresh) {
  const held = old.contains(document.activeElement) ? document.activeElement.value : null;
  if (held !== null) queueMicrotask(() => $(`input[value="${held}"]`, fresh)?.focus());
  return fresh;
}
