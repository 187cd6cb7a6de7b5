// Modal dialogs.

/** Shows a dialog until it is closed or its view is left. Resolves to whether it was closed by its button "yes". */
export function asked(dialog) {
    return new Promise(resolve => {
        const leave = () => dialog.close();
        addEventListener('hashchange', leave);
        dialog.addEventListener('close', () => {
            removeEventListener('hashchange', leave);
            dialog.remove();
            resolve(dialog.returnValue === 'yes');
        });
        document.body.append(dialog);
        dialog.showModal();
    });
}
