// The parts of the page that every view has: notices, the theme, the connection's state.

import {h, put, text} from './dom.js';
import {duration} from './format.js';

const NOTICE_MS = 6_000;
const THEMES = ['auto', 'light', 'dark'];
const THEME_KEY = 'ollama-queue.theme';

/** One notice at a time: a newer one replaces it. */
export function notice(box) {
    let timer = 0;
    const close = () => put(box);
    const show = (message, failed) => {
        clearTimeout(timer);
        put(box, h('p', {class: failed ? 'failure' : null}, message,
            h('button', {type: 'button', class: 'quiet', 'aria-label': 'Close the notice', onclick: close}, '✕')));
        if (!failed) {
            timer = setTimeout(close, NOTICE_MS);
        }
    };
    return {
        say: message => show(message, false),
        complain: error => show(error.message ?? String(error), true),
    };
}

/** Auto follows the system; the choice is kept in this browser. */
export function theme(button) {
    let chosen = localStorage.getItem(THEME_KEY) ?? 'auto';
    const apply = () => {
        document.documentElement.dataset.theme = chosen;
        text(button, {auto: '◐', light: '○', dark: '●'}[chosen]);
        button.title = `Colours: ${chosen}`;
        button.setAttribute('aria-label', button.title);
    };
    button.addEventListener('click', () => {
        chosen = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length];
        localStorage.setItem(THEME_KEY, chosen);
        apply();
    });
    apply();
}

/** Says how the page is connected, and while it is not, how old its data is. */
export function connection(box, live) {
    const words = h('span');
    put(box, h('span', {class: 'dot', 'aria-hidden': 'true'}), words);
    const show = () => {
        const {mode, at} = live.state;
        box.dataset.mode = mode;
        text(words, {
            connecting: 'connecting',
            websocket: 'live · WebSocket',
            sse: 'live · SSE',
            offline: at === null ? 'offline' : `offline · data ${duration(Math.floor((Date.now() - at) / 1e3) * 1e3)} old`,
        }[mode]);
    };
    live.watch(show);
    // in steps, so that a screen reader is not told of every second
    setInterval(() => live.state.mode === 'offline' && show(), 5_000);
}
