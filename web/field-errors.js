// Shows the server's errors at the fields that they are about.

import {text} from './dom.js';

export class FieldErrors {
    #form;

    /** A field's error is shown in the element [data-error=NAME], all others in [data-error=""]. */
    constructor(form) {
        this.#form = form;
        form.addEventListener('input', event => event.target.name && this.show(event.target.name, ''));
    }

    clear() {
        for (const place of this.#form.querySelectorAll('[data-error]')) {
            this.show(place.dataset.error, '');
        }
    }

    /** Shows an error. It names the wrong value by its path, or begins with the field's name. */
    place(error) {
        const message = error.reason ?? error.message;
        const names = [error.path, error.path?.split('.').at(-1), /^(?:task_template: )?(\w+)/.exec(message)?.[1]];
        const named = names.find(name => name && this.#place(name)) ?? this.#inJson(names);
        const prompt = /needs (messages|prompt|input)/.test(message) && this.#place('prompt') && 'prompt';
        const name = prompt || named || '';
        this.show(name, message.replace(/^(\w+): /, (all, field) =>
            field === name || field === 'task_template' ? '' : all));
        const control = this.#form.elements[name];
        control?.closest?.('details')?.setAttribute('open', '');
        control?.focus?.();
    }

    show(name, message) {
        const place = this.#place(name);
        if (place) {
            text(place, message);
            this.#form.elements[name]?.setAttribute?.('aria-invalid', String(message !== ''));
        }
    }

    /** Returns the JSON field with a member of one of these names. */
    #inJson(names) {
        const json = this.#form.elements.rest?.value ?? '';
        return names.some(name => name && json.includes(JSON.stringify(name))) ? 'rest' : null;
    }

    #place(name) {
        return this.#form.querySelector(`[data-error="${CSS.escape(name)}"]`);
    }
}
