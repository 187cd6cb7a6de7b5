package server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import fuzz.Subject;

/// The files of tokens: what is taken of `tokens.json` is whole, and the last uses are known or not.
public final class TokenFileSubject implements Subject {

    private static final String[] GOOD = {
        "{'version':1,'tokens':[\n{'name':'ci','scope':'submit','priority_max':5,'max_pending':500,'created_at':"
            + "'2026-01-02T03:04:05Z','expires_at':'2026-04-02T03:04:05Z','sha256':'" + "ab".repeat(32) + "'},\n"
            + "{'name':'me','scope':'admin','created_at':'2026-01-02T03:04:05.678Z','sha256':'" + "00".repeat(32)
            + "'}\n]}\n",
        "{'version':1,'tokens':[]}", "{'ci':'2026-01-02T03:04:00Z'}"};

    private final Path folder;

    public TokenFileSubject(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    @Override
    public String name() {
        return "tokens";
    }

    @Override
    public List<byte[]> corpus() {
        return Stream.of(GOOD).map(text -> text.replace('\'', '"').getBytes(StandardCharsets.UTF_8)).toList();
    }

    @Override
    public List<String> words() {
        return List.of("{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "1e9", "99999999999", "\"version\":1",
                "\"tokens\":[", "\"name\":\"a\"", "\"scope\":\"read\"", "\"sha256\":\"\"", "ab".repeat(32),
                "\"expires_at\":\"\"", "+1000000000-12-31T23:59:59Z", "-999999999-01-01T00:00:00Z", "\\u0000", "..");
    }

    @Override
    public String take(byte[] input) throws IOException {
        Files.write(folder.resolve("tokens.json"), input);
        Files.write(folder.resolve("tokens-used.json"), input);
        TokenFile file = new TokenFile(folder);
        file.used().values().forEach(at -> assertTrue(at != null));
        try {
            List<NamedToken> tokens = file.read();
            for (NamedToken token : tokens) {
                assertTrue(ClientName.is(token.asker().name()), token.asker().name());
                assertEquals(32, token.hash().length);
            }
            return "good " + Math.min(tokens.size(), 3);
        } catch (IOException refused) {
            assertTrue(refused.getMessage().startsWith(folder.toString()), refused.getMessage());
            return Subject.way(refused);
        }
    }
}
