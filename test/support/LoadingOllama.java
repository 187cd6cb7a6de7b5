package support;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes a [FakeOllama] load its models, as Ollama does (`server/sched.go`): it has room for some runners, one for each
/// model, and each answers some requests at once; a request with other options starts the model again. If a request
/// would make Ollama dead-lock or break off an answer, that is recorded in [#broken], and the request waits until it
/// can be served.
///
/// ```
/// LoadingOllama loading = LoadingOllama.of(ollama, 1, 1, Duration.ofMillis(100), Duration.ofMillis(10));
/// ...
/// assertEquals(List.of(), loading.broken());
/// ```
public final class LoadingOllama implements FakeOllamaAnswer {

    private static final Pattern OPTION = Pattern.compile("\"(num_ctx|num_batch|num_gpu|main_gpu|use_mmap|num_thread"
            + "|draft_num_predict|shift)\"\\s*:\\s*([-\\w.]+)");
    private static final Pattern UNLOADS = Pattern.compile("\"keep_alive\"\\s*:\\s*\"?0");

    private final int room;
    private final int parallel;
    private final Duration load;
    private final FakeOllamaAnswer answer;

    // all of the following: under this object's lock
    private final Map<String, Runner> runners = new LinkedHashMap<>();
    private final List<String> broken = new ArrayList<>();
    private final List<String> loads = new ArrayList<>();
    private int mostAtOnce;
    private int overfull;

    private static final class Runner {
        final Map<String, String> options;
        /// The requests that it answers, and those that wait for its load.
        int busy;
        boolean loading = true;
        boolean expires;

        Runner(Map<String, String> options) {
            this.options = options;
        }
    }

    private LoadingOllama(int room, int parallel, Duration load, FakeOllamaAnswer answer) {
        this.room = room;
        this.parallel = parallel;
        this.load = load;
        this.answer = answer;
    }

    /// @param room     how many models can be loaded at once (`OLLAMA_MAX_LOADED_MODELS`)
    /// @param parallel how many requests a runner answers at once (`OLLAMA_NUM_PARALLEL`)
    /// @param load     how long a load takes
    /// @param run      how long an answer takes
    public static LoadingOllama of(FakeOllama fake, int room, int parallel, Duration load, Duration run) {
        return of(fake, room, parallel, load, (request, reply) -> {
            Thread.sleep(run);
            reply.token("x");
        });
    }

    /// @param answer writes the pieces of each answer
    public static LoadingOllama of(FakeOllama fake, int room, int parallel, Duration load, FakeOllamaAnswer answer) {
        LoadingOllama loading = new LoadingOllama(room, parallel, load, answer);
        fake.otherwise(loading).info("/api/ps", (request, reply) -> reply.whole(200, loading.listed()));
        return loading;
    }

    /// Returns the models that were loaded, in order, with their options.
    public synchronized List<String> loads() {
        return List.copyOf(loads);
    }

    /// Returns the requests that it should never have been sent: those for which it would have had to reload a runner
    /// that was answering, or to evict one.
    public synchronized List<String> broken() {
        return List.copyOf(broken);
    }

    /// Returns the largest number of requests that one runner answered at once, including those that waited for its
    /// load.
    public synchronized int mostAtOnce() {
        return mostAtOnce;
    }

    /// Returns how many requests had to wait inside because their runner was answering as many as it may.
    public synchronized int overfull() {
        return overfull;
    }

    /// Starts a model as another program would, or evicts all.
    ///
    /// @param model null: none
    public synchronized void restart(String model) {
        runners.clear();
        if (model != null) {
            Runner runner = new Runner(Map.of());
            runner.loading = false;
            runners.put(plain(model), runner);
        }
    }

    @Override
    public void play(FakeOllamaRequest request, FakeOllamaReply reply) throws IOException, InterruptedException {
        String model = plain(request.model());
        long began = System.nanoTime();
        if (request.prompt().isEmpty() && UNLOADS.matcher(request.body()).find()) {
            unload(model);
            reply.whole(200, "{\"model\":\"" + model + "\",\"done\":true,\"done_reason\":\"unload\"}");
            return;
        }
        boolean isLoad = request.prompt().isEmpty();
        if (isLoad && isLoaded(model, options(request.body()))) {
            // it asks for no answer, so it is answered beside the runner's other requests
            reply.whole(200, "{\"model\":\"" + model + "\",\"done\":true,\"done_reason\":\"load\"}");
            return;
        }
        Runner runner = runner(model, options(request.body()));
        long loaded = System.nanoTime() - began;
        try {
            if (!isLoad) {
                answer.play(request, reply);
            }
        } finally {
            // before the last line: its reader may send the next request before this thread continues
            release(model, runner);
        }
        if (isLoad) {
            reply.whole(200, "{\"model\":\"" + model + "\",\"done\":true,\"done_reason\":\"load\"}");
        } else {
            reply.line("{\"model\":\"" + model + "\",\"done\":true,\"done_reason\":\"stop\",\"load_duration\":" + loaded
                    + ",\"eval_count\":1,\"eval_duration\":1000}");
        }
    }

    private synchronized boolean isLoaded(String model, Map<String, String> options) {
        Runner there = runners.get(model);
        return there != null && !there.loading && serves(there.options, options);
    }

    private synchronized void release(String model, Runner runner) {
        runner.busy--;
        if (runner.busy == 0 && runner.expires) {
            runners.remove(model, runner);
        }
        notifyAll();
    }

    private synchronized void unload(String model) {
        Runner runner = runners.get(model);
        if (runner != null && runner.busy == 0) {
            runners.remove(model);
        } else if (runner != null) {
            runner.expires = true;
        }
    }

    /// Waits until the runner of a request can answer it.
    private Runner runner(String model, Map<String, String> options) throws InterruptedException {
        Runner mine = null;
        synchronized (this) {
            boolean noted = false;
            while (mine == null) {
                Runner there = runners.get(model);
                if (there != null && serves(there.options, options)) {
                    if (there.busy < parallel) {
                        there.busy++;
                        mostAtOnce = Math.max(mostAtOnce, there.busy);
                        while (there.loading) {
                            wait();
                        }
                        return there;
                    }
                    overfull += noted ? 0 : 1;
                } else if (there != null && there.busy > 0) {
                    note(noted, model + options + " would reload " + model + there.options + ", which answers");
                } else {
                    runners.remove(model);
                    runners.entrySet().removeIf(entry -> runners.size() >= room && entry.getValue().busy == 0);
                    if (runners.size() < room) {
                        mine = new Runner(options);
                        mine.busy = 1;
                        mostAtOnce = Math.max(mostAtOnce, 1);
                        runners.put(model, mine);
                        loads.add(options.isEmpty() ? model : model + options);
                        break;
                    }
                    note(noted, model + options + " would throw out " + runners.keySet() + ", which answer");
                }
                noted = true;
                wait();
            }
        }
        try {
            Thread.sleep(load);
        } finally {
            synchronized (this) {
                mine.loading = false;
                notifyAll();
            }
        }
        return mine;
    }

    private void note(boolean noted, String what) {
        if (!noted) {
            broken.add(what);
        }
    }

    /// Returns whether a runner serves a request; `num_gpu` below 0, its default, matches anything.
    private static boolean serves(Map<String, String> started, Map<String, String> asked) {
        Map<String, String> one = new TreeMap<>(started);
        Map<String, String> other = new TreeMap<>(asked);
        if (other.getOrDefault("num_gpu", "-1").startsWith("-")) {
            one.remove("num_gpu");
            other.remove("num_gpu");
        }
        return one.equals(other);
    }

    private static Map<String, String> options(String body) {
        Map<String, String> options = new TreeMap<>();
        for (Matcher option = OPTION.matcher(body); option.find();) {
            options.put(option.group(1), option.group(2));
        }
        return options;
    }

    private static String plain(String model) {
        return model.replaceFirst(":latest$", "");
    }

    private synchronized String listed() {
        List<String> all = new ArrayList<>();
        runners.forEach((model, runner) -> all.add("{\"name\":\"" + model + (model.contains(":") ? "" : ":latest")
                + "\",\"size\":1000,\"size_vram\":500,\"context_length\":"
                + runner.options.getOrDefault("num_ctx", "4096") + ",\"expires_at\":\""
                + Instant.now().plusSeconds(300) + "\"}"));
        return "{\"models\":[" + String.join(",", all) + "]}";
    }
}
