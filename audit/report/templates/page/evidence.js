// What a finding rests on: the pivot as a small word map, siblings side by side, other places, rules.
const run = ([text, mark]) => (mark ? el("mark", {class: `word ${mark}`}, text) : text);
const sentence = (runs, lang) => el("bdi", {lang}, runs.map(run));
const plain = (runs) => runs.map(([text]) => text).join("");

// Curves from n rows to one, or from one to m rows.
function fan(rows, outwards) {
  const box = svg("svg", {class: "fan", viewBox: "0 0 20 100", preserveAspectRatio: "none", "aria-hidden": "true"});
  for (let i = 0; i < rows; i += 1) {
    const y = ((i + 0.5) * 100) / rows;
    box.append(svg("path", {d: outwards ? `M0 50C10 50 10 ${y} 20 ${y}` : `M0 ${y}C10 ${y} 10 50 20 50`}));
  }
  return box;
}
function wordmap(article, finding, evidence) {
  const same = (other) => (other.e ?? []).some((e) => e.k === "pivot" && e.l === evidence.l && e.w === evidence.w);
  const written = [...new Set([finding.q, ...article.f.filter((other) => same(other) && other.d === finding.d).map((other) => other.q)])].slice(0, 6);
  const meant = (finding.g ?? []).slice(0, 4);
  const language = evidence.l ? named("language", evidence.l) : "";
  const label = `${written.join(", ")} ← ${language} ${evidence.w} → ${meant.map(([text]) => text).join(", ")}`;
  return el("figure", {class: "wordmap"},
    el("figcaption", {class: "key"}, W("wordmap", {lang: language})),
    el("div", {class: "map", role: "group", "aria-label": label, lang: current.row.g},
      el("ul", {class: "written"}, written.map((word) => el("li", {class: word === finding.q ? "this" : ""}, bdi(word)))),
      fan(written.length, false),
      el("p", {class: "pivot"}, el("i", {lang: evidence.l}, bdi(evidence.w ?? "")), el("span", {class: "faint", lang: state.lang}, language)),
      meant.length ? fan(meant.length, true) : null,
      meant.length ? el("ul", {class: "meant"}, meant.map(([text, p]) => el("li", {}, el("b", {}, bdi(text)), el("span", {class: "faint"}, ` ${percent(p)}`)))) : null),
    evidence.n && /; also /.test(said(evidence.n)) ? el("p", {class: "faint"}, `${W("also")} ${also(said(evidence.n))}`) : null);
}
const also = (note) => note.split("; also ")[1].split(", ").map((entry) => { const [lang, ...word] = entry.split(" "); return `${named("language", lang)} ${word.join(" ")}`; }).join(", ");

function beside(evidence, lang) {
  const known = INDEX.has(evidence.d);
  const row = known ? DATA.documents[INDEX.get(evidence.d)] : null;
  const name = bdi(evidence.d);
  const place = known ? el("a", {href: href({article: evidence.d, finding: "", passage: evidence.b ?? ""}), title: row.t}, name) : name;
  return el("div", {class: "beside"},
    el("div", {class: "here"}, el("p", {class: "key"}, W("here")), el("blockquote", {}, sentence(evidence.h ?? [], lang))),
    el("div", {class: "there"}, el("p", {class: "key"}, `${W("sibling")} `, place, row && row.j ? el("span", {class: "faint"}, ` · ${W("machine")} ${percent(row.m)}`) : null),
      el("blockquote", {}, sentence(evidence.q ?? [], lang)), evidence.n ? el("p", {class: "faint"}, said(evidence.n)) : null));
}
function other(article, evidence, lang, id) {
  const kind = el("span", {class: "key"}, named("evidence_kind", evidence.k));
  const language = evidence.l ? named("language", evidence.l) : "";
  const parts = [];
  if (evidence.w) parts.push([language, language ? ": " : "", el("b", {}, bdi(evidence.w))]);
  else if (language) parts.push(language);
  if (evidence.q) parts.push(el("q", {}, sentence(evidence.q, lang)));
  if (evidence.n) parts.push(el("span", {class: "faint"}, said(evidence.n)));
  if (evidence.k === "place" && "b" in evidence) parts.push(el("a", {href: href({article: id, passage: evidence.b})}, W("show")));
  return el("li", {class: `kind-${/^[a-z]+$/.test(evidence.k) ? evidence.k : "other"}`}, kind, parts.map((part) => [" ", part]));
}
const SHOWN = 2; // siblings that are quoted at once; the others are folded away
function witnesses(all, lang) {
  const quotes = all.map((e) => beside(e, lang));
  const more = quotes.slice(SHOWN);
  return [quotes.slice(0, SHOWN), more.length ? el("details", {}, el("summary", {}, W("and_more", {n: number(more.length)})), more) : null];
}
function proofs(article, finding, row) {
  const all = finding.e ?? [];
  const pivot = all.find((e) => e.k === "pivot" && e.w);
  const siblings = all.filter((e) => e.k === "sibling" && e.q);
  const rest = all.filter((e) => e !== pivot && !siblings.includes(e));
  return [
    pivot ? wordmap(article, finding, pivot) : null,
    siblings.length ? el("div", {class: "witnesses"}, el("h3", {}, siblings.length === 1 ? W("one_sibling_says") : W("siblings_say", {n: number(siblings.length)})), witnesses(siblings, row.g)) : null,
    rest.length ? el("ul", {class: "evidence"}, rest.map((e) => other(article, e, row.g, row.id))) : null,
  ];
}
// A finding with its evidence, to be pasted into a message.
function asText(article, finding, row) {
  const suggested = (finding.g ?? []).map(([text]) => text).join(", ");
  const lines = [
    `${quoted(finding.q)}${suggested ? ` → ${suggested}` : ""}`,
    `${named("detector", finding.d)}, ${named("severity", SEVERITIES[finding.v])}, ${W("probability")} ${percent(finding.p)}`,
    said(finding.m), "",
    `${W("document")}: ${row.t || row.id} (${row.id}${finding.x ? `, ${W("line", {n: finding.x})}` : `, ${W("title")}`})`,
  ];
  for (const e of finding.e ?? []) {
    if (e.k === "sibling" && e.q) lines.push("", `${W("here")}: ${plain(e.h ?? [])}`, `${W("sibling")} ${e.d}: ${plain(e.q)}`);
    else lines.push(`${named("evidence_kind", e.k)}: ${[e.l && named("language", e.l), e.w, e.q && quoted(plain(e.q)), e.n && said(e.n)].filter(Boolean).join(", ")}`);
  }
  lines.push("", `MQM: ${finding.c} · ${DATA.tool}`, W("suspicion"));
  return lines.map(visible).join("\n");
}
async function copy(text, button) {
  const done = () => { button.textContent = W("copied"); announce(W("copied")); setTimeout(() => { button.textContent = W("copy"); }, 1500); };
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Where the clipboard is closed to a page from disk, the old way is still open.
    const area = el("textarea", {class: "sr", "aria-hidden": "true", tabindex: "-1"});
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus({preventScroll: true});
  }
  done();
}
