// Builds elements. Text reaches the page as text nodes only: nothing here, nor anywhere else in web/, parses HTML, so
// a prompt, an answer or a model's name is never more than text; and marks that would turn its direction are shown.

import {plain} from './format.js';

/** The attributes that people read. */
const READ = ['title', 'aria-label'];
const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element: h('button', {type: 'button', class: 'quiet', onclick: close, disabled: false}, 'Close').
 * A function under on… is a listener. true gives an empty attribute; false, null and undefined none. Children may be
 * nodes, texts, numbers, arrays of them; null, undefined and false are left out.
 */
export function h(tag, attributes, ...children) {
    return fill(document.createElement(tag), attributes, children);
}

/** A button that does something, without a form. */
export function button(title, onclick, attributes) {
    return h('button', {type: 'button', onclick, ...attributes}, title);
}

/** The choices of a select or a datalist. */
export function choices(values) {
    return values.map(value => h('option', {value}, value));
}

/** The same as h for SVG. */
export function s(tag, attributes, ...children) {
    return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Gives a node these children instead of its own. */
export function put(node, ...children) {
    node.replaceChildren(...flat(children));
    return node;
}

/** Sets a text where it differs, so that what a person has marked stays marked. */
export function text(node, value) {
    const wanted = value == null ? '' : plain(value);
    if (node.textContent !== wanted) {
        node.textContent = wanted;
    }
    return node;
}

/** Sets or removes an attribute where it differs. */
export function attribute(node, name, value) {
    if (value === false || value == null) {
        node.removeAttribute(name);
    } else if (name === 'href' && !/^#/.test(value) || /^on|^style$|^srcdoc$/i.test(name)) {
        // a link leads to a view of this page (but see linkOut); the rest the page's policy would refuse
        throw new Error(`${name} must not be set to ${value}`);
    } else if (node.getAttribute(name) !== String(value === true ? '' : value)) {
        node.setAttribute(name, value === true ? '' : READ.includes(name) ? plain(value) : value);
    }
}

/** A link that leads out of the page; null if not to a page of the web or a mail. */
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
