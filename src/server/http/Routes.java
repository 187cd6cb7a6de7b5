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

/// The table of routes: method and path to a handler. In a path, the segment `{id}` matches any text that is not empty;
/// there is at most one, and a path without it takes precedence. The last segment `{id*}` matches all remaining
/// segments, including their `/`. One `/` more at the end is ignored. A GET route answers HEAD too.
///
/// The paths of Ollama and similar APIs, which are *relayed*, may be preceded by `/q/HINTS`, a segment with the
/// caller's hints; other paths may not, except for those with a route of their own for it: `/q/{id}/…`.
public final class Routes {

    /// One row of the table.
    ///
    /// @param path       as it was added, with `{id}` or `{id*}`
    /// @param scope      what a token must allow
    /// @param about      what it does, takes and returns, as `server.openapi` reads it
    /// @param parameters the query parameters that it knows
    /// @param isRelayed  whether it is a route of Ollama or a similar API
    public record Row(String method, String path, Scope scope, String about, Set<String> parameters,
            boolean isRelayed) {
    }

    /// @param scope      what a token must allow
    /// @param about      see [Row]
    /// @param parameters the query parameters that it knows
    /// @param errors     the form of its errors, if it is relayed; null: the server's own
    record Method(Scope scope, String about, Handler handler, Set<String> parameters,
            Function<Problem, Whole> errors) {
    }

    /// @param route  null if the path has no such method
    /// @param id     the text that `{id}` matched; null if the path has none
    /// @param allow  the path's methods, if `route` is null or the method is OPTIONS; otherwise null
    /// @param errors the route's form of errors; without a route, that of another route of the path; null: the server's
    ///               own
    /// @param hints  the segment after `/q/`, as it was sent; null for none
    /// @param path   of the route, as it was added
    record Match(Method route, String id, String allow, Function<Problem, Whole> errors, String hints, String path) {

        /// Returns what a token must allow; without a route, any token will do.
        Scope scope() {
            return route == null ? Scope.READ : route.scope();
        }

        boolean isRelayed() {
            return errors != null;
        }

        /// The same for a request that is wrong, whatever else it says.
        Match refusing(Problem wrong) {
            return new Match(new Method(scope(), "", request -> {
                throw wrong;
            }, Set.of(), errors), id, null, errors, hints, path);
        }
    }

    /// All routes of one path.
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
    /// @param about what it does, takes and returns, as `server.openapi` reads it
    public Routes add(String method, String path, Scope scope, String about, Handler handler, String... parameters) {
        return add(method, path, new Method(scope, about, handler, Set.of(parameters), null));
    }

    /// Adds a route of Ollama or a similar API: pages of the origins that Ollama allows may use it, any query is
    /// accepted, the token may be an API key, and `/q/HINTS` may precede its path.
    ///
    /// @param scope  what a token must allow, where one is needed
    /// @param about  as for [#add]; empty if the route only says that nothing is there
    /// @param errors the form of errors of that API
    public Routes addRelayed(String method, String path, Scope scope, String about, Function<Problem, Whole> errors,
            Handler handler) {
        return add(method, path, new Method(scope, about, handler, Set.of(), errors));
    }

    /// Returns all routes, for the description of the API.
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

    /// Finds a route.
    ///
    /// @param path as the client sent it
    /// @return its route is null if the path exists, but not for this method
    /// @throws Problem 404 if the path does not exist, 400 if it is malformed
    Match find(String method, String path) {
        if (!path.startsWith(HINTS)) {
            return at(method, path);
        }
        int end = path.indexOf('/', HINTS.length());
        Match match = at(method, end < 0 ? "/" : path.substring(end));
        if (!match.isRelayed()) {
            // one of the server's own paths that may have them
            match = at(method, path);
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
        Problem malformed = null;
        for (int i = 0; i < segments.length; i++) {
            try {
                segments[i] = Percent.decode("path", segments[i], false);
            } catch (Problem wrong) {
                malformed = wrong;
            }
        }
        Match match = at(method, segments);
        if (malformed == null && match != null) {
            return match;
        }
        if (malformed != null && match != null && match.isRelayed()) {
            // in the form of its API
            return match.refusing(malformed);
        }
        throw malformed == null ? nothing() : malformed;
    }

    private Match at(String method, String[] segments) {
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
        return null;
    }

    private static Problem nothing() {
        return Problem.notFound("nothing is at this path; the API begins at /api/, as in GET /api/tasks");
    }

    /// Returns the text that the id matches, an empty one if the template has none; null if the path does not match.
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

    /// Returns the texts between the slashes. Nothing is normalised: `..` is a segment like any other.
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
