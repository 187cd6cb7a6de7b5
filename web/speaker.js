// Tells those who hear the page what is written: a sentence at a time, for single words would be cut off by the next.

import {h} from './dom.js';

/** Where a sentence ends. */
const END = /[.!?…:。！？]["'”’)\]*_]*\s|\n/g;
/** So much that comes at once is an answer that was there before: its last sentence is said only. */
const AT_ONCE = 2_000;
const KEPT = 4;

export class Speaker {
    #waiting = '';
    #fence = false;

    node = h('div', {class: 'visually-hidden', role: 'log', 'aria-label': 'Answer, as it arrives'});

    /** More of the text. */
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

    /** There is no more. */
    end() {
        this.#say(this.#waiting);
        this.#waiting = '';
    }

    /** Another text begins. */
    again() {
        this.#waiting = '';
        this.#fence = false;
    }

    /** Of code it is said only that it is there. */
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
