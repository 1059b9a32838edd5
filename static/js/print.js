/* [data-print] opens the browser's print dialog, and so does coming to its page; the button stays hidden without scripts. */
(function () {
  'use strict';
  var arrived = performance.getEntriesByType('navigation')[0];
  document.querySelectorAll('[data-print]').forEach(function (button) {
    button.hidden = false;
    button.addEventListener('click', function () { print(); });
    if (arrived && arrived.type === 'navigate') addEventListener('load', function () { print(); });
  });
})();
