// All tabs of a browser share one connection, because browsers open only six per origin. The tabs elect the one that
// holds it and passes on what arrives, over a BroadcastChannel, which browsers support over plain HTTP too (unlike Web
// Locks). Two leaders at a time do no harm: duplicates are recognised by their numbers, and the younger one resigns.

/** The time within which a living tab answers. */
const ANSWER_MS = 300;
const ANSWER_LATE_MS = 2_000;
/** The interval at which a tab sends what it wants, and learns from the answer that there is a leader. */
const SAY_MS = 4_000;
/** A tab that has not sent it for this long is gone, and wants nothing. */
const GONE_MS = 15_000;
/**
 * Many answers are hundreds of pieces a second, for each tab: all that arrive within this time are passed on together.
 */
const TOGETHER_MS = 20;

export class Tabs {
    #channel;
    #hooks;
    /** If several tabs lead, the oldest one remains the leader. */
    #rank = `${Date.now()} ${Math.random()}`;
    #leader = null;
    #election = 0;
    #saying = false;
    #left = false;
    #timer;
    #told = [];
    #telling = 0;
    /** For each tab, when it was heard and what it wants. */
    #wants = new Map();

    /**
     * @param name  tabs with the same name share a connection
     * @param hooks lead() and resign(): this tab must hold the connection, or no longer; news(): what a new tab must
     *              know; take(message): from the leader; wants(): what this tab wants, a list of objects with `key` and
     *              `id`; wanted(added, ids): the tabs' new wants, and the ids of all
     */
    constructor(name, hooks) {
        this.#hooks = hooks;
        this.#channel = new BroadcastChannel(name);
        this.#channel.onmessage = ({data}) => this.#hear(data);
        this.#timer = setInterval(() => this.#say(ANSWER_LATE_MS), SAY_MS);
        this.#say(ANSWER_MS);
    }

    get #leads() {
        return this.#leader === this.#rank;
    }

    /** Passes a message on, if this tab is the leader. */
    tell(message) {
        if (this.#leads) {
            this.#told.push(message);
            if (document.hidden) {
                // the timers of a hidden tab are throttled
                this.#flush();
            } else {
                this.#telling ||= setTimeout(() => this.#flush(), TOGETHER_MS);
            }
        }
    }

    #flush() {
        clearTimeout(this.#telling);
        this.#telling = 0;
        if (this.#told.length) {
            this.#channel.postMessage({messages: this.#told.splice(0)});
        }
    }

    /** Notes that this tab's wants have changed. */
    changed() {
        if (!this.#saying) {
            this.#saying = true;
            queueMicrotask(() => {
                this.#saying = false;
                this.#left || this.#say(ANSWER_LATE_MS);
            });
        }
    }

    leave() {
        clearInterval(this.#timer);
        clearTimeout(this.#election);
        if (this.#leads) {
            this.#flush();
            this.#channel.postMessage({bye: true});
            this.#hooks.resign();
        }
        this.#leader = null;
        this.#left = true;
        this.#channel.close();
    }

    #say(patience) {
        const want = this.#hooks.wants();
        if (this.#leads) {
            this.#want(this.#rank, want);
        } else {
            this.#channel.postMessage({want, from: this.#rank});
            this.#elect(patience);
        }
    }

    /** Makes this tab the leader unless there is one by then. */
    #elect(ms) {
        if (this.#election === 0) {
            this.#election = setTimeout(() => this.#lead(), ms);
        }
    }

    #lead() {
        this.#elected(this.#rank);
        this.#wants.clear();
        this.#announce();
        this.#hooks.lead();
        this.#want(this.#rank, this.#hooks.wants());
    }

    #elected(leader) {
        clearTimeout(this.#election);
        this.#election = 0;
        this.#leader = leader;
    }

    #announce() {
        this.#flush();
        this.#channel.postMessage({leader: this.#rank, messages: [this.#hooks.news()]});
    }

    #hear({leader, want, from, messages, bye}) {
        if (want && this.#leads) {
            this.#want(from, want);
            this.#announce();
        } else if (leader && this.#leads && leader > this.#rank) {
            this.#announce();
        } else if (leader) {
            const [led, other] = [this.#leads, this.#leader !== leader];
            this.#elected(leader);
            if (led) {
                this.#hooks.resign();
            }
            messages.forEach(this.#hooks.take);
            if (other) {
                this.changed();
            }
        } else if (messages && !this.#leads) {
            messages.forEach(this.#hooks.take);
        } else if (bye && !this.#leads) {
            this.#elect(Math.random() * ANSWER_MS);
        }
    }

    #want(tab, want) {
        const now = Date.now();
        const before = this.#wants.get(tab)?.want ?? [];
        this.#wants.set(tab, {at: now, want});
        for (const [other, {at}] of this.#wants) {
            if (at < now - GONE_MS) {
                this.#wants.delete(other);
            }
        }
        this.#hooks.wanted(want.filter(({key}) => before.every(one => one.key !== key)),
            new Set([...this.#wants.values()].flatMap(one => one.want.map(({id}) => id))));
    }
}
