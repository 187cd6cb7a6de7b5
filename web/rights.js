// What the page may do: what its token allows. A server without tokens lets everybody do everything.
//
// An element that needs a scope says so, as data-needs="submit" or "admin", and style.css hides it from who has less.
// What depends on whose task it is, a view asks here.

import {can} from './task.js';

const SCOPES = ['read', 'submit', 'admin'];

export class Rights {
    #api;
    #you = {name: null, scope: 'admin'};

    constructor(api) {
        this.#api = api;
    }

    /** Asks the server who asks. Resolves to whether that is somebody else than before. */
    async learn() {
        const {you} = await this.#api.get('/api/info');
        const changed = you.name !== this.#you.name || you.scope !== this.#you.scope;
        this.#you = you;
        document.documentElement.dataset.scope = you.scope;
        return changed;
    }

    /** The token's name, which is the client of its tasks; null without one. */
    get name() {
        return this.#you.name;
    }

    may(scope) {
        return SCOPES.indexOf(this.#you.scope) >= SCOPES.indexOf(scope);
    }

    /** Whether it is the token's to change a task, by whose it is. */
    mayChange(task) {
        return this.may('admin') || this.may('submit') && task.client === this.#you.name;
    }

    /** What can be done with a task, by what it is and by whose it is. */
    can(task) {
        const able = can(task);
        return this.mayChange(task) ? able : {again: able.again && this.may('submit')};
    }
}
