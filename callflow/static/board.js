/* Only betterment: a change opens beside the lists and is worked out anew as one chooses. Without this file each is a page. */
(function () {
  "use strict";

  var here = document.getElementById("change-here");
  if (!window.fetch || !window.DOMParser) return;
  var waiting, asked = 0;

  function show(address, place, focus) {
    var turn = ++asked;
    return fetch(address, { credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok || answer.redirected) throw new Error("elsewhere");
      return answer.text();
    }).then(function (text) {
      if (turn !== asked) return;
      var found = new DOMParser().parseFromString(text, "text/html").getElementById("change");
      if (!found) throw new Error("elsewhere");
      place.replaceChildren(document.adoptNode(found));
      if (focus) {
        var chosen = document.getElementById(focus);
        if (chosen) {
          chosen.focus();
          if (chosen.setSelectionRange) chosen.setSelectionRange(chosen.value.length, chosen.value.length);
        }
      }
    });
  }

  function address(form) {
    return form.action + "?" + new URLSearchParams(new FormData(form)).toString();
  }

  function place() {
    return here || document.getElementById("change").parentNode;
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("a.change");
    if (!link || !here || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link.href, here, "choice").then(function () {
      here.scrollIntoView({ block: "start" });
    }).catch(function () { window.location.href = link.href; });
  });

  if (!here) return;

  function again(form, pause) {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(function () {
      var focus = document.activeElement && document.activeElement.id;
      show(address(form), place(), focus).catch(function () { form.submit(); });
    }, pause);
  }

  document.addEventListener("submit", function (event) {
    var form = event.target.closest("form[data-try]");
    if (!form) return;
    event.preventDefault();
    again(form, 0);
  });
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-try]");
    if (form) again(form, 0);
  });
  document.addEventListener("input", function (event) {
    var form = event.target.closest("form[data-try]");
    if (form && event.target.tagName === "INPUT") again(form, 300);
  });
}());
