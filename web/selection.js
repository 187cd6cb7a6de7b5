// What can be done with the tasks that are selected.

import {button, h, text} from './dom.js';
import {count, number} from './format.js';
import {act, confirmed} from './actions.js';

/**
 * @param list    whose selection it is
 * @param changed is called when tasks were changed
 * @return {node, show()}: show says how many are selected
 */
export function selectionBar(context, list, changed) {
    const size = h('span', {class: 'number', role: 'status'});
    const field = h('input', {
        class: 'mono short', list: 'priorities', 'aria-label': 'New priority', placeholder: 'priority', required: true,
    });
    const all = async what => {
        const ids = [...list.selected];
        const question = `Delete ${count(ids.length, 'task')} and all results?`;
        if (what === 'delete' && !await confirmed(question, 'Delete')) {
            return;
        }
        const focused = node.contains(document.activeElement);
        node.disabled = true;
        await act(context, what, ids, field.value, done => text(size, `${number(done)} of ${number(ids.length)} …`));
        node.disabled = false;
        list.clear();
        if (focused && document.activeElement === document.body) {
            // the bar that had the focus is gone
            list.focus();
        }
        changed();
    };
    const node = h('fieldset', {class: 'actions selection', hidden: true, 'aria-label': 'Selected tasks'},
        size, button('Cancel', () => all('cancel')), button('Retry', () => all('retry')),
        button('Delete', () => all('delete'), {class: 'danger'}),
        h('form', {class: 'actions', onsubmit: event => {
            event.preventDefault();
            all('priority');
        }}, field, h('button', {}, 'Set priority')),
        button('Clear', () => list.clear(), {class: 'quiet'}));
    return {
        node,
        show: () => {
            node.hidden = list.selected.size === 0;
            text(size, `${number(list.selected.size)} selected`);
        },
    };
}
