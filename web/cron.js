// The view Cron: the recurring tasks, and the next 24 hours. Opening one, or a new one, shows cron-edit.js.

import {h, put, text} from './dom.js';
import {ago, count, exact, number} from './format.js';
import {hourMinute} from './axis.js';
import {MARKS} from './task.js';
import {refresh} from './refresh.js';
import {DUE_MAX, strip, stripHours, stripStart} from './strip.js';
import {edit} from './cron-edit.js';

const FRESH_MS = 15_000;
const SOON_MS = 300;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Limited, because each row has a strip to draw. */
const SHOWN_MAX = 200;

export default {
    mount(root, context, route) {
        return route.id ? edit(root, context, route.id === 'new' ? null : route.id) : list(root, context);
    },
};

function list(root, context) {
    const body = h('tbody');
    const hours = h('th', {scope: 'col', class: 'cron-strip'});
    const table = h('table', {class: 'cron-list', hidden: true},
        h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'Name'), h('th', {scope: 'col'}, 'When'), hours,
            h('th', {scope: 'col'}, 'Next'), h('th', {scope: 'col'}, 'Runs'),
            h('th', {scope: 'col'}, h('span', {class: 'visually-hidden'}, 'Actions')))),
        body);
    const empty = h('p', {class: 'panel empty', hidden: true}, 'No recurring tasks yet. ',
        h('span', {'data-needs': 'admin'}, h('a', {href: '#/cron/new'}, 'Add one'),
            ', for example a report every morning at nine.'));
    const more = h('p', {class: 'hint', hidden: true});
    const hourly = h('ol', {class: 'cron-day'});
    const day = h('section', {class: 'panel', 'aria-labelledby': 'cron-day', hidden: true},
        h('header', {}, h('h2', {id: 'cron-day'}, 'Due in the next 24 hours'), h('p', {class: 'hint'},
            `by the hour, ${new Date().toLocaleTimeString('en', {timeZoneName: 'short'}).split(' ').at(-1)}`)), hourly);
    let dayShown = '';
    put(root, h('div', {class: 'page'},
        h('div', {class: 'toolbar'}, h('h1', {}, 'Cron'), h('a', {class: 'button end', href: '#/cron/new',
            'data-needs': 'admin'}, 'New cron task')),
        empty, table, more, day));
    const due = new DueTimes(context);
    let rows = new Map();
    let asked = 0;
    let shown = 0;
    const load = () => refresh(context, async () => {
        const mine = ++asked;
        const {items: crons, total} = await context.api.list('/api/cron', {limit: SHOWN_MAX}, context.signal);
        const now = Date.now();
        const start = stripStart(now);
        const times = await Promise.all(crons.map(cron => cron.enabled ? due.of(cron, start) : []));
        if (mine < shown) {
            // a newer answer arrived first
            return;
        }
        shown = mine;
        empty.hidden = crons.length > 0;
        table.hidden = crons.length === 0;
        more.hidden = total <= crons.length;
        text(more, `The first ${number(crons.length)} of ${number(total)}.`);
        put(hours, h('span', {class: 'skip'}, 'Next 24 hours'), stripHours(start));
        // unchanged rows stay, and with them the focus and a button that is being pressed
        const focused = document.activeElement?.dataset.act;
        rows = new Map(crons.map((cron, index) => {
            const version = `${start} ${JSON.stringify(cron)}`;
            const before = rows.get(cron.id);
            return [cron.id, before?.version === version ? before
                : {version, ...row(cron, times[index], start, now, context, load)}];
        }));
        const elements = [...rows.values()].map(({element}) => element);
        if (elements.length !== body.children.length || elements.some((one, index) => one !== body.children[index])) {
            put(body, elements);
            if (focused) {
                body.querySelector(`[data-act="${CSS.escape(focused)}"]`)?.focus();
            }
        }
        rows.forEach(({tell}) => tell(now));
        const dayNow = JSON.stringify([Math.floor(now / 60_000), crons.map(cron => [cron.id, cron.name]), times]);
        if (dayNow !== dayShown) {
            dayShown = dayNow;
            put(hourly, calendar(crons, times, now));
            day.hidden = hourly.childElementCount === 0;
        }
    });
    let soon = 0;
    context.live.on(event => {
        if (event.event === 'cron' || event.event === 'reset') {
            clearTimeout(soon);
            soon = setTimeout(load, SOON_MS);
        }
    }, context.signal);
    context.signal.addEventListener('abort', () => clearTimeout(soon));
    context.every(FRESH_MS, load);
    load();
    context.live.watch(({mode}) => mode === 'offline' || rows.size === 0 || load(), context.signal);
}

/** tell(now) updates what depends on the time. */
function row(cron, times, start, now, context, load) {
    const {type, model} = cron.task_template;
    const words = `${cron.name}: ${cron.enabled ? `${cron.description}, next ${exact(cron.next_run)}` : 'disabled'}`;
    const next = h('td', {class: 'cron-next', title: exact(cron.next_run)});
    const last = h('div', {class: 'faint'});
    const act = call => () => context.attempt(async () => {
        await call();
        await load();
    });
    const run = act(async () => {
        const task = await context.api.post(`/api/cron/${cron.id}/run`);
        context.say(`${cron.name} runs as ${task.id}.`);
    });
    const enable = async ({target: box}) => {
        const path = `/api/cron/${cron.id}/${box.checked ? 'enable' : 'disable'}`;
        if (await context.attempt(() => context.api.put(path)) === undefined) {
            // unchanged
            box.checked = cron.enabled;
        } else {
            await load();
        }
    };
    const element = h('tr', {class: !cron.enabled && 'off', 'data-cron': cron.id},
        h('th', {scope: 'row'}, h('a', {href: `#/cron/${cron.id}`}, cron.name),
            h('p', {class: 'hint mono'}, [type, model].filter(Boolean).join(' · '))),
        h('td', {class: 'cron-when'}, h('p', {}, h('code', {}, cron.cron_expr),
            h('span', {}, ` ${cron.timezone}`)), h('span', {}, cron.description)),
        h('td', {class: 'cron-strip'}, strip(start, now, times, words)),
        next,
        h('td', {class: 'cron-runs', title: cron.last_skip_reason && `last skipped: ${cron.last_skip_reason}`},
            runs(cron), marks(cron), last),
        h('td', {class: 'cron-actions'},
            h('button', {type: 'button', class: 'quiet', 'data-act': `run ${cron.id}`,
                'aria-label': `Run now: ${cron.name}`, onclick: run, 'data-needs': 'admin'}, 'Run now'),
            h('label', {class: 'check', 'data-needs': 'admin'}, h('input', {type: 'checkbox', checked: cron.enabled,
                'data-act': `on ${cron.id}`, 'aria-label': `${cron.name} enabled`, onchange: enable}), 'on')));
    const tell = moment => {
        text(next, cron.next_run ? ago(cron.next_run, moment) : cron.enabled ? 'never' : 'disabled');
        text(last, cron.last_run && ago(cron.last_run, moment));
    };
    return {element, tell};
}

function runs(cron) {
    const failed = cron.failure_count > 0 && h('span', {class: 'failure'}, ` ${cron.failure_count} failed`);
    const skipped = cron.skipped_count > 0 && h('span', {class: 'faint'}, ` ${cron.skipped_count} skipped`);
    return [count(cron.run_count, 'run'), failed, skipped];
}

/** The outcomes of its last runs, newest at the right, with links to their tasks. */
function marks({id, last_runs: last}) {
    const told = last.map(({status}) => status ?? 'not ended').join(', ');
    return last.length > 0 && h('a', {class: 'run-marks', href: `#/tasks?cron_id=${encodeURIComponent(id)}`},
        h('span', {'aria-hidden': 'true'}, last.toReversed().map(({due_at: at, status}) => h('span',
            {'data-status': status ?? 'running', title: `${status ?? 'not ended'} · ${exact(at)}`},
            MARKS[status ?? 'running']))),
        h('span', {class: 'visually-hidden'}, `Its last runs, newest first: ${told}`));
}

/** The due times of the next 24 hours, hour by hour. */
function calendar(crons, times, now) {
    const hours = new Map();
    crons.forEach((cron, index) => {
        for (const time of times[index].filter(one => one > now && one < now + DAY_MS)) {
            const hour = Math.floor(time / HOUR_MS) * HOUR_MS;
            hours.set(hour, hours.get(hour) ?? new Map());
            hours.get(hour).set(cron, [...hours.get(hour).get(cron) ?? [], time]);
        }
    });
    return [...hours.keys()].sort((a, b) => a - b).map(hour => {
        const due = [...hours.get(hour)].sort(([, a], [, b]) => a[0] - b[0]);
        const all = due.reduce((sum, [, of]) => sum + of.length, 0);
        return h('li', {}, h('time', {datetime: new Date(hour).toISOString(), title: exact(hour)}, hourMinute(hour)),
            h('span', {class: 'number'}, number(all)), h('span', {}, due.map(([cron, of], index) => [index > 0 && ', ',
                h('a', {href: `#/cron/${cron.id}`}, cron.name),
                of.length > 1 ? ` ×${number(of.length)}` : ` ${hourMinute(of[0])}`])));
    });
}

/** The due times of cron tasks; those of each are requested once an hour, and after it has changed. */
class DueTimes {
    #context;
    #known = new Map();

    constructor(context) {
        this.#context = context;
    }

    async of(cron, start) {
        const version = `${start} ${cron.updated_at}`;
        const known = this.#known.get(cron.id);
        if (known?.version === version) {
            return known.times;
        }
        const preview = await this.#context.api.get('/api/cron/preview', {
            id: cron.id, count: DUE_MAX, from: new Date(Date.now()).toISOString(),
        }, this.#context.signal);
        const times = preview.next.map(Date.parse);
        this.#known.set(cron.id, {version, times});
        return times;
    }
}
