package client;

/// The command `top`: shows queue status and running tasks, refreshed every second on a terminal, otherwise once.
final class Top {

    private static final long PAUSE_MS = 1_000;
    private static final int TASKS = 15;

    private Top() {
    }

    static int run(Session session, Arguments arguments) {
        Terminal terminal = session.terminal();
        boolean live = session.output().isText() && terminal.isTerminal().test(1)
                && !"dumb".equals(terminal.variable("TERM"));
        Reconnect reconnect = new Reconnect(session, false);
        session.waitingFor().set(live ? Session.NO_END : null);
        while (true) {
            try {
                byte[] status = session.api().get("/api/status");
                reconnect.reached();
                if (live) {
                    // moves to the corner and clears the rest of the old screen
                    session.output().styled("\033[H\033[2Jollama-queue top  " + Terminal.shown(terminal.now()));
                }
                Show.queue(session, status);
                if (session.output().isText()) {
                    session.output().line("");
                    TaskListing.print(session, "?status=running,pending&sort=status&order=desc&limit=" + TASKS, true);
                }
                session.output().flush();
                if (!live) {
                    return 0;
                }
                terminal.time().sleep(PAUSE_MS);
            } catch (Failure failure) {
                reconnect.lost(failure);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return Failure.INTERRUPTED;
            }
        }
    }
}
