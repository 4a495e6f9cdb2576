/* Only betterment: each criterion is saved by itself a moment after it was touched, one after the other because every saving
   raises the version of the sheet; and the words of the chosen score stand below it. Without this file the buttons save. */
(function () {
  "use strict";

  var form = document.querySelector("form#sheet[data-autosave]");
  if (!form || !window.fetch || !window.FormData) return;

  var status = document.querySelector(".autosave b") || document.querySelector(".autosave");
  var sofar = document.getElementById("sofar");
  var colon = document.documentElement.lang === "fr" ? "\u00a0: " : ": ";
  var PAUSE = 1500, LONGEST = 5000;
  var waiting = {};
  var busy = Promise.resolve(), underway = 0;

  function say(words) {
    if (!status) return;
    if (status.tagName !== "B") {
      var line = document.createElement("b");
      status.insertBefore(line, status.firstChild);
      status = line;
    }
    status.textContent = words;
  }

  /* the score and the reason of one criterion always travel together: one without the other would empty it */
  function parcel(box) {
    var sent = new FormData();
    ["csrf_token", "version"].forEach(function (name) {
      sent.append(name, form.elements[name].value);
    });
    box.querySelectorAll("input:checked, textarea").forEach(function (field) {
      sent.append(field.name, field.value);
    });
    return sent;
  }

  function save(box) {
    window.clearTimeout(waiting[box.id]);
    delete waiting[box.id];
    underway += 1;
    busy = busy.then(function () {
      return fetch(form.dataset.autosave, { method: "POST", body: parcel(box), credentials: "same-origin" });
    }).then(function (answer) {
      var kind = answer.headers.get("Content-Type") || "";
      if (answer.redirected || kind.indexOf("json") < 0) throw new Error("signed out");
      return answer.json().then(function (kept) {
        say(kept.message);
        if (!answer.ok) return;
        document.querySelectorAll("main input[name=version]").forEach(function (field) { field.value = kept.version; });
        if (sofar) sofar.textContent = kept.sofar;
        if (!Object.keys(waiting).length) form.dispatchEvent(new CustomEvent("kept"));
      });
    }).catch(function () {
      say(form.dataset.unsaved);
    }).then(function () { underway -= 1; });
  }

  function level(box, figure) {
    var words = box.querySelectorAll(".levels li")[Number(figure)];
    var line = box.querySelector(".level");
    if (!words || figure === "na") {
      if (line) line.remove();
      return;
    }
    if (!line) {
      line = document.createElement("p");
      line.className = "level small";
      box.querySelector(".scale").insertAdjacentElement("afterend", line);
    }
    line.textContent = figure + colon + words.textContent;
  }

  form.addEventListener("input", function (event) {
    var box = event.target.closest("fieldset.score");
    if (!box) return;
    if (event.target.type === "radio") level(box, event.target.value);
    window.clearTimeout(waiting[box.id]);
    waiting[box.id] = window.setTimeout(function () { save(box); }, PAUSE);
  });

  form.addEventListener("change", function (event) {
    var box = event.target.closest("fieldset.score");
    if (box && waiting[box.id]) save(box);
  });

  /* a button sends the whole sheet: what was about to be saved goes with it, what is under way is waited for. A form that
     is asked to send while its own submit event is still told to others sends nothing, so that is left to the next turn. */
  var settled = false;
  form.addEventListener("submit", function (event) {
    Object.keys(waiting).forEach(function (id) { window.clearTimeout(waiting[id]); });
    waiting = {};
    if (settled || !underway) {
      settled = false;
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    var pressed = event.submitter;
    var enough = new Promise(function (done) { window.setTimeout(done, LONGEST); });
    Promise.race([busy, enough]).then(function () {
      window.setTimeout(function () {
        settled = true;
        form.requestSubmit(pressed);
      });
    });
  });
}());
