// What stands within a paragraph of Markdown: emphasis, code, links. The result is nodes whose texts are text nodes;
// HTML stays text. The time that it takes grows as the text does.

import {attribute, h, linkOut, put} from './dom.js';

/** A longer paragraph is shown as it is. */
const LENGTH_MAX = 50_000;
/** What is nested deeper is not. */
const DEPTH_MAX = 8;
const ADDRESS_MAX = 2_000;

const ENTITIES = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0'};
const ENTITY = /&(#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-z]{2,4});/y;
const SPECIAL = /[\\`*_~[\]!<&\n$hH]/g;
const MARK = /[\p{P}\p{S}]/u;
const ESCAPED = /[!-/:-@[-`{-~]/;
const ANGLE = /<(?:([a-z][a-z0-9+.-]{1,31}:[^\s<>]{0,2000})|([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9.-]{1,255}))>/iy;
const ADDRESS = /https?:\/\/[^\s<>]{1,2000}/iy;

/** The nodes of a text. */
export function inline(text) {
    return text.length > LENGTH_MAX ? [text] : new Inline(text).nodes();
}

class Inline {
    #text;
    #at = 0;
    /** Nodes, texts, and runs of delimiters {run, size, …} until they have found each other. */
    #parts = [];
    /** The brackets that are open: {at: the place among the parts, image}. */
    #brackets = [];
    /** Where the runs of backticks of each length are; null before the first is met. */
    #ticks = null;
    /** The ends that do not come any more, so that nobody looks for them again and again. */
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

    /** Whether what begins here is something, and was read. */
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

    /** As models write it: shown as it is written. */
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

    /** Whether a run opens or closes something depends on what is beside it. */
    #run(char) {
        const size = this.#runLength();
        const end = this.#at + size;
        const before = [...this.#text.slice(Math.max(0, this.#at - 2), this.#at)].at(-1) ?? ' ';
        const after = end < this.#text.length ? String.fromCodePoint(this.#text.codePointAt(end)) : ' ';
        const left = !/\s/.test(after) && (!MARK.test(after) || /\s/.test(before) || MARK.test(before));
        const right = !/\s/.test(before) && (!MARK.test(before) || /\s/.test(after) || MARK.test(after));
        if (char === '~' && size !== 2) {
            // one stands before a rough figure
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
            // nothing is asked of other hosts because of an answer
            this.#parts.push(...wrapped(() => h('span', {class: 'image', title: target.address}), said));
        } else {
            this.#parts.push(...link(target.address, said));
            // no link in a link
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

    /** Lines stay lines, as the writer of a text without Markdown meant them. */
    #lineEnd() {
        const last = this.#parts.length - 1;
        const hard = typeof this.#parts[last] === 'string' && this.#parts[last].endsWith('  ');
        if (typeof this.#parts[last] === 'string') {
            this.#parts[last] = this.#parts[last].trimEnd();
        }
        return this.#add(hard ? h('br') : '\n', this.#at + 1);
    }

    /** An address that stands in the text as it is. */
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

/** What follows a bracket: `(address "title")`. Null if nothing of the kind. */
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

/** A link that leads out of the page says where to; what leads to no page of the web is only said. */
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

/** How deep each of these nodes is nested. */
const depths = new WeakMap();

/** An element around these, unless that would nest too deeply: then what it would be around. */
function wrapped(element, content) {
    const depth = content.reduce((most, one) => Math.max(most, depths.get(one) ?? 0), 0) + 1;
    if (depth > DEPTH_MAX) {
        return content;
    }
    const node = put(element(), content);
    depths.set(node, depth);
    return [node];
}

/** Lets runs of delimiters find each other, as CommonMark says; those that do not are text. */
function emphasised(parts) {
    const out = [];
    /** The runs that may open something: {run, at}. */
    const openers = [];
    /** By what closes: below this many openers there is none for it. */
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
    // of two that could each do both, the lengths tell which belong together
    return opener.run === closer.run && (!(opener.closes || closer.opens)
        || (opener.length + closer.length) % 3 !== 0 || opener.length % 3 === 0 && closer.length % 3 === 0);
}

/** A run that has found no other is text. */
function written(part) {
    return part.run === undefined ? part : part.run.repeat(part.size);
}
