/* Only betterment: every answer is saved by itself a moment after it was typed, and characters are counted while typing.
   Without this file the buttons save. */
(function () {
  "use strict";

  var form = document.querySelector("form[data-autosave]");
  if (!form || !window.fetch || !window.FormData) return;

  var status = document.querySelector(".autosave");
  var PAUSE = 2500;
  var waiting = {};
  var busy = Promise.resolve();

  function question(field) {
    return field.name.replace(/-(costs|income)-\d+-(kind|label|amount)$/, "");
  }

  function count(field) {
    var shown = document.querySelector("[data-count='" + field.id + "']");
    if (!shown) return;
    var text = field.value.normalize ? field.value.normalize("NFC") : field.value;
    var length = window.Intl && Intl.Segmenter
      ? Array.from(new Intl.Segmenter().segment(text)).length
      : Array.from(text).length;
    var figures = new Intl.NumberFormat(document.documentElement.lang).format(length);
    shown.textContent = shown.dataset.words.replace("{count}", figures);
    shown.classList.toggle("over", length > Number(field.dataset.limit));
  }

  function say(words, wrong) {
    if (!status) return;
    status.textContent = "";
    var line = document.createElement(wrong ? "span" : "b");
    line.textContent = words;
    status.appendChild(line);
  }

  /* only the question that changed: two people in one section do not meet */
  function parcel(name) {
    var all = new FormData(form), sent = new FormData();
    all.forEach(function (value, key) {
      var own = key === name || key.indexOf(name + "-") === 0 || key === "seen-" + name;
      if (typeof value === "string" && (own || key === "csrf_token")) sent.append(key, value);
    });
    return sent;
  }

  function save(name) {
    window.clearTimeout(waiting[name]);
    delete waiting[name];
    busy = busy.then(function () {
      return fetch(form.dataset.autosave, { method: "POST", body: parcel(name), credentials: "same-origin" });
    }).then(function (answer) {
      var said = answer.headers.get("Content-Type") || "";
      if (answer.redirected || said.indexOf("json") < 0) throw new Error("signed out");
      return answer.json().then(function (kept) { heard(name, kept, answer.ok); });
    }).catch(function () {
      say(form.dataset.unsaved, true);
    });
  }

  /* sums as the server reads the amounts: one set of rules for what a figure is */
  function add(id, sums) {
    ["costs", "income"].forEach(function (side) {
      var shown = form.querySelector("[data-total='" + id + "-" + side + "']");
      if (shown) shown.textContent = sums[side];
    });
    var notice = document.getElementById(id + "-balance");
    if (!notice) return;
    notice.className = "notice " + sums.tone;
    notice.firstElementChild.textContent = sums.words;
  }

  function heard(name, kept, ok) {
    say(kept.message, !ok);
    if (!ok) return;
    Object.keys(kept.seen).forEach(function (id) {
      var field = form.elements["seen-" + id];
      if (field) field.value = kept.seen[id];
    });
    Object.keys(kept.sums).forEach(function (id) { add(id, kept.sums[id]); });
    if (!Object.keys(waiting).length) form.dispatchEvent(new CustomEvent("kept"));
  }

  form.addEventListener("input", function (event) {
    var field = event.target;
    if (!field.name || field.type === "file") return;
    count(field);
    var name = question(field);
    window.clearTimeout(waiting[name]);
    waiting[name] = window.setTimeout(function () { save(name); }, PAUSE);
  });

  form.addEventListener("change", function (event) {
    var field = event.target;
    if (field.name && field.type !== "file" && waiting[question(field)]) save(question(field));
  });

  form.addEventListener("submit", function () {
    Object.keys(waiting).forEach(function (name) { window.clearTimeout(waiting[name]); });
  });
}());
