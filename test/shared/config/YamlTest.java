package shared.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import shared.Problem;
import shared.TextPlace;
import shared.config.Node.Fields;
import shared.config.Node.Items;
import shared.config.Node.Text;

/// Documents and what they say, and documents that are refused and where.
class YamlTest {

    /// A document, and its value as JSON.
    static Stream<List<String>> documents() {
        return Stream.of(
                List.of("", "''"),
                List.of("# nothing\n\n  # at all\n", "''"),
                List.of("---\n...\n", "''"),
                List.of("a: b\r\nc: d\r\n", "{'a':'b','c':'d'}"),
                // plain texts stay texts, whatever they look like
                List.of("a: yes\nb: on\nc: 010\nd: 0x1f\ne: 1e3\nf: 12:30:45\ng: 2026-01-02\nh: .5\ni: NO",
                        "{'a':'yes','b':'on','c':'010','d':'0x1f','e':'1e3','f':'12:30:45','g':'2026-01-02','h':'.5',"
                                + "'i':'NO'}"),
                List.of("a: ~\nb: null\nc:\nd: ''", "{'a':'~','b':'null','c':'','d':''}"),
                List.of("a: http://x:80/y#z", "{'a':'http://x:80/y#z'}"),
                List.of("a: b c  # d\nb#c: d#e", "{'a':'b c','b#c':'d#e'}"),
                List.of("a: -1\nb: ?x\nc: :y", "{'a':'-1','b':'?x','c':':y'}"),
                List.of("a: ${X:-y} ${Z}", "{'a':'${X:-y} ${Z}'}"),
                List.of("a:\n  b:\n    c: d\n  e: f\ng: h", "{'a':{'b':{'c':'d'},'e':'f'},'g':'h'}"),
                List.of("a:\n  b", "{'a':'b'}"),
                List.of("'a b': c\n\"d\\te\" : f", "{'a b':'c','d\\te':'f'}"),
                // lists
                List.of("- a\n- b", "['a','b']"),
                List.of("a:\n- b\n- c\nd: e", "{'a':['b','c'],'d':'e'}"),
                List.of("a:\n  - b: c\n    d: e\n  -   f: g\n      h: i\n  -\n    j: k",
                        "{'a':[{'b':'c','d':'e'},{'f':'g','h':'i'},{'j':'k'}]}"),
                List.of("- - a\n  - b\n-\n- - - c", "[['a','b'],'',[['c']]]"),
                List.of("-\n  - a\n- b:\n  - c\n  d: e", "[['a'],{'b':['c'],'d':'e'}]"),
                // brackets
                List.of("a: []\nb: {}\nc: [ ]\nd: { }", "{'a':[],'b':{},'c':[],'d':{}}"),
                List.of("[a, b c, 'd, e', \"f\"]", "['a','b c','d, e','f']"),
                List.of("{a: b, 'c': [d, {e: f}], \"g\":h, i: , j:}",
                        "{'a':'b','c':['d',{'e':'f'}],'g':'h','i':'','j':''}"),
                List.of("a: [\n  b,   # first\n  # none\n  c,\n]\nd: e", "{'a':['b','c'],'d':'e'}"),
                List.of("{\"server\": {\"port\": 8080, \"names\": [\"a\", \"b\"]}}",
                        "{'server':{'port':'8080','names':['a','b']}}"),
                // quotes
                List.of("a: 'it''s # no: \\n'\nb: ''", "{'a':'it\\u0027s # no: \\\\n','b':''}"),
                List.of("a: \"x\\n\\t\\\\\\\"\\x41\\u00e9\\U0001F600\\/\\_\"",
                        "{'a':'x\\n\\t\\\\\\\"A\u00e9\ud83d\ude00/\u00a0'}"),
                // blocks
                List.of("a: |\n  b\n   c\n\n  d\n\ne: f", "{'a':'b\\n c\\n\\nd\\n','e':'f'}"),
                List.of("a: >\n  b\n  c\n\n  d\n   e\n  f\n", "{'a':'b c\\nd\\n e\\nf\\n'}"),
                List.of("a: |-\n  b\n\nc: |+\n  d\n\ne: >-  # why\n  f\n  g\n", "{'a':'b','c':'d\\n\\n','e':'f g'}"),
                List.of("a: |2\n   b\n  c\n", "{'a':' b\\nc\\n'}"),
                List.of("- |\n b: \"c\n # d\n- e", "['b: \\\"c\\n# d\\n','e']"),
                List.of("a: |\n  b\tc\n", "{'a':'b\\tc\\n'}"),
                List.of("a: |\nb: >-\n", "{'a':'','b':''}"),
                // of the suite of yaml-test-suite: A6F9, JEF9/00, JEF9/01, JEF9/02, K858, VJP3/01
                List.of("strip: |-\n  text\nclip: |\n  text\nkeep: |+\n  text\n",
                        "{'strip':'text','clip':'text\\n','keep':'text\\n'}"),
                List.of("- |+\n\n\n", "['\\n\\n']"),
                List.of("- |+\n   \n", "['\\n']"),
                List.of("- |+\n   ", "['\\n']"),
                List.of("strip: >-\n\nclip: >\n\nkeep: |+\n\n", "{'strip':'','clip':'','keep':'\\n'}"),
                List.of("k: {\n k\n :\n v\n }\n", "{'k':{'k':'v'}}"),
                // the last line has a line end, whether it is there or not
                List.of("a: |+\n  b", "{'a':'b\\n'}"),
                List.of("a: |\n\n  b\n \n  c", "{'a':'\\nb\\n\\nc\\n'}"));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void read_document_givesItsValue(List<String> row) {
        assertEquals(row.get(1).replace('\'', '"'), json(Yaml.read("f", row.get(0))), row.get(0));
    }

    /// A document, the place of its mistake as `line:column`, and a part of what is said of it.
    static Stream<List<String>> mistakes() {
        return Stream.of(
                List.of("a:\n\tb: c", "2:1", "a tab"),
                List.of("a:\tb", "1:3", "a tab"),
                List.of("a: b\tc", "1:5", "a tab"),
                List.of("a\tb: c", "1:2", "a tab"),
                List.of("a: [b,\n\tc]", "2:1", "a tab"),
                List.of("a: |\n\tb", "2:1", "a tab"),
                List.of("a: 1\nb: 2\na: 3", "3:1", "there already, on line 1"),
                List.of("a:\n  b: 1\n  'b': 2", "3:3", "there already, on line 2"),
                List.of("{a: 1, a: 2}", "1:8", "there already, on line 1"),
                List.of("a: &x 1", "1:4", "anchor"),
                List.of("&x a: 1", "1:1", "anchor"),
                List.of("a:\n  <<: x", "2:3", "a merge key; write the keys of the other map here, too"),
                List.of("a: {b: 1, <<: x}", "1:11", "merge key"),
                List.of("a: *x", "1:4", "alias"),
                List.of("a: !!int 1", "1:4", "tag"),
                List.of("a: [!x 1]", "1:5", "tag"),
                List.of("%YAML 1.2\n---\na: b", "1:1", "directive"),
                List.of("? a\n: b", "1:1", "complex key"),
                List.of("a: ? b", "1:4", "complex key"),
                List.of("a: @b", "1:4", "quotes"),
                List.of("a: `b`", "1:4", "quotes"),
                List.of("a: b: c", "1:5", "quotes"),
                List.of("a: b:", "1:5", "quotes"),
                List.of("a: - b", "1:4", "below its key"),
                List.of("a: b\nc", "2:1", "space after the colon"),
                List.of("a: b\nc:d", "2:1", "space after the colon"),
                List.of("a: b\n  c", "2:3", "indented deeper"),
                List.of("a: b\n  c: d", "2:3", "indented deeper"),
                List.of("a:\n    b: c\n  d: e", "3:3", "indented deeper"),
                List.of("  a: b\nc: d", "2:1", "same column"),
                List.of("a: b\n- c", "2:1", "a list where a key is expected"),
                List.of("a: 'b", "1:4", "not closed"),
                List.of("a: \"b\nc\"", "1:4", "not closed"),
                List.of("a: \"\\q\"", "1:5", "escape"),
                List.of("a: \"\\u12\"", "1:5", "escape"),
                List.of("a: \"\\UFFFFFFFF\"", "1:5", "escape"),
                List.of("a: 'b' c", "1:8", "not expected"),
                List.of("a: [b] c", "1:8", "not expected"),
                List.of("a: [b", "1:4", "not closed"),
                List.of("a: {b: [c\n d: e", "2:2", "comma or ]"),
                List.of("a: [b: c]", "1:6", "comma or ]"),
                List.of("a: {b}", "1:6", "{key: value"),
                List.of("a: [,]", "1:5", "not expected"),
                List.of("a: ]", "1:4", "not expected"),
                // of the suite of yaml-test-suite: 5LLU, S98Z, W9L4, 9C9N, VJP3/00, G5U8, YJV2
                List.of("block scalar: >\n \n  \n   \n invalid\n", "4:1", "a blank line with more spaces"),
                List.of("empty block scalar: >\n \n  \n   \n # comment\n", "4:1", "a blank line with more spaces"),
                List.of("---\nblock scalar: |\n     \n  more spaces at the beginning\n  are invalid\n", "3:1",
                        "a blank line with more spaces"),
                List.of("---\nflow: [a,\nb,\nc]\n", "3:1", "indented deeper than its key"),
                List.of("k: {\nk\n:\nv\n}\n", "2:1", "indented deeper than its key"),
                List.of("---\n- [-, -]\n", "2:4", "not expected here: -"),
                List.of("[-]\n", "1:2", "not expected here: -"),
                List.of("[?]", "1:2", "complex key"),
                List.of("- {a:\nb}", "2:1", "indented deeper than its key"),
                List.of("a:\n  b: [\n    {c: d},\n  e]", "4:3", "indented deeper than its key"),
                List.of("a: |x\n  b", "1:5", "not expected"),
                List.of("a: |++\n  b", "1:6", "one sign"),
                List.of("a: b\n---\nc: d", "2:1", "second document"),
                List.of("a: b\n...\nc: d", "3:1", "same column"),
                List.of("a: \u0000", "1:4", "character"),
                List.of("\ud83d\ude00: *x", "1:4", "alias"),
                List.of("a: " + "[".repeat(60), "1:53", "levels"),
                List.of("- ".repeat(60) + "a", "1:101", "levels"),
                List.of("a".repeat(Yaml.LENGTH_MAX + 1), "1:1", "more than"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void read_mistake_isNamedWithItsPlace(List<String> row) {
        Problem problem = assertThrows(Problem.class, () -> Yaml.read("f.yaml", row.get(0)), row.get(0));
        String[] place = row.get(1).split(":");
        String start = "f.yaml, line " + place[0] + ", column " + place[1] + ": ";
        assertTrue(problem.getMessage().startsWith(start), problem.getMessage());
        assertTrue(problem.getMessage().contains(row.get(2)), problem.getMessage());
    }

    @Test
    void read_mistakeBesideASecret_doesNotRepeatIt() {
        for (String text : List.of("k: 'hunter2", "k: hunter2: x", "k: \"hunter2\\q\"", "k: [hunter2", "k: {hunter2}",
                "k: 'a' hunter2", "k: &hunter2", "k: *hunter2", "k: !hunter2", "k:\n  hunter2\n  hunter2",
                "hunter2 x")) {
            try {
                Yaml.read("f", text);
            } catch (Problem problem) {
                assertTrue(!problem.getMessage().contains("hunter2"), problem.getMessage());
            }
        }
    }

    @Test
    void read_nodes_knowTheirPlaces() {
        Fields root = (Fields) Yaml.read("f", "a: b\nc:\n  - d\n  - {e: f}\n");
        assertEquals("1:4", place(root.fields().get("a").value()));
        assertEquals("2:1", place(root.fields().get("c").name()));
        Items list = (Items) root.fields().get("c").value();
        assertEquals("3:3", place(list));
        assertEquals("3:5", place(list.items().get(0)));
        assertEquals("4:5", place(list.items().get(1)));
        assertEquals("4:9", place(((Fields) list.items().get(1)).fields().get("e").value()));
    }

    @Test
    void read_nodes_knowTheirPaths() {
        Fields root = (Fields) Yaml.read("f", "a: b\nc:\n  - d\n  - {e: [f]}\n  - g:\n      h: i\n");
        assertEquals("a", root.fields().get("a").value().place().path());
        Items list = (Items) root.fields().get("c").value();
        assertEquals("c", list.place().path());
        assertEquals("c[0]", list.items().get(0).place().path());
        Items inner = (Items) ((Fields) list.items().get(1)).fields().get("e").value();
        assertEquals("c[1].e[0]", inner.items().get(0).place().path());
        Node deep = ((Fields) list.items().get(2)).fields().get("g").value();
        assertEquals("c[2].g.h", ((Fields) deep).fields().get("h").value().place().path());
        Problem wrong = assertThrows(Problem.class, () -> Yaml.read("f", "a:\n  - b: &c d\n"));
        assertEquals(new TextPlace("f", 2, 8, "a[0].b"), wrong.place());
    }

    @Test
    void read_longest_takesNoTime() {
        // of a processor, for on a busy machine each second takes longer
        ThreadMXBean work = ManagementFactory.getThreadMXBean();
        long start = work.getCurrentThreadCpuTime();
        Yaml.read("f", "[" + "a, ".repeat(Yaml.LENGTH_MAX / 3 - 2) + "]");
        Yaml.read("f", "- a\n".repeat(Yaml.LENGTH_MAX / 4 - 1));
        Yaml.read("f", "a: |\n" + "  b\n".repeat(Yaml.LENGTH_MAX / 4 - 2));
        long ms = (work.getCurrentThreadCpuTime() - start) / 1_000_000;
        assertTrue(ms < 5_000, ms + " ms");
    }

    private static String place(Node node) {
        return node.place().line() + ":" + node.place().column();
    }

    /// A node as JSON, its texts in double quotes.
    static String json(Node node) {
        StringBuilder out = new StringBuilder();
        if (node instanceof Text text) {
            out.append('"').append(text.text().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
                    .replace("\t", "\\t").replace("'", "\\u0027")).append('"');
        } else if (node instanceof Items list) {
            list.items().forEach(item -> out.append(out.isEmpty() ? "[" : ",").append(json(item)));
            out.append(out.isEmpty() ? "[]" : "]");
        } else {
            ((Fields) node).fields().forEach((name, field) -> out.append(out.isEmpty() ? "{\"" : ",\"")
                    .append(name.replace("\t", "\\t")).append("\":").append(json(field.value())));
            out.append(out.isEmpty() ? "{}" : "}");
        }
        return out.toString();
    }
}
