// Sorts, filters and explains what already stands on the page. Nothing is fetched: the page works
// from a disk. All texts go in as text, never as markup, because company names come from outside.
"use strict";
// Until the list is filtered its rows are not laid out: a thousand rows that are hidden a moment
// later would cost more time than all the rest. Without this script they all show.
document.documentElement.classList.add("scripted");
addEventListener("DOMContentLoaded", () => {
  try {
    start();
  } finally {
    document.documentElement.classList.add("ready");
  }
});

function start() {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const root = document.documentElement;

  // Light and dark: the system decides until somebody presses the button. Where the browser keeps
  // nothing for a file, the choice lasts as long as the page.
  const theme = byId("theme");
  const keep = (value) => { try { localStorage.setItem("recon-theme", value); } catch { /* not kept */ } };
  const kept = () => { try { return localStorage.getItem("recon-theme"); } catch { return null; } };
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const tell = () => theme.setAttribute("aria-pressed", String(dark()));
  if (["light", "dark"].includes(kept())) root.dataset.theme = kept();
  tell();
  system.addEventListener("change", tell);
  theme.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    keep(root.dataset.theme);
    tell();
  });

  // The list. A row's place in the data is its place in the document as it was written.
  const table = byId("list");
  const body = table.tBodies[0];
  const heads = [...table.tHead.querySelectorAll("th")];
  const rows = [...body.rows].map((element, place) => ({
    element,
    place,
    opener: element.cells[0].firstElementChild,
    text: `${element.cells[0].textContent} ${element.cells[1].textContent}`.toLowerCase(),
  }));
  let order = rows;
  let shown = rows;

  const value = (key, row, column) =>
    key in data.rows && typeof data.rows[key][0] !== "string"
      ? data.rows[key][row.place]
      : row.element.cells[column].textContent;

  // What is not known goes last, whichever way the column is sorted; equals keep the list's order.
  const compare = (a, b) => {
    if (a === b) return 0;
    return typeof a === "string" ? a.localeCompare(b) : a - b;
  };
  const unknown = (x) => x === null || x === "" || x === undefined;
  function sort(head) {
    const key = head.firstElementChild.dataset.key;
    const column = heads.indexOf(head);
    const before = head.getAttribute("aria-sort");
    // Numbers are asked for from the top first, names from A.
    const first = head.classList.contains("n") || key === "call" ? "descending" : "ascending";
    const other = first === "descending" ? "ascending" : "descending";
    const way = before === first ? other : first;
    for (const one of heads) one.setAttribute("aria-sort", one === head ? way : "none");
    const sign = way === "ascending" ? 1 : -1;
    const keyed = rows.map((row) => [value(key, row, column), row]);
    keyed.sort(([a, one], [b, two]) =>
      unknown(a) - unknown(b) || (unknown(a) ? 0 : sign * compare(a, b)) || one.place - two.place);
    order = keyed.map(([, row]) => row);
    body.append(...order.map((row) => row.element));
    filter();
  }
  for (const head of heads) head.firstElementChild.addEventListener("click", () => sort(head));

  const asked = Object.fromEntries(
    ["text", "index", "action", "call", "low", "high"].map((name) => [name, byId(`f-${name}`)]));
  const percent = (input, otherwise) => (input.value === "" ? otherwise : Number(input.value) / 100);
  function filter() {
    const text = asked.text.value.trim().toLowerCase();
    const [low, high] = [percent(asked.low, 0), percent(asked.high, 1)];
    const { index, action, call, chance } = data.rows;
    shown = order.filter(({ place, text: own }) =>
      own.includes(text)
      && (!asked.index.value || index[place] === asked.index.value)
      && (!asked.action.value || action[place] === asked.action.value)
      && (!asked.call.value || String(call[place]) === asked.call.value)
      && chance[place] >= low && chance[place] <= high);
    const wanted = new Set(shown);
    for (const row of rows) row.element.hidden = !wanted.has(row);
    byId("shown").textContent =
      `${shown.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows`;
    focusable(shown[0]);
  }
  byId("filters").addEventListener("input", filter);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => setTimeout(filter));

  // One stop of the Tab key for the whole list; arrows move within it. A thousand stops would lock
  // a keyboard user in.
  let stop = null;
  function focusable(row) {
    if (stop) stop.opener.tabIndex = -1;
    stop = row ?? null;
    if (stop) stop.opener.tabIndex = 0;
  }
  for (const row of rows) row.opener.tabIndex = -1;
  const rowOf = new Map(rows.map((row) => [row.element, row]));
  body.addEventListener("keydown", (event) => {
    const here = shown.indexOf(rowOf.get(event.target.closest("tr")));
    const to = {
      ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + 15, PageUp: here - 15,
      Home: 0, End: shown.length - 1,
    }[event.key];
    if (to === undefined || here < 0) return;
    event.preventDefault();
    const next = shown[Math.max(0, Math.min(shown.length - 1, to))];
    focusable(next);
    next.opener.focus();
  });

  // The reasons for a name.
  const dialog = byId("name");
  const text = (place) => data.texts[place];
  const cells = (place) => text(place).split("\t");
  function make(tag, content, attributes = {}) {
    const element = document.createElement(tag);
    for (const [name, said] of Object.entries(attributes)) element.setAttribute(name, said);
    element.append(...[content].flat());
    return element;
  }
  function part(title, content) {
    return content === null ? [] : [make("h3", title), content];
  }
  function list(places) {
    return places.length ? make("ul", places.map((place) => make("li", text(place)))) : null;
  }
  function grid(title, names, lines, cell = (said) => make("td", said)) {
    if (!lines.length) return null;
    const head = make("tr", names.map((name) => make("th", name, { scope: "col" })));
    const content = lines.map((line) =>
      make("tr", cells(line).map((said, i) => (i ? cell(said, i) : make("th", said, { scope: "row" })))));
    const laid = make("table", [make("thead", head), make("tbody", content)], { class: "plain" });
    return make("div", laid, { class: "scroll", role: "region", "aria-label": title, tabindex: "0" });
  }
  function open(row) {
    const one = data.names[data.rows.name[row.place]];
    const facts = one.facts.map(cells).map(([name, said]) =>
      make("div", [make("dt", name), make("dd", said)]));
    byId("name-title").replaceChildren(one.title.map(text).join(" · "));
    byId("name-body").replaceChildren(
      make("dl", facts, { class: "facts" }),
      ...part("Chances", grid("Chances", ["Change", "Chance", "Call", "Rules alone"], one.chances)),
      ...part("What moved the chance to change the side of the Russell 3000", list(one.moved)),
      ...part("For another outcome", list(one.changes)),
      ...part("Verdicts", grid("Verdicts", ["Rule", "Verdict", "Why"], one.checks,
        (said, i) => make("td", said, i === 1 ? { class: said } : {}))),
      ...part("Distances", grid("Distances",
        ["Line", "Cap of the line", "Company above it", "Price there", "Crossing it"], one.levels)),
      ...part("Lines", grid("Lines",
        ["Symbol", "Role", "Price", "Shares", "Count", "Member of", "Eligible"], one.lines)),
    );
    focusable(row);
    dialog.showModal();
    dialog.scrollTop = 0;
    byId("name-title").focus();
  }
  body.addEventListener("click", (event) => {
    // Who marks text to copy it does not want a window.
    if (String(getSelection())) return;
    const row = rowOf.get(event.target.closest("tr"));
    if (row) open(row);
  });
  byId("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => stop?.opener.focus());

  // What a mark of a chart is, for the mouse; everybody else has the tables.
  const hint = byId("hint");
  document.addEventListener("pointerover", (event) => {
    const mark = event.target.closest?.(".drawn path[aria-label]");
    hint.hidden = !mark;
    if (!mark) return;
    hint.textContent = mark.getAttribute("aria-label");
    const at = mark.getBoundingClientRect();
    hint.style.left = `${Math.max(8, Math.min(at.left, innerWidth - hint.offsetWidth - 8))}px`;
    hint.style.top = `${Math.max(8, at.top - hint.offsetHeight - 6)}px`;
  });

  // Calls first: who wants more says so.
  if (data.rows.call.includes(1)) asked.call.value = "1";
  filter();
}
