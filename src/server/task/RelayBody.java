package server.task;

import java.util.regex.Pattern;

import shared.TaskType;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.Slice;

/// What the queue reads of a body that goes to a host unchanged. It reads leniently, because the host validates the
/// body, and as Ollama (Go's `encoding/json`) does: `Prompt` is `prompt`, the last of several members with one name
/// counts, and a null keeps the text before it. A value of an unexpected kind counts as absent. The body may be nested
/// to any depth.
///
/// @param model       null: none
/// @param streams     whether it asks for an answer in pieces
/// @param serviceTier OpenAI's `service_tier`; null: none
/// @param isLoad      whether it is a chat without messages or a generate without a prompt, which makes Ollama load a
///                    model
/// @param isUnload    whether it makes Ollama unload the model
/// @param runner      the options for which Ollama may restart the model; null: no options at all
/// @param preview     the beginning of what the model is asked; empty if that is not text
public record RelayBody(String model, boolean streams, String serviceTier, boolean isLoad, boolean isUnload,
        RunnerOptions runner, String preview) {

    /// What the queue itself reads of a call; the host reads the rest. See `server.openapi.Shapes`.
    public static final String SHAPES = """
            RelayedCall = model:text stream?:bool service_tier?:text messages?:any prompt?:any input?:any
            """;

    /// Go's zero durations, in quotes.
    private static final Pattern ZERO = Pattern.compile("\"[+-]?(0|((0+(\\.0*)?|\\.0+)(ns|us|ms|s|m|h))+)\"");
    private static final int DURATION_LENGTH_MAX = 64;

    /// Reads a body.
    ///
    /// @param endpoint null for a call that is not a task, of which only the model matters; older clients call it
    ///                 `name`
    /// @throws JsonException if the body is not a JSON object
    public static RelayBody read(ApiPath endpoint, Slice body) {
        return new Reading(new JsonReader(body.bytes(), body.from(), body.to(), JsonReader.ANY_DEPTH)).read(endpoint);
    }

    private static final class Reading {

        private final JsonReader json;
        private String model;
        private String name;
        private String serviceTier;
        private Boolean stream;
        private boolean keepsNothing;
        private final RunnerOptions.Reading runner = new RunnerOptions.Reading();
        private boolean hasMessages;
        private boolean hasPrompt;
        private Slice prompt;
        private Slice input;
        /// The last user message's text; if there is no user message, the last message's.
        private Slice said;
        private boolean userSaid;

        Reading(JsonReader json) {
            this.json = json;
        }

        RelayBody read(ApiPath endpoint) {
            json.beginObject();
            for (String member = nextName(); member != null; member = nextName()) {
                switch (member) {
                    case "model" -> model = string(model);
                    case "name" -> name = string(name);
                    case "service_tier" -> serviceTier = string(serviceTier);
                    case "stream" -> stream = bool(endpoint);
                    case "keep_alive" -> keepsNothing = isZero();
                    case "messages" -> hasMessages = readMessages();
                    case "prompt" -> readPrompt();
                    case "input" -> readInput();
                    default -> {
                        if (!runner.read(member, json)) {
                            json.skip();
                        }
                    }
                }
            }
            json.end();
            boolean isLoad = endpoint == ApiPath.CHAT && !hasMessages || endpoint == ApiPath.GENERATE && !hasPrompt;
            Slice text = said != null ? said : prompt != null ? prompt : input;
            boolean byName = endpoint == null && (model == null || model.isEmpty());
            return new RelayBody(byName ? name : model, streams(endpoint), serviceTier, isLoad, isLoad && keepsNothing,
                    endpoint == null ? null : runner.options(endpoint.type, endpoint),
                    text == null ? "" : Preview.ofJson(text));
        }

        private String nextName() {
            String member = json.nextName();
            return member == null ? null : RunnerOptions.folded(member);
        }

        /// Ollama's own calls stream unless told not to; the others stream if told to.
        private boolean streams(ApiPath endpoint) {
            boolean can = endpoint != null && endpoint.type != TaskType.EMBED;
            return can && (stream == null ? endpoint.ollamas() : stream);
        }

        private String string(String before) {
            if (json.peek() == Kind.STRING) {
                return json.string();
            }
            json.skip();
            return before;
        }

        /// Reads `stream`. In Ollama's own API, where absent has a default, a null unsets it; elsewhere it changes
        /// nothing.
        private Boolean bool(ApiPath endpoint) {
            Kind kind = json.peek();
            if (kind == Kind.BOOLEAN) {
                return json.bool();
            }
            json.skip();
            return kind == Kind.NULL && endpoint != null && !endpoint.ollamas() ? stream : null;
        }

        /// Reads a zero as Ollama does: a number of seconds, or a Go duration.
        private boolean isZero() {
            Kind kind = json.peek();
            Slice value = json.raw();
            String text = value.length() > DURATION_LENGTH_MAX ? "" : value.text();
            return kind == Kind.STRING ? ZERO.matcher(text).matches()
                    : kind == Kind.NUMBER && !text.isEmpty() && Double.parseDouble(text) == 0;
        }

        private void readPrompt() {
            Kind kind = json.peek();
            if (kind == Kind.NULL) {
                json.skip();
                return;
            }
            prompt = kind == Kind.ARRAY ? firstText() : text();
            hasPrompt = kind != Kind.STRING || prompt.length() > 2;
        }

        /// Reads a text, several texts, or the items of `/v1/responses`, some of which are messages.
        private void readInput() {
            switch (json.peek()) {
                case STRING -> input = json.raw();
                case ARRAY -> {
                    input = null;
                    json.beginArray();
                    while (json.nextElement()) {
                        if (json.peek() == Kind.OBJECT) {
                            readMessage();
                        } else {
                            input = firstOf(input);
                        }
                    }
                }
                default -> json.skip();
            }
        }

        /// @return whether there are any messages; a value of another kind, which the host judges, counts as some
        private boolean readMessages() {
            if (json.peek() != Kind.ARRAY) {
                boolean isNull = json.peek() == Kind.NULL;
                json.skip();
                return !isNull;
            }
            said = null;
            userSaid = false;
            boolean any = false;
            json.beginArray();
            while (json.nextElement()) {
                any = true;
                if (json.peek() == Kind.OBJECT) {
                    readMessage();
                } else {
                    json.skip();
                }
            }
            return any;
        }

        private void readMessage() {
            boolean user = false;
            Slice text = null;
            json.beginObject();
            for (String name = nextName(); name != null; name = nextName()) {
                switch (name) {
                    case "role" -> user = "user".equals(string(null));
                    case "content" -> text = content();
                    default -> json.skip();
                }
            }
            if (text != null && (user || !userSaid)) {
                said = text;
                userSaid |= user;
            }
        }

        /// Reads a text, or the last text among parts: programs put what they add themselves before the person's words.
        private Slice content() {
            if (json.peek() != Kind.ARRAY) {
                return text();
            }
            Slice last = null;
            json.beginArray();
            while (json.nextElement()) {
                Slice text = json.peek() == Kind.OBJECT ? part() : text();
                last = text == null ? last : text;
            }
            return last;
        }

        private Slice part() {
            Slice text = null;
            json.beginObject();
            for (String name = nextName(); name != null; name = nextName()) {
                if (name.equals("text")) {
                    text = text();
                } else {
                    json.skip();
                }
            }
            return text;
        }

        private Slice firstText() {
            Slice first = null;
            json.beginArray();
            while (json.nextElement()) {
                first = firstOf(first);
            }
            return first;
        }

        private Slice firstOf(Slice before) {
            Slice next = text();
            return before == null ? next : before;
        }

        /// Reads the next value; returns it if it is a string, else null.
        private Slice text() {
            boolean isText = json.peek() == Kind.STRING;
            Slice value = json.raw();
            return isText ? value : null;
        }
    }
}
