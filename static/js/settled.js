/* `settled`: an input event that waits for the input method. For live hints:
   hx-trigger="settled delay:400ms" hx-sync="this:replace". */
(function () {
  'use strict';
  var composing = false;

  function settle(target) {
    target.dispatchEvent(new CustomEvent('settled', { bubbles: true }));
  }

  addEventListener('compositionstart', function () { composing = true; }, true);
  addEventListener('compositionend', function (event) { composing = false; settle(event.target); }, true);
  addEventListener('input', function (event) {
    if (!composing && !event.isComposing) settle(event.target);
  }, true);
})();
