// The connection to the server: over WebSocket if its port can be reached, otherwise as server-sent events. After a
// break it resumes from the sequence number of the last event and the offsets of the answers, so nothing is missed.

import {serverSentEvents} from './events.js';

/**
 * A WebSocket that has not opened after this time, or after this many times the duration of two requests, counts as
 * blocked.
 */
const OPEN_MS = 2_500;
const OPEN_TIMES = 5;
/** An event stream gives a sign of life every 15 s; a WebSocket must be asked for one. */
const PING_MS = 15_000;
const SILENT_MS = 40_000;
const PAUSE_MS = 500;
const PAUSE_MAX_MS = 10_000;
/** An event stream is reopened to follow other answers: once for all changes within this time. */
const CHANGE_MS = 50;

export class Link {
    #api;
    #hooks;
    /** The only port that the page's policy allows: the server's port when it served the page. */
    #port = null;
    /** The followed answers, and how far they have come. */
    #places = new Map();
    #change = () => {};
    #wake = () => {};

    /**
     * @param hooks place(): finds the sequence number from which to continue; seq(): returns it; take(item); heard();
     *              became(mode, retryAt)
     */
    constructor(api, hooks) {
        this.#api = api;
        this.#hooks = hooks;
        addEventListener('online', () => this.wake());
        document.addEventListener('visibilitychange', () => document.hidden || this.wake());
    }

    /** Connects again without waiting any longer. */
    wake() {
        this.#wake();
    }

    /**
     * Follows answers.
     *
     * @param added {id, attempt, offset} of answers to be sent (again) from there on
     * @param ids   the set of all answers to be followed
     */
    follow(added, ids) {
        const subscribe = added.filter(place => before(place, this.#places.get(place.id)))
            .map(({id, attempt, offset}) => ({id, attempt, offset}));
        const unsubscribe = [...this.#places.keys()].filter(id => !ids.has(id));
        unsubscribe.forEach(id => this.#places.delete(id));
        subscribe.forEach(place => this.#places.set(place.id, place));
        if (subscribe.length || unsubscribe.length) {
            this.#change({subscribe, unsubscribe});
        }
    }

    /** Connects, and reconnects whenever the connection breaks, until the signal is aborted. */
    async hold(signal) {
        this.#places.clear();
        for (let failures = 0; !signal.aborted; failures++) {
            const begun = Date.now();
            try {
                const info = await this.#api.get('/api/info', null, signal);
                await this.#hooks.place(signal);
                this.#port ??= {allowed: info.ws_port};
                const took = Date.now() - begun;
                if (info.ws_port !== this.#port.allowed || !await this.#webSocket(info.ws_port, took, signal)) {
                    await this.#stream(signal);
                }
            } catch {
                // shown by the mode
            }
            if (signal.aborted) {
                return;
            }
            this.#change = () => {};
            if (Date.now() - begun > PAUSE_MAX_MS) {
                failures = 0;
            }
            const pause = Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** failures) * (0.5 + Math.random() / 2);
            this.#hooks.became('offline', Date.now() + pause);
            await this.#pause(pause, signal);
        }
    }

    /** Resolves when the WebSocket has closed; to false if it never opened. */
    #webSocket(port, took, signal) {
        if (!port) {
            return false;
        }
        const token = this.#api.token;
        const protocols = token ? ['ollama-queue', `bearer.${base64url(token)}`] : ['ollama-queue'];
        const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
        const address = `${scheme}://${location.hostname}:${port}/ws?since=${this.#hooks.seq()}`;
        return new Promise(resolve => {
            const socket = new WebSocket(address, protocols);
            const close = () => socket.close();
            const silence = this.#silence(close);
            const opening = setTimeout(close, Math.max(OPEN_MS, OPEN_TIMES * took));
            // ping frames are invisible to a page
            const ping = setInterval(() => socket.readyState === 1 && socket.send('{"ping":true}'), PING_MS);
            let opened = false;
            signal.addEventListener('abort', close);
            socket.onopen = () => {
                opened = true;
                clearTimeout(opening);
                this.#change = changes => socket.readyState === 1 && socket.send(JSON.stringify(changes));
                this.#change({subscribe: [...this.#places.values()]});
                this.#hooks.became('websocket');
            };
            socket.onmessage = message => {
                silence.over();
                this.#take(JSON.parse(message.data));
            };
            socket.onclose = () => {
                clearTimeout(opening);
                clearInterval(ping);
                silence.end();
                signal.removeEventListener('abort', close);
                resolve(opened || signal.aborted);
            };
            // a browser may reject the address at once
        }).catch(() => false);
    }

    async #stream(signal) {
        for (let again = true; again && !signal.aborted;) {
            again = false;
            const stop = new AbortController();
            const silence = this.#silence(() => stop.abort());
            let timer = 0;
            this.#change = () => {
                again = true;
                timer ||= setTimeout(() => stop.abort(), CHANGE_MS);
            };
            const chunks = [...this.#places.values()].map(({id, attempt, offset}) => `${id}@${attempt}.${offset}`);
            const query = `since=${this.#hooks.seq()}${chunks.length ? `&chunks=${chunks}` : ''}`;
            try {
                const response = await this.#api.fetch(`/api/events?${query}`, {
                    headers: {Accept: 'text/event-stream'}, signal: AbortSignal.any([signal, stop.signal]),
                });
                this.#hooks.became('sse');
                for await (const {event, data} of serverSentEvents(response, silence.over)) {
                    this.#take(event === 'reset' ? {event, ...data} : data);
                }
            } catch (broken) {
                if (!again) {
                    throw broken;
                }
            } finally {
                clearTimeout(timer);
                silence.end();
            }
        }
    }

    /** Ends a connection that is silent for too long. */
    #silence(close) {
        let timer = setTimeout(close, SILENT_MS);
        return {
            over: () => {
                this.#hooks.heard();
                clearTimeout(timer);
                timer = setTimeout(close, SILENT_MS);
            },
            end: () => clearTimeout(timer),
        };
    }

    #take(item) {
        const place = item.event === 'chunk' && this.#places.get(item.task);
        // pieces still on their way may be from further on than requested
        if (place && item.offset <= (item.attempt === place.attempt ? place.offset : 0)) {
            place.attempt = item.attempt;
            place.offset = item.end;
        }
        this.#hooks.take(item);
    }

    #pause(ms, signal) {
        return new Promise(resolve => {
            const timer = setTimeout(resolve, ms);
            this.#wake = () => {
                clearTimeout(timer);
                resolve();
            };
            signal.addEventListener('abort', this.#wake, {once: true});
        });
    }
}

/** Whether a place in an answer is before another, or there is no other. */
function before(place, other) {
    return !other || place.attempt < other.attempt || place.attempt === other.attempt && place.offset < other.offset;
}

function base64url(text) {
    return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
        .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
