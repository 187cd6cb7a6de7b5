// A task's answer, as it is produced: its pieces are text nodes that grow.

import {attribute, button, h, put, text} from './dom.js';
import {clip, count, SHOWN_MAX} from './format.js';
import {answer} from './said.js';

export class Answer {
    #text = document.createTextNode('');
    #thinking = document.createTextNode('');
    #body = h('pre', {class: 'answer', tabindex: 0, 'aria-label': 'Answer'}, this.#text);
    #thought = h('pre', {tabindex: 0, 'aria-label': 'Thoughts'}, this.#thinking);
    #thoughts = h('details', {class: 'thoughts', hidden: true}, h('summary', {onclick: () => {
        this.#chosen = true;
    }}, 'Thoughts'), this.#thought);
    /** Whether the person has said if the thoughts are to be seen; until then they are while there is nothing else. */
    #chosen = false;
    #more = h('div');
    #copy = button('Copy', () => copy(this.#copy, this.#said), {class: 'quiet'});
    #note = h('span', {class: 'hint'});
    #waiting = [];
    #attempt = 0;
    /** Whether the result is shown, and pieces that still come have nothing to add. */
    #whole = false;
    /** All of the text, of which the page may show the beginning only. */
    #said = '';

    node = h('section', {}, h('header', {class: 'part'}, h('h2', {}, 'Answer'), this.#note, this.#copy),
        this.#thoughts, this.#body, this.#more);

    /** Says where it stands while there is no result. */
    tell(status) {
        this.node.dataset.status = status;
        text(this.#note, status === 'running' && this.#attempt > 1 ? `attempt ${this.#attempt}` : '');
    }

    /** The result of a task that has ended, null if it has none. What was streamed of a failed attempt stays. */
    finish(task) {
        this.tell(task.status);
        const result = task.status === 'failed' ? null : task.result;
        this.#whole = result !== null;
        const {text: said, thinking, tools, vectors} = answer(result);
        if (result) {
            this.#waiting = [];
            this.#said = said ?? '';
            set(this.#text, clip(this.#said));
            set(this.#thinking, clip(thinking ?? ''));
        }
        put(this.#more,
            tools && h('pre', {class: 'tools'}, JSON.stringify(tools, null, 2)),
            vectors && h('ul', {class: 'vectors'}, vectors.map(vector => h('li', {},
                h('span', {class: 'hint'}, `${count(vector.length, 'dimension')} `),
                `[${vector.slice(0, 4).map(rounded).join(', ')}${vector.length > 4 ? ', …' : ''}]`))));
        this.#shape();
        this.node.hidden = task.status !== 'running' && !this.#text.length && !this.#thinking.length
            && !tools && !vectors;
    }

    /** Adds a piece, as live.js hands it out. */
    take(piece) {
        if (this.#whole) {
            return;
        }
        if (piece.attempt !== this.#attempt || piece.offset === 0) {
            this.#attempt = piece.attempt;
            this.#waiting = [];
            this.#said = '';
            set(this.#text, '');
            set(this.#thinking, '');
            this.tell('running');
        }
        this.#waiting.push(piece);
        if (document.hidden) {
            // a page that is not seen draws nothing, but must not pile up either
            this.#write();
        } else if (this.#waiting.length === 1) {
            requestAnimationFrame(() => this.#write());
        }
    }

    #write() {
        const followed = [this.#body, this.#thought].filter(atEnd);
        for (const piece of this.#waiting.splice(0)) {
            const node = piece.thinking === undefined ? this.#text : this.#thinking;
            this.#said += piece.text ?? '';
            node.appendData((piece.text ?? piece.thinking).slice(0, SHOWN_MAX - node.length));
        }
        this.#shape();
        followed.forEach(box => box.scrollTop = box.scrollHeight);
    }

    #shape() {
        this.node.hidden = false;
        this.#thoughts.hidden = this.#thinking.length === 0;
        if (!this.#chosen) {
            this.#thoughts.open = this.node.dataset.status === 'running' && this.#text.length === 0;
        }
        this.#body.hidden = this.#text.length === 0 && this.node.dataset.status !== 'running';
        this.#copy.hidden = this.#text.length === 0;
        attribute(this.#body, 'aria-busy', this.node.dataset.status === 'running' && 'true');
    }
}

/** Copies a text, and says so on the button for a moment. */
export async function copy(control, value) {
    // pressed again, it says something else already
    const was = control.dataset.says ??= control.textContent;
    try {
        await navigator.clipboard.writeText(value);
        text(control, 'Copied');
    } catch {
        // without HTTPS there is no clipboard but the old one
        const field = h('textarea', {class: 'visually-hidden'});
        field.value = value;
        document.body.append(field);
        field.select();
        text(control, document.execCommand('copy') ? 'Copied' : 'Not allowed');
        field.remove();
        control.focus();
    }
    setTimeout(() => text(control, was), 1_500);
}

/** Who reads the end of what grows is kept there. */
function atEnd(box) {
    return box.scrollHeight - box.scrollTop - box.clientHeight < 40;
}

/** Of a vector, so that several stand side by side; the raw JSON has every digit. */
function rounded(value) {
    return typeof value === 'number' ? value.toFixed(4) : JSON.stringify(value);
}

function set(node, value) {
    if (node.data !== value) {
        node.data = value;
    }
}
