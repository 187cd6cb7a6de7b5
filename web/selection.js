// What can be done with the tasks that are selected.

import {button, h, text} from './dom.js';
import {count, number} from './format.js';
import {act, confirmed, sure} from './actions.js';
import {PRIORITY} from './task.js';

/**
 * @param list    whose selection it is
 * @param changed is called when tasks were changed
 * @return {node, show()}: show says how many are selected
 */
export function selectionBar(context, list, changed) {
    const size = h('span', {class: 'number', role: 'status'});
    const field = h('input', {
        class: 'mono short', list: 'priorities', 'aria-label': 'New priority', placeholder: 'priority', required: true,
        ...PRIORITY,
    });
    const all = async what => {
        const ids = able(what);
        const question = `Delete ${count(ids.length, 'task')} and all results?`;
        const agreed = what === 'delete' ? await confirmed(question, 'Delete')
            : await sure(what, ids.map(id => list.task(id)));
        if (!agreed) {
            return;
        }
        const focused = node.contains(document.activeElement);
        node.disabled = true;
        const refused = await act(context, what, ids, field.value,
            done => text(size, `${number(done)} of ${number(ids.length)} …`));
        node.disabled = false;
        // what was refused may be tried again, or otherwise
        list.select(refused);
        if (focused && document.activeElement === document.body) {
            // the bar that had the focus is gone
            list.focus();
        }
        changed();
    };
    /** Of a task on another page it is not known. */
    const able = what => context.rights.may('submit')
        ? [...list.selected].filter(id => !list.task(id) || context.rights.can(list.task(id))[what]) : [];
    const offers = Object.entries({cancel: 'Cancel', retry: 'Retry', delete: 'Delete'}).map(([what, title]) =>
        button(title, () => all(what), {class: what === 'delete' && 'danger', 'data-what': what}));
    const priorities = h('form', {class: 'actions', 'data-what': 'priority', onsubmit: event => {
        event.preventDefault();
        all('priority');
    }}, field, h('button', {}, 'Set priority'));
    const node = h('fieldset', {class: 'actions selection', hidden: true, 'aria-label': 'Selected tasks'},
        size, offers, priorities,
        button('Clear', () => list.clear(), {class: 'quiet'}));
    return {
        node,
        show: () => {
            node.hidden = list.selected.size === 0;
            text(size, `${number(list.selected.size)} selected`);
            for (const offer of [...offers, priorities]) {
                const {length} = able(offer.dataset.what);
                offer.hidden = length === 0;
                if (offer !== priorities) {
                    const title = offer.dataset.title ??= offer.textContent;
                    text(offer, length === list.selected.size ? title : `${title} ${number(length)}`);
                }
            }
        },
    };
}
