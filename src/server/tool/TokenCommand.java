package server.tool;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import server.access.Asker;
import server.access.ClientName;
import server.access.NamedToken;
import server.access.NamedTokens;
import server.access.Scope;
import server.access.TokenFile;
import server.journal.JournalOptions;
import shared.Priority;
import shared.Problem;
import shared.config.Durations;

/// `token add|list|revoke`: manages the named tokens of a data directory, whether or not a server runs there.
final class TokenCommand {

    private static final List<String> FLAGS = List.of("--scope", "--priority-max", "--max-pending", "--expires-in");

    private TokenCommand() {
    }

    static int add(Invocation call) throws IOException {
        Map<String, String> flags = new HashMap<>();
        Invocation rest = call.withEnvironment();
        rest = rest.with(withoutFlags(rest.arguments(), flags));
        String name = ClientName.parse(name(rest, "add", " --scope submit"));
        TokenFile file = file(rest, 1);
        if (!flags.containsKey("--scope")) {
            throw Problem.badRequest("--scope is missing; it is read, submit or admin");
        }
        Scope scope = Scope.parse(flags.get("--scope"));
        int priorityMax = flags.containsKey("--priority-max") ? Priority.parse(flags.get("--priority-max"))
                : Asker.NO_LIMIT;
        int pendingMax = flags.containsKey("--max-pending") ? count(flags.get("--max-pending")) : Asker.NO_LIMIT;
        long lifetime = flags.containsKey("--expires-in") ? lifetime(flags.get("--expires-in")) : 0;
        long now = call.clock().millis();
        return done(call, () -> {
            boolean first = file.read() == null;
            call.out().println(file.add(new Asker(name, scope, priorityMax, pendingMax), now,
                    lifetime == 0 ? 0 : now + lifetime));
            if (call.out().checkError()) {
                file.takeBack(name, first);
                throw Problem.conflict("nothing can be written to standard output, so the token was removed");
            }
            call.err().println("note: the token is shown this once; only its hash is kept");
            if (first) {
                call.err().println("note: it is the first one: from now on every request to the server needs a token");
            }
        });
    }

    static int list(Invocation call) throws IOException {
        TokenFile file = file(call.withEnvironment(), 0);
        List<NamedToken> tokens = file.read();
        Map<String, Long> used = file.used();
        long now = call.clock().millis();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("NAME", "SCOPE", "PRIORITY MAX", "MAX PENDING", "CREATED", "EXPIRES", "LAST USE"));
        for (NamedToken token : tokens == null ? List.<NamedToken>of() : tokens) {
            Asker asker = token.asker();
            rows.add(List.of(asker.name(), asker.scope().text, limit(asker.priorityMax()), limit(asker.pendingMax()),
                    time(token.createdAt()), (token.isExpired(now) ? "expired " : "") + time(token.expiresAt()),
                    time(token.usedAt(used))));
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                int width = rows.stream().mapToInt(each -> each.get(column).length()).max().orElse(0);
                line.append(row.get(i)).append(" ".repeat(width - row.get(i).length() + 2));
            }
            call.out().println(line.toString().stripTrailing());
        }
        if (tokens == null) {
            call.err().println("note: no token was ever added; unless server.token is set, the server needs none");
        }
        return 0;
    }

    static int revoke(Invocation call) throws IOException {
        Invocation whole = call.withEnvironment();
        String name = name(whole, "revoke", "");
        TokenFile file = file(whole, 1);
        return done(call, () -> file.revoke(name));
    }

    private interface Change {
        void run() throws IOException;
    }

    /// Carries out a change. A conflict with the present tokens has status 1, because it is not wrong usage.
    private static int done(Invocation call, Change change) throws IOException {
        try {
            change.run();
            return 0;
        } catch (Problem refused) {
            call.complain(refused.getMessage());
            return 1;
        }
    }

    private static String name(Invocation call, String command, String more) {
        if (call.arguments().isEmpty() || call.arguments().getFirst().startsWith("-")) {
            throw Problem.badRequest("token " + command + " needs a name first: token " + command + " ci" + more);
        }
        return call.arguments().getFirst();
    }

    /// Returns the token file of the server's data directory.
    ///
    /// @param skipped the number of leading arguments that are not options of the server
    private static TokenFile file(Invocation call, int skipped) {
        Path directory = call.with(call.arguments().subList(skipped, call.arguments().size())).loaded().settings()
                .get(JournalOptions.PATH);
        return new TokenFile(directory);
    }

    /// Returns the arguments without the command's own flags.
    ///
    /// @param flags receives these flags and their values
    private static List<String> withoutFlags(List<String> words, Map<String, String> flags) {
        List<String> others = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            String flag = equals < 0 ? word : word.substring(0, equals);
            if (!FLAGS.contains(flag)) {
                others.add(word);
            } else if (equals < 0 && i + 1 == words.size()) {
                throw Problem.badRequest(flag + " needs a value");
            } else if (flags.put(flag, equals < 0 ? words.get(++i) : word.substring(equals + 1)) != null) {
                throw Problem.badRequest(flag + " is given twice");
            }
        }
        return others;
    }

    private static int count(String text) {
        if (!text.matches("\\d{1,8}") || Integer.parseInt(text) > NamedTokens.PENDING_MAX) {
            throw Problem.badRequest("--max-pending must be a whole number from 0 to " + NamedTokens.PENDING_MAX
                    + ", not \"" + Problem.shown(text) + "\"");
        }
        return Integer.parseInt(text);
    }

    private static long lifetime(String text) {
        Duration lifetime = Durations.parse("--expires-in", text);
        if (lifetime.toMillis() < 1 || lifetime.compareTo(NamedTokens.LIFETIME_MAX) > 0) {
            throw Problem.badRequest("--expires-in must be from 1ms to " + Durations.format(NamedTokens.LIFETIME_MAX)
                    + ", not " + text);
        }
        return lifetime.toMillis();
    }

    private static String limit(int limit) {
        return limit == Asker.NO_LIMIT ? "-" : Integer.toString(limit);
    }

    private static String time(long at) {
        return at == 0 ? "-" : Instant.ofEpochMilli(at).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
