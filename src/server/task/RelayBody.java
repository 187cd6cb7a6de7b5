package server.task;

import java.util.regex.Pattern;

import shared.TaskType;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.Slice;

/// What the queue reads of a body that goes to a host as it is: leniently, because the host is to judge it, and as
/// Ollama (Go's `encoding/json`) reads it: `Prompt` is `prompt`, of a name given twice the last counts, and a null
/// leaves the text before it. A value of another kind than expected counts as absent.
///
/// @param model       null: none
/// @param streams     whether it asks for an answer in pieces
/// @param serviceTier OpenAI's; null: none
/// @param isLoad      whether it is a chat without messages or a generate without prompt, by which Ollama loads a model
/// @param isUnload    whether Ollama unloads the model for it
/// @param runner      its options for which Ollama may restart the model; null: no options at all
/// @param preview     the beginning of what the model is asked; empty: nothing that is text
public record RelayBody(String model, boolean streams, String serviceTier, boolean isLoad, boolean isUnload,
        RunnerOptions runner, String preview) {

    /// What the queue itself reads of a call; the rest is the host's. See `server.openapi.Shapes`.
    public static final String SHAPES = """
            RelayedCall = model:text stream?:bool service_tier?:text messages?:any prompt?:any input?:any
            """;

    /// Go's durations of no length, quoted.
    private static final Pattern ZERO = Pattern.compile("\"[+-]?(0|((0+(\\.0*)?|\\.0+)(ns|us|ms|s|m|h))+)\"");
    private static final int DURATION_LENGTH_MAX = 64;

    /// Reads a body.
    ///
    /// @param endpoint null for a call that is no task, of which only the model is of use; older clients call it `name`
    /// @throws JsonException the body is no JSON object
    public static RelayBody read(ApiPath endpoint, JsonReader body) {
        return new Reading(body.repeatsNames()).read(endpoint);
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
        /// The last user message's text; where no user speaks, the last message's.
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

        /// Ollama's own calls stream unless told not to, the others if told to.
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

        /// What asks for a stream. A null unsets it where Ollama knows a default of its own.
        private Boolean bool(ApiPath endpoint) {
            Kind kind = json.peek();
            if (kind == Kind.BOOLEAN) {
                return json.bool();
            }
            json.skip();
            return kind == Kind.NULL && endpoint != null && !endpoint.ollamas() ? stream : null;
        }

        /// As Ollama takes it: seconds as a number, or a duration of Go.
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

        /// A text, or several, or the items of `/v1/responses`, among which are messages.
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

        /// @return whether there are any, or what stands there is none of our business
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

        /// A text, or the last text among parts: programs put what they add themselves before the person's words.
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

        /// The next value, which is passed over, if it is a text.
        private Slice text() {
            boolean isText = json.peek() == Kind.STRING;
            Slice value = json.raw();
            return isText ? value : null;
        }
    }
}
