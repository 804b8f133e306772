// The editor of a template. Without it everything can still be typed, shown and saved.
"use strict";

const editor = document.getElementById("editor");
const mailSide = editor.querySelector(".mail-side");
const showMail = document.getElementById("show-mail");
let field = null;

// Placeholders go to where the cursor was last.
editor.addEventListener("focusin", (event) => {
  if (event.target.dataset.takesPlaceholders) field = event.target;
});
editor.addEventListener("click", (event) => {
  const button = event.target.closest("[data-inserts]");
  if (!button) return;
  const isKnown = field?.isConnected;
  const target = isKnown ? field : editor.elements.body;
  const end = target.value.length;
  const [from, to] = isKnown ? [target.selectionStart, target.selectionEnd] : [end, end];
  target.setRangeText(button.dataset.inserts, from, to, "end");
  target.focus();
  target.dispatchEvent(new Event("input", { bubbles: true }));
});

// A problem leads to its line.
editor.addEventListener("click", (event) => {
  const button = event.target.closest("[data-shows-line]");
  if (!button) return;
  const target = editor.elements[button.dataset.in];
  const lines = target.value.split("\n");
  const before = lines.slice(0, Number(button.dataset.showsLine) - 1);
  const start = before.reduce((sum, line) => sum + line.length + 1, 0);
  target.focus();
  target.setSelectionRange(start, start + lines[before.length].length);
});

// A mail is shown in its frame, by a post of the same form: it has styles of its own. The frame is a new
// one each time, else every word typed were a step of the browser's way back.
const showTheMail = () => {
  const frame = mailSide.querySelector("iframe");
  frame.replaceWith(frame.cloneNode());
  editor.requestSubmit(showMail);
};
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "words") {
    mailSide.hidden = !editor.elements.subject;
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const isWrong = event.target.querySelector(".problems, .nothing-yet");
  if (event.target.id === "preview" && !mailSide.hidden && !isWrong) showTheMail();
});
showMail.hidden = true;
