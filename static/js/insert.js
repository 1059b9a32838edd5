/* `data-insert` on a button: its text goes to the caret of the field of its form that was worked in last
   (`data-takes`), the first one otherwise. The button is of no use without this script, and shows then what to type.
   `data-insert-from` on a button: the text of what is chosen in that select goes to the caret of the field `data-into`,
   or to its end if it was not worked in yet. Without this script the button sends the form, which comes back so. */
(function () {
  'use strict';
  var last = null;
  var worked = null;

  addEventListener('focusin', function (event) {
    if (event.target.matches('[data-takes]')) last = event.target;
    if (event.target.matches('textarea')) worked = event.target;
  });

  function put(field, text) {
    field.focus();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }

  addEventListener('click', function (event) {
    var button = event.target.closest('[data-insert]');
    if (!button) return;
    put(last && button.form === last.form ? last : button.form.querySelector('[data-takes]'), button.dataset.insert);
  });

  addEventListener('click', function (event) {
    var button = event.target.closest('[data-insert-from]');
    if (!button) return;
    event.preventDefault();
    var from = document.getElementById(button.dataset.insertFrom);
    var chosen = from.selectedOptions[0];
    if (!chosen || !chosen.dataset.text) { from.focus(); return; }
    var field = document.getElementById(button.dataset.into);
    if (worked !== field) field.setSelectionRange(field.value.length, field.value.length);
    put(field, chosen.dataset.text);
  });
})();
