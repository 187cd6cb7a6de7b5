// What changes on the server, as it changes: over WebSocket where its port can be reached, else as server-sent events.
// After a break it resumes by the sequence number of the last event, so nothing is missed and nothing told twice.

import {serverSentEvents} from './events.js';

/** A WebSocket that has not opened by then is taken to be blocked. */
const OPEN_MS = 2_500;
/** An event stream gives a sign of life every 15 s; a WebSocket is asked for one. */
const PING_MS = 15_000;
const SILENT_MS = 40_000;
const PAUSE_MS = 500;
const PAUSE_MAX_MS = 10_000;
/** Who missed more than this reads its lists anew, which is quicker. */
const MISSED_MAX = 2_000;
/** What a listener is told of; the server says more. */
const TOLD = ['task', 'cron', 'queue'];

export class Live {
    #api;
    #listeners = new Set();
    #watchers = new Set();
    #seq = null;
    /** The page's policy allows the port that the server had when it served the page; another is in vain. */
    #port = null;
    #wake = () => {};

    /** mode: 'connecting', 'websocket', 'sse' or 'offline'; at: when the server was last heard, null if never. */
    state = {mode: 'connecting', at: null};

    constructor(api) {
        this.#api = api;
        addEventListener('online', () => this.#wake());
        document.addEventListener('visibilitychange', () => document.hidden || this.#wake());
    }

    /**
     * Tells of every event: {seq, event: 'task'|'cron'|'queue', what, at, …}, and of {event: 'reset'}, after which what
     * was read before may be old: read it anew.
     */
    on(listener, signal) {
        return join(this.#listeners, listener, signal);
    }

    /** Tells of every change of `state`, and first of what it is now. */
    watch(watcher, signal) {
        watcher(this.state);
        return join(this.#watchers, watcher, signal);
    }

    /** The server has answered. */
    heard() {
        this.state.at = Date.now();
    }

    /** Connects, and again whenever the connection breaks, for as long as the page lives. */
    async run() {
        for (let failures = 0;; failures++) {
            const begun = Date.now();
            try {
                const info = await this.#api.get('/api/info');
                await this.#place();
                this.#port ??= {allowed: info.ws_port};
                if (info.ws_port !== this.#port.allowed || !await this.#webSocket(info.ws_port)) {
                    await this.#stream();
                }
            } catch {
                // told by the state
            }
            if (Date.now() - begun > PAUSE_MAX_MS) {
                failures = 0;
            }
            this.#become('offline');
            await this.#pause(Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** failures) * (0.5 + Math.random() / 2));
        }
    }

    /** Where to resume; at first, and after a long absence, from now on. */
    async #place() {
        const status = await this.#api.get('/api/status');
        this.heard();
        const missed = status.last_seq - this.#seq;
        if (this.#seq === null || missed < 0 || missed > MISSED_MAX) {
            this.#seq = status.last_seq;
            this.#tell({event: 'reset', seq: status.last_seq});
        }
    }

    /** Resolves when it has closed: to false if it never opened. */
    #webSocket(port) {
        if (!port) {
            return false;
        }
        const token = this.#api.token;
        const protocols = token ? ['ollama-queue', `bearer.${base64url(token)}`] : ['ollama-queue'];
        const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
        const address = `${scheme}://${location.hostname}:${port}/ws?since=${this.#seq}`;
        return new Promise(resolve => {
            const socket = new WebSocket(address, protocols);
            const silence = this.#silence(() => socket.close());
            const opening = setTimeout(() => socket.close(), OPEN_MS);
            // a page sees no ping frames
            const ping = setInterval(() => socket.readyState === 1 && socket.send('{"ping":true}'), PING_MS);
            let opened = false;
            socket.onopen = () => {
                opened = true;
                clearTimeout(opening);
                this.#become('websocket');
            };
            socket.onmessage = message => {
                silence.over();
                this.#take(JSON.parse(message.data));
            };
            socket.onclose = () => {
                clearTimeout(opening);
                clearInterval(ping);
                silence.end();
                resolve(opened);
            };
            // a browser may refuse the address at once
        }).catch(() => false);
    }

    async #stream() {
        const stop = new AbortController();
        const response = await this.#api.fetch(`/api/events?since=${this.#seq}`, {
            headers: {Accept: 'text/event-stream'}, signal: stop.signal,
        });
        this.#become('sse');
        const silence = this.#silence(() => stop.abort());
        try {
            for await (const {event, data} of serverSentEvents(response, silence.over)) {
                this.#take(event === 'reset' ? {event, ...data} : data);
            }
        } finally {
            silence.end();
        }
    }

    /** Ends a connection that says nothing for too long. */
    #silence(close) {
        let timer = setTimeout(close, SILENT_MS);
        return {
            over: () => {
                this.heard();
                clearTimeout(timer);
                timer = setTimeout(close, SILENT_MS);
            },
            end: () => clearTimeout(timer),
        };
    }

    #take(event) {
        if (event.event === 'reset' || TOLD.includes(event.event) && event.seq > this.#seq) {
            this.#seq = event.seq;
            this.#tell(event);
        }
    }

    #tell(event) {
        for (const listener of this.#listeners) {
            guarded(() => listener(event));
        }
    }

    #become(mode) {
        if (this.state.mode !== mode) {
            this.state = {...this.state, mode, at: mode === 'offline' ? this.state.at : Date.now()};
            this.#watchers.forEach(watcher => guarded(() => watcher(this.state)));
        }
    }

    #pause(ms) {
        return new Promise(resolve => {
            const timer = setTimeout(resolve, ms);
            this.#wake = () => {
                clearTimeout(timer);
                resolve();
            };
        });
    }
}

/** Adds to a set until the signal is aborted; one that is aborted already tells of it no more. */
export function join(set, member, signal) {
    if (signal?.aborted) {
        return;
    }
    set.add(member);
    signal?.addEventListener('abort', () => set.delete(member));
}

/** One listener's fault is reported and does not keep the others from hearing. */
function guarded(action) {
    try {
        action();
    } catch (fault) {
        reportError(fault);
    }
}

function base64url(text) {
    return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
        .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
