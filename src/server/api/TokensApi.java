package server.api;

import java.util.List;

import server.access.Asker;
import server.access.ClientName;
import server.access.NamedToken;
import server.access.NamedTokens;
import server.access.Scope;
import server.http.Answer;
import server.http.WebRequest;
import server.settings.Settings;
import server.task.FieldReader;
import server.task.Times;
import shared.Problem;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;

/// The requests about named tokens. A secret is shown once, in the answer to the request that adds it.
final class TokensApi {

    /// See `server.openapi.Shapes`.
    static final String SHAPES = """
            Token = name scope priority_max:int|null max_pending:int|null created_at:time expires_at:time|null \
                expired:bool last_used_at:time|null
            TokenAdded = ...Token token
            tokenAsked = expires_in:duration priority_max:priority
            """;

    static final List<String> FIELDS = List.of("name", "scope", "priority_max", "max_pending", "expires_in");

    private final Settings settings;
    private final NamedTokens tokens;

    TokensApi(Settings settings, NamedTokens tokens) {
        this.settings = settings;
        this.tokens = tokens;
    }

    Answer list(WebRequest request) {
        JsonWriter out = new JsonWriter(1_024).beginArray();
        for (NamedToken token : tokens.all()) {
            write(out.beginObject(), token);
            out.endObject();
        }
        return Answer.json(200, out.endArray());
    }

    Answer add(WebRequest request) {
        JsonReader json = request.json(settings.get(HttpApi.OTHER_BODY_BYTES), "a token");
        FieldReader fields = new FieldReader(json);
        String name = null;
        Scope scope = null;
        int priorityMax = Asker.NO_LIMIT;
        int pendingMax = Asker.NO_LIMIT;
        long lifetime = 0;
        json.beginObject();
        for (String field = json.nextName(); field != null; field = json.nextName()) {
            if (json.peek() == Kind.NULL && FIELDS.contains(field)) {
                json.nul();
                continue;
            }
            switch (field) {
                case "name" -> name = fields.parsed(ClientName::parse);
                case "scope" -> scope = fields.parsed(Scope::parse);
                case "priority_max" -> priorityMax = fields.priority();
                case "max_pending" -> pendingMax = fields.integer(0, NamedTokens.PENDING_MAX);
                case "expires_in" -> lifetime = fields.duration(1, NamedTokens.LIFETIME_MAX.toMillis());
                default -> throw fields.unknown(FIELDS, "");
            }
        }
        json.end();
        if (name == null || scope == null) {
            throw Problem.badRequest("name and scope are needed, as in {\"name\":\"ci\",\"scope\":\"submit\"}");
        }
        String secret = tokens.add(new Asker(name, scope, priorityMax, pendingMax), lifetime);
        String added = name;
        JsonWriter out = new JsonWriter().beginObject();
        tokens.all().stream().filter(token -> token.asker().name().equals(added)).forEach(token -> write(out, token));
        return Answer.json(201, out.name("token").string(secret).endObject(), "Location", "/api/tokens/" + name,
                "Cache-Control", "no-store");
    }

    Answer revoke(WebRequest request) {
        tokens.revoke(request.id());
        return Answer.empty(204);
    }

    private void write(JsonWriter out, NamedToken token) {
        Asker asker = token.asker();
        out.name("name").string(asker.name()).name("scope").string(asker.scope().text);
        limit(out.name("priority_max"), asker.priorityMax());
        limit(out.name("max_pending"), asker.pendingMax());
        Times.write(out.name("created_at"), token.createdAt());
        Times.write(out.name("expires_at"), token.expiresAt());
        out.name("expired").bool(tokens.isExpired(token));
        Times.write(out.name("last_used_at"), tokens.usedAt(token));
    }

    private static void limit(JsonWriter out, int limit) {
        if (limit == Asker.NO_LIMIT) {
            out.nul();
        } else {
            out.number(limit);
        }
    }
}
