package plugin;

import java.util.List;

import server.executor.Call;
import server.executor.Outcome;
import server.executor.Pieces;
import server.executor.TaskExecutor;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Answers a generate with its prompt the other way round.
final class ReverseExecutor implements TaskExecutor {

    @Override
    public String name() {
        return "reverse";
    }

    @Override
    public String url() {
        return "reverse:";
    }

    @Override
    public Outcome run(Call call, Pieces pieces) {
        Slice payload = call.payload();
        Json.Obj request = (Json.Obj) Json.read(new JsonReader(payload.bytes(), payload.from(), payload.to()));
        if (call.type() != TaskType.GENERATE || request.text("prompt") == null) {
            return new Outcome.Failed(Outcome.Cause.FINAL, "reverse: only a generate with a prompt", null);
        }
        String answer = new StringBuilder(request.text("prompt")).reverse().toString();
        pieces.text(answer);
        return new Outcome.Completed(Slice.of(new JsonWriter().beginObject()
                .name("model").string(call.model())
                .name("response").string(answer)
                .name("done").bool(true)
                .name("done_reason").string("stop")
                .endObject().toBytes()));
    }

    @Override
    public List<String> models() {
        return List.of("reverse");
    }

    @Override
    public void close() {
    }
}
