// The fields above the list that say what of the tasks is listed.

import {button, choices, h, put, text} from './dom.js';
import {CHIPS, isEmpty, none} from './filter.js';
import {short} from './task.js';

const TYPING_MS = 250;
const FIELDS = ['q', 'type', 'model', 'priority', 'client', 'relayed', 'since'];
const SINCE = {'': 'any time', '15m': 'last 15 min', '1h': 'last hour', '24h': 'last day', '7d': 'last week'};
const CALLS = {'': 'tasks and calls', true: 'only calls', false: 'no calls'};

export class FilterForm {
    #change;
    #clear = button('Clear', () => this.clear(), {class: 'quiet'});
    #models = h('datalist', {id: 'models'});
    #cron = button('', () => this.#change({cron_id: ''}), {'aria-pressed': 'true', title: 'Show other tasks too'});
    #chips = h('span', {class: 'actions'});
    #since = h('select', {name: 'since', 'aria-label': 'Submitted'},
        Object.entries(SINCE).map(([value, name]) => h('option', {value}, name)));
    #api;

    /** @param change is given what changed: names and texts */
    constructor({api, signal}, change) {
        this.#change = change;
        this.#api = api;
        let timer = 0;
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
        this.#since, this.#models, h('datalist', {id: 'priorities'}, choices(['low', 'normal', 'high', 'critical'])),
        this.#chips, this.#cron, this.#clear);
        api.get('/api/backends', null, signal).then(backends => {
            const models = new Set(backends.flatMap(({installed, loaded}) => [...installed ?? [], ...loaded ?? []]));
            put(this.#models, choices([...models].sort()));
        }).catch(() => {
            // names can be typed all the same
        });
    }

    /** Shows a filter; what is being typed is not touched. */
    fill(filter) {
        if (![...this.#since.options].some(({value}) => value === filter.since)) {
            this.#since.append(h('option', {value: filter.since}, `since ${filter.since}`));
        }
        for (const name of FIELDS) {
            const own = this.node.elements[name];
            if (own.value.trim() !== filter[name]) {
                own.value = filter[name];
            }
        }
        put(this.#chips, CHIPS.filter(name => filter[name]).map(name => button(
            `${name.replace('_', ' ')} ${filter[name]} ✕`, () => this.#change({[name]: ''}),
            {'aria-pressed': 'true', title: 'Take this out of the filter'})));
        this.#clear.hidden = isEmpty(filter);
        this.#nameCron(filter.cron_id);
    }

    /** A cron task is chosen in its own view; here it is named, and can be let go. */
    async #nameCron(id) {
        this.#cron.hidden = id === '';
        if (this.#cron.dataset.id !== id) {
            this.#cron.dataset.id = id;
            text(this.#cron, `cron ${short(id)} ✕`);
            const cron = id && await this.#api.get(`/api/cron/${encodeURIComponent(id)}`).catch(() => null);
            if (cron && this.#cron.dataset.id === id) {
                text(this.#cron, `cron ${cron.name} ✕`);
            }
        }
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
