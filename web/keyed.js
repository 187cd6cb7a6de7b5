// A list of elements that stay while what they show changes, so that the focus does.

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

    /** Shows these, in this order. */
    show(items) {
        const focused = document.activeElement;
        const there = new Set();
        items.forEach((item, index) => {
            const key = this.#key(item);
            there.add(key);
            const one = this.#made.get(key) ?? this.#make(item);
            this.#made.set(key, one);
            one.show(item);
            if (this.#parent.children[index] !== one.node) {
                this.#parent.insertBefore(one.node, this.#parent.children[index] ?? null);
            }
        });
        for (const [key, {node}] of this.#made) {
            if (!there.has(key)) {
                node.remove();
                this.#made.delete(key);
            }
        }
        if (focused?.isConnected && this.#parent.contains(focused)) {
            // what was moved has lost it
            focused.focus({preventScroll: true});
        }
    }
}
