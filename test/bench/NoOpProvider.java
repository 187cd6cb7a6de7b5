package bench;

import java.nio.charset.StandardCharsets;
import java.util.List;

import server.executor.Call;
import server.executor.ExecutorProvider;
import server.executor.Outcome;
import server.executor.Pieces;
import server.executor.TaskExecutor;
import shared.json.Slice;

/// `noop:` completes every task at once, so that only the cost of a dispatch is measured. The server finds it on its
/// class path.
public final class NoOpProvider implements ExecutorProvider {

    private static final Slice RESULT = Slice.of(
            "{\"response\":\"\",\"done\":true}".getBytes(StandardCharsets.US_ASCII));

    public NoOpProvider() {
    }

    @Override
    public String kind() {
        return "noop";
    }

    @Override
    public boolean serves(String address) {
        return address.equals("noop:");
    }

    @Override
    public TaskExecutor open(String address) {
        return new TaskExecutor() {
            @Override
            public String name() {
                return "noop";
            }

            @Override
            public String url() {
                return address;
            }

            @Override
            public Outcome run(Call call, Pieces pieces) {
                return new Outcome.Completed(RESULT);
            }

            @Override
            public List<String> models() {
                return List.of();
            }

            @Override
            public void close() {
                // holds nothing
            }
        };
    }
}
