package server.queue;

import java.util.ArrayList;
import java.util.List;

import server.order.Ageing;
import server.order.OrderOptions;
import server.queue.OrderRig.Job;
import server.queue.OrderRig.Machine;
import server.queue.OrderRig.Ran;
import server.queue.state.QueueOptions;

/// The loads of a mix of tasks by the rule alone, without a server. Prints the loads of the rule, of plain order, and
/// of llama-swap's rule (a waiting request goes at once to the model that is loaded, without bound). It is in the
/// package of what it measures, because that is visible only there.
public final class OrderBench {

    private OrderBench() {
    }

    /// @param args the milliseconds of a load and of a run, how many hosts, then the tasks in order, `MODEL/PRIORITY`
    public static void main(String[] args) {
        List<Job> jobs = new ArrayList<>();
        for (int i = 3; i < args.length; i++) {
            String[] task = args[i].split("/", -1);
            jobs.add(new Job(0, null, task[0], Integer.parseInt(task[1]), Long.parseLong(args[1])));
        }
        Machine machine = new Machine(Integer.parseInt(args[2]), 1, Long.parseLong(args[0]));
        System.out.println(loads(jobs, machine, new OrderOptions(true, 60_000, 32, Ageing.NONE)) + " "
                + loads(jobs, machine, new OrderOptions(false, 60_000, 32, Ageing.NONE)) + " "
                + loads(jobs, machine, new OrderOptions(true, 1L << 40, jobs.size(), Ageing.NONE)));
    }

    private static long loads(List<Job> jobs, Machine machine, OrderOptions order) {
        List<Ran> ran = OrderRig.run(jobs, QueueOptions.DEFAULT.with(order), machine);
        return OrderRig.loads(ran);
    }
}
