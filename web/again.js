// Failed tasks asked for again, otherwise: on another host, with another model or other options. Their requests are
// submitted as new tasks.

import {button, choices, h} from './dom.js';
import {count, number} from './format.js';
import {parse} from './json.js';

/** So many are read and submitted at a time. */
const AT_ONCE = 100;

/** What is taken over of a task. */
const KEPT = ['type', 'model', 'priority', 'payload', 'endpoint', 'max_retries', 'timeout', 'on', 'window', 'client',
    'metadata'];

/** A task as a submit, with what is to be otherwise: {on, model, num_ctx, max_retries}, each '' to leave it. */
export function otherwise(task, changes) {
    const next = Object.fromEntries(KEPT.filter(name => task[name] != null).map(name => [name, task[name]]));
    if (next.endpoint) {
        delete next.type;
    }
    if (changes.on) {
        next.on = changes.on;
    }
    if (changes.model) {
        next.model = changes.model;
        if (next.payload.model !== undefined) {
            next.payload = {...next.payload, model: changes.model};
        }
    }
    if (changes.num_ctx && !next.endpoint?.startsWith('/v1/')) {
        next.payload = {...next.payload, options: {...next.payload.options, num_ctx: Number(changes.num_ctx)}};
    }
    if (changes.max_retries) {
        next.max_retries = Number(changes.max_retries);
    }
    return next;
}

/**
 * Asks how, and submits them.
 *
 * @param filter the list's parameters that choose them
 * @return whether it was done, and `remove`: whether the failed ones are to be deleted
 */
export async function again(context, filter, tasks) {
    const hosts = await context.api.get('/api/backends').catch(() => []);
    const models = new Set(hosts.flatMap(({installed}) => installed ?? []));
    const changes = await asked(hosts.map(({name}) => name), [...models].sort(), tasks);
    if (!changes) {
        return null;
    }
    let done = 0;
    let after = '';
    for (;;) {
        const lines = await context.api.fetch(`/api/tasks?${new URLSearchParams({...filter, full: 'true',
            limit: AT_ONCE, ...after && {after}})}`);
        const some = parse(await lines.text());
        const whole = some.filter(task => !task.unrecorded);
        if (whole.length) {
            await context.api.post('/api/tasks/batch', whole.map(task => otherwise(task, changes)));
        }
        done += whole.length;
        if (some.length < AT_ONCE) {
            break;
        }
        after = some.at(-1).id;
    }
    context.say(`${count(done, 'new task')} submitted`);
    return {remove: changes.remove, done};
}

function asked(hosts, models, tasks) {
    return new Promise(resolve => {
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
                'delete the failed ones after it'),
            h('div', {class: 'actions'}, h('button', {class: 'primary', value: 'yes'}, `Submit ${number(tasks)}`),
                button('Keep', () => dialog.close(), {})));
        const dialog = h('dialog', {class: 'dialog', 'aria-labelledby': 'again-title'},
            h('h2', {id: 'again-title'}, `Submit ${count(tasks, 'failed task')} again, otherwise`), form);
        dialog.addEventListener('close', () => {
            dialog.remove();
            const {on, model, num_ctx, max_retries, remove} = form.elements;
            resolve(dialog.returnValue === 'yes' ? {on: on.value, model: model.value.trim(),
                num_ctx: num_ctx.value.trim(), max_retries: max_retries.value.trim(), remove: remove.checked} : null);
        });
        document.body.append(dialog);
        dialog.showModal();
    });
}
