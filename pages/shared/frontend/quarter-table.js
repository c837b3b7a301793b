/* A table equal to the map: sortable by every column, searchable, usable with the keyboard alone.
   Sorting and searching stay in the browser; choosing a row tells the page. */
const FIRST_ROWS = 120;

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".nahbar-table");
  if (!root) return;
  const kept = root.nahbar || { sort: data.sort, descending: data.descending, search: "", signature: "" };
  root.nahbar = kept;
  const signature = data.columns.map((column) => column.label).join("|");
  if (kept.signature !== signature) Object.assign(kept, { sort: data.sort, descending: data.descending, signature });

  if (!root.querySelector("table")) {
    root.innerHTML = '<div class="tools"><label><span></span><input type="search"></label><output></output></div><div class="frame" tabindex="0"><table><caption></caption><thead></thead><tbody></tbody></table></div>';
    root.querySelector("input").addEventListener("input", (event) => { kept.search = event.target.value; kept.draw(); });
  }
  root.querySelector(".tools").hidden = data.rows.length <= data.short;
  root.querySelector("label span").textContent = data.labels.search;
  root.querySelector("caption").textContent = data.labels.caption;
  const frame = root.querySelector(".frame");
  frame.style.maxHeight = data.height + "px";
  frame.setAttribute("aria-label", data.labels.caption);

  kept.draw = () => {
    drawHead();
    drawBody();
  };

  function drawHead() {
    const row = document.createElement("tr");
    data.columns.forEach((column, at) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      if (column.align === "right") cell.className = "right";
      cell.setAttribute("aria-sort", kept.sort === at ? (kept.descending ? "descending" : "ascending") : "none");
      const button = document.createElement("button");
      button.type = "button";
      button.title = data.labels.sort;
      button.append(column.label);
      const arrow = document.createElement("span");
      arrow.className = "arrow";
      arrow.setAttribute("aria-hidden", "true");
      arrow.textContent = kept.sort === at ? (kept.descending ? "▼" : "▲") : "";
      button.appendChild(arrow);
      button.onclick = () => {
        kept.descending = kept.sort === at ? !kept.descending : column.align === "right";
        kept.sort = at;
        kept.draw();
        root.querySelectorAll("th button")[at].focus();
      };
      cell.appendChild(button);
      row.appendChild(cell);
    });
    root.querySelector("thead").replaceChildren(row);
  }

  function drawBody() {
    const wanted = kept.search.trim().toLocaleLowerCase();
    const rows = data.rows.filter((row) => !wanted || row.cells.some((text) => text.toLocaleLowerCase().includes(wanted)));
    const order = kept.descending ? -1 : 1;
    rows.sort((a, b) => (b.pinned ? 1 : 0) - (a.pinned ? 1 : 0) || compare(a.sort[kept.sort], b.sort[kept.sort], order));
    const body = root.querySelector("tbody");
    body.replaceChildren(...rows.slice(0, FIRST_ROWS).map(lineOf));
    // A long table shows its first rows at once and the rest when the browser has time for it.
    clearTimeout(kept.later);
    if (rows.length > FIRST_ROWS) kept.later = setTimeout(() => body.append(...rows.slice(FIRST_ROWS).map(lineOf)), 250);
    root.querySelector("output").textContent = data.labels.count.replace("#", rows.length.toLocaleString(data.language));
  }

  function lineOf(row) {
    const line = document.createElement("tr");
    line.dataset.id = row.id;
    if (row.id === data.selected) line.className = "chosen";
    row.cells.forEach((text, at) => {
      const cell = document.createElement(at === 0 ? "th" : "td");
      if (data.columns[at].align === "right") cell.className = "right";
      if (at === 0) {
        cell.scope = "row";
        if (row.colour) cell.appendChild(swatchOf(row.colour));
        cell.appendChild(data.can_choose ? buttonOf(row, text) : document.createTextNode(text));
      } else cell.textContent = text;
      line.appendChild(cell);
    });
    return line;
  }

  function swatchOf(colour) {
    const swatch = document.createElement("span");
    swatch.className = "swatch" + (colour === "withheld" ? " withheld" : "");
    if (colour !== "withheld") swatch.style.background = colour;
    return swatch;
  }

  function buttonOf(row, text) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "choose";
    button.textContent = text;
    button.onclick = () => setTriggerValue("chosen", row.id);
    return button;
  }

  /* Cells without a number stand last, whichever way the column is sorted. */
  function compare(a, b, order) {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    if (typeof a === "string") return order * a.localeCompare(b, data.language, { numeric: true });
    return order * (a - b);
  }

  kept.draw();
}
