/* Shows the reason box and makes 退回重办 the main button once an answer is negative, and says what is still to be asked
   before the page is left; without this the box is always there and the server says it. */
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
    box.hidden = !isNegative && !box.querySelector('[aria-invalid]');
    if (appears && box.scrollIntoView) box.scrollIntoView({ block: 'nearest' });
    makeMain(close, !isNegative || isExplained);
    makeMain(rework, isNegative && !isExplained);
    rework.classList.toggle('btn--d', !(isNegative && !isExplained));
  }

  /* The caller is still on the line: what is missing is asked for here, beside their words and the unit's answer. */
  function isMissing(field) { return field.type === 'radio' ? !chosen(field.name) : !field.value.trim(); }

  /* Without the star and the words for it, which belong to the label and not to the sentence. */
  function named(place) {
    var label = place.firstElementChild.cloneNode(true);
    label.querySelectorAll('.req, .vh, kbd').forEach(function (mark) { mark.remove(); });
    return label.textContent.trim();
  }

  function complain(field) {
    var place = field.closest('.f');
    var words = document.createElement('p');
    words.className = 'f__err';
    words.textContent = field.type === 'radio' ? '请选择。' : '请填写此项。';
    place.firstElementChild.after(words);
    place.addEventListener('input', function () { words.remove(); }, { once: true });
    box.hidden = box.hidden && !box.contains(field);
    field.focus();
    document.getElementById('live').textContent = named(place) + '：' + words.textContent;
  }

  form.addEventListener('submit', function (event) {
    if (event.submitter !== close && event.submitter !== rework) return;
    var asked = 'input[type=radio]:required' + (event.submitter === rework ? ', [name=reason]' : '');
    var missing = Array.from(form.querySelectorAll(asked)).find(isMissing);
    if (!missing) return;
    event.preventDefault();
    form.querySelectorAll('.f__err').forEach(function (old) { old.remove(); });
    complain(missing);
  });

  /* Of a call without an answer: the button of the field, for the note that of the field which is filled in. */
  function sender(field) {
    var names = field.name === 'note' ? ['result', 'call_at'] : [field.name];
    var name = names.find(function (each) { return field.name === each || (form.elements[each] || {}).value; });
    return name ? form.querySelector('[data-sends=' + name + ']') : null;
  }

  /* Enter in a line would press the first button of the form, Ctrl Enter the one that closes the ticket. */
  form.addEventListener('keydown', function (event) {
    var field = event.target;
    var isUnanswered = Boolean(field.closest('[data-unanswered]'));
    var isSent = field.tagName === 'INPUT' ? isUnanswered || !event.ctrlKey : field.tagName === 'SELECT' && event.ctrlKey;
    if (event.key !== 'Enter' || event.isComposing || !isSent) return;
    var button = isUnanswered ? sender(field) : close;
    event.preventDefault();
    event.stopPropagation();
    if (button) form.requestSubmit(button);
  });

  form.addEventListener('change', draw);
  draw();
})();
