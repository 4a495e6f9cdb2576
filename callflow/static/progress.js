/* Only betterment: while something is worked out, its section is fetched again every two seconds; when it is done the page is
   loaded anew. Without this file the link "Look again" does the same. */
(function () {
  "use strict";

  var box = document.querySelector("[data-progress]");
  if (!box || !window.fetch || !window.DOMParser) return;

  function look() {
    window.fetch(window.location.href, { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (text) {
        if (!text) return;
        var fresh = new DOMParser().parseFromString(text, "text/html").getElementById("progress");
        if (!fresh || !fresh.hasAttribute("data-progress")) { window.location.reload(); return; }
        var status = box.querySelector("[role=status]");
        var told = fresh.querySelector("[role=status]");
        if (status && told && status.textContent !== told.textContent) status.textContent = told.textContent;
        window.setTimeout(look, 2000);
      })
      .catch(function () { window.setTimeout(look, 5000); });
  }

  window.setTimeout(look, 2000);
})();
