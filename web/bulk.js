// One change for all tasks that match a filter: the server first counts them, then continues by itself and reports its
// progress.

import {asked} from './dialog.js';
import {button, h, put, text} from './dom.js';
import {count, number} from './format.js';

const EVERY_MS = 1_000;
/** From this number on, the user must type the number to confirm. */
const TYPED_FROM = 1_000;

const VERBS = {
    cancel: ['Cancel', 'Cancelling', 'cancelled'], retry: ['Retry', 'Retrying', 'put back into the queue'],
    again: ['Retry', 'Resubmitting', 'resubmitted'],
    delete: ['Delete', 'Deleting', 'deleted'], priority: ['Set priority', 'Setting the priority of', 'given it'],
};
/** The statuses of tasks that each action can change. */
export const FITS = {
    cancel: ['pending', 'running'], retry: ['failed', 'cancelled'], priority: ['pending', 'running'],
    delete: ['completed', 'failed', 'cancelled'],
};

export class Bulk {
    #context;
    #node = h('div', {class: 'bulk', role: 'status'});
    /** The lines of the running actions, by id. */
    #lines = new Map();
    #timer = 0;

    /** @param context {api, say, complain} */
    constructor(context) {
        this.#context = context;
        document.body.append(this.#node);
    }

    /** Shows actions that are running already, begun here or elsewhere. */
    async look() {
        const all = await this.#context.api.get('/api/tasks/actions').catch(() => []);
        all.filter(({status}) => status === 'running').forEach(action => this.#show(action));
    }

    /**
     * Asks for confirmation after a dry run, and begins an action. Resolves to whether it began.
     *
     * @param filter the list's parameters
     * @param priority for 'priority': a name or a number
     * @param about    a description of the tasks; may be omitted
     */
    async change(filter, action, priority, about) {
        return this.#begin({filter, action, ...priority === undefined ? {} : {priority}},
            dry => agreed(dry, action, about));
    }

    /**
     * Retries matching tasks with changes, as new tasks. Resolves to whether the action began.
     *
     * @param changes {on, with, delete}
     */
    async again(filter, changes) {
        return this.#begin({filter, action: 'retry', ...changes}, () => true);
    }

    async #begin(what, agrees) {
        const {api, complain} = this.#context;
        try {
            const dry = await api.post('/api/tasks/actions', {...what, dry_run: true});
            if (!await agrees(dry)) {
                return false;
            }
            this.#show(await api.post('/api/tasks/actions', {...what, expect: dry.matched}));
            return true;
        } catch (failed) {
            complain(failed);
            return false;
        }
    }

    /** Saves the matching tasks as lines of JSON. */
    async save(filter) {
        const {api, say, complain} = this.#context;
        try {
            const query = new URLSearchParams({...filter, full: 'true', limit: '0'});
            const lines = await api.fetch(`/api/tasks?${query}`, {headers: {Accept: 'application/x-ndjson'}});
            const link = h('a', {download: 'tasks.ndjson'});
            link.href = URL.createObjectURL(await lines.blob());
            link.click();
            setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
            say('Saved as tasks.ndjson');
        } catch (failed) {
            complain(failed);
        }
    }

    #show(action) {
        if (this.#lines.has(action.id)) {
            return;
        }
        this.#lines.set(action.id, this.#line(action.matched, async () => {
            await this.#context.api.post(`/api/tasks/actions/${action.id}/stop`).catch(this.#context.complain);
            this.#ask();
        }));
        this.#tell(action);
        this.#timer ||= setInterval(() => this.#ask(), EVERY_MS);
        this.#ask();
    }

    #line(tasks, stop) {
        const words = h('span', {class: 'number'});
        const bar = h('progress', {max: Math.max(1, tasks), 'aria-label': 'Done'});
        const control = button('Stop', () => {
            control.disabled = true;
            stop();
        }, {'data-acts': true});
        const line = {words, bar, node: h('p', {}, words, bar, control)};
        this.#node.append(line.node);
        return line;
    }

    async #ask() {
        for (const id of [...this.#lines.keys()]) {
            const action = await this.#context.api.get(`/api/tasks/actions/${id}`).catch(failed => failed);
            if (action.status === 404) {
                this.#end(id);
            } else if (action.id) {
                this.#tell(action);
            }
        }
    }

    #tell(action) {
        const line = this.#lines.get(action.id);
        if (!line) {
            return;
        }
        const [, going, done] = VERBS[action.on || action.with ? 'again' : action.action];
        text(line.words, `${going} ${number(action.done)} of ${count(action.matched, 'task')}`);
        line.bar.value = action.done;
        if (action.status !== 'running') {
            this.#end(action.id);
            const refused = Object.entries(action.refused ?? {}).map(([why, many]) => `${number(many)} ${why}`);
            const changed = `${action.status === 'stopped' ? 'Stopped: ' : ''}${count(action.changed, 'task')} ${done}`;
            this.#context.say([changed, ...refused].join(' · '));
        }
    }

    #end(id) {
        this.#lines.get(id)?.node.remove();
        this.#lines.delete(id);
        if (this.#lines.size === 0) {
            clearInterval(this.#timer);
            this.#timer = 0;
        }
    }
}

/** Shows how many tasks will be changed. Resolves to whether to continue. */
function agreed({matched, by_status: byStatus}, action, about) {
    const [verb] = VERBS[action];
    const changed = Object.entries(byStatus).filter(([status]) => FITS[action].includes(status));
    const left = Object.entries(byStatus).filter(([status]) => !FITS[action].includes(status));
    const sum = changed.reduce((total, [, many]) => total + many, 0);
    const list = all => all.map(([status, many]) => `${number(many)} ${status}`).join(', ');
    const typed = sum > TYPED_FROM && h('input', {
        class: 'mono short', autocomplete: 'off', required: true, pattern: `\\s*${sum}\\s*`, inputmode: 'numeric',
        'aria-label': `Type ${sum} to confirm`,
    });
    return asked(h('dialog', {class: 'dialog', 'aria-labelledby': 'question'},
        h('p', {id: 'question'}, sum
            ? `${verb}${action === 'priority' ? ' of' : ''} ${list(changed)} task${sum === 1 ? '' : 's'}?`
            : `None of ${count(matched, 'task')} can be changed.`),
        about && h('p', {class: 'hint'}, about),
        left.length > 0 && h('p', {class: 'hint'}, `Left alone: ${list(left)}.`),
        action === 'delete' && h('p', {class: 'hint'}, 'Results go with them. This cannot be undone.'),
        h('form', {method: 'dialog', class: 'actions'},
            typed && h('label', {}, `Type ${sum} to confirm `, typed),
            sum > 0 && h('button', {class: ['delete', 'cancel'].includes(action) ? 'danger' : 'primary',
                value: 'yes'}, `${verb} ${number(sum)}`),
            h('button', {value: 'no', autofocus: true, formnovalidate: true}, 'Back'))));
}
