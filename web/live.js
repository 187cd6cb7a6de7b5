// Live events of the server, and answers while they are produced: over one connection for all tabs.

import {Link} from './link.js';
import {Tabs} from './tabs.js';

/** Beyond this number of missed events, lists are read again, which is faster. */
const MISSED_MAX = 2_000;
/** The kinds of events for listeners; the server sends others too. */
const TOLD = ['task', 'cron', 'queue'];

export class Live {
    #api;
    #listeners = new Set();
    #watchers = new Set();
    /** The followers of answers in this tab; a hidden tab stops following, and resumes when it is visible again. */
    #followers = new Set();
    #keys = 0;
    #seq = null;
    #tabs = null;
    #link;
    #holding = null;

    /**
     * mode: 'connecting', 'websocket', 'sse' or 'offline'; at: when the server was last heard, null if never; retryAt:
     * when the next attempt to connect begins.
     */
    state = {mode: 'connecting', at: null, retryAt: null};

    constructor(api) {
        this.#api = api;
        this.#link = new Link(api, {
            place: signal => this.#place(signal),
            seq: () => this.#seq,
            take: item => this.#tell({item}),
            became: (mode, retryAt = null) => {
                this.#become({mode, at: mode === 'offline' ? this.state.at : Date.now(), retryAt});
                this.#tabs.tell(this.#news());
            },
            heard: () => this.heard(),
        });
        addEventListener('pagehide', () => this.#tabs?.leave());
        addEventListener('pageshow', ({persisted}) => persisted && this.join());
        document.addEventListener('visibilitychange', () => {
            this.#followers.forEach(follower => follower.anew());
            this.#tabs?.changed();
        });
    }

    /**
     * Calls the listener with every event: {seq, event: 'task'|'cron'|'queue', what, at, …}, and with {event: 'reset'},
     * after which data read before may be outdated and must be read again.
     */
    on(listener, signal) {
        return join(this.#listeners, listener, signal);
    }

    /** Calls the watcher with every change of `state`, and first with the present one. */
    watch(watcher, signal) {
        watcher(this.state);
        return join(this.#watchers, watcher, signal);
    }

    /**
     * Passes the pieces of a task's answer to `take`, each once and in order: {attempt, offset, end, text}, or
     * `thinking` for `text`. A higher attempt starts again. The last piece comes before the event of the task's end.
     */
    follow(id, take, signal) {
        const follower = new Follower(id, take, () => ++this.#keys, () => this.#tabs.changed());
        join(this.#followers, follower, signal);
        signal.addEventListener('abort', () => this.#tabs.changed());
        this.#tabs.changed();
    }

    /** Tries to connect now, even if another tab holds the connection. */
    retry() {
        this.#link.wake();
        this.#tabs.changed();
    }

    /** Notes that the server has answered. */
    heard() {
        this.state.at = Date.now();
    }

    /** Connects, or shares the connection of another tab with the same page and token. */
    join() {
        this.#tabs?.leave();
        this.#tabs = new Tabs(`${import.meta.url} ${this.#api.token ?? ''}`, {
            lead: () => {
                this.#holding = new AbortController();
                this.#link.hold(this.#holding.signal);
            },
            resign: () => this.#holding.abort(),
            news: () => this.#news(),
            take: message => this.#take(message),
            wants: () => document.hidden ? [] : [...this.#followers].map(follower => follower.want),
            wanted: (added, ids) => {
                this.#link.follow(added, ids);
                if (document.hidden) {
                    // the requesting tab is visible, so its timers are not throttled
                    this.#link.wake();
                }
            },
        });
    }

    #news() {
        return {state: this.state, seq: this.#seq};
    }

    /** Decides where to resume: at first, and after a long absence, from now on. */
    async #place(signal) {
        const status = await this.#api.get('/api/status', null, signal);
        this.heard();
        const missed = status.last_seq - this.#seq;
        if (this.#seq === null || missed < 0 || missed > MISSED_MAX) {
            this.#tell({item: {event: 'reset', seq: status.last_seq}});
        }
    }

    #tell(message) {
        this.#tabs.tell(message);
        this.#take(message);
    }

    #take({item, state, seq}) {
        if (state) {
            this.#become(state);
            if (this.#seq !== null && seq > this.#seq) {
                // events were missed while this tab was asleep
                this.#take({item: {event: 'reset', seq}});
            }
            this.#seq ??= seq;
        } else if (item.event === 'chunk') {
            this.#followers.forEach(follower => guarded(() => follower.hear(item)));
        } else if (item.event === 'reset' || TOLD.includes(item.event) && item.seq > this.#seq) {
            this.#seq = item.seq;
            if (item.event === 'task' && item.what === 'started') {
                this.#followers.forEach(follower => follower.started(item.task));
            }
            this.#listeners.forEach(listener => guarded(() => listener(item)));
        }
    }

    #become(state) {
        const other = this.state.mode !== state.mode;
        this.state = {...state, at: Math.max(state.at, this.state.at) || null};
        if (other) {
            this.#watchers.forEach(watcher => guarded(() => watcher(this.state)));
        }
    }
}

/** Follows one answer for one panel. */
class Follower {
    #take;
    #key;
    #changed;
    #missed = null;

    constructor(id, take, key, changed) {
        this.#take = take;
        this.#key = key;
        this.#changed = changed;
        this.want = {key: key(), id, attempt: 0, offset: 0};
    }

    /** Requests the answer again, from the present place. */
    anew() {
        this.want = {...this.want, key: this.#key()};
    }

    /** Notes the beginning of an attempt; one that a normal stop interrupted begins again under the same number. */
    started(task) {
        if (task.id === this.want.id) {
            Object.assign(this.want, {attempt: 0, offset: 0});
        }
    }

    /**
     * Takes a piece. Others may follow the same answer from another place, so pieces may come twice, or from too far
     * on.
     */
    hear({task, ...piece}) {
        const {id, attempt, offset} = this.want;
        if (task !== id || piece.attempt < attempt || piece.attempt === attempt && piece.end <= offset) {
            return;
        }
        const known = piece.attempt === attempt ? offset - piece.offset : -piece.offset;
        if (known < 0) {
            const place = `${attempt}.${offset}`;
            if (this.#missed !== place) {
                this.#missed = place;
                this.anew();
                this.#changed();
            }
            return;
        }
        Object.assign(this.want, {attempt: piece.attempt, offset: piece.end});
        const kind = piece.thinking === undefined ? 'text' : 'thinking';
        const bytes = known > 0 && new TextEncoder().encode(piece[kind]).subarray(known);
        this.#take(bytes ? {...piece, offset, [kind]: new TextDecoder().decode(bytes)} : piece);
    }
}

/** Adds to a set until the signal is aborted; an already aborted signal does not fire again. */
export function join(set, member, signal) {
    if (signal?.aborted) {
        return;
    }
    set.add(member);
    signal?.addEventListener('abort', () => set.delete(member));
}

/** Reports the fault of a listener, so that the others are still called. */
function guarded(action) {
    try {
        action();
    } catch (fault) {
        reportError(fault);
    }
}
