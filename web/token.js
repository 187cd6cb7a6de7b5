// Asks for the server's token. It is kept for the tab.

import {h} from './dom.js';

export function askToken(wrong) {
    return new Promise(resolve => {
        const field = h('input', {
            type: 'password', name: 'token', id: 'token', required: true, autocomplete: 'current-password',
            // a header cannot contain other characters, and no server has such a token
            pattern: '\\s*[!-~]+\\s*', title: 'A token is printable ASCII without spaces.',
        });
        const dialog = h('dialog', {class: 'dialog', 'aria-labelledby': 'token-title'},
            h('form', {method: 'dialog', class: 'form'},
                h('h2', {id: 'token-title'}, 'Authentication required'),
                wrong && h('p', {class: 'failure', role: 'alert'}, 'The token was not accepted.'),
                h('label', {for: 'token'}, 'Token'), field,
                h('p', {class: 'hint'}, 'It is kept until this tab is closed and sent only in a header.'),
                h('div', {class: 'actions'}, h('button', {class: 'primary'}, 'Continue'))));
        // nothing can be shown without a token
        dialog.addEventListener('cancel', event => event.preventDefault());
        dialog.addEventListener('close', () => {
            dialog.remove();
            resolve(field.value.trim());
        });
        document.body.append(dialog);
        dialog.showModal();
    });
}
