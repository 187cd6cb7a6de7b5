// A task's answer while it is produced: rendered Markdown, or the text as it is.

import {attribute, button, h, put, text} from './dom.js';
import {clip, count, number, plain, SHOWN_MAX} from './format.js';
import {copy} from './copy.js';
import {Follow} from './follow.js';
import {Markdown} from './markdown.js';
import {answer} from './said.js';
import {Speaker} from './speaker.js';

/** A longer answer is shown as plain text. */
const MARKDOWN_MAX = 200_000;
/** If drawing takes longer, it is done less often, so that it takes at most a tenth of the time. */
const FRAME_MS = 8;
/** But at least this often: the machine may have been the slow part. */
const PAUSE_MAX_MS = 2_000;

export class Answer {
    #source = document.createTextNode('');
    #thinking = document.createTextNode('');
    #plain = h('pre', {}, this.#source);
    #rendered = h('div', {class: 'markdown'});
    #markdown = new Markdown(this.#rendered);
    #body = h('div', {class: 'answer'}, this.#rendered);
    #thoughts = h('details', {class: 'thoughts', hidden: true}, h('summary', {onclick: () => {
        this.#chosen = true;
    }}, 'Thoughts'), h('pre', {}, this.#thinking));
    /**
     * Whether the user has chosen to see or hide the thoughts; until then they are shown while there is nothing else.
     */
    #chosen = false;
    #more = h('div');
    #copy = button('Copy', () => copy(this.#copy, this.#said), {class: 'quiet'});
    /** Whether the source is shown, because the user chose it or the answer is not Markdown. */
    #asSource = false;
    #toggle = button('Source', () => this.toggle(), {class: 'quiet', 'aria-pressed': 'false',
        'aria-keyshortcuts': 's', title: 'As the model wrote it (s)'});
    #note = h('span', {class: 'hint'});
    #waiting = [];
    #drawAt = 0;
    #attempt = 0;
    /** Whether the result is shown, so that further pieces add nothing. */
    #whole = false;
    /** The complete text so far, of which the page may show only the beginning. */
    #said = '';
    #follow;
    #speaker = new Speaker();

    node = h('section', {class: 'said'}, h('header', {class: 'part'}, h('h2', {}, 'Answer'), this.#note, this.#toggle,
        this.#copy), this.#thoughts, this.#body, this.#more, this.#speaker.node);

    /**
     * @param scroller the element that scrolls it
     * @param spoke    called when the first text arrives
     */
    constructor(scroller, spoke) {
        this.#follow = new Follow(scroller, this.#body);
        this.spoke = spoke;
    }

    /** Whether any part of the answer itself has arrived. */
    get speaks() {
        return this.#said.length > 0 || this.#thinking.length > 0;
    }

    /** Shows the status while there is no result. */
    tell(status) {
        this.node.dataset.status = status;
        text(this.#note, status === 'running' && this.#attempt > 1 ? `attempt ${this.#attempt}` : '');
    }

    /** Shows the result of an ended task; null if it has none. The streamed text of a failed attempt stays. */
    finish(task) {
        this.tell(task.status);
        const result = task.status === 'failed' ? null : task.result;
        const first = result !== null && !this.#whole;
        this.#whole = result !== null;
        const {text: said, thinking, tools, vectors} = answer(result);
        if (first) {
            this.#asSource ||= task.payload.format !== undefined;
            this.#waiting = [];
            if (this.#attempt > 0 && said?.startsWith(this.#said)) {
                // the last pieces may not have been drawn yet, or not have arrived
                this.#speaker.hear(said.slice(this.#said.length));
            }
            this.#said = said ?? '';
            set(this.#thinking, plain(clip(thinking ?? '')));
            this.#draw();
        }
        if (task.status !== 'running' && this.speaks) {
            this.#speaker.end();
        }
        put(this.#more,
            tools && h('pre', {class: 'tools'}, JSON.stringify(tools, null, 2)),
            vectors && h('ul', {class: 'vectors'}, vectors.map(vector => h('li', {},
                h('span', {class: 'hint'}, `${count(vector.length, 'dimension')} `),
                `[${vector.slice(0, 4).map(rounded).join(', ')}${vector.length > 4 ? ', …' : ''}]`))));
        this.#shape();
        // the text of a failed attempt is shown with the attempt, if the server still has it
        this.node.hidden = !this.speaks && !tools && !vectors
            || task.status === 'failed' && task.unfinished?.some(({attempt}) => attempt === this.#attempt) === true;
    }

    /** Adds a piece from live.js. */
    take(piece) {
        if (this.#whole) {
            return;
        }
        if (piece.attempt !== this.#attempt || piece.offset === 0) {
            this.#attempt = piece.attempt;
            this.#waiting = [];
            this.#said = '';
            set(this.#thinking, '');
            this.#speaker.again();
            this.#draw();
            this.tell('running');
        }
        this.#waiting.push(piece);
        if (document.hidden) {
            // a hidden page draws nothing, but pieces must not pile up either
            this.#write();
        } else if (this.#waiting.length === 1) {
            setTimeout(() => requestAnimationFrame(() => this.#write()), this.#drawAt - performance.now());
        }
    }

    /** Switches between Markdown and source. */
    toggle() {
        this.#asSource = !this.#asSource;
        this.#draw();
        this.#shape();
    }

    #write() {
        const begun = performance.now();
        const spoke = this.speaks;
        this.#follow.grow(() => {
            for (const piece of this.#waiting.splice(0)) {
                if (piece.thinking === undefined) {
                    this.#said += piece.text;
                    this.#speaker.hear(piece.text);
                } else {
                    this.#thinking.appendData(plain(piece.thinking.slice(0, SHOWN_MAX - this.#thinking.length)));
                }
            }
            this.#draw();
            this.#shape();
        });
        if (!spoke && this.speaks) {
            this.spoke();
        }
        const took = performance.now() - begun;
        this.#drawAt = took > FRAME_MS ? performance.now() + Math.min(10 * took, PAUSE_MAX_MS) : 0;
    }

    #draw() {
        const source = this.#asSource || this.#said.length > MARKDOWN_MAX;
        if (source) {
            const shown = plain(clip(this.#said));
            shown.startsWith(this.#source.data) ? this.#source.appendData(shown.slice(this.#source.length))
                : set(this.#source, shown);
        } else {
            this.#markdown.show(this.#said);
        }
        const [wanted] = [source ? this.#plain : this.#rendered];
        if (this.#body.firstChild !== wanted) {
            put(this.#body, wanted);
        }
        attribute(this.#toggle, 'aria-pressed', String(source));
        this.#toggle.disabled = this.#said.length > MARKDOWN_MAX;
        this.#toggle.title = this.#toggle.disabled ? `Markdown is shown up to ${number(MARKDOWN_MAX)} characters`
            : 'As the model wrote it (s)';
    }

    #shape() {
        this.node.hidden = !this.speaks;
        this.#thoughts.hidden = this.#thinking.length === 0;
        if (!this.#chosen) {
            this.#thoughts.open = this.node.dataset.status === 'running' && this.#said.length === 0;
        }
        this.#body.hidden = this.#said.length === 0;
        this.#copy.hidden = this.#said.length === 0;
        this.#toggle.hidden = this.#said.length === 0;
        attribute(this.#body, 'aria-busy', this.node.dataset.status === 'running' && 'true');
    }
}

/** Rounds a number of a vector, so that several fit side by side; the raw JSON has every digit. */
function rounded(value) {
    return typeof value === 'number' ? value.toFixed(4) : JSON.stringify(value);
}

function set(node, value) {
    if (node.data !== value) {
        node.data = value;
    }
}
