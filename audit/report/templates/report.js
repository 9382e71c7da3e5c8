"use strict";
// Shows only findings of the chosen severities; everything else on the page works without a script.
(() => {
  const form = document.querySelector("form.filter");
  const findings = [...document.querySelectorAll(".finding")];
  if (new Set(findings.map((finding) => finding.dataset.severity)).size < 2) return;
  const apply = () => {
    const shown = new Set([...form.querySelectorAll("input:checked")].map((box) => box.value));
    for (const finding of findings) finding.hidden = !shown.has(finding.dataset.severity);
    for (const hit of document.querySelectorAll("a.hit"))
      hit.classList.toggle("off", hit.dataset.findings.split(" ").every((id) => document.getElementById(id).hidden));
  };
  form.addEventListener("change", apply);
  form.hidden = false;
})();
