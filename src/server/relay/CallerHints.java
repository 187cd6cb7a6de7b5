package server.relay;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import server.http.Percent;
import server.access.Asker;
import server.access.ClientName;
import server.access.UserName;
import shared.Nearest;
import shared.Priority;
import shared.Problem;

/// Who makes a relayed call and how to treat it, as far as the caller tells. A header takes precedence over the path,
/// and the path over the body:
///
/// | hint | header | in the path | in the body |
/// |---|---|---|---|
/// | priority | `X-Queue-Priority` | `/q/priority=low/…` | `service_tier`: `flex`, `default`, `priority` |
/// | client | `X-Queue-Client`, else the programs' own | `/q/client=nightly/…` | |
/// | on | `X-Queue-On` | `/q/on=gpu1/…` | |
/// | keep, record | `X-Queue-Keep`, `X-Queue-Record` | | |
///
/// An invalid hint in the queue's own headers or in the path is an error; so is a client that the asker may not name.
/// An identity that programs send by themselves is ignored if it is not a valid client name. If the asker may name only
/// its own client, such an identity is not the client but a user, which is stored in the task's metadata.
///
/// @param client   null: none
/// @param user     null: none beside the client
/// @param priority null: the setting's
/// @param on       the host's name; null: any host
/// @param keep     whether the call goes on when its caller leaves; null: not given
/// @param record   whether its prompt and answer are kept after its end; null: the setting's
public record CallerHints(String client, String user, Integer priority, String on, Boolean keep, Boolean record) {

    private static final List<String> IN_PATH = List.of("priority", "client", "on");
    private static final int HOST_LENGTH_MAX = 255;

    /// Reads the hints in the headers and the path.
    ///
    /// @param header returns the value of a header by its name; null if it is absent
    /// @param inPath the segment after `/q/`, percent-encoded as it was sent; null: none
    /// @throws Problem 400 that says what would be right, 403 if the asker may not name this client
    static CallerHints of(UnaryOperator<String> header, String inPath, Asker asker) {
        Map<String, String> path = inPath == null ? Map.of() : members(inPath);
        String named = asker.client(hint(header, "X-Queue-Client", null, null, ClientName::parse));
        String pathsClient = asker.client(hint(null, null, path, "client", ClientName::parse));
        boolean isNamed = header.apply("X-Queue-Client") != null;
        String user = UserName.of(header, asker.speaksForOthers() ? ClientName::is : UserName::is);
        boolean isClient = user != null && asker.speaksForOthers();
        return new CallerHints(isNamed ? named : isClient ? user : pathsClient, isClient ? null : user,
                hint(header, "X-Queue-Priority", path, "priority", Priority::parse),
                hint(name -> fromHeader(header.apply(name)), "X-Queue-On", path, "on", CallerHints::host),
                hint(header, "X-Queue-Keep", null, null, CallerHints::flag),
                hint(header, "X-Queue-Record", null, null, CallerHints::flag));
    }

    /// Returns the same hints with the priority of a body's `service_tier` (low, normal or high), unless they have one.
    ///
    /// @param tier null: none
    CallerHints withTier(String tier) {
        Priority meant = tier == null || priority != null ? null : switch (tier) {
            case "flex" -> Priority.LOW;
            case "default" -> Priority.NORMAL;
            case "priority" -> Priority.HIGH;
            default -> null;
        };
        return meant == null ? this : new CallerHints(client, user, meant.value, on, keep, record);
    }

    /// Returns a name in the form of a header: a header's characters are bytes, here those of the name's UTF-8.
    static String asHeader(String name) {
        return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /// Returns the name in a header; a value that is not UTF-8 stays as it is.
    private static String fromHeader(String value) {
        try {
            return value == null ? null : StandardCharsets.UTF_8.newDecoder()
                    .decode(StandardCharsets.ISO_8859_1.encode(value)).toString();
        } catch (CharacterCodingException latin) {
            return value;
        }
    }

    /// Reads both, so that an error in either is noticed; the header takes precedence.
    private static <T> T hint(UnaryOperator<String> header, String name, Map<String, String> path, String nameInPath,
            Function<String, T> parse) {
        T inPath = path == null ? null : parsed("/q/" + nameInPath + "=", path.get(nameInPath), parse);
        T inHeader = header == null ? null : parsed(name, header.apply(name), parse);
        return inHeader == null ? inPath : inHeader;
    }

    private static <T> T parsed(String where, String text, Function<String, T> parse) {
        try {
            return text == null ? null : parse.apply(text.strip());
        } catch (Problem problem) {
            throw Problem.badRequest(where + ": " + problem.getMessage());
        }
    }

    /// Some programs encode the `=` and the `,` too; if there is a bare `=`, an encoded one is part of a value.
    private static Map<String, String> members(String raw) {
        boolean isBare = raw.indexOf('=') >= 0;
        Map<String, String> members = new HashMap<>();
        for (String member : (isBare ? raw : decoded(raw)).split(",", -1)) {
            int equals = member.indexOf('=');
            String key = equals < 0 ? member : member.substring(0, equals);
            String name = isBare ? decoded(key) : key;
            if (equals < 0 || !IN_PATH.contains(name)) {
                boolean noGuess = name.isEmpty() || IN_PATH.contains(name);
                throw Problem.badRequest("/q/ takes priority, client and on, as in "
                        + "/q/priority=low,client=nightly/v1, not \"" + Problem.shown(member) + "\""
                        + (noGuess ? "" : Nearest.hint(name, IN_PATH))
                        + (IN_PATH.contains(name) ? "; the value is missing" : ""));
            }
            String value = member.substring(equals + 1);
            if (members.put(name, isBare ? decoded(value) : value) != null) {
                throw Problem.badRequest("/q/ has " + name + " twice");
            }
        }
        return members;
    }

    private static String decoded(String raw) {
        return Percent.decode("path", raw, false);
    }

    private static String host(String text) {
        if (text.isEmpty() || text.length() > HOST_LENGTH_MAX) {
            throw Problem.badRequest("the name of a host must have 1 to " + HOST_LENGTH_MAX + " characters");
        }
        return text;
    }

    private static Boolean flag(String text) {
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw Problem.badRequest("must be true or false, not \"" + Problem.shown(text) + "\"");
        };
    }
}
