/* What every form gets: the CSRF header for htmx, a guard against the second press, counters by code points, the copy
   button, the names of chosen files, the tick-all box, focus on the error summary or the first field of a form[data-start], a
   question before words typed in a form[data-keep] are left, and the offline banner. */
(function () {
  'use strict';

  document.addEventListener('htmx:configRequest', function (event) {
    var token = document.querySelector('meta[name="csrf-token"]');
    if (token) event.detail.headers['X-CSRFToken'] = token.content;
  });

  /* Conflict and refusal pages come as 409 and 422; htmx drops error answers unless told. */
  document.addEventListener('htmx:beforeSwap', function (event) {
    var status = event.detail.xhr.status;
    if (status === 409 || status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });

  /* Disabled after the browser has taken the form's data, so that the button's own name and value are sent. */
  addEventListener('submit', function (event) {
    var form = event.target;
    var lost = document.getElementById('offline');
    if (!navigator.onLine && lost) { event.preventDefault(); showLine(); lost.focus(); return; }
    if (form.method !== 'post' || event.defaultPrevented || 'repeatable' in form.dataset) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
    var button = event.submitter;
    setTimeout(function () {
      if (button) { button.disabled = true; button.setAttribute('aria-busy', 'true'); }
    }, 0);
  });

  function release() {
    document.querySelectorAll('form[data-sent]').forEach(function (form) { delete form.dataset.sent; });
    document.querySelectorAll('[aria-busy=true][disabled]').forEach(function (button) {
      button.disabled = false;
      button.removeAttribute('aria-busy');
    });
  }
  addEventListener('pageshow', release);

  function count(field) {
    var mark = document.querySelector('[data-count-for="' + field.id + '"]');
    if (!mark) return;
    var length = Array.from(field.value).length;
    mark.textContent = mark.dataset.words.replace('{n}', length).replace('{max}', field.dataset.max);
    mark.classList.toggle('is-over', length > Number(field.dataset.max));
  }

  function tick(box) {
    var form = box.form;
    var bar = form && form.querySelector('[data-bulk]');
    if (!bar) return;
    var boxes = Array.from(form.querySelectorAll('.pick input'));
    var all = bar.querySelector('[data-tick-all]');
    if (box === all) boxes.forEach(function (other) { other.checked = all.checked; });
    var ticked = boxes.filter(function (other) { return other.checked; }).length;
    bar.querySelector('[data-ticked]').textContent = ticked;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }

  function nameFiles(input) {
    var text = document.querySelector('[data-files-of="' + input.id + '"]');
    if (text && input.files.length) text.textContent = Array.from(input.files, function (f) { return f.name; }).join('、');
  }

  /* What a choice makes needless is out of sight while it stands. */
  function spare() {
    document.querySelectorAll('[data-unless]').forEach(function (box) {
      var choice = box.dataset.unless.split('=');
      var chosen = document.querySelector('[name="' + choice[0] + '"]:checked');
      box.hidden = !!chosen && chosen.value === choice[1];
    });
  }
  addEventListener('pageshow', spare);

  addEventListener('input', function (event) {
    if (event.target.dataset && event.target.dataset.max) count(event.target);
    if (event.target.type === 'radio') spare();
  });
  addEventListener('change', function (event) {
    if (event.target.type === 'checkbox') tick(event.target);
    if (event.target.type === 'file') nameFiles(event.target);
  });

  addEventListener('click', function (event) {
    var button = event.target.closest('[data-copy]');
    if (!button || !navigator.clipboard) return;
    navigator.clipboard.writeText(button.dataset.copy).then(function () {
      var live = document.getElementById('live');
      if (live) live.textContent = (document.documentElement.lang === 'en' ? 'Copied ' : '已复制 ') + button.dataset.copy;
    });
  });

  function prepare(root) {
    if (navigator.clipboard) root.querySelectorAll('[data-copy]').forEach(function (button) { button.hidden = false; });
    root.querySelectorAll('[data-max]').forEach(count);
    spare();
  }
  prepare(document);
  document.addEventListener('htmx:load', function (event) { prepare(event.detail.elt); });

  var summary = document.querySelector('[data-focus]');
  if (summary) {
    var wrong = summary.dataset.focus && document.getElementById(summary.dataset.focus);
    if (wrong && wrong.matches('fieldset')) wrong = wrong.querySelector('input');
    if (wrong) wrong.focus();
    if (!wrong || document.activeElement !== wrong) summary.focus();
  }

  /* A page that is nothing but a form begins in it; not where a finger would call up a keyboard over it. */
  var start = document.querySelector('form[data-start]');
  if (start && !summary && !location.hash && matchMedia('(pointer: fine)').matches) {
    var first = start.querySelector('input:not([type=hidden]):not([tabindex="-1"]), select:not([data-combo]), textarea');
    if (first) first.focus();
  }

  function isUnsent(form) {
    return !form.dataset.sent && Array.from(form.querySelectorAll('textarea')).some(function (field) {
      return field.value !== field.defaultValue;
    });
  }
  addEventListener('beforeunload', function (event) {
    if (!Array.from(document.querySelectorAll('form[data-keep]')).some(isUnsent)) return;
    event.preventDefault();
    event.returnValue = '';
  });

  function showLine() {
    var banner = document.getElementById('offline');
    if (banner) banner.hidden = navigator.onLine;
  }
  addEventListener('online', showLine);
  addEventListener('offline', showLine);
})();
