// The filter fields above the list.

import {attribute, button, choices, h, put, text} from './dom.js';
import {chips, isEmpty, none} from './filter.js';
import {short} from './task.js';

const TYPING_MS = 250;
const FIELDS = ['q', 'type', 'model', 'priority', 'client', 'relayed', 'since'];
const SINCE = {'': 'any time', '15m': 'last 15 min', '1h': 'last hour', '24h': 'last day', '7d': 'last week'};
const CALLS = {'': 'tasks and calls', true: 'only calls', false: 'no calls'};
/** How to look up the names that ids stand for. */
const NAMED = {
    cron_id: async (api, id) => (await api.get(`/api/cron/${encodeURIComponent(id)}`)).name,
    cause: async (api, id) => (await api.get('/api/tasks/causes', {cause: id, limit: 1}))[0]?.cause,
};

export class FilterForm {
    #change;
    #clear = button('Clear', () => this.clear(), {class: 'quiet'});
    #models = h('datalist', {id: 'models'});
    /** The chips, by name and value, kept so that the focus and the names already looked up stay. */
    #chips = new Map();
    #set = h('div', {class: 'actions chips', role: 'group', 'aria-label': 'Active filters', hidden: true});
    /** The names of the ids in chips, by parameter and id. */
    #names = new Map();
    #folded = button('', () => this.#fold(!this.node.hasAttribute('data-unfolded')), {class: 'fold'});
    #api;

    /** @param change receives the changed parameters: names and texts */
    constructor({api, signal}, change) {
        this.#change = change;
        this.#api = api;
        let timer = 0;
        // the last typing must not change the next view
        signal.addEventListener('abort', () => clearTimeout(timer));
        this.node = h('form', {class: 'toolbar filters', role: 'search', 'aria-label': 'Filter', onsubmit: event => {
            event.preventDefault();
            this.#typed();
        }, oninput: () => {
            clearTimeout(timer);
            timer = setTimeout(() => this.#typed(), TYPING_MS);
        }},
        field('q', {type: 'search', dir: 'auto', placeholder: 'Search prompts, models, ids', 'aria-label': 'Search'}),
        h('select', {name: 'type', 'aria-label': 'Type'}, h('option', {value: ''}, 'any type'),
            choices(['chat', 'generate', 'embed'])),
        field('model', {list: 'models', placeholder: 'model', 'aria-label': 'Model', class: 'mono'}),
        field('priority', {list: 'priorities', placeholder: 'priority', 'aria-label': 'Priority', class: 'mono'}),
        field('client', {placeholder: 'client', 'aria-label': 'Client', class: 'mono'}),
        h('select', {name: 'relayed', 'aria-label': 'Calls'},
            Object.entries(CALLS).map(([value, name]) => h('option', {value}, name))),
        h('select', {name: 'since', 'aria-label': 'Submitted'},
            Object.entries(SINCE).map(([value, name]) => h('option', {value}, name))),
        this.#models, h('datalist', {id: 'priorities'}, choices(['low', 'normal', 'high', 'critical'])),
        this.#folded, this.#set);
        this.#fold(false);
        this.node.addEventListener('focusin', () => api.get('/api/backends', null, signal).then(backends => {
            const models = new Set(backends.flatMap(({installed, loaded}) => [...installed ?? [], ...loaded ?? []]));
            put(this.#models, choices([...models].sort()));
        }).catch(() => {
            // names can still be typed
        }), {once: true});
    }

    /** Shows a filter; does not touch what is being typed. */
    fill(filter) {
        for (const name of FIELDS) {
            const own = this.node.elements[name];
            if (own.options && ![...own.options].some(({value}) => value === filter[name])) {
                // an address may have a value that is not offered
                own.append(h('option', {value: filter[name]}, filter[name].replaceAll(',', ', ')));
            }
            if (own.value.trim() !== filter[name]) {
                own.value = filter[name];
            }
        }
        this.#set.hidden = isEmpty(filter);
        const before = this.#chips;
        const focused = [...before].find(([, chip]) => chip === document.activeElement)?.[0];
        const all = chips(filter);
        this.#chips = new Map(all.map(({name, value, without}) => {
            const key = `${name} ${value}`;
            const chip = before.get(key) ?? button('', () => this.#change(chip.without), {class: 'chip'});
            chip.without = without;
            this.#name(chip, name, value);
            return [key, chip];
        }));
        put(this.#set, ...this.#chips.values(), this.#clear);
        if (focused !== undefined) {
            // on the chip after the removed one
            const at = [...before.keys()].indexOf(focused);
            (this.#chips.get(focused) ?? [...this.#chips.values()][Math.min(at, all.length - 1)]
                ?? this.node.elements.q).focus();
        }
        text(this.#folded, all.length ? `Filter · ${all.length}` : 'Filter');
    }

    #name(chip, name, value) {
        const say = words => {
            const [what, which] = words;
            put(chip, h('span', {class: 'faint'}, what), ` ${which} `, h('span', {'aria-hidden': 'true'}, '✕'));
            attribute(chip, 'aria-label', `Remove the filter ${what} ${which}`.replace('  ', ' '));
        };
        const key = `${name} ${value}`;
        if (Object.hasOwn(NAMED, name) && !this.#names.has(key)) {
            this.#names.set(key, short(value));
            NAMED[name](this.#api, value).then(known => {
                this.#names.set(key, known || short(value));
                say([name.replace('_id', ''), this.#names.get(key)]);
            }).catch(() => {
                // it keeps showing the id
            });
        }
        say(name === 'relayed' ? ['', CALLS[value] ?? value] : name === 'since' && SINCE[value]
            ? ['submitted in the', SINCE[value]] : name === 'q' ? ['text', value]
                : [name.replace('_id', '').replace('_', ' '), this.#names.get(key) ?? value]);
    }

    /** Shows or hides the fields on a narrow page. */
    #fold(open) {
        attribute(this.node, 'data-unfolded', open);
        attribute(this.#folded, 'aria-expanded', String(open));
    }

    clear() {
        this.#change(none());
    }

    #typed() {
        this.#change(Object.fromEntries(FIELDS.map(name => [name, this.node.elements[name].value.trim()])));
    }
}

function field(name, attributes) {
    return h('input', {name, autocomplete: 'off', ...attributes});
}
