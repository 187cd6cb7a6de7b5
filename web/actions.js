// What a person can do with tasks, one or many at a time.

import {asked} from './dialog.js';
import {h} from './dom.js';
import {count, is, number} from './format.js';

const AT_ONCE = 4;
/** What has run for so long is not cancelled without a question. */
const LONG_MS = 60_000;

const DONE = {cancel: 'cancelled', retry: 'put back into the queue', delete: 'deleted', priority: 'given its priority'};

/**
 * Does one thing with each task, and tells what came of it.
 *
 * @param what 'cancel', 'retry', 'delete' or 'priority'
 * @param priority for 'priority': a name or a number, as it was typed
 * @param progress is told how many are dealt with
 * @return the ids that it was refused for
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

/** Asks before work of a minute or more is cancelled. Resolves to whether to go on. */
export async function sure(what, tasks) {
    // of one that is not in the list any more it is not known
    const long = tasks.filter(task => !task
        || task.status === 'running' && Date.now() - Date.parse(task.started_at) > LONG_MS);
    return what !== 'cancel' || long.length === 0 || confirmed(`${count(long.length, 'task')} ${long.includes(undefined)
        ? 'may have' : is(long.length, 'has', 'have')} run for more than a minute. What was done is lost.`,
    'Cancel anyway');
}

/** Asks before something is lost. Resolves to whether it was confirmed. */
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
