// Buttons that print, and pages that are asked for to be printed at once (?cetak=1).
// Without this script the browser's own menu prints, and nothing is missing.
"use strict";
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
const address = new URL(location.href);
if (address.searchParams.delete("cetak"), address.href !== location.href) {
  history.replaceState(null, "", address);
  window.addEventListener("load", () => window.print());
}
