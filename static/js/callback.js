/* Shows the reason box and makes 退回重办 the main button once an answer is negative; without this both are always there. */
(function () {
  'use strict';
  var form = document.querySelector('[data-questions]');
  if (!form) return;
  var box = form.querySelector('[data-negative]');
  var close = form.querySelector('[data-close-ticket]');
  var rework = form.querySelector('[data-rework]');
  if (!rework) return;

  function chosen(name) {
    var input = form.querySelector('input[name=' + name + ']:checked');
    return input ? input.value : '';
  }

  function makeMain(button, isMain) {
    button.classList.toggle('btn--p', isMain);
    var mark = button.querySelector('kbd');
    if (isMain) {
      button.dataset.key = 'Ctrl+Enter';
      if (!mark) {
        mark = document.createElement('kbd');
        mark.textContent = 'Ctrl Enter';
        button.append(' ', mark);
      }
    } else {
      delete button.dataset.key;
      if (mark) mark.remove();
    }
  }

  function draw() {
    var isNegative = chosen('solved') === 'no' || /dissatisfied$/.test(chosen('satisfaction'));
    var explained = form.querySelector('input[name=is_explained]');
    var isExplained = Boolean(explained && explained.checked);
    var appears = isNegative && box.hidden;
    box.hidden = !isNegative;
    if (appears && box.scrollIntoView) box.scrollIntoView({ block: 'nearest' });
    makeMain(close, !isNegative || isExplained);
    makeMain(rework, isNegative && !isExplained);
    rework.classList.toggle('btn--d', !(isNegative && !isExplained));
  }

  form.addEventListener('change', draw);
  draw();
})();
