// One line under the header for what matters most at the moment, each with one action.

import {attribute, button, h, put, text} from './dom.js';
import {PATIENCE_MS} from './offline.js';
import {clockOfDay, count, number, seconds, timed} from './format.js';

/** The page's own version, which the build puts into its address. */
const OWN = new URL(import.meta.url).pathname.split('/').at(-2);

/** @param context {api, live, status, say, complain} */
export function statusLine(box, context) {
    const {live, status} = context;
    const words = h('p', {role: 'status'});
    const run = button('', () => last.run());
    const link = h('a', {class: 'button', hidden: true});
    put(box, words, link, run);
    let last = null;
    let since = null;
    const show = () => {
        if (live.state.mode !== 'offline') {
            since = null;
        } else {
            since ??= live.state.at ?? Date.now();
        }
        const focused = box.contains(document.activeElement);
        last = strongest(since, context);
        box.hidden = last === null;
        if (focused && box.hidden) {
            document.getElementById('view').focus();
        }
        if (last === null) {
            return;
        }
        box.dataset.kind = last.kind;
        text(words, last.says);
        run.hidden = !last.run;
        attribute(run, 'data-needs', last.needs);
        link.hidden = !last.href;
        text(last.run ? run : link, last.title);
        if (last.href) {
            link.setAttribute('href', last.href);
        }
    };
    live.watch(() => setTimeout(show, live.state.mode === 'offline' ? PATIENCE_MS : 0));
    status.on(show);
    addEventListener('hashchange', show);
    // a screen reader is told when the words change; while offline, they count the seconds until the next try
    setInterval(() => live.state.mode === 'offline' && show(), 1_000);
}

function strongest(since, {api, live, status, complain}) {
    const change = verb => async () => {
        try {
            status.take(await api.post(`/api/queue/${verb}`));
        } catch (failed) {
            complain(failed);
        }
    };
    if (since !== null && live.state.mode === 'offline') {
        const wait = Math.ceil(((live.state.retryAt ?? 0) - Date.now()) / 1_000);
        return {kind: 'offline', says: `No contact with the server since ${clockOfDay(since)}${
            wait > 0 ? `, trying again in ${wait} s` : ', trying again'}. The page shows the state at that time.`,
        title: 'Try now', run: () => live.retry()};
    }
    const value = status.value;
    if (value === null) {
        return null;
    }
    if (value.trouble) {
        return {kind: 'trouble', says: `The server has a problem: ${value.trouble}`, title: 'What waits',
            href: '#/queue'};
    }
    if (value.mode === 'draining') {
        const left = value.pending_tasks + value.running_tasks;
        return {kind: 'draining', says: `Draining: new tasks are refused; ${
            left ? `${count(left, 'task')} left` : 'all are done'}.`,
        title: 'Resume', needs: 'admin', run: change('resume')};
    }
    if (value.mode === 'paused') {
        return {kind: 'paused', says: `Paused: nothing new starts; ${
            value.ready_tasks ? `${number(value.ready_tasks)} ready` : 'nothing waits'}.`,
        title: 'Resume', needs: 'admin', run: change('resume')};
    }
    // the view Now shows it with an action
    const blocked = !location.hash.startsWith('#/now')
        && value.blocked.find(({kind}) => kind === 'host' || kind === 'model' || kind === 'no_window');
    if (blocked) {
        return {kind: 'blocked', says: `${count(blocked.tasks, 'task')} cannot run: ${
            timed(blocked.text.replace(/^no host can take it now: /, ''))}`, title: 'See',
        href: '#/queue?state=blocked'};
    }
    if (value.page && /^[0-9a-f]{12}$/.test(OWN) && value.page !== OWN) {
        return {kind: 'page', says: 'The server has a newer page than this one.', title: 'Reload',
            run: () => location.reload()};
    }
    return null;
}

/** Shows the server's name and version in the header, and the name, if it has one, in the tab's title. */
export function serverName(box, {status}) {
    status.on(({name, version, started_at: started}) => {
        const [called, numbered] = [name ?? location.host, version];
        text(box.firstChild ?? box.appendChild(h('b')), called);
        text(box.childNodes[1] ?? box.appendChild(h('span')), ` ${numbered}`);
        box.title = `Version ${numbered}, up for ${seconds(Date.now() - Date.parse(started))}: the server's settings`;
    });
}
