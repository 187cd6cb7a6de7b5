package server.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

import server.access.Scope;
import server.http.Answer.Whole;
import shared.Problem;

/// The table of what the server answers: method and path to a handler. In a path a segment `{id}` stands for any text
/// that is not empty; there is at most one, and a path without it goes before. As the last one `{id*}` stands for all
/// segments to the end, with their `/`. One more `/` at the end is no matter. A route of GET answers HEAD too.
///
/// The paths of Ollama and its like, which are *relayed*, may have `/q/HINTS` before them, a segment of the caller's
/// hints; other paths may not.
public final class Routes {

    /// One row of the table.
    ///
    /// @param path       as it was added, with `{id}` or `{id*}`
    /// @param scope      what a token must allow
    /// @param about      what it does, takes and answers, as `server.openapi` reads it
    /// @param parameters the query parameters that it knows
    /// @param isRelayed  whether it is a route of Ollama or its like
    public record Row(String method, String path, Scope scope, String about, Set<String> parameters,
            boolean isRelayed) {
    }

    /// @param scope      what a token must allow
    /// @param about      see [Row]
    /// @param parameters the query parameters that it knows
    /// @param errors     the form of its errors, by which it is a relayed one; null: the server's own
    record Method(Scope scope, String about, Handler handler, Set<String> parameters,
            Function<Problem, Whole> errors) {
    }

    /// @param route  null if the path has no such method
    /// @param id     what stands for `{id}`; null if the path has none
    /// @param allow  the methods that the path has
    /// @param errors the route's; where there is none, another one's of the path
    /// @param hints  the segment behind `/q/`, as it was sent; null: none
    /// @param path   of the routes, as it stands in the table
    record Match(Method route, String id, String allow, Function<Problem, Whole> errors, String hints, String path) {

        /// What a token must allow; where there is no such route, any token will do.
        Scope scope() {
            return route == null ? Scope.READ : route.scope();
        }

        boolean isRelayed() {
            return errors != null;
        }
    }

    /// All that is answered at one path.
    private record Resource(String path, String[] segments, Map<String, Method> methods) {

        Match match(String method, String id) {
            Method own = methods.get(method);
            Method route = own == null && method.equals("HEAD") ? methods.get("GET") : own;
            return new Match(route, id, route == null || method.equals("OPTIONS") ? allow() : null,
                    route != null ? route.errors() : methods.values().stream().map(Method::errors)
                            .filter(Objects::nonNull).findFirst().orElse(null), null, path);
        }

        private String allow() {
            String all = String.join(", ", methods.keySet());
            return all + (methods.containsKey("GET") ? ", HEAD" : "") + ", OPTIONS";
        }
    }

    static final String HINTS = "/q/";

    private static final String ID = "{id}";
    private static final String REST = "{id*}";

    private final Map<String, Resource> plain = new LinkedHashMap<>();
    private final Map<String, Resource> withId = new LinkedHashMap<>();

    /// Adds a route.
    ///
    /// @param scope what a token must allow, where one is needed
    /// @param about what it does, takes and answers, as `server.openapi` reads it
    public Routes add(String method, String path, Scope scope, String about, Handler handler, String... parameters) {
        return add(method, path, new Method(scope, about, handler, Set.of(parameters), null));
    }

    /// Returns a route of Ollama or its like: pages of the origins that Ollama allows may use it, any query is taken,
    /// the token may be an API key, and `/q/HINTS` may stand before its path.
    ///
    /// @param scope  what a token must allow, where one is needed
    /// @param about  as that of [#add]; empty for what only says that nothing is there
    /// @param errors how its API tells of an error
    public Routes addRelayed(String method, String path, Scope scope, String about, Function<Problem, Whole> errors,
            Handler handler) {
        return add(method, path, new Method(scope, about, handler, Set.of(), errors));
    }

    /// Returns all rows, for those who tell of the API.
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        List.of(plain, withId).forEach(resources -> resources.forEach((path, resource) ->
                resource.methods().forEach((method, route) -> rows.add(new Row(method, path, route.scope(),
                        route.about(), route.parameters(), route.errors() != null)))));
        return rows;
    }

    private Routes add(String method, String path, Method route) {
        (path.contains(ID) || path.endsWith(REST) ? withId : plain)
                .computeIfAbsent(path, text -> new Resource(text, segments(text), new LinkedHashMap<>()))
                .methods().put(method, route);
        return this;
    }

    /// @param path as the client sent it
    /// @throws Problem 404, or 400 if the path is not well formed
    Match find(String method, String path) {
        if (!path.startsWith(HINTS)) {
            return at(method, path);
        }
        int end = path.indexOf('/', HINTS.length());
        Match match = at(method, end < 0 ? "/" : path.substring(end));
        if (!match.isRelayed()) {
            throw nothing();
        }
        return new Match(match.route(), match.id(), match.allow(), match.errors(),
                path.substring(HINTS.length(), end < 0 ? path.length() : end), match.path());
    }

    private Match at(String method, String path) {
        Resource exact = plain.get(path);
        if (exact != null) {
            return exact.match(method, null);
        }
        String[] segments = segments(path);
        for (int i = 0; i < segments.length; i++) {
            segments[i] = Percent.decode("path", segments[i], false);
        }
        for (Resource resource : plain.values()) {
            if (fits(resource.segments(), segments) != null) {
                return resource.match(method, null);
            }
        }
        for (Resource resource : withId.values()) {
            String id = fits(resource.segments(), segments);
            if (id != null) {
                return resource.match(method, id);
            }
        }
        throw nothing();
    }

    private static Problem nothing() {
        return Problem.notFound("nothing is at this path; the API begins at /api/, as in GET /api/tasks");
    }

    /// What stands for the id, an empty text if the template has none; null if it does not fit.
    private static String fits(String[] template, String[] segments) {
        int last = template.length - 1;
        boolean rest = last >= 0 && template[last].equals(REST) && segments.length > last;
        if (!rest && template.length != segments.length) {
            return null;
        }
        String id = rest ? String.join("/", Arrays.asList(segments).subList(last, segments.length)) : "";
        for (int i = 0; i < (rest ? last : template.length); i++) {
            if (template[i].equals(ID) && !segments[i].isEmpty()) {
                id = segments[i];
            } else if (!template[i].equals(segments[i])) {
                return null;
            }
        }
        return id;
    }

    /// The texts between the slashes. No text is joined or resolved: `..` is a segment like any other.
    private static String[] segments(String path) {
        List<String> segments = new ArrayList<>();
        int from = 1;
        for (int slash = path.indexOf('/', from); slash >= 0; slash = path.indexOf('/', from)) {
            segments.add(path.substring(from, slash));
            from = slash + 1;
        }
        if (from < path.length()) {
            segments.add(path.substring(from));
        }
        return segments.toArray(new String[0]);
    }
}
