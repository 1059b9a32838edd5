/* [data-print] opens the browser's print dialog; the button stays hidden without scripts. */
(function () {
  'use strict';
  document.querySelectorAll('[data-print]').forEach(function (button) {
    button.hidden = false;
    button.addEventListener('click', function () { print(); });
  });
})();
