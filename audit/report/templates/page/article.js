// The article page: verdict, what to check first, the text with its marks, and a card for each finding.
const narrow = matchMedia("(max-width: 61.99rem)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const level = (damage) => (damage === 0 ? "d0" : damage < 5 ? "d1" : damage < 25 ? "d2" : "d3");
const QUOTED = 80; // characters of a quotation in a line of the list
let current = null; // {at, row, article}

// One sentence that says how far the page may be trusted; it follows from the label and the damage alone.
function advice(row, article) {
  if (!row.j) return ["unknown", W("advice_none"), (article.r ?? []).map(said).join("; ")];
  const language = row.o.length ? named("language", row.o[0][0]) : "";
  const harmed = W(level(row.d));
  if (row.l === "machine-translated") return [row.d < 5 ? "care" : "stop", language ? W("advice_machine_from", {lang: language}) : W("advice_machine"), `${W("advice_text", {harmed})} ${W(row.d < 5 ? "advice_fluent" : "advice_check")}`];
  if (row.l === "translated") return ["care", language ? W("advice_translated_from", {lang: language}) : W("advice_translated"), `${W("advice_text", {harmed})} ${W("advice_check")}`];
  if (row.l === "undecided") return ["unknown", W("advice_undecided"), (article.r ?? []).map(said).join("; ")];
  return [row.f.length ? "look" : "fine", W("advice_original"), row.f.length ? W("advice_some", {count: count(row.f.length)}) : W("advice_nothing")];
}
function gauges(row, article) {
  if (!row.j) return el("p", {class: "faint"}, W("not_judged_words"));
  const machine = el("section", {class: "gauge machine", "aria-labelledby": "g-machine"}, el("h2", {id: "g-machine"}, W("how_machine")),
    el("p", {class: "figure"}, percent(row.m), el("span", {}, likelihood(row.m))), meter(row.m, "machine"),
    el("p", {}, W("translated_words", {translated: percent(row.n)})),
    row.o.length ? el("p", {}, el("span", {class: "key"}, W("languages")), " ", row.o.map(([lang, p]) => `${named("language", lang)} ${percent(p)}`).join(", ")) : null,
    article.r.length ? el("details", {}, el("summary", {}, W("reasons")), el("ul", {}, article.r.map((reason) => el("li", {}, said(reason))))) : null);
  const by = [2, 1, 0].map((severity) => [severity, row.f.filter((f) => f[2] === severity).length]).filter(([, n]) => n);
  const damage = el("section", {class: "gauge damage", "aria-labelledby": "g-damage"}, el("h2", {id: "g-damage"}, W("how_damaged")),
    el("p", {class: "figure"}, number(row.d, 1), el("span", {}, W(level(row.d)))), meter(harm(row.d), "damage"),
    el("p", {}, by.map(([severity, n], i) => [i ? ", " : "", el("span", {class: `tally ${SEVERITIES[severity]}`}, el("span", {"aria-hidden": "true"}, `${GLYPHS[severity]}\u202f`), `${number(n)} ${named("severity", SEVERITIES[severity])}`)]), by.length ? " " : W("no_finding"), by.length ? W("on_words", {words: number(row.w)}) : ""),
    el("details", {}, el("summary", {}, W("what_damage")), el("p", {}, W("damage_words"))));
  return el("div", {class: "gauges"}, machine, damage);
}
const glyph = (severity) => el("span", {class: `glyph ${SEVERITIES[severity]}`, "aria-hidden": "true"}, GLYPHS[severity]);
const clip = (text, most) => { const all = [...text]; return all.length > most ? `${all.slice(0, most - 1).join("").trimEnd()}…` : text; };
// What to look at first, as audit.report.order has it.
function checklist(article, row) {
  if (!article.o.length) return null;
  return el("section", {class: "first", "aria-labelledby": "first-title"}, el("h2", {id: "first-title"}, W("check_first")), el("ol", {}, article.o.map((n) => {
    const f = article.f[n];
    const best = f.g?.[0]?.[0];
    return el("li", {}, glyph(f.v), el("a", {href: href({finding: key(n)})}, bdi(quoted(clip(f.q, 60)), {lang: row.g})), best ? [" → ", el("b", {}, bdi(clip(best, 60), {lang: row.g}))] : null,
      el("span", {class: "faint"}, ` ${named("detector", f.d)}, ${percent(f.p)}`));
  })));
}
// A finding's name in the address: its fingerprint where there is one, so that a link outlives a re-run.
const key = (n) => current.article.f[n]?.f || String(n + 1);
function chosen() {
  if (!current || !state.finding) return -1;
  const by = current.article.f.findIndex((f) => f.f && f.f === state.finding);
  return by >= 0 ? by : /^\d{1,6}$/.test(state.finding) ? Math.min(Number(state.finding) - 1, current.article.f.length - 1) : -1;
}
const open = (n) => { const f = current.article.f[n]; return passes(f.d, f.c, f.v, f.p); };

function pieces(runs, seen, ends) {
  return runs.map(([text, numbers], at) => {
    if (!numbers) return text;
    const lead = [...numbers].sort((a, b) => current.article.f[b].v - current.article.f[a].v || a - b)[0];
    const fresh = numbers.filter((n) => !seen.has(n));
    fresh.forEach((n) => seen.add(n));
    const last = numbers.filter((n) => !(runs[at + 1]?.[1] ?? []).includes(n) && ends.get(n) === runs);
    const f = current.article.f[lead];
    return el("a", {class: `hit ${SEVERITIES[f.v]}`, href: href({finding: key(lead), passage: ""}), "data-findings": numbers.join(" "), "data-lead": lead,
      id: fresh.length ? `mark-${fresh[0]}` : null, "aria-describedby": `name-${lead}`, tabindex: fresh.length ? null : "-1"}, text,
      last.length ? el("span", {class: "ref", "data-n": last.map((n) => n + 1).join("·"), "aria-hidden": "true"}) : null);
  });
}
const heat = (score) => Math.min(4, Math.ceil(4 * score));
// The run list in which each finding ends: a finding may reach over several passages.
function lastRuns(article) {
  const ends = new Map();
  for (const runs of [article.h, ...article.b.map((b) => b.r)]) for (const [, numbers] of runs) for (const n of numbers ?? []) ends.set(n, runs);
  return ends;
}
function block(b, seen, ends) {
  const flagged = b.l === "suspect" || b.l === "artifact";
  const note = flagged ? W("passage_note", {label: named("passage_label", b.l), p: percent(b.s)}) : "";
  return el(b.k === "list" ? "div" : "p", {class: `block ${b.k}`, id: b.i >= 0 ? `passage-${b.i}` : null, "data-heat": b.k === "furniture" ? 0 : heat(b.s), title: note || null},
    flagged && b.k !== "furniture" ? el("span", {class: "sr"}, `${note}: `) : null, pieces(b.r, seen, ends));
}
function reading(row, article, ends) {
  const seen = new Set(article.h.flatMap(([, numbers]) => numbers ?? []));
  const text = el("div", {class: "text", lang: row.g, translate: "no"});
  let run = null;
  for (const b of article.b) {
    if (b.k !== "furniture") { run = null; text.append(block(b, seen, ends)); continue; }
    if (!run) { run = el("details", {class: "furniture"}, el("summary", {lang: state.lang})); text.append(run); }
    run.append(block(b, seen, ends));
  }
  for (const box of $$("details.furniture", text)) {
    const lines = $$(".block", box).length;
    const hits = new Set($$(".hit", box).flatMap((hit) => hit.dataset.findings.split(" "))).size;
    $("summary", box).append(lines === 1 ? W("furniture_line") : W("furniture_lines", {n: number(lines)}), hits ? ` · ${count(hits)}` : "");
    box.open = hits > 0 && lines <= 3;
  }
  return text;
}
function card(n) {
  const {article, row} = current;
  const f = article.f[n];
  const copyButton = el("button", {type: "button", class: "copy", onclick: (event) => copy(asText(article, f, row), event.currentTarget)}, W("copy"));
  return el("div", {class: `card ${SEVERITIES[f.v]}`, id: `card-${n}`, tabindex: "-1", role: "region", "aria-labelledby": `name-${n}`},
    el("p", {class: "card-head"}, glyph(f.v), el("b", {}, named("severity", SEVERITIES[f.v])), " · ", named("detector", f.d), " · ", percent(f.p),
      el("button", {type: "button", class: "close", "aria-label": W("close"), onclick: () => go({finding: ""})}, "×")),
    el("blockquote", {class: [...f.q].length > QUOTED ? "quote" : "quote short", lang: row.g}, bdi(f.q)),
    f.g ? el("p", {class: "suggestion", lang: row.g}, el("span", {class: "key", lang: state.lang}, `${W(f.g.length === 1 ? "suggestion" : "suggestions")} `), f.g.map(([text, p], i) => [i ? ", " : "", el("b", {}, bdi(text)), el("span", {class: "faint"}, ` ${percent(p)}`)])) : null,
    el("p", {class: "message", lang: typeof f.m === "string" ? "en" : state.lang}, said(f.m)),
    el("div", {class: "likely"}, el("span", {class: "key"}, W("probability")), ` ${percent(f.p)}, ${likelihood(f.p)} `, meter(f.p, "probability")),
    proofs(article, f, row),
    el("p", {class: "foot"}, f.c, " · ", f.d, " · ", f.x ? W("line", {n: number(f.x)}) : W("title")),
    el("p", {class: "actions"}, copyButton,
      el("button", {type: "button", onclick: () => step(-1)}, W("previous"), el("kbd", {"aria-hidden": "true"}, "p")), el("button", {type: "button", onclick: () => step(1)}, W("next"), el("kbd", {"aria-hidden": "true"}, "n"))));
}
function item(n) {
  const {article, row} = current;
  const f = article.f[n];
  const best = f.g?.[0]?.[0];
  const button = el("button", {type: "button", class: "line", "aria-expanded": "false", "aria-controls": `card-${n}`, "aria-describedby": `name-${n}`, onclick: () => go({finding: chosen() === n ? "" : key(n), passage: ""})},
    el("span", {class: "number"}, String(n + 1)), glyph(f.v),
    el("span", {class: "what", lang: row.g}, bdi(clip(f.q, QUOTED)), best ? [" → ", el("b", {}, bdi(clip(best, 50)))] : null),
    el("span", {class: "percent"}, percent(f.p)));
  return el("li", {class: `finding ${SEVERITIES[f.v]}`, id: `finding-${n}`, "data-n": n}, button,
    el("p", {class: "name", id: `name-${n}`}, el("span", {class: "sr"}, `${W("finding")} ${n + 1}: `), named("severity", SEVERITIES[f.v]), " · ", named("detector", f.d), f.z ? [" · ", el("b", {class: "new"}, W("new"))] : null));
}
function siblings(row, article) {
  const quotes = (id) => article.f.reduce((n, f) => n + (f.e ?? []).filter((e) => e.k === "sibling" && e.d === id).length, 0);
  const one = ([id, similarity, chrf]) => {
    const known = INDEX.has(id) ? DATA.documents[INDEX.get(id)] : null;
    return el("tr", {}, el("th", {scope: "row"}, known ? link({...OF_ARTICLE, article: id}, bdi(known.t || id)) : bdi(id), known && known.t ? el("span", {class: "id"}, bdi(id)) : null),
      el("td", {class: "num", "data-name": W("similarity")}, number(similarity, 2)), el("td", {class: "num", "data-name": "chrF"}, number(chrf, 1)), el("td", {class: "num", "data-name": W("quotes")}, number(quotes(id))));
  };
  const head = el("tr", {}, el("th", {scope: "col"}, W("document")), el("th", {scope: "col", class: "num"}, W("similarity")), el("th", {scope: "col", class: "num"}, "chrF"), el("th", {scope: "col", class: "num"}, W("quotes")));
  return el("section", {class: "siblings", "aria-labelledby": "siblings-title"}, el("h2", {id: "siblings-title"}, W("siblings")),
    row.s.length ? [el("table", {class: "articles"}, el("thead", {}, head), el("tbody", {}, row.s.map(one))), el("p", {class: "faint"}, W("chrf_note"))] : el("p", {class: "faint"}, W("no_siblings")),
    article.k.length ? el("details", {}, el("summary", {}, W("skipped")), el("ul", {}, article.k.map(([detector, reason]) => el("li", {}, `${named("detector", detector)}: ${said(reason)}`)))) : null);
}
function legend() {
  return el("p", {class: "legend"}, el("span", {class: "key"}, W("legend")), [...SEVERITIES].reverse().map((name) => el("span", {class: `hit ${name}`}, `${GLYPHS[SEVERITIES.indexOf(name)]} ${named("severity", name)}`)), el("span", {class: "heatkey"}, W("heat_legend")));
}
function article(at) {
  const row = DATA.documents[at];
  const data = body(at);
  current = {at, row, article: data};
  const [tone, head, rest] = advice(row, data);
  const around = (to, text) => (DATA.documents[to] ? link({...OF_ARTICLE, article: DATA.documents[to].id}, text) : null);
  const ends = lastRuns(data);
  const title = data.h.length ? el("h1", {id: "article-title", tabindex: "-1", lang: row.g}, el("bdi", {}, pieces(data.h, new Set(), ends))) : el("h1", {id: "article-title", tabindex: "-1"}, bdi(row.id));
  const list = el("ol", {class: "list"}, data.f.map((_, n) => item(n)));
  $("#article").replaceChildren(
    el("nav", {class: "crumbs", "aria-label": W("overview")}, link(OF_ARTICLE, `← ${W("overview")}`), el("span", {class: "around"}, around(at - 1, W("previous_article")), around(at + 1, W("next_article")))),
    el("header", {class: "head"}, el("p", {class: "meta"}, bdi(row.id), ` · ${named("language", row.g)} · ${W("words", {n: number(row.w)})}`), title, verdict(row)),
    el("section", {class: `advice ${tone}`, "aria-label": W("advice")}, el("p", {class: "lead"}, head), el("p", {}, rest)),
    el("div", {class: "glance-article"}, gauges(row, data), checklist(data, row) ?? ""),
    el("div", {class: "columns"},
      el("section", {class: "reading", "aria-label": W("text")}, data.f.length ? legend() : null, reading(row, data, ends)),
      el("aside", {class: "panel", "aria-labelledby": "findings-title"},
        el("h2", {id: "findings-title"}, W("findings"), el("span", {class: "status", id: "findings-count", role: "status"})),
        data.f.length ? el("details", {class: "filterbox", open: filtering()}, el("summary", {}, W("filters")), filters(true)) : null,
        data.f.length ? list : el("p", {class: "faint"}, row.j ? W("no_finding_words") : W("not_judged_words")))),
    siblings(row, data));
  applyFilters();
}
function applyFilters() {
  const {article: data} = current;
  const shownNow = data.f.map((_, n) => open(n));
  for (const li of $$("#article .finding")) li.hidden = !shownNow[li.dataset.n];
  for (const hit of $$("#article a.hit")) {
    const off = hit.dataset.findings.split(" ").every((n) => !shownNow[n]);
    hit.classList.toggle("off", off);
    hit.tabIndex = off || !hit.id ? -1 : 0;
  }
  const n = shownNow.filter(Boolean).length;
  $("#findings-count").textContent = n === data.f.length ? number(n) : W("some_of", {n: number(n), all: number(data.f.length)});
  const form = $("#article form");
  if (form) refresh(form);
}
function select(moveFocus) {
  const n = chosen();
  for (const old of $$("#article .card")) old.remove();
  for (const line of $$("#article .line")) line.setAttribute("aria-expanded", String(Number(line.closest("li").dataset.n) === n));
  for (const hit of $$("#article a.hit")) hit.classList.toggle("on", n >= 0 && hit.dataset.findings.split(" ").includes(String(n)));
  document.body.classList.toggle("sheet", n >= 0);
  if (n < 0) return;
  const li = $(`#finding-${n}`);
  li.hidden = false;
  li.append(card(n));
  const mark = $("#article a.hit.on");
  const box = mark?.closest("details");
  if (box) box.open = true;
  if (mark) reveal(mark);
  const panel = $("#article .panel");
  if (!narrow.matches) panel.scrollTo({top: panel.scrollTop + li.getBoundingClientRect().top - panel.getBoundingClientRect().top - 8, behavior: calm.matches ? "auto" : "smooth"});
  if (moveFocus) $(`#card-${n}`).focus({preventScroll: true});
  const f = current.article.f[n];
  announce(`${W("finding")} ${n + 1}: ${named("severity", SEVERITIES[f.v])}, ${named("detector", f.d)}, ${visible(f.q)}`);
}
function reveal(mark) {
  const {top, bottom} = mark.getBoundingClientRect();
  const floor = narrow.matches ? innerHeight * 0.34 : innerHeight - 60;
  if (top < 70 || bottom > floor) scrollTo({top: scrollY + top - (narrow.matches ? 90 : innerHeight * 0.35), behavior: calm.matches ? "auto" : "smooth"});
}
function step(by) {
  const all = current.article.f.map((_, n) => n).filter(open);
  if (!all.length) return;
  const n = chosen();
  const at = all.indexOf(n);
  const next = at >= 0 ? (at + by + all.length) % all.length : by > 0 ? Math.max(all.findIndex((m) => m > n), 0) : all.length - 1;
  stepping = true;
  go({finding: key(all[next]), passage: ""});
}
let stepping = false;
function showPassage() {
  const place = /^\d{1,6}$/.test(state.passage) ? $(`#passage-${state.passage}`) : null;
  if (!place) return false;
  const box = place.closest("details");
  if (box) box.open = true;
  for (const old of $$(".flash")) old.classList.remove("flash");
  place.classList.add("flash");
  place.scrollIntoView({block: "center"});
  return true;
}
