// The little that the back office does in the browser; every page works without it too.
"use strict";

// The menu on a phone.
for (const button of document.querySelectorAll("[data-opens]")) {
  const target = document.getElementById(button.dataset.opens);
  button.addEventListener("click", () => {
    const isOpen = target.classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(isOpen));
  });
}

// A secret that is shown once, or a line for a terminal.
for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copies);
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    button.textContent = button.dataset.done;
  });
}

// A fold closes when somebody clicks elsewhere or presses Escape.
const openFolds = () => document.querySelectorAll("details.office-fold[open]");
document.addEventListener("click", (event) => {
  for (const fold of openFolds()) if (!fold.contains(event.target)) fold.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const fold of openFolds()) fold.open = false;
});

// Nothing is done twice because somebody was impatient.
document.addEventListener("submit", (event) => {
  const form = event.target;
  // What is shown in a frame is asked for again and again.
  if (form.method !== "post" || event.submitter?.formTarget) return;
  if (form.dataset.isSent) event.preventDefault();
  form.dataset.isSent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.isSent;
});

// Among very many choices one finds by typing; what is ticked stays in sight.
for (const box of document.querySelectorAll(".choices:has(.country)")) {
  const search = document.createElement("input");
  search.type = "search";
  search.className = "form-control choices-search";
  search.placeholder = search.ariaLabel = box.dataset.search;
  search.addEventListener("input", () => {
    const sought = search.value.trim().toLowerCase();
    for (const choice of box.children) {
      const isChosen = choice.querySelector("input").checked;
      choice.hidden = !isChosen && !choice.textContent.toLowerCase().includes(sought);
    }
  });
  // Enter would send the form.
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  box.before(search);
}
