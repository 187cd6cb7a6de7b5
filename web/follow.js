// Keeps the end of what grows in sight, for who has it in sight.

import {button, h} from './dom.js';

/** So many pixels from the end count as at it. */
const NEAR = 40;

export class Follow {
    #scroller;
    #node;
    #offer = button('Follow ↓', () => this.#toEnd(), {class: 'follow', hidden: true});

    /** @param scroller what scrolls, @param node what grows in it */
    constructor(scroller, node) {
        this.#scroller = scroller;
        this.#node = node;
        scroller.addEventListener('scroll', () => this.#offer.hidden ||= this.#below() <= NEAR);
        scroller.append(h('div', {class: 'follow-place'}, this.#offer));
    }

    /** Lets it grow. */
    grow(action) {
        const followed = this.#below() <= NEAR;
        action();
        if (followed) {
            this.#toEnd();
        } else {
            this.#offer.hidden = false;
        }
    }

    /** How far its end is below what is seen. */
    #below() {
        return this.#node.getBoundingClientRect().bottom - this.#scroller.getBoundingClientRect().bottom;
    }

    #toEnd() {
        this.#scroller.scrollTop += Math.max(0, this.#below() + NEAR / 2);
        this.#offer.hidden = true;
    }
}
