// The parts of the page that every view has: notices, the theme, the connection's state.

import {button, h, put, text} from './dom.js';
import {seconds, times} from './format.js';

const NOTICE_MS = 6_000;
const THEMES = ['auto', 'light', 'dark'];
const THEME_KEY = 'ollama-queue.theme';
const TIMES = ['relative', 'local', 'utc'];
const TIMES_KEY = 'ollama-queue.times';

/** One notice at a time: a newer one replaces it. */
export function notice(box) {
    let timer = 0;
    /** What ends the present notice: 'time', 'view', 'contact' (the server can be reached), 'answer'. */
    let ends = null;
    const close = () => put(box);
    const show = (message, until) => {
        clearTimeout(timer);
        ends = until;
        put(box, h('p', {class: ends === 'time' ? null : 'failure'}, message,
            button('✕', close, {class: 'quiet', 'aria-label': 'Close the notice'})));
        if (ends === 'time') {
            timer = setTimeout(close, NOTICE_MS);
        }
    };
    return {
        say: message => show(message, 'time'),
        complain: error => show(error.message ?? String(error), error.status === 0 ? 'contact' : 'view'),
        slow: waiting => waiting > 0 ? show('The server has not answered for 10 s. Still waiting …', 'answer')
            : ends === 'answer' && close(),
        /** Called when the view is left: its complaints are over, but what it said may be about the next view. */
        leave: () => ends === 'time' || close(),
        /** Called when the server can be reached again. */
        back: () => ends === 'contact' && close(),
    };
}

/** Auto follows the system; the choice is kept in this browser. */
export function theme(control) {
    let chosen = localStorage.getItem(THEME_KEY) ?? 'auto';
    const apply = () => {
        document.documentElement.dataset.theme = chosen;
        text(control, {auto: '◐', light: '☼', dark: '☾'}[chosen]);
        control.title = `Colours: ${chosen}`;
        control.setAttribute('aria-label', control.title);
    };
    control.addEventListener('click', () => {
        chosen = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length];
        localStorage.setItem(THEME_KEY, chosen);
        apply();
    });
    apply();
}

/**
 * A switch for how times are shown; the choice is kept in this browser.
 *
 * @param changed called when times must be shown anew
 */
export function timesSwitch(control, changed) {
    const apply = () => {
        text(control, {relative: '2m', local: '14:02', utc: 'UTC'}[times.mode]);
        control.title = `Times: ${{relative: 'how long ago', local: 'local', utc: 'UTC'}[times.mode]}`;
        control.setAttribute('aria-label', `${control.textContent}, ${control.title}`);
    };
    const kept = localStorage.getItem(TIMES_KEY);
    times.mode = TIMES.includes(kept) ? kept : times.mode;
    control.addEventListener('click', () => {
        times.mode = TIMES[(TIMES.indexOf(times.mode) + 1) % TIMES.length];
        localStorage.setItem(TIMES_KEY, times.mode);
        apply();
        changed();
    });
    apply();
}

/** Shows how the page is connected and, while it is not, how old its data is. */
export function connection(box, live) {
    const words = h('span');
    const how = h('span', {class: 'how'});
    put(box, h('span', {class: 'dot', 'aria-hidden': 'true'}), h('span', {}, words, how));
    const show = () => {
        const {mode, at} = live.state;
        box.dataset.mode = mode;
        text(words, {
            connecting: 'connecting',
            websocket: 'live',
            sse: 'live',
            offline: at === null ? 'offline' : `offline · data ${seconds(Date.now() - at)} old`,
        }[mode]);
        text(how, {websocket: ' · WebSocket', sse: ' · SSE'}[mode]);
    };
    live.watch(show);
    // in steps, so that a screen reader does not announce every second
    setInterval(() => live.state.mode === 'offline' && show(), 5_000);
}
