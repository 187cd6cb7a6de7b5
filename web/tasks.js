// The view Tasks.

import {h, put} from './dom.js';

export default {
    title: 'Tasks',
    mount(root) {
        put(root, h('h1', {}, 'Tasks'));
    },
};
