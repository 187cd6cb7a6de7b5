// What changes on the server, as it changes, and answers as they are produced: over one connection for all tabs.

import {Link} from './link.js';
import {Tabs} from './tabs.js';

/** Who missed more than this reads its lists again, which is quicker. */
const MISSED_MAX = 2_000;
/** What a listener is told of; the server says more. */
const TOLD = ['task', 'cron', 'queue'];

export class Live {
    #api;
    #listeners = new Set();
    #watchers = new Set();
    /** Whose answers this tab follows; a hidden one lets them go, and goes on from there when it is seen again. */
    #followers = new Set();
    #keys = 0;
    #seq = null;
    #tabs = null;
    #link;
    #holding = null;

    /**
     * mode: 'connecting', 'websocket', 'sse' or 'offline'; at: when the server was last heard, null if never; retryAt:
     * when it is tried again.
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
     * Tells of every event: {seq, event: 'task'|'cron'|'queue', what, at, …}, and of {event: 'reset'}, after which what
     * was read before may be old: read it again.
     */
    on(listener, signal) {
        return join(this.#listeners, listener, signal);
    }

    /** Tells of every change of `state`, and first of what it is now. */
    watch(watcher, signal) {
        watcher(this.state);
        return join(this.#watchers, watcher, signal);
    }

    /**
     * Hands the pieces of a task's answer to `take` as they come, each once and in order: {attempt, offset, end, text}
     * or `thinking` for `text`. A higher attempt starts again. The task's last piece comes before the event of its end.
     */
    follow(id, take, signal) {
        const follower = new Follower(id, take, () => ++this.#keys, () => this.#tabs.changed());
        join(this.#followers, follower, signal);
        signal.addEventListener('abort', () => this.#tabs.changed());
        this.#tabs.changed();
    }

    /** Tries to connect now, also where another tab holds the connection. */
    retry() {
        this.#link.wake();
        this.#tabs.changed();
    }

    /** The server has answered. */
    heard() {
        this.state.at = Date.now();
    }

    /** Connects, or shares the connection of another tab: of the same page, and with the same token. */
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
                    // whoever asks is seen, and its clock is not slowed down
                    this.#link.wake();
                }
            },
        });
    }

    #news() {
        return {state: this.state, seq: this.#seq};
    }

    /** Where to resume; at first, and after a long absence, from now on. */
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
                // events went by while this tab was asleep
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

    /** Asks again, from where it is. */
    anew() {
        this.want = {...this.want, key: this.#key()};
    }

    /** An attempt begins; that which an orderly stop cut off is begun again under the same number. */
    started(task) {
        if (task.id === this.want.id) {
            Object.assign(this.want, {attempt: 0, offset: 0});
        }
    }

    /** Others may follow the same answer from another place, so pieces come twice, or from too far on. */
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
