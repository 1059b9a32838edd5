/* Lets a citizen say where they stand: asked of the device only when the button is pressed, and taken back by a second press. */
(function () {
  'use strict';
  var button = document.querySelector('[data-position]');
  var told = document.getElementById('position-told');
  if (!button || !navigator.geolocation) return;
  var fields = [button.form.elements.latitude, button.form.elements.longitude];

  function show(words) {
    var isKnown = fields[0].value !== '';
    button.textContent = isKnown ? button.dataset.undo : button.dataset.position;
    told.textContent = words;
  }

  function keep(values, words) {
    fields.forEach(function (field, i) { field.value = values[i]; });
    show(words);
  }

  button.addEventListener('click', function () {
    if (fields[0].value) return keep(['', ''], '');
    told.textContent = told.dataset.asking;
    navigator.geolocation.getCurrentPosition(function (found) {
      var at = found.coords;
      keep([at.latitude.toFixed(6), at.longitude.toFixed(6)], told.dataset.found.replace('{m}', Math.ceil(at.accuracy)));
    }, function () { keep(['', ''], told.dataset.failed); }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  });
  button.hidden = false;
  show(fields[0].value ? told.dataset.kept : '');
})();
