// A narrow page begins with its long parts closed: their headings are its table of contents.
// Without this script they stay open, and nothing is missing.
"use strict";
const parts = document.querySelectorAll("details[data-folds]");
const open = () => {
  const to = location.hash && document.getElementById(location.hash.slice(1));
  const part = to && to.closest("details[data-folds]");
  if (part) part.open = true;
};
if (window.matchMedia("(max-width: 40rem)").matches) {
  for (const part of parts) part.open = false;
  for (const ways of document.querySelectorAll(".jump")) ways.parentElement.hidden = true;
  open();
}
window.addEventListener("hashchange", open);
window.addEventListener("beforeprint", () => { for (const part of parts) part.open = true; });
