// The view New task: a form, and the same task as a command line.

import {attribute, button, choices, h, put, text} from './dom.js';
import {copy} from './copy.js';
import {command, curl} from './commandline.js';
import {count, number, timed, within} from './format.js';
import {keep, read, values, write} from './draft.js';
import {build} from './submission.js';

const TYPES = {chat: 'Chat', generate: 'Generate', embed: 'Embed'};
/** How long the form must stay unchanged before the server is asked when the task would start, in milliseconds. */
const ASK_MS = 400;
const ROLES = ['user', 'assistant', 'system', 'tool'];

export default {
    mount: (root, context) => new NewTask(root, context).start(),
};

class NewTask {
    #context;
    #form;
    #turns = h('div', {class: 'turns'});
    #count = h('input', {type: 'hidden', name: 'turns', value: 0});
    #shell = h('pre', {class: 'shell', tabindex: 0, 'aria-label': 'Command line'});
    #refusal = h('p', {class: 'failure', role: 'alert'});
    #submit = h('button', {
        class: 'primary', 'aria-keyshortcuts': 'Control+Enter', 'data-needs': 'submit',
    }, 'Submit');
    #starts = h('p', {class: 'hint starts-when', role: 'status'});
    #asking = 0;
    #unknown = h('p', {class: 'hint', hidden: true}, 'No host has this model.');
    /** The models of the hosts; null until they are known for all hosts. */
    #models = null;
    #program = 'ollama-queue';
    #tried = false;
    /** The last request, {key, task}, as long as nothing has changed since. */
    #sending = null;
    #forget = null;

    constructor(root, context) {
        this.#context = context;
        const copyButton = button('Copy', () => copy(copyButton, this.#line()), {class: 'quiet'});
        this.#form = h('form', {class: 'form new-task', novalidate: true, onsubmit: event => this.#send(event)},
            this.#kind(), this.#texts(), this.#terms(), this.#request(), this.#refusal,
            h('div', {class: 'actions'}, this.#submit, button('Clear the form', () => this.#reset(), {class: 'quiet'}),
                h('span', {class: 'hint', 'data-needs': 'submit'}, 'Ctrl Enter submits')),
            !context.rights.may('submit') && h('p', {class: 'hint'},
                'Your token is read-only: you can copy this task as a command line, but not submit it.'),
            this.#starts);
        put(root, h('div', {class: 'page new-page'}, h('h1', {class: 'visually-hidden'}, 'New task'), this.#form,
            h('section', {class: 'panel'}, h('header', {}, h('h2', {}, 'The same on a command line'),
                h('div', {class: 'actions'}, segments('program', {'ollama-queue': 'ollama-queue', curl: 'curl'},
                    'ollama-queue', chosen => {
                        this.#program = chosen;
                        this.#show();
                    }), copyButton)), this.#shell)));
    }

    async start() {
        const kept = read('new');
        for (let i = 0; i < Math.max(1, Number(kept.turns) || 0); i++) {
            this.#addTurn(false);
        }
        const turns = this.#count.value;
        this.#forget = keep('new', this.#form);
        this.#count.value = turns;
        this.#form.addEventListener('input', () => this.#changed());
        this.#form.addEventListener('change', () => this.#changed());
        this.#changed();
        if (!matchMedia('(pointer: coarse)').matches) {
            this.#form.querySelector('[data-for]:not([hidden]) textarea').focus();
        }
        const backends = await this.#context.api.get('/api/backends', null, this.#context.signal).catch(() => []);
        const all = lists => [...new Set(lists.flat())].sort();
        const offer = (id, names) => put(this.#form.querySelector(`#${id}`), choices(names));
        const models = all(backends.map(({installed, loaded}) => [...installed ?? [], ...loaded ?? []]));
        const loaded = new Set(backends.flatMap(host => host.loaded ?? []));
        put(this.#form.querySelector('#new-models'), models.map(value => h('option',
            {value, label: loaded.has(value) ? `${value} ● loaded` : value})));
        this.#models = backends.every(({installed}) => installed) && models.length ? new Set(models) : null;
        this.#show();
        offer('new-hosts', all(backends.map(({name}) => name)));
    }

    // ---- the form

    #kind() {
        return h('div', {class: 'row kind'},
            h('div', {class: 'field'}, h('span', {class: 'label', id: 'type-label'}, 'Type'),
                segments('type', TYPES, 'chat')),
            h('div', {}, field('Model', h('input', {name: 'model', list: 'new-models', class: 'mono',
                autocomplete: 'off', placeholder: 'the server’s default'})), this.#unknown),
            field('Priority', h('input', {name: 'priority', list: 'new-priorities', class: 'mono', autocomplete: 'off',
                placeholder: 'normal', value: ''})),
            h('datalist', {id: 'new-models'}), h('datalist', {id: 'new-hosts'}),
            h('datalist', {id: 'new-priorities'}, choices(['low', 'normal', 'high', 'critical'])));
    }

    #texts() {
        const only = (type, ...children) => h('div', {class: 'form', 'data-for': type}, children);
        return [
            only('chat', this.#count, this.#turns, h('div', {}, button('Add a message', () => this.#addTurn(true)))),
            only('generate', field('Prompt', h('textarea', {name: 'prompt', rows: 8})),
                field('System prompt', h('textarea', {name: 'system', rows: 2}), 'optional')),
            only('embed', field('Input', h('textarea', {name: 'input', rows: 8})),
                check('lines', 'Each line is a separate input')),
        ];
    }

    #terms() {
        const when = h('select', {name: 'when'}, h('option', {value: 'now'}, 'in queue order'),
            h('option', {value: 'in'}, 'after a delay'), h('option', {value: 'at'}, 'at a time'));
        return h('div', {class: 'row'},
            field('Start', when),
            h('div', {'data-when': 'in'}, field('After', h('input', {name: 'in', class: 'mono', placeholder: '2h'}))),
            h('div', {'data-when': 'at'},
                field('At, in your time zone', h('input', {name: 'at', type: 'datetime-local', step: 1}))),
            field('Only in window', h('input', {name: 'window', class: 'mono', placeholder: 'at any time'})),
            field('Finish within, if possible', h('input', {name: 'finish_by', class: 'mono', placeholder: '2h'})),
            field('Fail if not started within', h('input', {name: 'expires_in', class: 'mono', placeholder: 'never'})),
            field('Retries', h('input', {name: 'max_retries', class: 'mono', inputmode: 'numeric', placeholder: '3'})),
            field('Timeout per attempt', h('input', {name: 'timeout', class: 'mono', placeholder: '30m'})));
    }

    #request() {
        return h('details', {class: 'more'}, h('summary', {}, 'More options'), h('div', {class: 'form'},
            field('Options', h('textarea', {name: 'options', rows: 3, placeholder: 'temperature=0.2\nnum_ctx=8192'}),
                'name=value on each line, or a JSON object'),
            h('div', {class: 'row'},
                field('Format', h('input', {name: 'format', class: 'mono', placeholder: 'json, or a JSON schema'})),
                field('Think', h('select', {name: 'think'}, h('option', {value: ''}, 'the model’s default'),
                    ['no', 'yes', 'low', 'medium', 'high'].map(value => h('option', {value}, value)))),
                field('Keep the model loaded for', h('input', {name: 'keep_alive', class: 'mono', placeholder: '5m'})),
                field('Only on host', h('input', {name: 'on', list: 'new-hosts', class: 'mono', autocomplete: 'off'}))),
            check('wait_for_model', 'Wait while no host has the model'),
            field('Other fields of the request', h('textarea', {name: 'extra', rows: 2, placeholder: '{"tools": []}'}),
                'a JSON object, sent to the host unchanged'),
            field('Metadata', h('textarea', {name: 'metadata', rows: 2, placeholder: '{"ticket": "A-17"}'}),
                'a JSON object, stored with the task')));
    }

    #addTurn(focus) {
        const i = Number(this.#count.value);
        this.#count.value = i + 1;
        const role = h('select', {name: `role${i}`, 'aria-label': `Role of message ${i + 1}`},
            ROLES.map(value => h('option', {value, selected: value === (i % 2 ? 'assistant' : 'user')}, value)));
        const content = h('textarea', {name: `content${i}`, rows: i ? 3 : 6, 'aria-label': `Message ${i + 1}`,
            'aria-describedby': `content${i}-problem`});
        const remove = i > 0
            && button('✕', () => this.#removeTurn(i), {class: 'quiet', 'aria-label': `Remove message ${i + 1}`});
        this.#turns.append(h('div', {class: 'field turn'}, h('div', {class: 'turn-head'}, role, remove), content,
            problem(`content${i}`)));
        if (focus) {
            content.focus();
            this.#form.dispatchEvent(new Event('change'));
        }
    }

    /** Removes a turn. The texts after it move up, so that the names stay consecutive. */
    #removeTurn(index) {
        const fields = this.#form.elements;
        const last = Number(this.#count.value) - 1;
        for (let i = index; i < last; i++) {
            fields[`role${i}`].value = fields[`role${i + 1}`].value;
            fields[`content${i}`].value = fields[`content${i + 1}`].value;
        }
        this.#turns.lastElementChild.remove();
        this.#count.value = last;
        fields[`content${last - 1}`].focus();
        this.#form.dispatchEvent(new Event('change'));
    }

    // ---- the task

    #changed() {
        this.#sending = null;
        const {type, when} = values(this.#form);
        this.#form.querySelectorAll('[data-for]').forEach(part => part.hidden = part.dataset.for !== type);
        this.#form.querySelectorAll('[data-when]').forEach(part => part.hidden = part.dataset.when !== when);
        text(this.#refusal, '');
        this.#show();
        this.#askWhen();
    }

    /** Asks soon when the task would start, which the texts do not affect. */
    #askWhen() {
        clearTimeout(this.#asking);
        if (!this.#context.rights.may('submit')) {
            return;
        }
        const mine = setTimeout(async () => {
            // the texts do not matter, and may be long
            const {task, problems} = build({...values(this.#form), prompt: 'x', content0: 'x', input: 'x'}, Date.now());
            const {type, model, priority, scheduled_at, window, finish_by, on, wait_for_model, options} = task;
            if (Object.keys(problems).length > 0 || this.#context.signal.aborted) {
                text(this.#starts, '');
                return;
            }
            const asked = {type, model, priority, scheduled_at, window, finish_by, on, wait_for_model, options,
                [type === 'embed' ? 'input' : 'prompt']: 'x'};
            try {
                const would = await this.#context.api.post('/api/tasks?dry_run=true', asked);
                this.#asking === mine && text(this.#starts, timed(wouldStart(would)));
            } catch (refused) {
                if (this.#asking !== mine) {
                    // the form has changed since
                    return;
                }
                // a refusal of the submit is not shown twice
                text(this.#starts, [429, 503].includes(refused.status) && !this.#refusal.textContent
                    ? `It would be refused now: ${refused.message}` : '');
                refused.status === 400 && this.#mark(refused);
            }
        }, ASK_MS);
        this.#asking = mine;
    }

    #show() {
        const {task, problems} = build(values(this.#form), Date.now());
        text(this.#shell, this.#line());
        this.#unknown.hidden = !task.model || !this.#models
            || this.#models.has(task.model) || this.#models.has(`${task.model}:latest`);
        for (const place of this.#form.querySelectorAll('.problem')) {
            const name = place.dataset.of;
            // an empty text is not a mistake before the submit
            const said = this.#tried || !/^(content\d|prompt|input)$/.test(name) ? problems[name] : null;
            text(place, said);
            attribute(this.#form.elements[name], 'aria-invalid', said && 'true');
        }
        return problems;
    }

    #line() {
        const now = values(this.#form);
        const {task} = build(now, Date.now());
        const origin = location.origin;
        return this.#program === 'curl' ? curl(task, origin, this.#context.api.token)
            : command(task, now, origin === 'http://localhost:8080' ? null : origin);
    }

    async #send(event) {
        event.preventDefault();
        this.#tried = true;
        const problems = this.#show();
        const first = Object.keys(problems)[0];
        if (first) {
            const wrong = this.#form.elements[first];
            wrong.closest('details')?.setAttribute('open', '');
            wrong.focus();
            return;
        }
        if (this.#submit.disabled) {
            return;
        }
        this.#submit.disabled = true;
        // sending the same task twice, for example after a lost answer, creates one task
        this.#sending ??= {
            key: crypto.getRandomValues(new Uint32Array(4)).join('-'), task: build(values(this.#form), Date.now()).task,
        };
        const {key, task} = this.#sending;
        try {
            const {id} = await this.#context.api.post('/api/tasks', task, {'Idempotency-Key': key});
            this.#sent();
            if (this.#context.signal.aborted) {
                // the user has left the view
                this.#context.say(`${id} submitted`);
            } else {
                this.#context.go(`#/tasks/${id}`);
            }
        } catch (refused) {
            this.#refused(refused);
        } finally {
            this.#submit.disabled = false;
        }
    }

    /** Shows a refusal at the field that the server names, otherwise below the form. */
    #refused(refused) {
        const control = this.#mark(refused);
        if (control) {
            control.focus();
        } else {
            text(this.#refusal, refused.message);
            text(this.#starts, '');
            this.#refusal.scrollIntoView({block: 'nearest'});
        }
    }

    /** Shows the server's error at its field. Returns the field; null if there is none. */
    #mark({message, reason, path}) {
        const [named] = /^\w+/.exec(path || reason || message) ?? [];
        const name = {scheduled_at: values(this.#form).when, expires_at: 'expires_in', messages: 'content0',
            payload: 'extra'}[named] ?? named;
        const place = [...this.#form.querySelectorAll('.problem')].find(({dataset}) => dataset.of === name);
        const control = place && this.#form.elements[name];
        control?.closest('details')?.setAttribute('open', '');
        if (!control?.checkVisibility()) {
            return null;
        }
        text(place, (reason ?? message).replace(`${named}: `, ''));
        attribute(control, 'aria-invalid', 'true');
        return control;
    }

    /** Clears the texts, and keeps the rest for the next task. */
    #sent() {
        const {model, priority, type, options, on} = values(this.#form);
        this.#forget();
        write('new', {model, priority, type, options, on});
    }

    #reset() {
        while (Number(this.#count.value) > 1) {
            this.#removeTurn(Number(this.#count.value) - 1);
        }
        this.#form.reset();
        this.#count.value = 1;
        this.#tried = false;
        this.#form.dispatchEvent(new Event('change'));
    }
}

function wouldStart({position, starts_in: time, waits_for: waits, host, loads, warnings = []}) {
    const where = host ? ` on ${host}${loads ? ', which has to load the model first' : ''}` : '';
    const place = position > 1 ? `, after ${count(position - 1, 'task')}` : '';
    const says = waits && !['place', 'turn'].includes(waits.kind) ? `It would wait for ${waits.text.replace(
        /^no host can take it now/, 'a host, because none can take it now')}`
        : time?.high < 1 ? `It would start at once${where}`
            : time ? `It would start ${within(time)}${where}${place}`
                : position > 1 ? `It would be at position ${number(position)}${where}` : `It would be next${where}`;
    return [`${says}.`, ...warnings].join(' ');
}

function field(title, control, hint) {
    const {name} = control;
    control.id = `new-${name}`;
    control.setAttribute('aria-describedby', `${name}-problem`);
    const more = hint && h('span', {class: 'hint'}, ` · ${hint}`);
    return h('div', {class: 'field'}, h('label', {for: control.id}, title, more), control, problem(name));
}

function problem(name) {
    return h('p', {class: 'failure problem', id: `${name}-problem`, 'data-of': name});
}

function check(name, title) {
    return h('label', {class: 'check'}, h('input', {type: 'checkbox', name}), title);
}

function segments(name, choices, chosen, changed = () => {}) {
    return h('div', {class: 'segments', role: 'radiogroup', 'aria-label': name},
        Object.entries(choices).map(([value, title]) => h('label', {}, h('input', {
            type: 'radio', name, value, checked: value === chosen, onchange: () => changed(value),
        }), h('span', {}, title))));
}
