// What the page may do, according to its token. A server without tokens allows everything.
//
// An element that needs a scope declares it as data-needs="submit" or "admin", and style.css hides it without that
// scope. For what depends on a task's client, views ask here.

import {can} from './task.js';

const SCOPES = ['read', 'submit', 'admin'];

export class Rights {
    #api;
    #you = {name: null, scope: 'admin'};

    constructor(api) {
        this.#api = api;
    }

    /** Asks the server for the rights of the token. Resolves to whether they belong to another token than before. */
    async learn() {
        const {you} = await this.#api.get('/api/info');
        const changed = you.name !== this.#you.name || you.scope !== this.#you.scope;
        this.#you = you;
        document.documentElement.dataset.scope = you.scope;
        return changed;
    }

    /** The token's name, which is the client of its tasks; null for none. */
    get name() {
        return this.#you.name;
    }

    may(scope) {
        return SCOPES.indexOf(this.#you.scope) >= SCOPES.indexOf(scope);
    }

    /** Whether the token may change a task, according to its client. */
    mayChange(task) {
        return this.may('admin') || this.may('submit') && task.client === this.#you.name;
    }

    /** What can be done with a task, according to its state and its client. */
    can(task) {
        const able = can(task);
        return this.mayChange(task) ? able : {again: able.again && this.may('submit')};
    }
}
