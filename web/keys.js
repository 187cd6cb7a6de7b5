// The keyboard. A view's own keys are handled by its elements; these work everywhere.

import {asked} from './dialog.js';
import {h} from './dom.js';

const HELP = [
    ['1 … 8', 'the views, from left to right'],
    ['/', 'search'],
    ['j  k  ↓  ↑', 'next, previous row'],
    ['Enter', 'open'],
    ['x  Space', 'select the row'],
    ['Esc', 'close the open task, then clear the selection'],
    ['s', 'the open task’s answer as the model wrote it'],
    ['Ctrl Enter', 'submit the form'],
    ['e', 'open or close the events'],
    ['?', 'this help'],
];

/**
 * @param names   the views, in the order of their digits
 * @param actions the actions of other keys
 */
export function keys(helpButton, names, actions) {
    helpButton.addEventListener('click', help);
    document.addEventListener('keydown', event => {
        const form = event.target.closest?.('form');
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && form) {
            event.preventDefault();
            form.requestSubmit();
            return;
        }
        if (typing(event)) {
            return;
        }
        const search = document.querySelector('input[type=search]');
        if (event.key === '?') {
            help();
        } else if (event.key === '/' && search) {
            search.focus();
            search.select();
        } else if (Object.hasOwn(actions, event.key)) {
            actions[event.key]();
        } else if (event.key >= '1' && event.key <= String(names.length)) {
            location.hash = `#/${names[event.key - 1]}`;
        } else {
            return;
        }
        event.preventDefault();
    });
}

/** Whether a key press belongs to a field, a dialog or the browser. */
export function typing(event) {
    return event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey
        || document.querySelector('dialog[open]') !== null
        || event.target.matches?.('input:not([type=checkbox], [type=radio]), textarea, select') === true;
}

function help() {
    const dialog = h('dialog', {class: 'dialog', 'aria-labelledby': 'help-title'},
        h('h2', {id: 'help-title'}, 'Keys'),
        h('dl', {class: 'keys'}, HELP.map(([key, what]) => [
            h('dt', {}, key.split('  ').map(one => h('kbd', {}, one))), h('dd', {}, what)])),
        h('form', {method: 'dialog', class: 'actions'}, h('button', {}, 'Close')));
    asked(dialog);
}
