// The state of the queue from GET /api/status, kept up to date: soon after events, and every ten seconds anyway.

import {join} from './live.js';

const SOON_MS = 700;
const ANYWAY_MS = 10_000;

export class Status {
    #api;
    #live;
    #listeners = new Set();
    #timer = 0;
    #due = 0;
    /** The number of requests sent, and the number of the one whose answer is shown. */
    #asked = 0;
    #answered = 0;

    /** The last answer; null before the first. */
    value = null;

    constructor(api, live) {
        this.#api = api;
        this.#live = live;
        live.on(() => this.#schedule(SOON_MS));
        live.watch(state => state.mode === 'offline' || this.#schedule(0));
        document.addEventListener('visibilitychange', () => this.#schedule(0));
    }

    /** Calls the listener with every new value, and first with the last one. */
    on(listener, signal) {
        if (this.value) {
            listener(this.value);
        }
        join(this.#listeners, listener, signal);
    }

    /** Takes the answer of a request, such as /api/queue/pause. */
    take(value, asked = ++this.#asked) {
        if (asked < this.#answered) {
            // a newer answer arrived first
            return;
        }
        this.#answered = asked;
        this.value = value;
        this.#live.heard();
        this.#listeners.forEach(listener => listener(value));
    }

    async #refresh() {
        this.#due = 0;
        if (document.hidden) {
            // wait until the page is visible
            return;
        }
        const asked = ++this.#asked;
        try {
            this.take(await this.#api.get('/api/status'), asked);
        } catch {
            // shown by the connection's state
        }
        this.#schedule(ANYWAY_MS);
    }

    #schedule(ms) {
        const at = Date.now() + ms;
        if (this.#due === 0 || at < this.#due) {
            clearTimeout(this.#timer);
            this.#due = at;
            this.#timer = setTimeout(() => this.#refresh(), ms);
        }
    }
}
