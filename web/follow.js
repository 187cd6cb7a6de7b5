// Keeps the end of a growing element in sight, if the user has scrolled to it.

import {button, h} from './dom.js';

/** Up to this many pixels from the end count as at the end. */
const NEAR = 40;

export class Follow {
    #scroller;
    #node;
    #offer = button('Follow ↓', () => this.#toEnd(), {class: 'follow', hidden: true});

    /** @param scroller the element that scrolls, @param node the growing element in it */
    constructor(scroller, node) {
        this.#scroller = scroller;
        this.#node = node;
        scroller.addEventListener('scroll', () => this.#offer.hidden ||= this.#below() <= NEAR);
        scroller.append(h('div', {class: 'follow-place'}, this.#offer));
    }

    /** Performs an action that lets the element grow. */
    grow(action) {
        const followed = this.#below() <= NEAR;
        action();
        if (followed) {
            this.#toEnd();
        } else {
            this.#offer.hidden = false;
        }
    }

    /** Returns how far its end is below the visible part, in pixels. */
    #below() {
        return this.#node.getBoundingClientRect().bottom - this.#scroller.getBoundingClientRect().bottom;
    }

    #toEnd() {
        this.#scroller.scrollTop += Math.max(0, this.#below() + NEAR / 2);
        this.#offer.hidden = true;
    }
}
