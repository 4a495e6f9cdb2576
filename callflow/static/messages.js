/* Only betterment: characters are counted while typing, and what was on the screen counts as read.
   Without this file a button says that it was read, and the server counts. */
(function () {
  "use strict";

  function count(field) {
    var shown = document.querySelector("[data-count='" + field.id + "']");
    if (!shown) return;
    var length = Array.from(field.value).length;
    shown.textContent = shown.dataset.words.replace("{count}", new Intl.NumberFormat(document.documentElement.lang).format(length));
    shown.classList.toggle("over", length > Number(field.dataset.limit));
  }

  document.querySelectorAll("textarea[data-limit]").forEach(function (field) {
    count(field);
    field.addEventListener("input", function () { count(field); });
  });

  var form = document.querySelector("form[data-read]");
  if (!form || !window.fetch || !window.FormData) return;

  function read() {
    if (document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", read);
    window.setTimeout(function () {
      fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" })
        .then(function (answer) { if (answer.type === "opaqueredirect") form.hidden = true; })
        .catch(function () { return; });
    }, 1500);
  }

  document.addEventListener("visibilitychange", read);
  read();
}());
