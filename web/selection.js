// Actions on the selected tasks.

import {button, h, text} from './dom.js';
import {count, number} from './format.js';
import {act, confirmed, sure} from './actions.js';
import {FITS} from './bulk.js';
import {PRIORITY} from './task.js';

/**
 * @param list     the list with the selection
 * @param changed  called when tasks were changed
 * @param matching filter(): the filter of the list's tasks, on all pages; total(): their number
 * @return {node, show()}: show updates the number of selected tasks
 */
export function selectionBar(context, list, changed, matching) {
    const size = h('span', {class: 'number', role: 'status'});
    const field = h('input', {
        class: 'mono short', list: 'priorities', 'aria-label': 'New priority', placeholder: 'priority', required: true,
        ...PRIORITY,
    });
    const all = async what => {
        if (whole) {
            const value = field.value.trim();
            const began = await context.bulk.change(matching.filter(), what, what !== 'priority' ? undefined
                : /^-?\d+$/.test(value) ? Number(value) : value);
            began && list.clear();
            return;
        }
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
        // refused tasks stay selected, to be tried again or differently
        list.select(refused);
        if (focused && document.activeElement === document.body) {
            // the bar with the focus is gone
            list.focus();
        }
        changed();
    };
    /** The selected tasks that an action can change; assumed for tasks on other pages, which are not known. */
    const able = what => context.rights.may('submit')
        ? [...list.selected].filter(id => !list.task(id) || context.rights.can(list.task(id))[what]) : [];
    /** Whether an action can change matching tasks, judged by the filter's statuses. */
    const fits = what => !matching.filter().status
        || matching.filter().status.split(',').some(status => FITS[what].includes(status.trim()));
    /** Whether all matching tasks are selected, including those on other pages. */
    let whole = false;
    const wholly = button('', () => {
        whole = true;
        show();
    }, {class: 'wholly', hidden: true});
    const offers = Object.entries({cancel: 'Cancel', retry: 'Retry', delete: 'Delete'}).map(([what, title]) =>
        button(title, () => all(what), {class: what === 'delete' && 'danger', 'data-what': what, 'data-acts': true}));
    const priorities = h('form', {class: 'actions', 'data-what': 'priority', 'data-acts': true, onsubmit: event => {
        event.preventDefault();
        all('priority');
    }}, field, h('button', {}, 'Set priority'));
    const save = button('Export', () => context.bulk.save(matching.filter()), {hidden: true});
    const node = h('fieldset', {class: 'actions selection', hidden: true, 'aria-label': 'Selected tasks'},
        size, wholly, offers, priorities, save,
        button('Clear', () => list.clear(), {class: 'quiet'}));
    const show = () => {
        const paged = list.selected.size > 0 && list.selected.size === list.size && matching.total() > list.size;
        whole &&= paged;
        node.hidden = list.selected.size === 0;
        text(size, whole ? `all ${number(matching.total())} that match` : `${number(list.selected.size)} selected`);
        wholly.hidden = whole || !paged || !context.rights.may('submit');
        text(wholly, `Select all ${number(matching.total())} that match`);
        save.hidden = !whole;
        for (const offer of [...offers, priorities]) {
            const {length} = able(offer.dataset.what);
            offer.hidden = whole ? !fits(offer.dataset.what) : length === 0;
            if (offer !== priorities) {
                const title = offer.dataset.title ??= offer.textContent;
                text(offer, whole ? `${title} …` : length === list.selected.size ? title
                    : `${title} ${number(length)}`);
            }
        }
    };
    return {node, show};
}
