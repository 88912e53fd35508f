# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The page's own script. It filters, searches and switches between light and dark, and holds nothing of the report: the
page reads completely without it. What is chosen stands in the address (#severity=critical&q=text&theme=dark), so that a
link can hold it."""

from __future__ import annotations

SCRIPT = """"use strict";
(() => {
  const doc = document, root = doc.documentElement;
  const get = id => doc.getElementById(id);
  const all = (where, selector) => Array.from(where.querySelectorAll(selector));
  const low = element => element.textContent.toLowerCase();
  const items = all(doc, "[data-f]"), edges = all(doc, "[data-e]"), groups = all(doc, ".do");
  const search = get("q"), said = get("said"), theme = get("theme"), open = get("open"), none = get("none");
  const names = {p: "relationships", v: "findings", s: "servers"};
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const texts = new Map(), opened = new Set();
  let state = {severity: "", q: "", theme: ""};

  // what an item is searched by: its own words, and those of each row of its scopes; rows that lack a word that others
  // have are not shown
  const words = item => {
    let found = texts.get(item);
    if (!found) {
      const table = item.querySelector("table.sc");
      const rows = table ? all(table.tBodies[0], "tr").map(row => [row, low(row)]) : [];
      let head = "";
      const walker = doc.createTreeWalker(item, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, node =>
        node === table ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
      while (walker.nextNode()) if (walker.currentNode.nodeType === 3) head += walker.currentNode.data + " ";
      texts.set(item, found = {head: head.toLowerCase().replace(/\\s+/g, " "), rows});
    }
    return found;
  };

  const matches = (item, asked) => {
    if (state.severity && !item.dataset.s.split(" ").includes(state.severity)) return false;
    if (!asked.length && !texts.has(item)) return true;
    const {head, rows} = words(item), rest = asked.filter(word => !head.includes(word));
    const ofRows = asked.filter(word => rows.some(([, text]) => text.includes(word)));
    const hits = new Set(rows.filter(([, text]) => ofRows.length && ofRows.every(word => text.includes(word))));
    for (const row of rows) row[0].hidden = hits.size > 0 && !hits.has(row);
    const found = rest.every(word => ofRows.includes(word)) && (!rest.length || hits.size > 0);
    if (found && rest.length) {
      for (const folded of [item, item.querySelector(".scopes")])
        if (folded && folded.tagName === "DETAILS" && !folded.open) { folded.open = true; opened.add(folded); }
    }
    return found;
  };

  const apply = () => {
    const asked = state.q.toLowerCase().split(/\\s+/).filter(Boolean), total = {}, shown = {}, kept = new Set();
    for (const folded of opened) folded.open = false;
    opened.clear();
    for (const item of items) {
      const kind = item.dataset.f, found = matches(item, asked);
      item.hidden = !found;
      total[kind] = (total[kind] || 0) + 1;
      shown[kind] = (shown[kind] || 0) + found;
      if (found && item.dataset.p) kept.add(item.dataset.p);
    }
    for (const group of groups) {
      group.hidden = !group.querySelector("[data-f]:not([hidden])");
      for (const more of all(group, "details")) more.hidden = !more.querySelector("[data-f]:not([hidden])");
    }
    for (const edge of edges) edge.classList.toggle("dim", !kept.has(edge.dataset.e));
    const filtered = state.severity || asked.length;
    said.textContent = Object.keys(names).filter(kind => total[kind])
      .map(kind => (filtered ? `${shown[kind]} of ` : "") + `${total[kind]} ${names[kind]}`).join(", ");
    none.hidden = !filtered || Object.values(shown).some(Boolean);
    root.classList.toggle("filtered", Boolean(filtered));
  };

  const look = () => {
    if (state.theme) root.dataset.theme = state.theme; else delete root.dataset.theme;
    const is = state.theme ? state.theme === "dark" : dark.matches;
    theme.textContent = is ? "Light colours" : "Dark colours";
  };

  const show = () => {
    if (search.value !== state.q) search.value = state.q;
    for (const choice of all(doc, "[name=severity]")) choice.checked = choice.value === state.severity;
    look();
    apply();
  };

  const read = () => {
    const hash = location.hash.slice(1);
    if (!hash.includes("=")) {
      const target = hash && get(hash);
      const hidden = target && target.closest("[hidden]");
      if (hidden) { state.severity = state.q = ""; show(); }
      const folded = target && target.closest("details");
      if (folded) folded.open = true;
      if (target) target.scrollIntoView();
      return;
    }
    const given = new URLSearchParams(hash), severity = given.get("severity") || "", chosen = given.get("theme");
    const known = all(doc, "[name=severity]").some(choice => choice.value === severity);
    const theme = /^(dark|light)$/.test(chosen) ? chosen : "";
    state = {severity: known ? severity : "", q: given.get("q") || "", theme};
    show();
  };

  const keep = () => {
    const given = new URLSearchParams();
    for (const key of Object.keys(state)) if (state[key]) given.set(key, state[key]);
    const hash = given.toString(), to = hash ? "#" + hash : location.pathname + location.search;
    try { history.replaceState(null, "", to); } catch (error) { /* some browsers let no file do that */ }
    show();
  };

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { state.q = search.value.trim(); keep(); }, 120);
  });
  get("controls").addEventListener("change", event => {
    if (event.target.name === "severity") { state.severity = event.target.value; keep(); }
  });
  theme.addEventListener("click", () => {
    const is = state.theme ? state.theme === "dark" : dark.matches;
    state.theme = is ? "light" : "dark";
    keep();
  });
  dark.addEventListener("change", look);

  const panels = all(doc, "details.panel");
  open.addEventListener("click", () => {
    const to = open.getAttribute("aria-pressed") !== "true";
    for (const panel of panels) panel.open = to;
    open.setAttribute("aria-pressed", to);
    open.textContent = to ? "Close all" : "Open all";
  });

  // what is folded is printed
  const folded = new Set();
  addEventListener("beforeprint", () => {
    for (const one of all(doc, "details:not([open])")) { folded.add(one); one.open = true; }
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
    folded.clear();
  });

  for (const one of [get("controls"), theme]) one.hidden = false;
  open.hidden = !panels.length;
  addEventListener("hashchange", read);
  show();
  read();
})();
"""
