// The server's API. Every request carries the token, if there is one, in a header, never in a URL.

const KEY = 'ollama-queue.token';
/** A request without an answer for this long is reported as slow. */
const SLOW_MS = 10_000;

/** A refusal by the server (status 400 or more), or an unreachable server (status 0), with a message for people. */
export class ApiError extends Error {
    /** @param {{reason, path}} place of a mistake in a body: the error without the place, and the path of the value */
    constructor(status, message, place = {}) {
        super(message);
        this.status = status;
        this.reason = place.reason ?? message;
        this.path = place.path ?? '';
    }
}

export class Api {
    #asking = null;
    #hooks;
    #slow = 0;

    /**
     * @param hooks ask(wrong): asks the user for a token; wrong: the last one was refused; asked(): there is a new
     *              token; slow(count): this many requests have waited long for an answer
     */
    constructor(hooks) {
        this.#hooks = hooks;
    }

    /** The token, kept for this tab only; null if there is none. */
    get token() {
        return sessionStorage.getItem(KEY);
    }

    get(path, query, signal) {
        return this.#json('GET', url(path, query), undefined, {signal});
    }

    post(path, body, headers) {
        return this.#json('POST', path, body, {headers});
    }

    put(path, body) {
        return this.#json('PUT', path, body, {});
    }

    delete(path) {
        return this.#json('DELETE', path, undefined, {});
    }

    /** Returns a page of a list: {items, total}. */
    async list(path, query, signal) {
        const response = await this.fetch(url(path, query), {signal});
        return {items: await response.json(), total: Number(response.headers.get('X-Total-Count'))};
    }

    /**
     * Returns a successful response; otherwise throws an ApiError. If the server requires a token, the user is asked
     * for it and the request is sent again.
     */
    async fetch(path, options = {}) {
        for (;;) {
            const token = this.token;
            const headers = {...options.headers, ...token && {Authorization: `Bearer ${token}`}};
            const response = await this.#patiently(reach(path, {...options, headers, cache: 'no-store'}));
            if (response.ok) {
                return response;
            }
            if (response.status !== 401) {
                throw await refusal(response);
            }
            await this.#newToken(token);
            options.signal?.throwIfAborted();
        }
    }

    async #patiently(answer) {
        const more = count => {
            this.#slow += count;
            this.#hooks.slow(this.#slow);
        };
        let slow = false;
        const timer = setTimeout(() => {
            slow = true;
            more(1);
        }, SLOW_MS);
        try {
            return await answer;
        } finally {
            clearTimeout(timer);
            if (slow) {
                more(-1);
            }
        }
    }

    async #json(method, path, body, {headers, signal}) {
        const type = body === undefined ? {} : {'Content-Type': 'application/json'};
        const response = await this.fetch(path, {
            method, signal, headers: {...type, ...headers}, body: body === undefined ? undefined : JSON.stringify(body),
        });
        return response.status === 204 ? null : response.json();
    }

    /** Asks the user for a token once, even if many requests are refused at the same time. */
    async #newToken(refused) {
        if (this.token === refused) {
            this.#asking ??= this.#hooks.ask(refused !== null).then(token => {
                sessionStorage.setItem(KEY, token);
                this.#hooks.asked();
            }).finally(() => this.#asking = null);
            await this.#asking;
        }
    }
}

/** Returns a path with its query; empty parameters and nulls are omitted. */
export function url(path, query) {
    const all = new URLSearchParams();
    for (const [name, value] of Object.entries(query ?? {})) {
        if (value != null && value !== '') {
            all.set(name, value);
        }
    }
    return all.size ? `${path}?${all}` : path;
}

async function reach(path, options) {
    try {
        // relative to the page's own address, which a proxy may have put under a path
        return await fetch(new URL(path.slice(1), document.baseURI).href, options);
    } catch (failed) {
        if (failed.name === 'AbortError') {
            throw failed;
        }
        throw new ApiError(0, 'the server cannot be reached');
    }
}

async function refusal(response) {
    const answer = await response.json().catch(() => null);
    return new ApiError(response.status, answer?.error ?? `the server answered ${response.status}`, answer ?? {});
}
