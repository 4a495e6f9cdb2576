/* Only betterment: every page works without this file. Focus on what must be put right, a warning before typed text is lost,
   and typed text kept in this browser when a form comes back unsent (signed out meanwhile, connection gone, other language). */
(function () {
  "use strict";

  var summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  var store;
  try { store = window.localStorage; store.getItem("callflow"); } catch (refused) { store = null; }

  var KEEP = "callflow:", WEEK = 7 * 24 * 3600 * 1000;
  var TYPED = "textarea, input:not([type]), input[type=text], input[type=email], input[type=tel]";
  var sending = false;

  function texts(form) {
    var found = {};
    form.querySelectorAll(TYPED).forEach(function (field) {
      if (field.name) found[field.name] = field.value;
    });
    return found;
  }

  function key(form) {
    return KEEP + location.pathname + "#" + (form.id || form.getAttribute("action") || "");
  }

  function changed(form) {
    return JSON.stringify(texts(form)) !== form.dataset.before;
  }

  function keep(form) {
    if (!store || !changed(form)) return;
    var kept = { at: Date.now(), before: form.dataset.before, texts: texts(form) };
    try { store.setItem(key(form), JSON.stringify(kept)); } catch (full) { return; }
  }

  /* only onto the very text that was there when it was typed: what somebody else wrote meanwhile is never covered */
  function putBack(form) {
    if (!store || summary) return;
    var kept = JSON.parse(store.getItem(key(form)) || "null");
    store.removeItem(key(form));
    if (!kept || Date.now() - kept.at > WEEK || kept.before !== form.dataset.before) return;
    Object.keys(kept.texts).forEach(function (name) {
      var field = form.elements[name];
      if (field && field.tagName) field.value = kept.texts[name];
    });
  }

  var forms = Array.prototype.filter.call(document.querySelectorAll("main form"), function (form) {
    return form.method === "post" && form.querySelector(TYPED);
  });
  forms.forEach(function (form) {
    form.dataset.before = JSON.stringify(texts(form));
    putBack(form);
    form.addEventListener("submit", function () { keep(form); sending = true; });
    form.addEventListener("kept", function () { form.dataset.before = JSON.stringify(texts(form)); });
  });

  /* a form that was sent well leads to another page or to a message: what was kept of it is no longer needed */
  if (store && document.querySelector("main [role=status], main .done")) {
    Object.keys(store).forEach(function (name) {
      if (name.indexOf(KEEP) === 0) store.removeItem(name);
    });
  }

  document.querySelectorAll(".lang a").forEach(function (link) {
    link.addEventListener("click", function () { forms.forEach(keep); sending = true; });
  });

  window.addEventListener("beforeunload", function (event) {
    if (!sending && forms.some(changed)) event.preventDefault();
  });

  /* a second press of the same button sends nothing: the server would answer the same, only later */
  document.addEventListener("submit", function (event) {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
    window.setTimeout(function () { delete event.target.dataset.sent; }, 4000);
  });

  /* all boxes of a page at once, and how many are ticked */
  document.querySelectorAll("[data-tick-all]").forEach(function (label) {
    var all = label.querySelector("input"), form = label.closest("form");
    var boxes = Array.prototype.slice.call(form.querySelectorAll("tbody input[type=checkbox]"));
    var told = form.querySelector("[data-ticked]");
    function count() {
      var ticked = boxes.filter(function (box) { return box.checked; }).length;
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
      if (told) told.textContent = "(" + ticked + ")";
    }
    label.hidden = false;
    all.addEventListener("change", function () { boxes.forEach(function (box) { box.checked = all.checked; }); count(); });
    form.addEventListener("change", count);
    count();
  });

  /* nobody else's text on a shared computer: signing out forgets what was kept */
  var leaving = document.querySelector("header form");
  if (leaving && store) leaving.addEventListener("submit", function () {
    sending = true;
    Object.keys(store).forEach(function (name) { if (name.indexOf(KEEP) === 0) store.removeItem(name); });
  });
}());
