package tidy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The rooms of `src`, a folder each: who may know whom, and what each of them has. The compiler keeps the modules
/// apart; this keeps the packages so.
final class Rooms {

    /// How many files a room of the server holds beside its front page.
    static final int FILES_MAX = 26;

    private static final String FRONT_PAGE = "package-info.java";
    /// A class of the server by its full name, as an import has it; the room is the group.
    private static final Pattern MENTIONED = Pattern.compile("\\b(server(?:\\.[a-z]\\w*)*)\\.[A-Z]\\w*");

    /// The modifiers and the name of a type inside of another one.
    private static final Pattern NESTED = Pattern.compile(
            "(?m)^ +((?:[a-z-]+ )*)(?:class|record|interface|enum) ([A-Z]\\w*)");

    /// `Parts` is what an API is made of, `What` what an event tells of: both are only read with the name of theirs.
    private static final Set<String> NAMES_FOR_TWO = Set.of("Parts", "What");

    private static final String SERVER = "server.";

    /// Each room of the server, and the other rooms whose classes it may use. The room `server` is the wiring and may
    /// use all; nobody else may use it.
    private static final String WHO_KNOWS_WHOM = """
            access: settings
            action: action.plan clock journal queue.index queue.ledger queue.line queue.page queue.state task
            action.plan: task
            api: access action action.plan cron cron.plan dispatch http journal.compaction live metrics openapi \
                order order.ahead order.limits queue queue.index queue.ledger queue.page queue.state \
                settings stats task websocket
            clock:
            cron: clock cron.plan journal queue queue.ledger queue.state task
            cron.plan: task
            dispatch: executor executor.relay journal journal.disk live order order.ahead order.limits \
                queue queue.state settings stats task
            executor:
            executor.answer: executor executor.wire
            executor.echo: executor executor.relay
            executor.ollama: executor executor.answer executor.relay executor.wire
            executor.openai: executor executor.answer executor.relay executor.wire
            executor.relay: executor executor.answer executor.wire
            executor.wire: clock executor
            http: access clock journal settings task tls
            journal: journal.disk journal.recovery settings
            journal.compaction: journal journal.disk
            journal.disk:
            journal.recovery: journal.disk
            live: clock executor queue queue.ledger task
            log: settings
            metrics: access dispatch http live order.ahead queue queue.index queue.state stats
            openapi: access http
            order: queue.index settings task
            order.ahead: order order.limits task
            order.limits: access order queue.index settings task
            queue: clock journal journal.compaction journal.disk order queue.index queue.ledger queue.line \
                queue.page queue.state task
            queue.index: task
            queue.ledger: action.plan clock cron.plan journal journal.compaction journal.disk queue.index queue.line \
                queue.state task
            queue.line: action.plan cron.plan queue.state task
            queue.page: queue.index queue.ledger queue.state task
            queue.state: action.plan cron.plan order order.ahead order.limits queue.index settings task
            relay: access dispatch executor executor.answer executor.relay http journal journal.disk live order.limits \
                queue settings task
            settings:
            simulate: dispatch journal.disk journal.recovery order order.ahead order.limits queue.line queue.state \
                settings task
            stats: queue queue.index queue.ledger queue.state task
            task: access settings
            tls: clock settings
            tool: access dispatch journal journal.compaction journal.disk journal.recovery queue queue.ledger \
                queue.state settings simulate tls
            websocket: access clock settings tls
            """;

    private static final Map<String, Set<String>> KNOWN = known();

    /// Rules about the files of the tree together, by name.
    static final Map<String, Function<List<SourceFile>, List<String>>> ALL = new LinkedHashMap<>(Map.of(
            "names", Rooms::namesTwice,
            "type-names", Rooms::typesTwice,
            "front-page", Rooms::withoutFrontPage,
            "room-size", Rooms::tooLarge,
            "rooms-known", Rooms::unknownRooms));

    private Rooms() {
    }

    private static Map<String, Set<String>> known() {
        Map<String, Set<String>> known = new TreeMap<>();
        WHO_KNOWS_WHOM.lines().forEach(line -> {
            String[] roomAndOthers = line.split(":", -1);
            known.put(SERVER + roomAndOthers[0], Stream.of(roomAndOthers[1].strip().split(" "))
                    .filter(name -> !name.isEmpty()).map(SERVER::concat).collect(Collectors.toSet()));
        });
        return known;
    }

    /// A room of the server that uses one that it must not know.
    static List<String> unknownTo(SourceFile file) {
        if (!file.isUnder("src/server") || room(file).equals("server")) {
            return List.of();
        }
        Set<String> known = KNOWN.getOrDefault(room(file), Set.of());
        List<String> found = new ArrayList<>();
        String[] lines = file.code().split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            Matcher mentioned = MENTIONED.matcher(lines[i]);
            while (mentioned.find()) {
                String other = mentioned.group(1);
                if (!other.equals(room(file)) && !known.contains(other)) {
                    found.add(file.path() + ":" + (i + 1) + ": " + room(file) + " must not know " + other);
                }
            }
        }
        return found;
    }

    /// A room of the server that stands in no line here, or stands here and is gone.
    private static List<String> unknownRooms(List<SourceFile> files) {
        Set<String> there = new TreeSet<>();
        files.stream().filter(file -> file.isJava() && file.isUnder("src/server")).map(Rooms::room)
                .filter(room -> !room.equals("server")).forEach(there::add);
        List<String> found = new ArrayList<>();
        there.stream().filter(room -> !KNOWN.containsKey(room))
                .forEach(room -> found.add(room + ": say in tidy.Rooms whom it may know"));
        KNOWN.keySet().stream().filter(room -> !there.contains(room))
                .forEach(room -> found.add(room + ": is in tidy.Rooms, but there is no such room"));
        return found;
    }

    private static List<String> namesTwice(List<SourceFile> files) {
        Map<String, String> paths = new TreeMap<>();
        List<String> found = new ArrayList<>();
        for (SourceFile file : files) {
            if (file.isJava() && file.isUnder("src") && !file.name().matches("(package|module)-info\\.java")) {
                String other = paths.putIfAbsent(file.name(), file.path());
                if (other != null) {
                    found.add(file.path() + ": its name is that of " + other);
                }
            }
        }
        return found;
    }

    /// A nested type with the name of a file, or of another nested type that other files see too. The client and the
    /// server do not meet, so each is taken with `shared` alone.
    private static List<String> typesTwice(List<SourceFile> files) {
        Set<String> found = new TreeSet<>();
        for (String program : new String[] {"src/client", "src/server"}) {
            Map<String, String> owners = new TreeMap<>();
            List<SourceFile> seen = files.stream().filter(file -> file.isJava()
                    && (file.isUnder(program) || file.isUnder("src/shared"))).toList();
            seen.forEach(file -> owners.put(file.name().replace(".java", ""), file.path()));
            for (SourceFile file : seen) {
                // the cases of a sealed interface are read with its name: Event.Change
                boolean cases = file.code().contains("\npublic sealed interface ");
                for (Matcher type = NESTED.matcher(file.code()); type.find();) {
                    String name = type.group(2);
                    String owner = owners.get(name);
                    boolean own = cases || type.group(1).contains("private ");
                    if (owner != null && (!own || owner.endsWith("/" + name + ".java"))
                            && !NAMES_FOR_TWO.contains(name)) {
                        found.add(file.path() + ": its type " + name + " has a name of " + owner);
                    } else if (!own) {
                        owners.put(name, file.path());
                    }
                }
            }
        }
        return List.copyOf(found);
    }

    private static List<String> withoutFrontPage(List<SourceFile> files) {
        Set<String> all = new TreeSet<>();
        Set<String> with = new TreeSet<>();
        for (SourceFile file : files) {
            if (file.isJava() && file.isUnder("src") && !file.name().equals("module-info.java")) {
                all.add(folder(file));
                if (file.name().equals(FRONT_PAGE)) {
                    with.add(folder(file));
                }
            }
        }
        all.removeAll(with);
        return all.stream().map(folder -> folder + ": has no front page, " + FRONT_PAGE).toList();
    }

    private static List<String> tooLarge(List<SourceFile> files) {
        Map<String, Integer> sizes = new TreeMap<>();
        files.stream().filter(file -> file.isJava() && file.isUnder("src/server") && !file.name().equals(FRONT_PAGE))
                .forEach(file -> sizes.merge(folder(file), 1, Integer::sum));
        return sizes.entrySet().stream().filter(size -> size.getValue() > FILES_MAX).map(size -> size.getKey() + ": "
                + size.getValue() + " files, at most " + FILES_MAX + ": one subject a room").toList();
    }

    private static String room(SourceFile file) {
        return folder(file).replaceFirst("^src/", "").replace('/', '.');
    }

    private static String folder(SourceFile file) {
        return file.path().substring(0, file.path().lastIndexOf('/'));
    }
}
