/* An emergency in what is being written down is said aloud, once for each that turns up ([data-alarms] says it in words).
   Without this script the words stand in the page all the same. */
(function () {
  'use strict';
  var told = '';
  document.addEventListener('htmx:afterSettle', function () {
    var found = document.querySelector('[data-alarms]');
    var words = found ? found.dataset.alarms : '';
    if (words && words !== told) document.getElementById('live').textContent = words;
    told = words;
  });
})();
