// Announces what is written to users of screen readers: a sentence at a time, because the next word would interrupt a
// single one.

import {h} from './dom.js';

/** Where a sentence ends. */
const END = /[.!?…:。！？]["'”’)\]*_]*\s|\n/g;
/** This much text at once is an answer that existed before: only its last sentence is announced. */
const AT_ONCE = 2_000;
const KEPT = 4;

export class Speaker {
    #waiting = '';
    #fence = false;

    node = h('div', {class: 'visually-hidden', role: 'log', 'aria-label': 'Answer, as it arrives'});

    /** Adds a piece of the text. */
    hear(piece) {
        this.#waiting += piece;
        let end = 0;
        let before = 0;
        for (const found of this.#waiting.matchAll(END)) {
            before = end;
            end = found.index + found[0].length;
        }
        if (end > 0) {
            this.#say(this.#waiting.slice(end > AT_ONCE ? before : 0, end));
            this.#waiting = this.#waiting.slice(end);
        }
    }

    /** Ends the text. */
    end() {
        this.#say(this.#waiting);
        this.#waiting = '';
    }

    /** Begins another text. */
    again() {
        this.#waiting = '';
        this.#fence = false;
    }

    /** Announces a sentence; of code only that it is there. */
    #say(said) {
        const lines = [];
        for (const line of said.split('\n')) {
            if (/^\s*(```|~~~)/.test(line)) {
                this.#fence = !this.#fence;
                this.#fence && lines.push('code');
            } else if (!this.#fence) {
                lines.push(line.replace(/^\s*(#+|>|[-+*](?=\s)|\|)+\s*|[*_`|]+/g, ' '));
            }
        }
        const words = lines.join(' ').replace(/\s+/g, ' ').trim();
        if (words && !document.hidden) {
            this.node.append(h('p', {}, words));
            while (this.node.childElementCount > KEPT) {
                this.node.firstChild.remove();
            }
        }
    }
}
