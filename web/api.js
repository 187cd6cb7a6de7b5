// The server's API. Every request bears the token, if there is one, in its header: never in a URL.

const KEY = 'ollama-queue.token';
/** A request without an answer for so long is told of. */
const SLOW_MS = 10_000;

/** What the server refused (status 400 and more), or that it could not be reached (status 0), in words for people. */
export class ApiError extends Error {
    /** @param {{reason, path}} place of a mistake in a body: what is wrong without the place, and the value's path */
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
     * @param hooks ask(wrong): asks the person for a token, wrong: the last one was refused; asked(): there is another
     *              token; slow(count): so many requests have waited long for an answer
     */
    constructor(hooks) {
        this.#hooks = hooks;
    }

    /** Kept for this tab only. Null if there is none. */
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

    /** A page of a list: {items, total}. */
    async list(path, query, signal) {
        const response = await this.fetch(url(path, query), {signal});
        return {items: await response.json(), total: Number(response.headers.get('X-Total-Count'))};
    }

    /**
     * A response that is good; else an ApiError. Where the server wants a token the person is asked, and the request
     * goes out again.
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

    /** Many requests may be refused at once; the person is asked once. */
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

/** A path with its query; what is null or empty is left out. */
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
        // below the page's own address, which a proxy may have put under a path
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
