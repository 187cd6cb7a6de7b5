// What a user can do with tasks, one or many at a time.

import {asked} from './dialog.js';
import {h} from './dom.js';
import {count, is, number} from './format.js';

const AT_ONCE = 4;
/** A task that has run for this long is cancelled only after confirmation. */
const LONG_MS = 60_000;

const DONE = {cancel: 'cancelled', retry: 'put back into the queue', delete: 'deleted', priority: 'given its priority'};

/**
 * Performs one action on each task, and reports the results.
 *
 * @param what 'cancel', 'retry', 'delete' or 'priority'
 * @param priority for 'priority': a name or a number, as typed
 * @param progress receives the number of tasks handled so far
 * @return the ids of the tasks for which it was refused
 */
export async function act({api, say, complain}, what, ids, priority, progress = () => {}) {
    const left = [...ids];
    let done = 0;
    const refused = new Map();
    const worker = async () => {
        for (let id = left.shift(); id !== undefined; id = left.shift()) {
            try {
                await send(api, what, id, priority);
                done++;
            } catch (failed) {
                refused.set(id, failed);
            }
            progress(done + refused.size);
        }
    };
    await Promise.all(Array.from({length: AT_ONCE}, worker));
    const told = done > 0 || !refused.size ? [`${count(done, 'task')} ${DONE[what]}`] : [];
    if (refused.size === 0) {
        say(told[0]);
    } else {
        const failures = [...refused.values()];
        const plain = ({message}) => message.replace(/\btask_\w+ (is )?/g, '');
        const reasons = Object.entries(Object.groupBy(failures, plain)).map(
            ([reason, all]) => `${number(all.length)} refused: ${reason}`);
        complain(ids.length === 1 ? failures[0] : Object.assign(new Error([...told, ...reasons].join(' · ')),
            {status: failures[0].status}));
    }
    return [...refused.keys()];
}

/** Asks before work of a minute or more is cancelled. Resolves to whether to continue. */
export async function sure(what, tasks) {
    // unknown for a task that is no longer in the list
    const long = tasks.filter(task => !task
        || task.status === 'running' && Date.now() - Date.parse(task.started_at) > LONG_MS);
    return what !== 'cancel' || long.length === 0 || confirmed(`${count(long.length, 'task')} ${long.includes(undefined)
        ? 'may have' : is(long.length, 'has', 'have')} run for more than a minute. What was done is lost.`,
    'Cancel anyway');
}

/** Asks before something is lost. Resolves to whether the user confirmed. */
export function confirmed(question, verb, otherwise = 'Keep') {
    return asked(h('dialog', {class: 'dialog', 'aria-labelledby': 'question'},
        h('p', {id: 'question'}, question),
        h('form', {method: 'dialog', class: 'actions'},
            h('button', {class: 'danger', value: 'yes'}, verb),
            h('button', {value: 'no', autofocus: true}, otherwise))));
}

function send(api, what, id, priority) {
    const path = `/api/tasks/${encodeURIComponent(id)}`;
    if (what === 'delete') {
        return api.delete(path);
    }
    const value = String(priority).trim();
    return api.post(`${path}/${what}`,
        what === 'priority' ? {priority: /^-?\d+$/.test(value) ? Number(value) : value} : undefined);
}
