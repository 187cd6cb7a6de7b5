// A dialog for retrying failed tasks with changes: on another host, with another model or other options.

import {asked} from './dialog.js';
import {button, choices, h} from './dom.js';
import {count, number} from './format.js';

/**
 * Asks for the changes.
 *
 * @param tasks the number of tasks
 * @return the fields {on, with, delete} for POST /api/tasks/actions; null if the user cancels
 */
export async function otherwise({api}, tasks) {
    const hosts = await api.get('/api/backends').catch(() => []);
    const models = new Set(hosts.flatMap(({installed}) => installed ?? []));
    return wanted(hosts.map(({name}) => name), [...models].sort(), tasks);
}

async function wanted(hosts, models, tasks) {
    const field = (name, title, attributes) => h('div', {class: 'field'}, h('label', {for: `again-${name}`}, title),
        h('input', {id: `again-${name}`, name, autocomplete: 'off', class: 'mono', ...attributes}));
    const form = h('form', {method: 'dialog', class: 'form'},
        h('div', {class: 'field'}, h('label', {for: 'again-on'}, 'On the host'),
            h('select', {id: 'again-on', name: 'on'}, h('option', {value: ''}, 'as before'), choices(hosts))),
        field('model', 'Model', {list: 'again-models', placeholder: 'as before'}),
        h('datalist', {id: 'again-models'}, choices(models)),
        h('div', {class: 'row'}, field('num_ctx', 'num_ctx', {inputmode: 'numeric', pattern: '\\d{1,9}',
            placeholder: 'as before'}),
        field('max_retries', 'Retries', {inputmode: 'numeric', pattern: '\\d{1,5}', placeholder: 'as before'})),
        h('label', {class: 'check'}, h('input', {type: 'checkbox', name: 'remove'}),
            'delete the failed ones'),
        h('div', {class: 'actions'}, h('button', {class: 'primary', value: 'yes'}, `Submit ${number(tasks)}`),
            button('Back', () => dialog.close(), {})));
    const dialog = h('dialog', {class: 'dialog', 'aria-labelledby': 'again-title'},
        h('h2', {id: 'again-title'}, `Submit ${count(tasks, 'failed task')} again, with changes`), form);
    if (!await asked(dialog)) {
        return null;
    }
    const given = name => form.elements[name].value.trim();
    const numbers = ['num_ctx', 'max_retries'].filter(given).map(name => [name, Number(given(name))]);
    const changed = {...given('model') && {model: given('model')}, ...Object.fromEntries(numbers)};
    return {...given('on') && {on: given('on')}, ...Object.keys(changed).length > 0 && {with: changed},
        ...form.elements.remove.checked && {delete: true}};
}
