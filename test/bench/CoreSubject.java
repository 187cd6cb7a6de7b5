package bench;

/// The queue's state at depth 1,000,000 and at 1,000, in processor time: an operation is one of a submit, a start and a
/// completion. The choice alone, as it is, with the clients full, and with tasks that are to be finished by a time.
final class CoreSubject {

    private CoreSubject() {
    }

    /// @param operation at depth 1,000 and 1,000,000
    private record Rounds(Figures operation, Figures choice, Figures deepOperation, Figures deepChoice) {

        static Rounds read(Program core) throws Exception {
            Rounds rounds = new Rounds(new Figures(), new Figures(), new Figures(), new Figures());
            for (int i = 0; i < Subject.RUNS; i++) {
                String[] words = core.read().split(" ");
                rounds.operation.add(Double.parseDouble(words[0]) / 1e3);
                rounds.choice.add(Double.parseDouble(words[1]) / 1e3);
                rounds.deepOperation.add(Double.parseDouble(words[2]) / 1e3);
                rounds.deepChoice.add(Double.parseDouble(words[3]) / 1e3);
            }
            return rounds;
        }
    }

    static void run(Work work, Table table) throws Exception {
        try (Program core = Program.java(work, "server.queue.CoreBench", "1000", "1000000",
                Integer.toString(Subject.RUNS), "200000")) {
            Rounds plain = Rounds.read(core);
            table.row("core: submit, start, complete at 1,000,000", "us", plain.deepOperation, Goal.atMost(2, "us"));
            table.row("core: the same, against depth 1,000", "us", plain.deepOperation, plain.operation,
                    Goal.ratioAtMost(1.5));
            choice(table, "50 keys, 100 clients", plain);
            choice(table, "and 100 with a finish_by", Rounds.read(core));
            table.row("core: the choice alone, 1,000 that would miss theirs", "us", Rounds.read(core).deepChoice,
                    Goal.atMost(2, "us"));
            String[] due = core.read().split(" ");
            table.row("core: what is due next, of these 1,000", "us", Figures.of(Double.parseDouble(due[1]) / 1e3),
                    Figures.of(Double.parseDouble(due[0]) / 1e3), Goal.ratioAtMost(1.5));
            choice(table, "99 of 100 clients full", Rounds.read(core));
            String[] window = core.read().split(" ");
            table.row("core: a window opens for 1,000,000, longest step", "ms",
                    Figures.of(Double.parseDouble(window[0])), Goal.atMost(50, "ms"));
            table.row("core: the same, all steps", "ms", Figures.of(Double.parseDouble(window[1])), Goal.NONE);
        }
    }

    private static void choice(Table table, String name, Rounds rounds) {
        table.row("core: the choice alone, " + name, "us", rounds.deepChoice, Goal.atMost(2, "us"));
        table.row("core: the same, against depth 1,000", "us", rounds.deepChoice, rounds.choice,
                Goal.ratioAtMost(1.5));
    }
}
