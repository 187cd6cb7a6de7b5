// One cron task, or a new one: a form with a live preview, and what its runs did.

import {attribute, h, put, text} from './dom.js';
import {ago, exact, number} from './format.js';
import {keep, values} from './draft.js';
import {confirmed} from './actions.js';
import {refresh} from './refresh.js';
import {exactly} from './json.js';
import {FieldErrors} from './field-errors.js';
import {preview} from './cron-preview.js';

const SOON_MS = 300;
const ADVANCED = ['overlap', 'missed', 'missed_max_age', 'jitter', 'start_at', 'end_at', 'max_runs', 'rest'];
/** The members with fields of their own; the rest of a template is JSON. */
const PLAIN = ['type', 'model', 'priority', 'prompt', 'input'];

/** @param id null for a new one */
export function edit(root, context, id) {
    if (id === null) {
        show(root, context, null);
        return;
    }
    const {api, live, signal} = context;
    /** Whether it must be read when the server can be reached again. */
    let missed = false;
    const load = async () => {
        missed = false;
        try {
            const response = await api.fetch(`/api/cron/${encodeURIComponent(id)}`, {signal});
            const cron = exactly(await response.text());
            // the view may have been left meanwhile
            signal.throwIfAborted();
            show(root, context, cron);
        } catch (failed) {
            if (!signal.aborted) {
                missed = failed.status === 0;
                put(root, h('div', {class: 'page'}, h('p', {class: 'panel empty', role: 'status'},
                    failed.status === 404 ? 'No such cron task. ' : `It cannot be shown: ${failed.message}. `,
                    h('a', {href: '#/cron'}, 'Show all'))));
            }
        }
    };
    load();
    live.watch(({mode}) => mode !== 'offline' && missed && load(), signal);
}

function show(root, context, cron) {
    const form = fields();
    fill(form, cron);
    const before = cron && read(form);
    const forget = cron ? () => {} : keep('cron', form);
    form.querySelector('.cancel').addEventListener('click', forget);
    const errors = new FieldErrors(form);
    const runs = cron && h('aside', {class: 'panel', 'aria-label': 'Runs'});
    form.querySelector('.cron-expression').after(preview(form, cron, context, errors));
    put(root, h('div', {class: 'page'}, heading(cron, context), h('div', {class: 'cron-edit'}, form, runs)));
    labelPrompt(form);
    form.addEventListener('change', () => labelPrompt(form));
    form.addEventListener('submit', event => {
        event.preventDefault();
        save(form, cron, before, context, errors, forget);
    });
    suggest(form, context);
    if (cron) {
        follow(cron, runs, context);
    } else {
        form.elements.name.focus();
    }
}

function heading(cron, context) {
    if (!cron) {
        return h('div', {class: 'toolbar'}, h('h1', {}, 'New cron task'));
    }
    const path = `/api/cron/${cron.id}`;
    const run = () => context.attempt(async () => {
        const task = await context.api.post(`${path}/run`);
        context.say(`${cron.name} runs as ${task.id}.`);
    });
    const remove = () => context.attempt(async () => {
        if (await confirmed(`Remove ${cron.name}? Its tasks are kept.`, 'Remove')) {
            await context.api.delete(path);
            leave(context);
        }
    });
    return h('div', {class: 'toolbar'}, h('a', {href: '#/cron', 'aria-label': 'All cron tasks'}, 'Cron'),
        h('span', {class: 'faint', 'aria-hidden': 'true'}, '/'), h('h1', {}, cron.name),
        h('div', {class: 'actions end', 'data-needs': 'admin'}, h('button', {type: 'button', onclick: run}, 'Run now'),
            h('button', {type: 'button', class: 'danger', onclick: remove}, 'Remove')));
}

function fields() {
    return h('form', {class: 'form panel', novalidate: true, autocomplete: 'off'},
        field('name', 'Name', h('input', {required: true})),
        h('div', {class: 'row cron-expression'},
            field('cron_expr', 'Expression', h('input', {class: 'mono', required: true, spellcheck: 'false',
                placeholder: '0 9 * * MON-FRI', autocapitalize: 'off'}),
            'minute hour day month weekday, @daily, @every 90m'),
            field('timezone', 'Time zone', h('input', {list: 'zones', spellcheck: 'false'}))),
        h('datalist', {id: 'zones'}, Intl.supportedValuesOf('timeZone').map(zone => h('option', {value: zone}))),
        h('datalist', {id: 'models'}),
        h('div', {class: 'row kind'},
            h('div', {class: 'field'}, h('span', {class: 'label', id: 'type-label'}, 'Type'),
                h('div', {class: 'segments', role: 'radiogroup', 'aria-labelledby': 'type-label'},
                    ['chat', 'generate', 'embed'].map(type => h('label', {}, h('input', {type: 'radio', name: 'type',
                        value: type}), h('span', {}, type))))),
            field('model', 'Model', h('input', {class: 'mono', list: 'models', spellcheck: 'false',
                placeholder: 'the server’s default'})),
            field('priority', 'Priority', h('input', {class: 'mono', list: 'priorities', placeholder: 'normal'}))),
        h('datalist', {id: 'priorities'},
            ['low', 'normal', 'high', 'critical'].map(name => h('option', {value: name}))),
        field('prompt', 'Prompt', h('textarea', {rows: 6}),
            'May contain {{date}}, {{time}}, {{datetime}}, {{timezone}}, {{run_count}}, {{name}}, {{last_result}}.'),
        h('details', {}, h('summary', {}, 'More'), h('div', {class: 'form'},
            h('div', {class: 'row'},
                field('overlap', 'While the previous task is running', choice(['skip', 'allow', 'queue', 'replace'])),
                field('missed', 'Runs missed while the server was down', choice(['skip', 'once', 'all'])),
                field('missed_max_age', 'Not older than', h('input', {class: 'mono', placeholder: '24h'}))),
            h('div', {class: 'row'},
                field('start_at', 'Not before', h('input', {type: 'datetime-local', step: 1})),
                field('end_at', 'Not after', h('input', {type: 'datetime-local', step: 1})),
                field('max_runs', 'Runs at most', h('input', {class: 'mono', inputmode: 'numeric',
                    placeholder: 'no limit'})),
                field('jitter', 'Random delay of up to', h('input', {class: 'mono', placeholder: '0s'}))),
            field('rest', 'Other fields of the task, as JSON', h('textarea', {rows: 3, spellcheck: 'false',
                placeholder: '{"options": {"temperature": 0}, "max_retries": 5}'})))),
        h('label', {class: 'check'}, h('input', {type: 'checkbox', name: 'enabled', checked: true}), 'Enabled'),
        h('p', {class: 'failure', role: 'alert', 'data-error': ''}),
        h('div', {class: 'actions'}, h('button', {class: 'primary', 'data-needs': 'admin'}, 'Save'),
            h('a', {class: 'button cancel', href: '#/cron'}, 'Cancel'),
            h('span', {class: 'hint', 'data-lacks': 'admin'}, 'Saving requires a token with the scope admin.')));
}

/** A label over a control, and a place for its error. */
function field(name, label, control, hint) {
    const id = `cron-${name}`;
    attribute(control, 'name', name);
    attribute(control, 'id', id);
    attribute(control, 'aria-describedby', `${id}-error${hint ? ` ${id}-hint` : ''}`);
    return h('div', {class: 'field'}, h('label', {for: id}, label), control,
        h('p', {class: 'failure', id: `${id}-error`, 'data-error': name}),
        hint && h('p', {class: 'hint', id: `${id}-hint`}, hint));
}

function choice(options) {
    return h('select', {}, options.map(option => h('option', {value: option}, option)));
}

function fill(form, cron) {
    const at = form.elements;
    const template = cron?.task_template ?? {};
    at.type.value = template.type ?? 'chat';
    at.timezone.value = cron?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!cron) {
        return;
    }
    const set = (name, value) => at[name].value = value ?? '';
    ['name', 'cron_expr', 'overlap', 'missed', 'missed_max_age', 'jitter'].forEach(name => set(name, cron[name]));
    set('model', template.model);
    set('priority', template.priority);
    set('start_at', local(cron.start_at));
    set('end_at', local(cron.end_at));
    set('max_runs', cron.max_runs || '');
    at.enabled.checked = cron.enabled;
    const text = template.type === 'embed' ? template.input : template.prompt;
    set('prompt', typeof text === 'string' ? text : '');
    const rest = Object.fromEntries(Object.entries(template).filter(([name, value]) =>
        !PLAIN.includes(name) || typeof value === 'object'));
    set('rest', Object.keys(rest).length ? JSON.stringify(rest, null, 2) : '');
    form.querySelector('details').open = ADVANCED.some(name => !['', 'skip', '24h', '0s'].includes(at[name].value));
}

/** @return the body for the API */
function read(form) {
    const of = values(form);
    const rest = of.rest.trim() ? exactly(of.rest) : {};
    const template = {type: of.type, ...of.model && {model: of.model},
        ...of.priority && {priority: whole(of.priority)},
        ...of.prompt && {[of.type === 'embed' ? 'input' : 'prompt']: of.prompt}, ...rest};
    // an expression may contain its own zone, which must not be given twice
    const zone = /^\s*(CRON_)?TZ=/.test(of.cron_expr) ? {} : {timezone: of.timezone || undefined};
    return {
        name: of.name, cron_expr: of.cron_expr, ...zone, enabled: of.enabled, overlap: of.overlap, missed: of.missed,
        missed_max_age: of.missed_max_age || '24h', jitter: of.jitter || '0s', start_at: utc(of.start_at),
        end_at: utc(of.end_at), max_runs: whole(of.max_runs) ?? 0, task_template: template,
    };
}

/**
 * Returns the changed fields, because only these may be sent: others may have changed the rest meanwhile, and numbers
 * that are not sent keep their digits.
 */
function changes(before, after) {
    const {task_template: template, ...plan} = after;
    const changed = differing(before, plan, Object.keys(plan));
    const inTemplate = differing(before.task_template, template,
        Object.keys({...before.task_template, ...template}));
    return {...changed, ...Object.keys(inTemplate).length && {task_template: inTemplate}};
}

/** Returns the named members that differ; null for one that was removed. */
function differing(before, after, names) {
    return Object.fromEntries(names.filter(name => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
        .map(name => [name, after[name] ?? null]));
}

async function save(form, cron, before, context, errors, forget) {
    errors.clear();
    let body;
    try {
        body = cron ? changes(before, read(form)) : read(form);
    } catch (wrong) {
        errors.show('rest', `This is not JSON: ${wrong.message}`);
        return;
    }
    const button = form.querySelector('.primary');
    button.disabled = true;
    try {
        const saved = cron ? await context.api.put(`/api/cron/${cron.id}`, body)
            : await context.api.post('/api/cron', body);
        forget();
        context.say(saved.next_run ? `${saved.name} is saved; it runs ${ago(saved.next_run, Date.now())}.`
            : `${saved.name} is saved.`);
        leave(context);
    } catch (refused) {
        errors.place(refused);
    } finally {
        button.disabled = false;
    }
}

/** Goes to the list, unless the user has left the view. */
function leave(context) {
    context.signal.aborted || context.go('#/cron');
}

/** Shows the cron task's runs, kept up to date while the form is open; does not touch the form. */
function follow(cron, box, context) {
    const load = () => refresh(context, async () => {
        const now = await context.api.get(`/api/cron/${cron.id}`, {}, context.signal);
        put(box, h('header', {}, h('h2', {}, 'Runs'),
            h('a', {href: `#/tasks?cron_id=${cron.id}`}, 'all of its tasks')),
            facts(now), now.runs.length > 0 && table(now.runs));
    });
    let soon = 0;
    context.live.on(event => {
        if (event.event === 'reset' || event.cron?.id === cron.id || event.task?.cron_id === cron.id) {
            clearTimeout(soon);
            soon = setTimeout(load, SOON_MS);
        }
    }, context.signal);
    context.signal.addEventListener('abort', () => clearTimeout(soon));
    load();
}

function facts(cron) {
    const now = Date.now();
    const rows = [
        ['Next', cron.next_run ? `${ago(cron.next_run, now)}, ${exact(cron.next_run)}`
            : cron.enabled ? 'never' : 'disabled'],
        ['Runs', number(cron.run_count)],
        cron.failure_count > 0 && ['Failed', number(cron.failure_count)],
        cron.skipped_count > 0
            && ['Skipped', `${number(cron.skipped_count)}; the last for: ${cron.last_skip_reason}`],
    ];
    return h('dl', {class: 'facts'},
        rows.filter(Boolean).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

function table(runs) {
    return h('table', {class: 'runs'},
        h('thead', {}, h('tr', {}, ['Run', 'Due', 'Task'].map(name => h('th', {scope: 'col'}, name)))),
        h('tbody', {}, runs.map(run => h('tr', {}, h('td', {}, `#${run.run}`),
            h('td', {}, run.due_at === null ? 'by hand' : exact(run.due_at).replace(/ \S+$/, '')),
            h('td', {}, h('a', {href: `#/tasks/${run.task_id}`, class: run.status === 'failed' && 'failure'},
                run.status ?? 'forgotten'))))));
}

function labelPrompt(form) {
    text(form.querySelector('label[for="cron-prompt"]'), form.elements.type.value === 'embed' ? 'Input' : 'Prompt');
}

async function suggest(form, context) {
    const hosts = await context.attempt(() => context.api.get('/api/backends', {}, context.signal));
    const names = new Set((hosts ?? []).flatMap(host => [...host.loaded, ...host.installed ?? []]));
    put(form.querySelector('#models'), [...names].map(name => h('option', {value: name})));
}

/**
 * Returns a whole number; null for an empty text. Any other text is passed on for the server to reject, or to
 * understand as a name.
 */
function whole(value) {
    const text = value.trim();
    return text === '' ? null : /^-?\d+$/.test(text) ? Number(text) : text;
}

/** Returns a time for a datetime-local field, which has no zone. */
function local(time) {
    return time === null ? '' : new Date(time).toLocaleString('sv-SE').replace(' ', 'T');
}

function utc(value) {
    return value ? new Date(value).toISOString() : null;
}
