// Builds elements. Text reaches the page only as text nodes: nothing here, nor anywhere else in web/, parses HTML, so a
// prompt, an answer or a model's name is never more than text. Characters that would change its direction are made
// visible.

import {plain} from './format.js';

/** The attributes that are shown or read to people. */
const READ = ['title', 'aria-label'];
const SVG = 'http://www.w3.org/2000/svg';

/**
 * Creates an element: h('button', {type: 'button', class: 'quiet', onclick: close, disabled: false}, 'Close'). A
 * function in on… is a listener. true sets an empty attribute; false, null and undefined set none. Children may be
 * nodes, texts, numbers and arrays of these; null, undefined and false are skipped.
 */
export function h(tag, attributes, ...children) {
    return fill(document.createElement(tag), attributes, children);
}

/** Creates a button that is not part of a form. */
export function button(title, onclick, attributes) {
    return h('button', {type: 'button', onclick, ...attributes}, title);
}

/** Creates the options of a select or a datalist. */
export function choices(values) {
    return values.map(value => h('option', {value}, value));
}

/** The same as h, for SVG. */
export function s(tag, attributes, ...children) {
    return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Replaces a node's children by these. */
export function put(node, ...children) {
    node.replaceChildren(...flat(children));
    return node;
}

/** Sets a text if it differs, so that a user's selection in it stays. */
export function text(node, value) {
    const wanted = value == null ? '' : plain(value);
    if (node.textContent !== wanted) {
        node.textContent = wanted;
    }
    return node;
}

/** Sets or removes an attribute if it differs. */
export function attribute(node, name, value) {
    if (value === false || value == null) {
        node.removeAttribute(name);
    } else if (name === 'href' && !/^#/.test(value) || /^on|^style$|^srcdoc$/i.test(name)) {
        // a link leads to a view of this page (but see linkOut); the page's policy would block the rest
        throw new Error(`${name} must not be set to ${value}`);
    } else if (node.getAttribute(name) !== String(value === true ? '' : value)) {
        node.setAttribute(name, value === true ? '' : READ.includes(name) ? plain(value) : value);
    }
}

/** Creates a link that leads out of the page; null if the address is neither on the web nor an email. */
export function linkOut(address, attributes, ...children) {
    const url = URL.canParse(address) ? new URL(address) : null;
    if (!['http:', 'https:', 'mailto:'].includes(url?.protocol)) {
        return null;
    }
    const link = h('a', {target: '_blank', rel: 'noopener noreferrer nofollow', ...attributes}, children);
    link.href = url.href;
    return link;
}

function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes ?? {})) {
        if (typeof value === 'function') {
            node.addEventListener(name.slice(2), value);
        } else {
            attribute(node, name, value);
        }
    }
    node.append(...flat(children));
    return node;
}

function flat(children) {
    return children.flat(Infinity).filter(child => child != null && child !== false)
        .map(child => child instanceof Node ? child : document.createTextNode(plain(child)));
}
