// A list of elements that are updated in place, so that they keep the focus.

/** The number of elements shown in one step. */
const AT_ONCE = 25;

/** Makes an element for each item of a list, by a key. */
export class Keyed {
    #parent;
    #key;
    #make;
    #made = new Map();

    /**
     * @param key  returns the key of an item
     * @param make creates {node, show(item)} for an item
     */
    constructor(parent, key, make) {
        this.#parent = parent;
        this.#key = key;
        this.#make = make;
    }

    /** Returns the elements of the present items, in no particular order. */
    made() {
        return [...this.#made.values()];
    }

    /** Shows these items, in this order. */
    show(items) {
        this.#keep(items);
        this.#put(items, 0);
    }

    /** Shows these items a few at a time, so that the page can be used meanwhile; until the signal is aborted. */
    async showInSteps(items, signal) {
        this.#keep(items);
        for (let begin = 0; begin < items.length && !signal.aborted; begin += AT_ONCE) {
            this.#put(items.slice(begin, begin + AT_ONCE), begin);
            await new Promise(resolve => setTimeout(resolve));
        }
    }

    /** Removes all others first, so that the remaining ones need not be moved. */
    #keep(items) {
        const there = new Set(items.map(this.#key));
        for (const [key, {node}] of this.#made) {
            if (!there.has(key)) {
                node.remove();
                this.#made.delete(key);
            }
        }
    }

    #put(items, begin) {
        const focused = document.activeElement;
        let at = this.#parent.children[begin] ?? null;
        for (const item of items) {
            const key = this.#key(item);
            const one = this.#made.get(key) ?? this.#make(item);
            this.#made.set(key, one);
            one.show(item);
            if (at === one.node) {
                at = at.nextElementSibling;
            } else {
                this.#parent.insertBefore(one.node, at);
            }
        }
        if (focused?.isConnected && this.#parent.contains(focused) && focused !== document.activeElement) {
            // an element that was moved has lost the focus
            focused.focus({preventScroll: true});
        }
    }
}
