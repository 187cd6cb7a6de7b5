// Markdown as nodes: a small reader of its own for what models write, after CommonMark, with tables. It creates only
// the elements named here and in inline.js; HTML stays text. If a text grows, only its last blocks are read again. No
// reference links: text in brackets alone stays text.

import {button, h, put} from './dom.js';
import {copy} from './copy.js';
import {plain} from './format.js';
import {inline} from './inline.js';

/** Blocks nested deeper are shown as plain text. */
const DEPTH_MAX = 8;

const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*(.*)$/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]|$)/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
/** Shorter underlines may be the beginning of a list while an answer arrives. */
const UNDERLINE = /^ {0,3}(={2,}|-{3,})[ \t]*$/;
const QUOTE = /^ {0,3}>/;
const MARKER = /^( *)([-+*]|(\d{1,9})([.)]))(?=[ \t]|$)/;
const CELL = /^[ \t]*:?-+:?[ \t]*$/;
const TASK = /^\[([ xX])\](?=[ \t])/;

/** A text that is shown in an element and may grow. */
export class Markdown {
    #root;
    #source = '';
    /** The top-level blocks: {start, source, node, …}. */
    #blocks = [];

    constructor(root) {
        this.#root = root;
    }

    show(source) {
        if (source.startsWith(this.#source)) {
            this.append(source.slice(this.#source.length));
        } else {
            this.#source = source;
            this.#blocks = [];
            put(this.#root);
            this.append('');
        }
    }

    append(piece) {
        this.#source += piece;
        // an incomplete line may seem to end the block before its own
        const kept = Math.max(0, this.#blocks.length - 2);
        const from = this.#blocks[kept]?.start ?? 0;
        const before = this.#blocks.splice(kept);
        const lines = this.#source.slice(from).split('\n');
        let line = 0;
        let start = from;
        for (const block of parse(lines, 0)) {
            for (; line < block.from; line++) {
                start += lines[line].length + 1;
            }
            const source = lines.slice(block.from, block.to).join('\n');
            this.#blocks.push({...block, start, source, node: this.#node(block, source, before.shift())});
        }
        before.forEach(({node}) => node.remove());
    }

    /** Keeps unchanged nodes, so that a user's selection in them stays. */
    #node(block, source, before) {
        if (before?.source === source && before.kind === block.kind) {
            return before.node;
        }
        if (before?.kind === 'code' && block.kind === 'code' && before.info === block.info
            && block.text.startsWith(before.text)) {
            const words = before.node.querySelector('code').firstChild;
            words.appendData(plain(block.text.slice(before.text.length)));
            SOURCES.set(words, block.text);
            return before.node;
        }
        const node = made(block);
        before ? before.node.replaceWith(node) : this.#root.append(node);
        return node;
    }
}

/** Returns the blocks of some lines: {kind, from, to, …}, the lines from `from` on and before `to`. */
function parse(lines, depth) {
    const blocks = [];
    for (let at = 0; at < lines.length;) {
        if (isBlank(lines[at])) {
            at++;
            continue;
        }
        const block = depth > DEPTH_MAX ? {kind: 'text', text: lines.slice(at).join('\n'), to: lines.length}
            : read(lines, at, depth);
        blocks.push({...block, from: at});
        at = block.to;
    }
    return blocks;
}

function read(lines, at, depth) {
    const line = lines[at];
    if (indent(line) >= 4) {
        return indented(lines, at);
    }
    if (isFence(line)) {
        return fenced(lines, at);
    }
    if (HEADING.test(line)) {
        const [, marks] = HEADING.exec(line);
        const text = line.trim().slice(marks.length).trim();
        const end = /(?:^|[ \t])#+$/.exec(text.slice(-64));
        return {kind: 'heading', level: marks.length, text: end ? text.slice(0, -end[0].length).trimEnd() : text,
            to: at + 1};
    }
    if (RULE.test(line)) {
        return {kind: 'rule', to: at + 1};
    }
    if (QUOTE.test(line)) {
        return quote(lines, at, depth);
    }
    if (marker(line)) {
        return list(lines, at, depth);
    }
    return isTable(lines, at) ? table(lines, at) : paragraph(lines, at);
}

function indented(lines, at) {
    let to = at;
    for (let next = at; next < lines.length && (isBlank(lines[next]) || indent(lines[next]) >= 4); next++) {
        to = isBlank(lines[next]) ? to : next + 1;
    }
    return {kind: 'code', info: '', text: lines.slice(at, to).map(line => strip(line, 4)).join('\n'), to};
}

function fenced(lines, at) {
    const [, fence, info] = FENCE.exec(lines[at]);
    const inset = indent(lines[at]);
    let to = at + 1;
    const isEnd = line => {
        const end = indent(line) < 4 ? line.trim() : '';
        return end.length >= fence.length && end === fence[0].repeat(end.length);
    };
    while (to < lines.length && !isEnd(lines[to])) {
        to++;
    }
    const last = to === lines.length && lines[to - 1] === '' ? to - 1 : to;
    return {
        kind: 'code', info: info.trim().split(/\s/)[0].slice(0, 40),
        text: lines.slice(at + 1, last).map(line => strip(line, inset)).join('\n'), to: Math.min(lines.length, to + 1),
    };
}

function quote(lines, at, depth) {
    const inner = [];
    let to = at;
    for (; to < lines.length && !isBlank(lines[to]); to++) {
        if (QUOTE.test(lines[to])) {
            inner.push(lines[to].replace(/^ {0,3}> ?/, ''));
        } else if (goesOn(lines, to, inner.at(-1))) {
            inner.push(lines[to].trimStart());
        } else {
            break;
        }
    }
    return {kind: 'quote', blocks: parse(inner, depth + 1), to};
}

/** Reads items with one kind of marker. Lines indented two columns deeper than a marker belong to its item. */
function list(lines, at, depth) {
    const first = marker(lines[at]);
    const items = [];
    let loose = false;
    let to = at;
    for (let next = at; next < lines.length;) {
        const own = marker(lines[next]);
        if (own?.type !== first.type || RULE.test(lines[next])) {
            break;
        }
        loose ||= items.length > 0 && isBlank(lines[next - 1]);
        const inner = [strip(lines[next].slice(own.end), own.width - own.end)];
        let fence = isFence(inner[0]);
        let end = ++next;
        for (; next < lines.length; next++) {
            const line = lines[next];
            if (isBlank(line)) {
                if (inner.length === 1 && isBlank(inner[0])) {
                    break;
                }
                inner.push('');
                continue;
            }
            if (indent(line) >= Math.min(own.width, own.inset + 2)) {
                inner.push(strip(line, own.width));
                fence = fence !== isFence(inner.at(-1));
            } else if (!fence && goesOn(lines, next, inner.at(-1))) {
                inner.push(line.trimStart());
            } else {
                break;
            }
            end = next + 1;
        }
        while (inner.length > 1 && isBlank(inner.at(-1))) {
            inner.pop();
        }
        const task = TASK.exec(inner[0]);
        inner[0] = task ? inner[0].slice(task[0].length + 1) : inner[0];
        const blocks = parse(inner, depth + 1);
        loose ||= blocks.some((block, index) => index > 0 && isBlank(inner[block.from - 1]));
        items.push({blocks, done: task && task[1] !== ' '});
        to = end;
    }
    return {kind: 'list', first: first.number, loose, items, to};
}

function table(lines, at) {
    const marks = cells(lines[at + 1]);
    let to = at + 2;
    while (to < lines.length && !isBlank(lines[to]) && !begins(lines, to)) {
        to++;
    }
    return {
        kind: 'table', to, head: cells(lines[at]), rows: lines.slice(at + 2, to).map(cells),
        sides: marks.map(mark => mark.endsWith(':') ? mark.startsWith(':') ? 'center' : 'right' : null),
    };
}

function paragraph(lines, at) {
    let to = at + 1;
    for (; to < lines.length && !isBlank(lines[to]); to++) {
        const under = UNDERLINE.exec(lines[to]);
        if (under) {
            return {kind: 'heading', level: under[1][0] === '=' ? 1 : 2, text: said(lines, at, to), to: to + 1};
        }
        if (begins(lines, to)) {
            break;
        }
    }
    return {kind: 'paragraph', text: said(lines, at, to), to};
}

function said(lines, from, to) {
    return lines.slice(from, to).map(line => line.trimStart()).join('\n').trimEnd();
}

/** Whether a less indented line still belongs to the paragraph before it. */
function goesOn(lines, at, before) {
    return !isBlank(before) && indent(before) < 4 && !isFence(before) && !HEADING.test(before) && !RULE.test(before)
        && marker(lines[at]) === null && !begins(lines, at);
}

/** Whether a line ends the paragraph before it, because another block begins there. */
function begins(lines, at) {
    const line = lines[at];
    const own = marker(line);
    return isFence(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || isTable(lines, at)
        || own !== null && (own.number === null || own.number === 1) && !isBlank(line.slice(own.end));
}

function isBlank(line) {
    return /^[ \t\r]*$/.test(line);
}

function isFence(line) {
    const found = FENCE.exec(line);
    return found !== null && (found[1][0] === '~' || !found[2].includes('`'));
}

function isTable(lines, at) {
    if (!lines[at].includes('|') || !lines[at + 1]?.includes('-')) {
        return false;
    }
    const marks = cells(lines[at + 1]);
    return (marks.length > 1 || lines[at + 1].includes('|')) && marks.every(mark => CELL.test(mark))
        && marks.length === cells(lines[at]).length;
}

function cells(line) {
    const bare = line.trim().replace(/^\|/, '').replace(/(?<!\\)\|$/, '');
    return bare.split(/(?<!\\)\|/).map(cell => cell.trim().replaceAll('\\|', '|'));
}

/** Returns a list's marker: its type, the number of an ordered one, and the column at which its text begins. */
function marker(line) {
    const [, space, sign, digits, delimiter] = MARKER.exec(line) ?? [];
    if (sign === undefined || space.length > 3) {
        return null;
    }
    const end = space.length + sign.length;
    const gap = indent(line.slice(end));
    return {
        type: delimiter ?? sign, number: digits === undefined ? null : Number(digits), inset: space.length, end,
        width: end + (isBlank(line.slice(end)) || gap > 4 ? 1 : gap),
    };
}

/** Returns the indentation of a line, in columns. */
function indent(line) {
    let columns = 0;
    for (const char of line) {
        if (char !== ' ' && char !== '\t') {
            break;
        }
        columns += char === ' ' ? 1 : 4 - columns % 4;
    }
    return columns;
}

/** Returns a line without this many columns of indentation. */
function strip(line, columns) {
    let passed = 0;
    let at = 0;
    for (; passed < columns && (line[at] === ' ' || line[at] === '\t'); at++) {
        passed += line[at] === ' ' ? 1 : 4 - passed % 4;
    }
    return ' '.repeat(Math.max(0, passed - columns)) + line.slice(at);
}

// ---- the nodes

function made(block) {
    switch (block.kind) {
        case 'heading': return h(`h${Math.min(6, block.level + 2)}`, {}, inline(block.text));
        case 'paragraph': return h('p', {}, inline(block.text));
        case 'text': return h('p', {}, block.text);
        case 'rule': return h('hr');
        case 'quote': return h('blockquote', {}, block.blocks.map(made));
        case 'code': return code(block);
        case 'list': return h(block.first === null ? 'ul' : 'ol', {start: block.first !== 1 && block.first},
            block.items.map(item => h('li', {class: item.done !== null && 'task-item'},
                item.done !== null && (item.done ? '☑ ' : '☐ '), item.blocks.map(inner =>
                    !block.loose && inner.kind === 'paragraph' ? inline(inner.text) : made(inner)))));
        case 'table': return rows(block);
        default: throw new Error(block.kind);
    }
}

/** The source of code, by its node. */
const SOURCES = new WeakMap();

function code({info, text}) {
    const words = document.createTextNode(plain(text));
    SOURCES.set(words, text);
    const control = button('Copy', () => copy(control, SOURCES.get(words)), {class: 'quiet'});
    return h('div', {class: 'code'}, h('div', {class: 'code-head'}, h('span', {}, info || 'code'), control),
        h('pre', {tabindex: 0, role: 'group', 'aria-label': info ? `Code, ${info}` : 'Code'}, h('code', {}, words)));
}

function rows({head, rows: all, sides}) {
    const row = (tag, texts) => h('tr', {}, head.map((name, index) =>
        h(tag, {class: sides[index], scope: tag === 'th' && 'col'}, inline(texts[index] ?? ''))));
    return h('div', {class: 'wide', tabindex: 0, role: 'group', 'aria-label': 'Table'},
        h('table', {}, h('thead', {}, row('th', head)), h('tbody', {}, all.map(texts => row('td', texts)))));
}
