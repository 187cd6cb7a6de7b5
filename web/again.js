// Failed tasks asked for again, otherwise: on another host, with another model or other options. Their requests are
// submitted as new tasks.

import {asked} from './dialog.js';
import {button, choices, h} from './dom.js';
import {count, number} from './format.js';
import {url} from './api.js';
import {parse} from './json.js';

/** So many are read at a time, and so many submitted side by side. */
const PAGE = 100;
const AT_ONCE = 4;
/** How long it waits where the server cannot be reached, or takes none just now. */
const PAUSE_MS = 2_000;
const LATER = [0, 429, 503, 507];

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
 * Asks how.
 *
 * @param filter the list's parameters that choose them
 * @return a job for resubmit; null if it is not to be
 */
export async function again({api}, filter, tasks) {
    const hosts = await api.get('/api/backends').catch(() => []);
    const models = new Set(hosts.flatMap(({installed}) => installed ?? []));
    const changes = await wanted(hosts.map(({name}) => name), [...models].sort(), tasks);
    return changes && {id: crypto.getRandomValues(new Uint32Array(3)).join('-'), filter, changes, tasks};
}

/**
 * Submits them, each under a key of its own: a job that was broken off is begun anew, and no task is made twice.
 *
 * @param job  as `again` made it; what came later than its newest task is none of it
 * @param hooks keep(): the job is as it has to be begun again; told(done, refused, waits): how far it is, `refused` how
 *              many by reason, `waits` why it does not go on; stopped(): whether it is to end
 * @return {done, refused}
 */
export async function resubmit(api, job, {keep, told, stopped}) {
    let done = 0;
    const refused = {};
    const patiently = async action => {
        for (;;) {
            try {
                return await action();
            } catch (failed) {
                if (!LATER.includes(failed.status) || stopped()) {
                    throw failed;
                }
                told(done, refused, failed.message);
                await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
            }
        }
    };
    const one = async task => {
        try {
            await patiently(() => api.post('/api/tasks', otherwise(task, job.changes),
                {'Idempotency-Key': `${job.id}-${task.id}`}));
            done++;
        } catch ({message}) {
            refused[message] = (refused[message] ?? 0) + 1;
        }
        told(done, refused);
    };
    let after = '';
    while (!stopped()) {
        const page = parse(await patiently(async () => (await api.fetch(url('/api/tasks',
            {...job.filter, full: true, limit: PAGE, after}))).text()));
        if (after === '' && page.length && !job.newest) {
            // those that are submitted now may fail, too
            job.newest = page[0].created_at;
            job.filter.until = new Date(Date.parse(job.newest) + 1).toISOString();
            keep();
        }
        const left = page.filter(task => !task.unrecorded);
        await Promise.all(Array.from({length: AT_ONCE}, async () => {
            while (left.length && !stopped()) {
                await one(left.shift());
            }
        }));
        if (page.length < PAGE) {
            break;
        }
        after = page.at(-1).id;
    }
    return {done, refused};
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
            'delete the failed ones after it'),
        h('div', {class: 'actions'}, h('button', {class: 'primary', value: 'yes'}, `Submit ${number(tasks)}`),
            button('Back', () => dialog.close(), {})));
    const dialog = h('dialog', {class: 'dialog', 'aria-labelledby': 'again-title'},
        h('h2', {id: 'again-title'}, `Submit ${count(tasks, 'failed task')} again, with changes`), form);
    if (!await asked(dialog)) {
        return null;
    }
    const {on, model, num_ctx, max_retries, remove} = form.elements;
    return {on: on.value, model: model.value.trim(), num_ctx: num_ctx.value.trim(),
        max_retries: max_retries.value.trim(), remove: remove.checked};
}
