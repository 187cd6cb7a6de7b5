package server.websocket;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;

import com.sun.net.httpserver.Headers;

import shared.Problem;

/// The head of an HTTP request, parsed strictly (RFC 9112): lines end with CRLF, folded lines are rejected.
///
/// @param protocol for example `HTTP/1.1`
record RequestHead(String method, URI uri, String protocol, Headers headers) {

    private static final String TOKEN = "!#$%&'*+-.^_`|~";

    /// Returns where the head ends, after its empty line; -1 if that has not arrived yet.
    ///
    /// @param looked the number of bytes that were searched before
    static int end(byte[] bytes, int looked, int length) {
        for (int i = Math.max(looked - 3, 0); i + 4 <= length; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    /// Parses a head.
    ///
    /// @param end the result of [#end]
    /// @throws Problem 400 if it is malformed
    static RequestHead parse(byte[] bytes, int end) {
        String[] lines = new String(bytes, 0, end - 4, StandardCharsets.ISO_8859_1).split("\r\n", -1);
        String[] first = lines[0].split(" ", -1);
        if (first.length != 3 || !isToken(first[0]) || !first[2].startsWith("HTTP/")) {
            throw Problem.badRequest("the first line must be METHOD PATH HTTP/1.1, not \"" + Problem.shown(lines[0])
                    + "\"");
        }
        Headers headers = new Headers();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon < 0 || !isToken(lines[i].substring(0, colon)) || !isText(lines[i])) {
                throw Problem.badRequest("a header must be NAME: VALUE, not \"" + Problem.shown(lines[i]) + "\"");
            }
            headers.add(lines[i].substring(0, colon), lines[i].substring(colon + 1).strip());
        }
        try {
            return new RequestHead(first[0], new URI(first[1]), first[2], headers);
        } catch (URISyntaxException wrong) {
            throw Problem.badRequest("the path cannot be read: " + Problem.shown(first[1]));
        }
    }

    private static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9' || TOKEN.indexOf(c) >= 0);
    }

    private static boolean isText(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c != 0x7f || c == '\t');
    }
}
