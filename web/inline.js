// The inline elements of a paragraph of Markdown: emphasis, code, links. The result is nodes whose texts are text
// nodes; HTML stays text. The time grows linearly with the text.

import {attribute, h, linkOut, put} from './dom.js';

/** A longer paragraph is shown as plain text. */
const LENGTH_MAX = 50_000;
/** Elements are nested at most this deep; deeper ones are left out, but not their content. */
const DEPTH_MAX = 8;
const ADDRESS_MAX = 2_000;

const ENTITIES = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0'};
const ENTITY = /&(#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-z]{2,4});/y;
const SPECIAL = /[\\`*_~[\]!<&\n$hH]/g;
const MARK = /[\p{P}\p{S}]/u;
const ESCAPED = /[!-/:-@[-`{-~]/;
const ANGLE = /<(?:([a-z][a-z0-9+.-]{1,31}:[^\s<>]{0,2000})|([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9.-]{1,255}))>/iy;
const ADDRESS = /https?:\/\/[^\s<>]{1,2000}/iy;

/** Returns the nodes of a text. */
export function inline(text) {
    return text.length > LENGTH_MAX ? [text] : new Inline(text).nodes();
}

class Inline {
    #text;
    #at = 0;
    /** Nodes, texts, and runs of delimiters {run, size, …} that have not been matched yet. */
    #parts = [];
    /** The open brackets: {at: the position among the parts, image}. */
    #brackets = [];
    /** The positions of the runs of backticks of each length; null before the first is met. */
    #ticks = null;
    /** The end marks that do not occur any more, so that they are not searched for again. */
    #missing = new Set();

    constructor(text) {
        this.#text = text;
    }

    nodes() {
        while (this.#at < this.#text.length) {
            if (!this.#special(this.#text[this.#at])) {
                SPECIAL.lastIndex = this.#at + 1;
                const end = SPECIAL.exec(this.#text)?.index ?? this.#text.length;
                this.#add(this.#text.slice(this.#at, end), end);
            }
        }
        return emphasised(this.#parts);
    }

    /** Reads a special element that begins here; returns false if there is none. */
    #special(char) {
        switch (char) {
            case '\\': return this.#escape();
            case '`': return this.#code();
            case '*': case '_': case '~': return this.#run(char);
            case '[': return this.#open('[', false);
            case '!': return this.#text[this.#at + 1] === '[' && this.#open('![', true);
            case ']': return this.#close();
            case '<': return this.#angle();
            case '&': return this.#entity();
            case '\n': return this.#lineEnd();
            case '$': return this.#text[this.#at + 1] === '$' && this.#formula('$$');
            case 'h': case 'H': return this.#address();
            default: return false;
        }
    }

    #add(part, end) {
        const last = this.#parts.length - 1;
        if (typeof part === 'string' && typeof this.#parts[last] === 'string') {
            this.#parts[last] += part;
        } else {
            this.#parts.push(part);
        }
        this.#at = end;
        return true;
    }

    #escape() {
        const next = this.#text[this.#at + 1] ?? '';
        if (next === '(' && this.#formula('\\)') || next === '[' && this.#formula('\\]')) {
            return true;
        }
        return next === '\n' ? this.#add(h('br'), this.#at + 2)
            : ESCAPED.test(next) && this.#add(next, this.#at + 2);
    }

    /** Reads a formula, which is shown as the model wrote it. */
    #formula(end) {
        const to = this.#missing.has(end) ? -1 : this.#text.indexOf(end, this.#at + 2);
        if (to < 0) {
            this.#missing.add(end);
            return false;
        }
        return this.#add(h('code', {class: 'formula'}, this.#text.slice(this.#at + 2, to).trim()), to + 2);
    }

    #code() {
        this.#ticks ??= Map.groupBy(this.#text.matchAll(/`+/g), ([run]) => run.length);
        const length = this.#runLength();
        const from = this.#at + length;
        const ends = this.#ticks.get(length) ?? [];
        while (ends.length && ends[0].index < from) {
            ends.shift();
        }
        if (!ends.length) {
            return this.#add(this.#text.slice(this.#at, from), from);
        }
        const code = this.#text.slice(from, ends[0].index).replaceAll('\n', ' ');
        const padded = code.startsWith(' ') && code.endsWith(' ') && code.trim() !== '';
        return this.#add(h('code', {}, padded ? code.slice(1, -1) : code), ends[0].index + length);
    }

    #runLength() {
        let end = this.#at + 1;
        while (this.#text[end] === this.#text[this.#at]) {
            end++;
        }
        return end - this.#at;
    }

    /** Reads a run of delimiters. Whether it opens or closes something depends on its neighbours. */
    #run(char) {
        const size = this.#runLength();
        const end = this.#at + size;
        const before = [...this.#text.slice(Math.max(0, this.#at - 2), this.#at)].at(-1) ?? ' ';
        const after = end < this.#text.length ? String.fromCodePoint(this.#text.codePointAt(end)) : ' ';
        const left = !/\s/.test(after) && (!MARK.test(after) || /\s/.test(before) || MARK.test(before));
        const right = !/\s/.test(before) && (!MARK.test(before) || /\s/.test(after) || MARK.test(after));
        if (char === '~' && size !== 2) {
            // a single one precedes an approximate number
            return this.#add(char.repeat(size), end);
        }
        const opens = left && (char !== '_' || !right || MARK.test(before));
        const closes = right && (char !== '_' || !left || MARK.test(after));
        return this.#add({run: char, size, length: size, opens, closes}, end);
    }

    #open(bracket, image) {
        this.#brackets.push({at: this.#parts.length, image});
        this.#parts.push(bracket);
        this.#at += bracket.length;
        return true;
    }

    #close() {
        const bracket = this.#brackets.pop();
        const target = bracket && destination(this.#text, this.#at + 1);
        if (!target) {
            return false;
        }
        const [opened, ...inner] = this.#parts.splice(bracket.at);
        const said = emphasised(opened.length > 1 + bracket.image
            ? [opened.slice(1 + bracket.image), ...inner] : inner);
        if (bracket.image) {
            // an answer must not cause requests to other hosts
            this.#parts.push(...wrapped(() => h('span', {class: 'image', title: target.address}), said));
        } else {
            this.#parts.push(...link(target.address, said));
            // a link cannot contain a link
            this.#brackets = this.#brackets.filter(({image}) => image);
        }
        this.#at = target.end;
        return true;
    }

    #angle() {
        ANGLE.lastIndex = this.#at;
        const [, address, mail] = ANGLE.exec(this.#text) ?? [];
        const end = ANGLE.lastIndex;
        return Boolean(address ?? mail)
            && link(address ?? `mailto:${mail}`, [address ?? mail]).every(part => this.#add(part, end));
    }

    #entity() {
        ENTITY.lastIndex = this.#at;
        const name = ENTITY.exec(this.#text)?.[1];
        if (!name?.startsWith('#')) {
            return Object.hasOwn(ENTITIES, name ?? '') && this.#add(ENTITIES[name], ENTITY.lastIndex);
        }
        const code = Number(name.slice(1).replace(/^x/i, '0x'));
        return this.#add(code > 0 && code < 0x110000 ? String.fromCodePoint(code) : '\ufffd', ENTITY.lastIndex);
    }

    /** Keeps line ends, as the author of a text without Markdown intended. */
    #lineEnd() {
        const last = this.#parts.length - 1;
        const hard = typeof this.#parts[last] === 'string' && this.#parts[last].endsWith('  ');
        if (typeof this.#parts[last] === 'string') {
            this.#parts[last] = this.#parts[last].trimEnd();
        }
        return this.#add(hard ? h('br') : '\n', this.#at + 1);
    }

    /** Reads a bare address in the text. */
    #address() {
        ADDRESS.lastIndex = this.#at;
        let address = /[\p{L}\p{N}/]/u.test(this.#text[this.#at - 1] ?? '') ? null : ADDRESS.exec(this.#text)?.[0];
        if (!address || this.#brackets.some(({image}) => !image)) {
            return false;
        }
        let closing = address.split(')').length - address.split('(').length;
        while (/[?!.,:;*_~'"\]`]$/.test(address) || closing > 0 && address.endsWith(')')) {
            closing -= address.endsWith(')');
            address = address.slice(0, -1);
        }
        const end = this.#at + address.length;
        return link(address, [address]).every(part => this.#add(part, end));
    }
}

/** Reads what follows a bracket: `(address "title")`. Null if it has another form. */
function destination(text, at) {
    if (text[at] !== '(') {
        return null;
    }
    const rest = text.slice(at + 1, at + 1 + ADDRESS_MAX);
    const start = /^\s*/.exec(rest)[0].length;
    let end = start;
    let address;
    if (rest[start] === '<') {
        end = rest.indexOf('>', start) + 1;
        address = rest.slice(start + 1, end - 1);
        if (end === 0 || /[\n<]/.test(address)) {
            return null;
        }
    } else {
        for (let depth = 0; end < rest.length && !/\s/.test(rest[end]) && (depth > 0 || rest[end] !== ')'); end++) {
            end += rest[end] === '\\';
            depth += rest[end] === '(' ? 1 : rest[end] === ')' ? -1 : 0;
        }
        address = rest.slice(start, end);
    }
    const tail = /^(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)/.exec(rest.slice(end));
    return tail && {address: address.replace(/\\([!-/:-@[-`{-~])/g, '$1'), end: at + 1 + end + tail[0].length};
}

/** Returns a link that leads out of the page and shows its address; if it does not lead to the web, only its text. */
function link(address, content) {
    const link = linkOut(address, {title: address});
    if (link === null) {
        return wrapped(() => h('span', {title: address}), content);
    }
    const host = link.hostname || link.pathname;
    const plain = content.length === 1 && typeof content[0] === 'string' && content[0].includes(host);
    attribute(link, 'data-host', !plain && host);
    return wrapped(() => link, content);
}

/** The nesting depth of each of these nodes. */
const depths = new WeakMap();

/** Returns an element around these nodes; the nodes themselves if it would be nested too deeply. */
function wrapped(element, content) {
    const depth = content.reduce((most, one) => Math.max(most, depths.get(one) ?? 0), 0) + 1;
    if (depth > DEPTH_MAX) {
        return content;
    }
    const node = put(element(), content);
    depths.set(node, depth);
    return [node];
}

/** Matches runs of delimiters, as CommonMark defines; unmatched ones become text. */
function emphasised(parts) {
    const out = [];
    /** The runs that may open something: {run, at}. */
    const openers = [];
    /** By kind of closing run: no opener for it is below this index. */
    const bottoms = new Map();
    for (const part of parts) {
        if (part.run === undefined) {
            out.push(part);
            continue;
        }
        const key = `${part.run}${part.opens}${part.length % 3}`;
        while (part.closes && part.size > 0) {
            const bottom = Math.min(bottoms.get(key) ?? 0, openers.length);
            const found = openers.findLastIndex(({run}, index) => index >= bottom && fit(run, part));
            if (found < 0) {
                bottoms.set(key, openers.length);
                break;
            }
            const {run, at} = openers[found];
            const taken = Math.min(2, run.size, part.size);
            const tag = part.run === '~' ? 'del' : taken === 2 ? 'strong' : 'em';
            const node = wrapped(() => h(tag), out.splice(at + 1).map(written));
            run.size -= taken;
            part.size -= taken;
            openers.length = found + (run.size > 0);
            if (run.size === 0) {
                out.pop();
            }
            out.push(...node);
        }
        if (part.size > 0) {
            if (part.opens) {
                openers.push({run: part, at: out.length});
            }
            out.push(part);
        }
    }
    return out.map(written);
}

function fit(opener, closer) {
    // if both could open and close, their lengths decide whether they match
    return opener.run === closer.run && (!(opener.closes || closer.opens)
        || (opener.length + closer.length) % 3 !== 0 || opener.length % 3 === 0 && closer.length % 3 === 0);
}

/** Returns an unmatched run as text. */
function written(part) {
    return part.run === undefined ? part : part.run.repeat(part.size);
}
