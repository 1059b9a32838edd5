/* The number of the caller goes into the form without leaving the page, so that nothing typed is lost; the name that is
   known for it is filled in where none was typed; how many tickets may be the same matter is said aloud; what the
   knowledge base says goes into the answer. Without this script the look-up is a plain GET, citing a POST. */
(function () {
  'use strict';
  var lookup = document.querySelector('[data-lookup]');
  var phone = document.getElementById('phone');
  var name = document.getElementById('citizen_name');
  var content = document.getElementById('content');
  if (!lookup || !phone) return;

  lookup.addEventListener('submit', function (event) {
    event.preventDefault();
    phone.value = lookup.elements.phone.value;
    if (name.dataset.filled === name.value) name.value = '';
    phone.dispatchEvent(new Event('change', { bubbles: true }));
    content.focus();
  });

  /* Said once for each new count, so that typing on is not interrupted. */
  var told = '0';
  document.addEventListener('htmx:afterSettle', function () {
    var count = document.querySelector('[data-duplicates]').dataset.duplicates;
    if (count === told) return;
    told = count;
    document.getElementById('live').textContent = '疑似重复 ' + count + ' 件';
  });

  document.addEventListener('htmx:afterSettle', function () {
    var known = document.querySelector('[data-caller-name]');
    if (!known || name.value || document.activeElement === name) return;
    name.value = name.dataset.filled = known.dataset.callerName;
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
    answer.closest('details').open = true;
    answer.dispatchEvent(new Event('input', { bubbles: true }));
    answer.focus();
    document.getElementById('live').textContent = '已引用 ' + button.value + '，核对后按 F8 办结';
  });
})();
