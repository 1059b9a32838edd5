/* `data-insert` on a button: its text goes to the caret of the field of its form that was worked in last
   (`data-takes`), the first one otherwise. The button is of no use without this script, and shows then what to type. */
(function () {
  'use strict';
  var last = null;

  addEventListener('focusin', function (event) {
    if (event.target.matches('[data-takes]')) last = event.target;
  });

  addEventListener('click', function (event) {
    var button = event.target.closest('[data-insert]');
    if (!button) return;
    var field = last && button.form === last.form ? last : button.form.querySelector('[data-takes]');
    field.focus();
    field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
})();
