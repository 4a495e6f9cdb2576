/* Only betterment: while something is worked out, its section is fetched again every two seconds; when it is done the page is
   loaded anew; a document that is there by then is opened. Without this file the link "Look again" does the same. */
(function () {
  "use strict";

  var box = document.querySelector("[data-progress]");
  if (!box || !window.fetch || !window.DOMParser) return;

  /* a download leaves the page as it is: it says what came of it, and leads there once more */
  function open() {
    var status = box.querySelector("[role=status]"), link = box.querySelector(".actions a");
    status.textContent = box.dataset.ready;
    link.textContent = box.dataset.open;
    window.location.assign(link.href);
  }

  function read(answer) {
    if (!answer.ok) return "";
    if (!box.dataset.ready || (answer.headers.get("Content-Type") || "").indexOf("text/html") === 0) return answer.text();
    if (answer.body) answer.body.cancel();
    open();
    return "";
  }

  function look() {
    window.fetch(window.location.href, { credentials: "same-origin" })
      .then(read)
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
