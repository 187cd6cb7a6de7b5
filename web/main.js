// The shell: shows one view at a time, according to the address, and what all views share.
//
// A view is a module in a file of its own:
//
//     export default {
//         mount(root, context, route) { … }       // fills the empty element `root`; may be async
//     };
//
// It is listed in VIEWS and MODULES. Browsers get all modules in one file, see page.sh, so that the first rows appear
// soon, and other views work even when the server is gone.
//
// The address is #/NAME, #/NAME/ID, #/NAME?filter=…; `route` is {view, id, query}: id is null if there is none, query
// is an URLSearchParams. If mount returns a function, the view stays if only id or query change, and the function is
// called with the new route; otherwise the view is mounted again. `context` has
//
//     api      get(path, query), post(path, body), put(path, body), delete(path), list(path, query): see api.js.
//              They throw an ApiError, whose message is for people
//     live     on(listener, signal): events and resets; follow(id, take, signal): an answer; see live.js
//     status   value, on(listener, signal): the state of the queue, see status.js
//     signal   aborted when the view is left. Pass it to everything that continues by itself: live.on(f, signal),
//              status.on(f, signal), addEventListener(type, f, {signal}), every(ms, f)
//     rights             may(scope), mayChange(task), can(task): the rights of the token, see rights.js
//     every(ms, f)       calls f at this interval while view and page are visible and the server can be reached
//     reading            done(), missed(again): see refresh.js
//     go(address)        for example go('#/tasks/task_…')
//     bulk     changes all tasks that match a filter, see bulk.js
//     tell     reports that a task is done, see tell.js
//     say(text)          shows a short notice; complain(error) one that stays until it is closed
//     attempt(f)         awaits f(); if it fails, complains and resolves to undefined
//
// Elements are created with dom.js, times and numbers formatted with format.js, forms kept with draft.js. Keys are
// handled by keys.js. Colours, spacing and the classes to use are in style.css.

import {Api} from './api.js';
import {Bulk} from './bulk.js';
import {Live} from './live.js';
import {Rights} from './rights.js';
import {Status} from './status.js';
import {Tell} from './tell.js';
import {attribute, h, put, text} from './dom.js';
import {connection, notice, theme, timesSwitch} from './chrome.js';
import {drawer} from './drawer.js';
import {serverName, statusLine} from './statusline.js';
import {askToken} from './token.js';
import {keys} from './keys.js';
import {offline} from './offline.js';
import backends from './backends.js';
import charts from './charts.js';
import cron from './cron.js';
import failed from './failed.js';
import newTask from './new.js';
import now from './now.js';
import queue from './queue.js';
import settings from './settings.js';
import tasks from './tasks.js';

/** The views by name. */
const VIEWS = {
    now: 'Now', queue: 'Queue', tasks: 'Tasks', failed: 'Failed',
    new: 'New task', cron: 'Cron', backends: 'Backends', charts: 'Charts',
};
/** Views that are not in the navigation, but reached from elsewhere. */
const OTHERS = {settings: 'Settings'};
const MODULES = {now, queue, tasks, failed, new: newTask, cron, backends, charts, settings};

const root = document.getElementById('view');
const notices = notice(document.getElementById('notice'));
const api = new Api({ask: askToken, asked: () => {
    live.join();
    learn();
}, slow: notices.slow});
const live = new Live(api);
const status = new Status(api, live);
const rights = new Rights(api);

const go = address => {
    location.hash = address;
};
const tell = new Tell({api, live, say: notices.say, go});
const bulk = new Bulk({api, say: notices.say, complain: notices.complain});

let shown = null;

function route() {
    const [path, query] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s);
    const [view, id] = path.split('/');
    const known = Object.hasOwn(VIEWS, view) || Object.hasOwn(OTHERS, view);
    return known ? {view, id: id ? decoded(id) : null, query: new URLSearchParams(query)} : null;
}

function decoded(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

async function show() {
    const next = route();
    if (!next) {
        location.replace('#/now');
        return;
    }
    if (shown?.view === next.view && shown.update) {
        shown.update(next);
        return;
    }
    shown?.stop.abort();
    notices.leave();
    const stop = new AbortController();
    const showing = {view: next.view, stop, update: null};
    shown = showing;
    tell.view(VIEWS[next.view] ?? OTHERS[next.view]);
    for (const link of document.querySelectorAll('#views a')) {
        attribute(link, 'aria-current', link.hash === `#/${next.view}` && 'page');
    }
    root.className = `view-${next.view}`;
    put(root);
    const update = await MODULES[next.view].mount(root, context(stop.signal), next);
    showing.update = typeof update === 'function' ? update : null;
}

/** Requests the page's rights at each contact, because the server, or the token, may have changed. */
async function learn() {
    if (await rights.learn().catch(() => false)) {
        again();
    }
}

/** Shows the view again. */
function again() {
    if (shown) {
        shown.stop.abort();
        shown = null;
        show();
    }
}

/**
 * Handles what a view could not read: shows that if there is nothing to see yet, and reads it when the server is back.
 */
function reading(signal) {
    let said = null;
    let seen = false;
    const waiting = new Set();
    live.watch(({mode}) => {
        if (mode !== 'offline') {
            const again = [...waiting];
            waiting.clear();
            again.forEach(read => read());
        }
    }, signal);
    return {
        done: () => {
            seen = true;
            said?.remove();
        },
        missed: again => {
            if (signal.aborted) {
                return;
            }
            waiting.add(again);
            if (!seen && said === null) {
                said = h('p', {class: 'panel empty unread', role: 'status'},
                    'This cannot be shown: the server cannot be reached. It appears once the server is back.');
                root.prepend(said);
            }
        },
    };
}

function context(signal) {
    return {
        api, live, status, rights, signal, say: notices.say, complain: notices.complain,
        go, tell, bulk, reading: reading(signal),
        every: (ms, action) => {
            const timer = setInterval(() => document.hidden || live.state.mode === 'offline' || action(), ms);
            signal.addEventListener('abort', () => clearInterval(timer));
        },
        attempt: async action => {
            try {
                return await action();
            } catch (failed) {
                if (failed.name !== 'AbortError' && !signal.aborted) {
                    notices.complain(failed);
                }
                return undefined;
            }
        },
    };
}

put(document.getElementById('views'), Object.entries(VIEWS).map(([name, title], index) =>
    h('a', {href: `#/${name}`, 'aria-keyshortcuts': index + 1, 'data-needs': name === 'new' && 'submit'}, title)));
theme(document.getElementById('theme'));
timesSwitch(document.getElementById('times'), again);
addEventListener('hashchange', show);
// the first request uses the open connection, others must open their own
show();
connection(document.getElementById('connection'), live);
live.watch(({mode}) => mode === 'offline' || notices.back());
live.watch(({mode}) => mode === 'offline' || learn().then(() => bulk.look()));
offline(live, notices.complain);
status.on(({mode}) => {
    const badge = document.getElementById('mode');
    badge.hidden = mode === 'running';
    text(badge, mode);
});
document.getElementById('skip').addEventListener('click', event => {
    // the address names the view, so it must not change
    event.preventDefault();
    root.focus();
});
statusLine(document.getElementById('line'), {api, live, status, complain: notices.complain});
serverName(document.getElementById('server'), {status});
const events = drawer(document.getElementById('events'), document.getElementById('events-toggle'),
    {api, live, complain: notices.complain});
keys(document.getElementById('help'), Object.keys(VIEWS), {e: events});
live.join();
