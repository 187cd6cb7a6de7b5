package bench;

/// The queue's state at depth 1,000,000 and at 1,000, in
/// processor time: an operation is one of a submit, a start and a completion.
final class CoreSubject {

    private CoreSubject() {
    }

    static void run(Work work, Table table) throws Exception {
        Figures deep = new Figures();
        Figures shallow = new Figures();
        Figures choiceDeep = new Figures();
        Figures choiceShallow = new Figures();
        try (Program core = Program.java(work, "server.queue.CoreBench", "1000", "1000000",
                Integer.toString(Subject.RUNS))) {
            for (int i = 0; i < Subject.RUNS; i++) {
                String[] words = core.read().split(" ");
                shallow.add(Double.parseDouble(words[0]) / 1e3);
                choiceShallow.add(Double.parseDouble(words[1]) / 1e3);
                deep.add(Double.parseDouble(words[2]) / 1e3);
                choiceDeep.add(Double.parseDouble(words[3]) / 1e3);
            }
        }
        table.row("core: submit, start, complete at 1,000,000", "us", deep, Goal.atMost(2, "us"));
        table.row("core: the same, against depth 1,000", "us", deep, shallow, Goal.ratioAtMost(1.5));
        table.row("core: the choice alone, 50 keys, 100 clients", "us", choiceDeep, Goal.atMost(2, "us"));
        table.row("core: the same, against depth 1,000", "us", choiceDeep, choiceShallow, Goal.ratioAtMost(1.5));
    }
}
