// A list of elements that stay while what they show changes, so that the focus does.

/** So many are shown in one step. */
const AT_ONCE = 25;

/** Makes an element for each item of a list, by a key. */
export class Keyed {
    #parent;
    #key;
    #make;
    #made = new Map();

    /**
     * @param key  of an item
     * @param make of an item: {node, show(item)}
     */
    constructor(parent, key, make) {
        this.#parent = parent;
        this.#key = key;
        this.#make = make;
    }

    /** What was made of the items that are shown, in no order. */
    made() {
        return [...this.#made.values()];
    }

    /** Shows these, in this order. */
    show(items) {
        this.#keep(items);
        this.#put(items, 0);
    }

    /** Shows these, some at a time, so that the page can be used meanwhile; until the signal is aborted. */
    async showInSteps(items, signal) {
        this.#keep(items);
        for (let begin = 0; begin < items.length && !signal.aborted; begin += AT_ONCE) {
            this.#put(items.slice(begin, begin + AT_ONCE), begin);
            await new Promise(resolve => setTimeout(resolve));
        }
    }

    /** Removes all others first, so that those that stay have not to be moved. */
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
            // what was moved has lost it
            focused.focus({preventScroll: true});
        }
    }
}
