/* The number of the caller goes into the form without leaving the page, so that nothing typed is lost; the name that is
   known for it is filled in where none was typed; how many tickets may be the same matter is said aloud. Without this
   script the look-up is a plain GET. */
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
})();
