package server.api;

import java.util.Arrays;
import java.util.Set;

import server.dispatch.Backend;
import server.dispatch.Hosts;
import server.http.Answer;
import server.http.WebRequest;
import server.stats.Activity;
import server.task.Times;
import shared.json.JsonWriter;

/// The requests about hosts. In a path, a host's name is the segment `{id}`.
final class BackendsApi {

    /// See `server.openapi.Shapes`.
    static final String SHAPES = """
            Backend = name kind url remote:bool enabled:bool health since:time|null checked_at:time|null \
                error|null left_alone_until:time|null version|null installed:[text]|null loaded:[text]|null \
                slots:int parallel:int slots_used:int weight:number priority:int completed:int failed:int tokens:int \
                tokens_per_second:number completed_per_minute:number failed_per_minute:number refused:[Refused] \
                runners:[Runner] fits:int today:Today lane:Lane
            Refused = model since:time until:time|null error
            Runner = model options:object|null since:time|null until:time|null running:int loading:bool \
                usual_load_seconds:number size_bytes:int vram_bytes:int
            Today = loads:int loading_seconds:number answering_seconds:number
            Lane = part_seconds:number loading:[number] answering:[number]
            """;

    private final Hosts hosts;
    private final HttpApi.Ask asked;

    BackendsApi(Hosts hosts, HttpApi.Ask asked) {
        this.hosts = hosts;
        this.asked = asked;
    }

    Answer list(WebRequest request) {
        JsonWriter out = new JsonWriter(1024).beginArray();
        hosts.backends().forEach(backend -> write(out, backend));
        return Answer.json(200, out.endArray());
    }

    Answer enable(WebRequest request) {
        return change(request, true);
    }

    Answer disable(WebRequest request) {
        return change(request, false);
    }

    /// Checks a host, and answers when the check is done.
    Answer check(WebRequest request) throws InterruptedException {
        return answer(asked.host(request.id()));
    }

    private Answer change(WebRequest request, boolean enabled) {
        return answer(hosts.enable(request.id(), enabled));
    }

    private static Answer answer(Backend backend) {
        JsonWriter out = new JsonWriter(512);
        write(out, backend);
        return Answer.json(200, out);
    }

    private static void write(JsonWriter out, Backend backend) {
        out.beginObject();
        out.name("name").string(backend.name());
        out.name("kind").string(backend.kind());
        out.name("url").string(backend.url());
        out.name("remote").bool(backend.remote());
        out.name("enabled").bool(backend.enabled());
        out.name("health").string(backend.health());
        Times.write(out.name("since"), backend.healthSince());
        Times.write(out.name("checked_at"), backend.checkedAt());
        out.name("error").string(backend.error());
        Times.write(out.name("left_alone_until"), backend.leftAloneUntil());
        out.name("version").string(backend.version());
        names(out.name("installed"), backend.installed());
        names(out.name("loaded"), backend.loaded());
        out.name("slots").number(backend.slots());
        out.name("parallel").number(backend.parallel());
        out.name("slots_used").number(backend.slotsUsed());
        out.name("weight").number(backend.weight());
        out.name("priority").number(backend.priority());
        out.name("completed").number(backend.completed());
        out.name("failed").number(backend.failed());
        out.name("tokens").number(backend.tokens());
        out.name("tokens_per_second").number(Decimals.text(backend.tokensPerSecond()));
        out.name("completed_per_minute").number(Decimals.text(backend.completedPerMinute()));
        out.name("failed_per_minute").number(Decimals.text(backend.failedPerMinute()));
        out.name("refused").beginArray();
        for (Backend.Refused refused : backend.refused()) {
            out.beginObject().name("model").string(refused.model());
            Times.write(out.name("since"), refused.since());
            Times.write(out.name("until"), refused.until());
            out.name("error").string(refused.error()).endObject();
        }
        out.endArray();
        out.name("runners").beginArray();
        backend.runners().forEach(runner -> write(out, runner));
        out.endArray();
        out.name("fits").number(backend.fits());
        Activity.HostLane lane = backend.lane();
        out.name("today").beginObject().name("loads").number(backend.loadsToday());
        seconds(out.name("loading_seconds"), lane.loadingToday());
        seconds(out.name("answering_seconds"), lane.answeringToday());
        out.endObject();
        out.name("lane").beginObject();
        seconds(out.name("part_seconds"), Activity.PART_MS);
        out.name("loading").beginArray();
        Arrays.stream(lane.loading()).forEach(millis -> seconds(out, millis));
        out.endArray().name("answering").beginArray();
        Arrays.stream(lane.answering()).forEach(millis -> seconds(out, millis));
        out.endArray().endObject().endObject();
    }

    private static void write(JsonWriter out, Backend.RunnerView runner) {
        out.beginObject().name("model").string(runner.model()).name("options");
        if (runner.options() == null) {
            out.nul();
        } else {
            runner.options().write(out);
        }
        Times.write(out.name("since"), runner.since());
        Times.write(out.name("until"), runner.until());
        out.name("running").number(runner.running()).name("loading").bool(runner.loading());
        seconds(out.name("usual_load_seconds"), runner.usual());
        out.name("size_bytes").number(runner.size()).name("vram_bytes").number(runner.vram()).endObject();
    }

    private static void seconds(JsonWriter out, long millis) {
        out.number(Decimals.text(millis / 1e3));
    }

    private static void names(JsonWriter out, Set<String> names) {
        if (names == null) {
            out.nul();
            return;
        }
        out.beginArray();
        names.stream().sorted().forEach(out::string);
        out.endArray();
    }
}
