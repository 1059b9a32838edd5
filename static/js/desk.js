/* The number of the caller goes into the form without leaving the page, so that nothing typed is lost, or into a form of
   its own beside a call that is half written; the name that is known for it is filled in where none was typed; which
   tickets may be the same matter is said aloud; what the knowledge base says goes into the answer; a call that was
   answered opens by itself while the form is empty. Without this script the look-up is a plain GET, citing a POST. */
(function () {
  'use strict';
  var lookup = document.querySelector('[data-lookup]');
  var phone = document.getElementById('phone');
  var name = document.getElementById('citizen_name');
  var content = document.getElementById('content');
  var form = document.getElementById('call-form');
  if (!lookup || !phone) return;

  lookup.addEventListener('submit', function (event) {
    event.preventDefault();
    var number = lookup.elements.phone.value.trim();
    var isWritten = ['content', 'address', 'title', 'answer'].some(function (part) { return form.elements[part].value.trim(); });
    var wrong = wrongNumber();
    if (isWritten && phone.value.trim() && phone.value.trim() !== number && !wrong) { begin(number); return; }
    if (wrong) delete wrong.dataset.wrongNumber;
    phone.value = number;
    phone.dispatchEvent(new Event('change', { bubbles: true }));
    content.focus();
    saidBefore = content.value;
  });

  /* A number that is none is put right in the same call: nobody can be calling from it. */
  var saidBefore = null;
  function wrongNumber() { return document.querySelector('[data-wrong-number]'); }
  document.addEventListener('htmx:afterSettle', function () {
    if (!wrongNumber() || document.activeElement !== content || content.value !== saidBefore) return;
    saidBefore = null;
    lookup.elements.phone.select();
    document.getElementById('live').textContent = wrongNumber().textContent;
  });

  /* Somebody else is calling: what is written of this call is kept as a tab, and theirs begins beside it. */
  function begin(number) {
    var link = document.body.appendChild(document.createElement('a'));
    link.href = lookup.action + '?phone=' + encodeURIComponent(number);
    link.dataset.leaves = '';
    link.click();
  }

  phone.addEventListener('change', function () {
    var known = document.querySelector('[data-caller-name]');
    if (known && known.dataset.callerName === name.value) name.value = '';
  });

  /* What became of the last call is not told to the next caller. */
  ['settled', 'change'].forEach(function (kind) {
    form.addEventListener(kind, function () {
      document.querySelectorAll('[data-told]').forEach(function (told) { told.remove(); });
    });
  });

  /* A known address is offered, never filled in unasked: what people call about is often elsewhere. */
  function showPlace() {
    document.querySelectorAll('[data-place], [data-suggested]').forEach(function (button) { button.hidden = false; });
  }
  showPlace();
  document.addEventListener('htmx:afterSettle', showPlace);
  document.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('[data-place]');
    if (!button) return;
    ['district', 'street', 'address'].forEach(function (part) { put(part, button.dataset[part]); });
  });

  document.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('[data-suggested]');
    if (!button) return;
    put('category', button.dataset.suggested);
    if (document.activeElement === button) content.focus();
    document.getElementById('live').textContent = '分类已填 ' + button.title;
  });

  function put(part, words) {
    var field = form.querySelector('[name=' + part + ']');
    field.value = words;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /* What the address says by itself need not be chosen. */
  document.addEventListener('htmx:afterSettle', function () {
    var named = document.querySelector('[data-named]').dataset;
    ['district', 'street'].forEach(function (part) {
      if (named[part] && !document.getElementById(part).value) put(part, named[part]);
    });
  });

  /* Enter is how a word or an entry of a list is taken while a caller is talking; only F9 or a button sends the form. */
  form.addEventListener('keydown', function (event) {
    var isLine = event.target.tagName === 'INPUT' && !event.ctrlKey && !event.metaKey;
    if (event.key === 'Enter' && isLine) event.preventDefault();
  });
  var root = document.documentElement;
  var offset = root.dataset.now ? Date.parse(root.dataset.now) - Date.now() : 0;
  var offered = '';

  function two(number) { return (number < 10 ? '0' : '') + number; }

  function run() {
    document.querySelectorAll('time[data-since]').forEach(function (element) {
      var seconds = Math.max(0, Math.floor((Date.now() + offset - Date.parse(element.dataset.since)) / 1000));
      var rest = two(Math.floor(seconds / 60) % 60) + ':' + two(seconds % 60);
      element.textContent = seconds < 3600 ? rest : Math.floor(seconds / 3600) + ':' + rest;
    });
  }
  setInterval(run, 1000);

  /* A call opens by itself only once it was answered and over a form nobody has touched. */
  function offer() {
    var waiting = document.querySelector('[data-offer]');
    if (!waiting || waiting.dataset.offer === offered) return;
    var isFree = !('dirty' in form.dataset) && !form.elements.call.value;
    if ('answered' in waiting.dataset && isFree) { offered = waiting.dataset.offer; waiting.submit(); return; }
    if (waiting.dataset.told) return;
    waiting.dataset.told = 'yes';
    document.getElementById('live').textContent = waiting.querySelector('span + span').textContent + '，按 Ctrl J 接入';
  }
  /* Many calls stand in one row that scrolls: the one in hand is in sight. */
  function showCurrent() {
    var current = document.querySelector('#calls nav [aria-current]');
    if (current) current.parentNode.scrollLeft = current.offsetLeft - current.parentNode.offsetLeft - 40;
  }
  document.addEventListener('htmx:afterSettle', function (event) {
    if (event.target.id !== 'calls') return;
    showCurrent();
    offer();
  });
  showCurrent();
  offer();

  /* Said once for each change of what was found, so that typing on is not interrupted. */
  var told = '';
  document.addEventListener('htmx:afterSettle', function () {
    var found = document.querySelector('[data-duplicates]').textContent;
    if (found !== told) document.getElementById('live').textContent = found;
    told = found;
  });

  /* Which digit urges which ticket does not change under the fingers: there is no way back. */
  document.addEventListener('htmx:beforeSwap', function (event) {
    var isChoosing = 'digit' in document.activeElement.dataset;
    if (isChoosing && event.target.id === 'assist') event.detail.shouldSwap = false;
  });

  document.addEventListener('htmx:afterSettle', function () {
    var known = document.querySelector('[data-caller-name]');
    if (!known || name.value || document.activeElement === name) return;
    name.value = known.dataset.callerName;
  });

  document.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('[data-cite]');
    var answer = document.getElementById('answer');
    var source = document.getElementById('source');
    if (!button || !answer || !source) return;
    event.preventDefault();
    var said = button.dataset.cite;
    if (answer.value.indexOf(said) < 0) answer.value = answer.value.trim() ? answer.value.trim() + '\n' + said : said;
    source.value = button.dataset.citeSource;
    var category = document.querySelector('#call-form select[name=category]');
    if (!category.value) {
      category.value = button.dataset.citeCategory;
      category.dispatchEvent(new Event('change', { bubbles: true }));
    }
    answer.closest('details').open = true;
    answer.dispatchEvent(new Event('input', { bubbles: true }));
    answer.focus();
    document.getElementById('live').textContent = '已引用 ' + button.value + '，核对后按 F8 办结';
  });
})();
