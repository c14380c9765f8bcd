"use strict";
// Without this script the page says the same; only the models cannot be sorted.
(() => {
  const table = document.querySelector("table");
  const said = document.querySelector("[aria-live]");
  const select = document.querySelector(".sort-by select");
  const headers = table ? [...table.querySelectorAll("th[data-column]")] : [];

  const sort = (header, direction) => {
    const column = Number(header.dataset.column);
    const sign = direction === "ascending" ? 1 : -1;
    const key = (row) => row.children[column].dataset.sort;
    const compare = (one, other) =>
      column === 0 ? one.localeCompare(other) : Number(one) - Number(other);
    const body = table.tBodies[0];
    // Sorting is stable, so that models that are equal in this column stay as they were.
    body.append(...[...body.rows].sort((a, b) => sign * compare(key(a), key(b))));
    for (const each of headers) each.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", direction);
    select.value = String(column);
    said.textContent = `Sorted by ${header.dataset.name}, ${direction}`;
  };

  const first = (header) => (header.dataset.column === "0" ? "ascending" : "descending");

  for (const header of headers) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const other = { ascending: "descending", descending: "ascending" };
      sort(header, other[header.getAttribute("aria-sort")] ?? first(header));
    });
    select.append(new Option(header.dataset.name, header.dataset.column));
  }
  if (table) {
    table.dataset.sortable = "";
    select.parentElement.hidden = false;
    select.value = headers.find((header) => header.ariaSort)?.dataset.column ?? "0";
    select.addEventListener("change", () => {
      const header = headers.find((each) => each.dataset.column === select.value);
      sort(header, first(header));
    });
  }

  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = target?.closest("details");
    if (!details) return;
    details.open = true;
    details.querySelector("summary").focus();
    details.scrollIntoView({ block: "nearest" });
  };
  addEventListener("hashchange", open);
  // A second click on a link changes no address.
  document.addEventListener("click", (event) => {
    if (event.target.closest("td a")) setTimeout(open);
  });
  open();
})();
