// Reports that a task is done: in the tab's title and icon and, if the user wanted it, by a notification.

import {ended, MARKS, subject} from './task.js';

const NAME = 'ollama-queue';
const ICONS = {running: 'icon-running.svg', completed: 'icon-done.svg', failed: 'icon-failed.svg'};
/** The storage key; kept for the tab, so that a reload loses nothing. */
const KEY = 'ollama-queue.tell';

export class Tell {
    #context;
    #icon = document.querySelector('link[rel=icon]');
    #plain = this.#icon.getAttribute('href');
    /** The subjects of the tasks whose ends must be reported, by id. */
    #wanted = new Map(JSON.parse(sessionStorage.getItem(KEY) ?? '[]'));
    #view = '';
    /** The task that is open; null if none. */
    #open = null;
    /** An awaited task that ended while nobody was looking. */
    #news = null;

    /** @param context {api, live, say, go} */
    constructor(context) {
        this.#context = context;
        context.live.on(event => {
            if (event.event === 'task' && this.#wanted.has(event.task.id)) {
                event.what === 'deleted' ? this.#forget(event.task.id) : this.#heard(event.task);
            } else if (event.event === 'reset') {
                this.#ask();
            }
        });
        document.addEventListener('visibilitychange', () => document.hidden || this.#seen());
        this.#ask();
    }

    /** Called when a view is shown. */
    view(title) {
        this.#view = title;
        this.#open = null;
        this.#seen();
    }

    /** Called with the open task; null if none is. */
    open(task) {
        const other = task?.id !== this.#open?.id;
        this.#open = task;
        other ? this.#seen() : this.#show();
    }

    /** Whether a task's end will be reported. */
    isWanted(id) {
        return this.#wanted.has(id);
    }

    /**
     * Switches the report of a task's end on or off. Must be called on a user's action, because browsers then ask for
     * the permission.
     */
    async toggle(task) {
        if (this.#wanted.has(task.id)) {
            this.#forget(task.id);
            return;
        }
        this.#wanted.set(task.id, subject(task));
        this.#keep();
        const allowed = canNotify() ? await Notification.requestPermission() : 'unsupported';
        this.#context.say(allowed === 'granted' ? 'A notification will say when it is done.'
            : allowed === 'unsupported' ? 'This tab’s title and icon will show it: browsers notify over HTTPS only.'
            : 'This tab’s title and icon will show it: the browser does not allow notifications from this page.');
    }

    #heard(task) {
        if (!ended(task)) {
            return;
        }
        const about = this.#wanted.get(task.id);
        this.#forget(task.id);
        const seen = !document.hidden && this.#open?.id === task.id;
        this.#news = seen ? null : {...task, about};
        this.#show();
        if (canNotify() && Notification.permission === 'granted') {
            const told = new Notification(`${MARKS[task.status]} ${task.status}`, {body: about, tag: task.id});
            told.addEventListener('click', () => {
                focus();
                this.#context.go(`#/tasks/${task.id}`);
                told.close();
            });
        }
        if (!document.hidden && !seen) {
            this.#context.say(`${MARKS[task.status]} ${task.status}: ${about}`);
        }
    }

    /** Asks for the tasks' states, because events may have been missed. */
    async #ask() {
        for (const id of [...this.#wanted.keys()]) {
            const task = await this.#context.api.get(`/api/tasks/${encodeURIComponent(id)}`).catch(failed => failed);
            if (task.status === 404) {
                this.#forget(id);
            } else if (MARKS[task.status] && this.#wanted.has(id)) {
                this.#heard(task);
            }
        }
    }

    #forget(id) {
        this.#wanted.delete(id);
        this.#keep();
    }

    #keep() {
        sessionStorage.setItem(KEY, JSON.stringify([...this.#wanted]));
    }

    #seen() {
        if (!document.hidden) {
            this.#news = null;
        }
        this.#show();
    }

    #show() {
        const task = this.#news ?? this.#open;
        document.title = task ? `${MARKS[task.status]} ${task.about ?? subject(task)} · ${NAME}`
            : `${this.#view} · ${NAME}`;
        const icon = this.#plain.replace('icon.svg', ICONS[task?.status] ?? 'icon.svg');
        if (this.#icon.getAttribute('href') !== icon) {
            this.#icon.href = icon;
        }
    }
}

/** Browsers have no notifications over plain HTTP, except to this machine. */
function canNotify() {
    return isSecureContext && 'Notification' in window;
}
