// The view Cron.

import {h, put} from './dom.js';

export default {
    title: 'Cron',
    mount(root) {
        put(root, h('h1', {}, 'Cron'));
    },
};
