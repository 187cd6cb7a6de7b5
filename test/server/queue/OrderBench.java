package server.queue;

import java.util.ArrayList;
import java.util.List;

import server.order.Ageing;
import server.order.OrderOptions;
import server.queue.OrderRig.Job;
import server.queue.OrderRig.Machine;
import server.queue.OrderRig.Ran;
import server.queue.state.QueueOptions;

/// The loads of a mix of tasks on one host by the rule alone, without a server: prints those of the rule, of plain
/// order, and of llama-swap's rule (a waiting request goes at once to the model that is loaded, without bound). In the
/// package of what it measures, for nobody else sees it.
public final class OrderBench {

    private OrderBench() {
    }

    /// @param args the milliseconds of a load and of a run, then the models, in order
    public static void main(String[] args) {
        List<Job> jobs = new ArrayList<>();
        for (int i = 2; i < args.length; i++) {
            jobs.add(new Job(0, null, args[i], 5, Long.parseLong(args[1])));
        }
        long load = Long.parseLong(args[0]);
        System.out.println(loads(jobs, load, new OrderOptions(true, 60_000, 32, Ageing.NONE)) + " "
                + loads(jobs, load, new OrderOptions(false, 60_000, 32, Ageing.NONE)) + " "
                + loads(jobs, load, new OrderOptions(true, 1L << 40, jobs.size(), Ageing.NONE)));
    }

    private static long loads(List<Job> jobs, long load, OrderOptions order) {
        List<Ran> ran = OrderRig.run(jobs, QueueOptions.DEFAULT.with(order), new Machine(1, 1, load));
        return OrderRig.loads(ran);
    }
}
