// What MarkdownTest does in a page, of a module markdown.js.
(() => {
    const ELEMENTS = {
        H3: [], H4: [], H5: [], H6: [], P: [], HR: [], BR: [], EM: [], STRONG: [], DEL: [], BLOCKQUOTE: [], UL: [],
        OL: ['start'], LI: ['class'], PRE: ['tabindex', 'role', 'aria-label'], CODE: ['class'],
        DIV: ['class', 'tabindex', 'role', 'aria-label'], SPAN: ['class', 'title'], BUTTON: ['type', 'class'],
        TABLE: [], THEAD: [], TBODY: [], TR: [], TH: ['class', 'scope'], TD: ['class'],
        A: ['href', 'target', 'rel', 'title', 'data-host'],
    };

    /** What must not be there, as words. */
    function faults(root) {
        const found = [];
        for (const node of root.querySelectorAll('*')) {
            const known = ELEMENTS[node.tagName];
            known || found.push(node.tagName);
            [...node.attributes].filter(({name}) => !known?.includes(name))
                .forEach(({name}) => found.push(`${node.tagName} ${name}`));
            if (node.tagName === 'A' && !/^(https?|mailto):/.test(node.href)) {
                found.push(node.href);
            }
        }
        return found;
    }

    function shown(m, source) {
        const root = document.createElement('div');
        new m.Markdown(root).show(source);
        return root;
    }

    /** The same text, as it comes in pieces of which `next` tells the lengths. */
    function grown(m, source, next) {
        const root = document.createElement('div');
        const markdown = new m.Markdown(root);
        for (let at = 0; at < source.length;) {
            const end = at + next();
            markdown.append(source.slice(at, end));
            at = end;
        }
        return root;
    }

    const escaped = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;');

    /** As CommonMark writes it. */
    function outline(node) {
        if (node.nodeType === Node.TEXT_NODE) {
            return escaped(node.data);
        }
        const inner = [...node.childNodes].map(outline).join('');
        switch (node.tagName) {
            case 'DIV': {
                const code = node.querySelector('pre code');
                if (!code) {
                    return inner;
                }
                const info = node.querySelector('.code-head span').textContent;
                return `<pre><code${info === 'code' ? '' : ` class="language-${escaped(info)}"`}>${
                    escaped(code.textContent)}${code.textContent && '\n'}</code></pre>`;
            }
            case 'H3': case 'H4': case 'H5': case 'H6': {
                const tag = `h${node.tagName[1] - 2}`;
                return `<${tag}>${inner}</${tag}>`;
            }
            case 'A': return `<a href="${escaped(node.getAttribute('href'))}">${inner}</a>`;
            case 'OL': return `<ol${node.start !== 1 ? ` start="${node.start}"` : ''}>${inner}</ol>`;
            case 'BR': case 'HR': return `<${node.tagName.toLowerCase()} />`;
            default: return `<${node.tagName.toLowerCase()}>${inner}</${node.tagName.toLowerCase()}>`;
        }
    }

    const plain = html => html
        .replace(/\n?(<\/?(?:p|ul|ol|li|h\d|blockquote|pre|hr|br)\b[^>]*>)\n?/g, '$1').trim();

    /** What each example does wrong; and of each section how many come out as CommonMark has them. */
    function check(m, examples, next) {
        const wrong = [];
        const same = {};
        for (const {source, html, section, number} of examples) {
            const root = shown(m, source);
            faults(root).forEach(fault => wrong.push(`${number}: ${fault}`));
            if (grown(m, source, next).outerHTML !== root.outerHTML) {
                wrong.push(`${number}: in pieces it is another`);
            }
            same[section] ??= [0, 0, []];
            plain([...root.childNodes].map(outline).join('')) === plain(html) ? same[section][0]++
                : same[section][2].push(number);
            same[section][1]++;
        }
        return {wrong, same};
    }

    /** How deep the deepest element is nested. */
    function depth(root) {
        let most = 0;
        for (const node of root.querySelectorAll('*')) {
            let levels = 1;
            for (let at = node.parentNode; at !== root; at = at.parentNode) {
                levels++;
            }
            most = Math.max(most, levels);
        }
        return most;
    }

    return {
        check, faults, shown, depth, outline: (m, source) => [...shown(m, source).childNodes].map(outline).join(''),
    };
})()
