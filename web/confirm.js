// Asks before what cannot be undone.

import {h} from './dom.js';

/** Resolves to whether the person agrees. The safe answer has the focus. */
export function confirmed(question, verb) {
    return new Promise(resolve => {
        const dialog = h('dialog', {class: 'dialog', 'aria-labelledby': 'confirm-title'},
            h('form', {method: 'dialog', class: 'form'}, h('h2', {id: 'confirm-title'}, question),
                h('div', {class: 'actions'}, h('button', {value: 'no', autofocus: true}, 'Cancel'),
                    h('button', {value: 'yes', class: 'danger'}, verb))));
        dialog.addEventListener('close', () => {
            dialog.remove();
            resolve(dialog.returnValue === 'yes');
        });
        document.body.append(dialog);
        dialog.showModal();
    });
}
