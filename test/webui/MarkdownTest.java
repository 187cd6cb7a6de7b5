package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import shared.json.Json;
import shared.json.JsonWriter;
import support.Npm;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// How an answer's Markdown becomes nodes, in the page itself. For each text: only the listed elements and attributes,
/// links only to pages and mail addresses, and the same nodes whatever pieces it arrives in.
@WithBrowser
@TestInstance(Lifecycle.PER_CLASS)
final class MarkdownTest {

    /// How many of CommonMark's examples, in the sections on what models write, have the specified result.
    private static final int SAME_MIN = 420;
    private static final Pattern EXAMPLE = Pattern.compile(
            "(?m)^`{32} example\\n([\\s\\S]*?)^\\.\\n([\\s\\S]*?)^`{32}$|^#{1,6} *(.*)$");

    private ServerProcess server;
    /// One for all, as nothing here changes it.
    private Page page;

    @BeforeAll
    void start(Page opened, @TempDir Path directory) throws IOException {
        server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:");
        page = opened.open(server.url());
        page.eval("window.seed = " + Long.getLong("seed", 42));
        page.eval("window.next = () => 1 + (seed = seed * 48271 % 2147483647) % 9; window.t = "
                + Files.readString(Path.of("test/webui/markdownchecks.js")));
        page.eval("import(document.querySelector('script[type=module]').src)"
                + ".then(({modules}) => { window.m = modules.markdown; })");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void examplesOfCommonMark_makeListedElementsOnly_alsoInPieces() throws IOException {
        JsonWriter examples = new JsonWriter().beginArray();
        Matcher found = EXAMPLE.matcher(Files.readString(Npm.folder("commonmark-spec", "0.31.2").resolve("spec.txt"))
                .replace('\u2192', '\t'));
        String section = "";
        int number = 0;
        while (found.find()) {
            if (found.group(3) != null) {
                section = found.group(3);
                continue;
            }
            examples.beginObject().name("number").number(++number).name("section").string(section)
                    .name("source").string(found.group(1)).name("html").string(found.group(2)).endObject();
        }
        assertEquals(652, number);
        page.eval("window.result = t.check(m, " + examples.endArray() + ", next)");
        assertEquals("", page.text("result.wrong.slice(0, 20).join('\\n')"));
        String same = page.text("Object.entries(result.same).map(([name, [of, all, not]]) => "
                + "`${name}: ${of} of ${all}; not ${not}`).join('\\n')");
        long sum = page.number("Object.values(result.same).reduce((sum, [of]) => sum + of, 0)");
        assertTrue(sum >= SAME_MIN, sum + "\n" + same);
    }

    private String outline(String source) {
        return page.text("t.outline(m, " + Page.quoted(source) + ")");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0007', value = {
        "[x](javascript:alert(1))|<p><span>x</span></p>",
        "[x](JaVaScRiPt:alert(1))|<p><span>x</span></p>",
        "[x](data:text/html;base64,PHM+)|<p><span>x</span></p>",
        "[x](//example.org)|<p><span>x</span></p>",
        "[x](https://example.org/a_b)|<p><a href=\"https://example.org/a_b\">x</a></p>",
        "<javascript:alert(1)>|<p><span>javascript:alert(1)</span></p>",
        "<script>alert(1)</script>|<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "<img src=x onerror=alert(1)>|<p>&lt;img src=x onerror=alert(1)&gt;</p>",
        "![alt *text*](https://example.org/x.png)|<p><span>alt <em>text</em></span></p>",
        "at https://a.org/x_y_z.|<p>at <a href=\"https://a.org/x_y_z\">https://a.org/x_y_z</a>.</p>",
        "a&lt;b &#x1F600; &bogus;|<p>a&lt;b \uD83D\uDE00 &amp;bogus;</p>",
        "~~gone~~ ~5 and ~6|<p><del>gone</del> ~5 and ~6</p>",
        "\\\\(a_1 * b_1\\\\) and $$x^2$$|<p><code>a_1 * b_1</code> and <code>x^2</code></p>"})
    void text_withinAParagraph_becomesNodes(String source, String expected) {
        assertEquals(expected, outline(source.replace("\\\\", "\\")));
    }

    @Test
    void listsTablesAndCode_asModelsWriteThem() {
        assertEquals("<ol><li><strong>One</strong>:<ul><li>a</li><li>b</li></ul></li><li>Two</li></ol>",
                outline("1. **One**:\n  - a\n  - b\n2. Two"));
        assertEquals("<p>Here:</p><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1 | 2</td>"
                + "<td><code>x</code></td></tr><tr><td>3</td><td></td></tr></tbody></table>",
                outline("Here:\n| a | b |\n|---|:-:|\n| 1 \\| 2 | `x` |\n| 3 |"));
        assertEquals("<ul><li>☐ open</li><li>☑ done</li></ul>", outline("- [ ] open\n- [x] done"));
        assertEquals("<ol><li><p>Run:</p><pre><code class=\"language-sh\">\tmake\n\n  test\n</code></pre></li></ol>",
                outline("1. Run:\n\n   ```sh\n   \tmake\n\n     test\n   ```\n"));
        assertEquals("<blockquote><p>said</p><h2>by</h2></blockquote><h1>T</h1>", outline("> said\n> ## by\n# T"));
        assertEquals("<pre><code class=\"language-js\">not &lt;b&gt; closed\n</code></pre>",
                outline("```js\nnot <b> closed"));
    }

    /// Texts that would take for ever, or nest without end, if each part searched for its end again.
    @ParameterizedTest
    @ValueSource(strings = {"[", "![", "*a ", "**a *b ", "_a*", "`", "` `` ", "<", "<http://", "[a](", "[a](b", "~~a",
        "&", "\\(", "$$", "> ", "- ", "1. ", "* * ", "# ", "|", "a|b\n-|-\n", "\t", "- a\n\n", "!\n", "http://a.b!!!!",
        "> - ", "](", "a\n=", "\\"})
    void textsWithoutEnd_areReadInGoodTime(String part) {
        String repeated = Page.quoted(part) + ".repeat(Math.ceil(20_000 / " + part.length() + "))";
        assertEquals("", page.text("t.faults(t.shown(m, " + repeated + ")).slice(0, 3).join()"));
        long depth = page.number("t.depth(t.shown(m, " + repeated + "))");
        assertTrue(depth < 40, "nested " + depth + " deep");
    }

    /// A program's output and a person's selection in an answer stay while it grows.
    @Test
    void blocksThatAreDone_stayTheSameNodes() {
        page.eval("""
                window.root = document.createElement('div'); window.growing = new m.Markdown(root);
                growing.append('# T\\n\\none\\n\\n```py\\nprint(');
                window.before = [...root.children, root.querySelector('code').firstChild];
                growing.append('1)\\nprint(2)');
                """);
        assertTrue(page.is("[...root.children, root.querySelector('code').firstChild].every((node, i) => "
                + "node === before[i])"));
        assertEquals("print(1)\nprint(2)", page.text("root.querySelector('code').textContent"));
        assertEquals(Json.parse("[\"H3\",\"P\",\"DIV\"]"), page.eval("[...root.children].map(node => node.tagName)"));
    }
}
