/* Keeps what a citizen has typed and not sent while the page is left for large type, English, the page before or a
   reload: in this tab only, until the form is sent. A page that came back with errors brings its own words. */
(function () {
  'use strict';
  /* Errors came as the answer to a form: coming back to them later, or a reload, asks for the step and sends nothing.
     What was sent is nowhere but on this page then, so all of it is kept, not only what was changed since. */
  var isRefused = !!document.querySelector('[data-focus]');
  if (isRefused) history.replaceState(null, '', location.href);

  var PREFIX = 'typed:';
  var form = document.querySelector('form[data-keeps]');
  var key = PREFIX + location.pathname;
  var isSent = false;

  function fields() {
    return Array.from(form.elements).filter(function (field) {
      return field.name && !/^(hidden|file|password|submit|button)$/.test(field.type) && field.tabIndex >= 0;
    });
  }

  function write(store) {
    var kept = {};
    fields().forEach(function (field) {
      if (/^(radio|checkbox)$/.test(field.type)) { if (isRefused || field.checked !== field.defaultChecked) kept[field.name + '=' + field.value] = field.checked; return; }
      var isFirst = field.tagName === 'SELECT' ? field.querySelector('option[selected]') || field.options[0] : null;
      if (isRefused || field.value !== (isFirst ? isFirst.value : field.defaultValue)) kept[field.name] = field.value;
    });
    if (Object.keys(kept).length) store.setItem(key, JSON.stringify(kept));
    else store.removeItem(key);
  }

  function read(store) {
    var kept = JSON.parse(store.getItem(key) || '{}');
    fields().forEach(function (field) {
      var name = /^(radio|checkbox)$/.test(field.type) ? field.name + '=' + field.value : field.name;
      if (!(name in kept)) return;
      if (typeof kept[name] === 'boolean') field.checked = kept[name];
      else field.value = kept[name];
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }

  try {
    var store = sessionStorage;
    addEventListener('submit', function (event) {
      if (event.defaultPrevented) return;
      isSent = true;
      if (form && event.target === form) store.removeItem(key);
      if ('forgets' in event.target.dataset) Object.keys(store).forEach(function (name) {
        if (name.indexOf(PREFIX) === 0) store.removeItem(name);
      });
    });
    if (!form) return;
    /* The switches of the bar send the form to come back with its words; here its words are kept, and the page is
       asked for instead: nothing is sent, and a reload asks for nothing again. */
    document.addEventListener('click', function (event) {
      var pressed = event.target.closest('button[data-instead]');
      if (!pressed) return;
      event.preventDefault();
      location.href = pressed.dataset.instead;
    });
    if (isRefused) store.removeItem(key);
    else read(store);
    addEventListener('pageshow', function () { isSent = false; });
    addEventListener('pagehide', function () { if (!isSent) write(store); });
  } catch (_) { /* A browser that keeps nothing works as before. */ }
})();
