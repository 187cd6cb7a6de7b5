package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import shared.json.Json;
import shared.json.JsonWriter;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// The parts of the page that only compute, called where they run. (The package is not `web`: that is a folder of the
/// server's module, so no class outside of it may lie in a package of this name.)
@WithBrowser
@TestInstance(Lifecycle.PER_CLASS)
final class ModulesTest {

    private ServerProcess server;
    /// One for all, as nothing here changes it.
    private Page page;

    @BeforeAll
    void start(Page opened, @TempDir Path directory) {
        server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:");
        page = opened.open(server.url());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /// The value of an expression that sees everything of a module.
    private Json js(String module, String expression) {
        return page.eval("(async () => { const {modules} = await import(document.querySelector('script[type=module]')"
                + ".src); const m = modules['" + module + "']; return (" + expression + "); })()");
    }

    private String text(String module, String expression) {
        return ((Json.Str) js(module, "String(" + expression + ")")).value();
    }

    /// Browsers store some megabytes for a page, and "New like this" may need more.
    @Test
    void draft_thatIsLargerThanABrowserKeeps_isThereAllTheSame() {
        assertEquals("1 12000000 2", text("draft", "(m.write('t', {a: '1'}), [m.read('t').a,"
                + " (m.write('t', {a: 'x'.repeat(12e6)}), m.read('t').a.length), (m.write('t', {a: '2'}),"
                + " m.read('t').a)]).join(' ')"));
    }

    /// If the server no longer reports past events, as after a long absence, the drawer has no gap.
    @Test
    void drawer_afterEventsWentBy_readsThemFromTheJournal() {
        assertEquals("one,two,three", text("drawer", "await (async () => { let last = 1; let hear;"
                + " const events = [1, 2, 3].map(seq => ({seq, event: 'cron', what: 'fired', at: '2026-01-01T00:00:0'"
                + " + seq + 'Z', cron: {id: 'cron_' + seq, name: ['one', 'two', 'three'][seq - 1]}}));"
                + " const api = {get: async () => ({last_seq: last}), fetch: async () => new Response(events"
                + ".filter(({seq}) => seq <= last).map(event => `id: ${event.seq}\\nevent: cron\\ndata: ${"
                + "JSON.stringify(event)}\\n\\n`).join(''))};"
                + " const [box, control] = [document.createElement('section'), document.createElement('button')];"
                + " box.hidden = true; document.body.append(box);"
                + " const names = () => [...box.querySelectorAll('.event-lines a')].map(a => a.textContent).join();"
                + " const until = async wanted => { for (let i = 0; i < 100 && names() !== wanted; i++) {"
                + " await new Promise(go => setTimeout(go, 20)); } return names(); };"
                + " m.drawer(box, control, {api, live: {on: listener => hear = listener}, complain: reportError});"
                + " box.hidden && control.click(); await until('one'); last = 3; hear({event: 'reset', seq: 3});"
                + " const shown = await until('one,two,three'); control.click(); box.remove(); return shown; })()"));
    }

    @Test
    void quote_ofAnyWord_isReadBackByTheShell() throws IOException, InterruptedException {
        Random random = new Random(Long.getLong("seed", 42));
        List<String> words = new ArrayList<>(List.of("", "plain", "it's", "''", "\\", "a b", "$HOME", "`id`", "*", "!x",
                "line\nline", "=ls", "\ttab", "-n", "~", "#", "ü€😀", "'\\''", "a=b", "{a,b}", ";exit", "\"", "%s",
                "\u0007"));
        for (int i = 0; i < 200; i++) {
            StringBuilder word = new StringBuilder();
            for (int j = random.nextInt(8); j > 0; j--) {
                word.append(" '\"\\$`!*?[]{}();&|<>#~=%\nabZ9é".charAt(random.nextInt(29)));
            }
            words.add(word.toString());
        }
        JsonWriter json = new JsonWriter().beginArray();
        words.forEach(json::string);
        // zsh takes =ls for the path of a command
        assertEquals("'=ls' a=b", text("commandline", "['=ls', 'a=b'].map(m.quote).join(' ')"));
        String line = text("commandline", json.endArray() + ".map(m.quote).join(' ')");
        Process shell = new ProcessBuilder("sh", "-c", "printf '%s\\0' " + line).start();
        String read = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(String.join("\0", words) + "\0", read);
        assertEquals(0, shell.waitFor());
    }

    @ParameterizedTest
    @CsvSource({"duration(0), 0 ms", "duration(850), 850 ms", "duration(999.6), 1000 ms", "duration(1400), 1.4 s",
        "duration(9949), 9.9 s", "duration(9950), 10s", "duration(125000), 2m 5s", "duration(3600000), 1h",
        "duration(90061000), 1d 1h", "seconds(400), 0s", "seconds(65999), 1m 5s",
        "ago('2026-01-01T00:00:00Z' 1767225600500), now", "ago('2026-01-01T00:00:00Z' 1767225660000), 1m ago",
        "ago('2026-01-01T00:00:00Z' 1767218400000), in 2h", "age('2026-01-01T00:00:00Z' 1767225612000), 12s",
        "priority(15), critical", "priority(7), 7", "number(1234567), '1,234,567'", "count(1 'task'), 1 task",
        "count(2 'task'), 2 tasks", "'within({low: 0.1, high: 0.9})', any moment",
        "'within({low: 0.6, high: 6.8})', within 7s", "'within({low: 2, high: 9})', within 9s",
        "'within({low: 3, high: 9})', in 3s to 9s", "'within({low: 7.2, high: 7.2})', in 7s to 8s",
        "'within({low: 8, high: 8})', in about 8s", "'within({low: 74, high: 212})', in 1m 10s to 3m 40s",
        "'within({low: 1000, high: 1900})', in 16m to 32m", "'within({low: 0, high: 86400})', within 1d"})
    void format_writesForPeople(String call, String expected) {
        assertEquals(expected, text("format", "m." + call.replace("' ", "', ").replaceAll("(\\d) '", "$1, '")));
    }

    /// As `shared.ResultText` does.
    @Test
    void said_ofEveryForm_findsItsText() throws IOException {
        String cases = "[" + String.join(",", Files.readAllLines(Path.of("test/shared/results.jsonl"))) + "]";
        assertEquals("", text("said", cases + ".filter(c => { const a = m.answer(c.result); return (a.text ?? '') !== "
                + "c.text || (a.thinking ?? '') !== c.thinking; }).map(c => JSON.stringify(c.result)).join(' ')"));
        assertEquals("[[[1]],[[1,2]],null]", text("said", "JSON.stringify([{data: [{embedding: [1]}]}, "
                + "{embedding: [1, 2]}, {data: [{embedding: 'AA'}]}].map(result => m.answer(result).vectors))"));
        assertEquals("f g h", text("said", "[{choices: [{message: {tool_calls: [{name: 'f'}]}}]}, "
                + "{content: [{type: 'tool_use', name: 'g'}]}, {output: [{type: 'function_call', name: 'h'}]}]"
                + ".flatMap(result => m.answer(result).tools.map(tool => tool.name)).join(' ')"));
    }

    @Test
    void asked_ofEveryApi_findsTheTexts() {
        assertEquals("system:be brief|user:a\nb|null:c", text("task", "m.asked({instructions: 'be brief', input: ["
                + "{role: 'user', content: [{type: 'input_text', text: 'a'}, {text: 'b'}]}, 'c']})"
                + ".map(({role, text}) => role + ':' + text).join('|')"));
        assertEquals("system:s|user:hi", text("task", "m.asked({system: [{type: 'text', text: 's'}], messages:"
                + " [{role: 'user', content: 'hi'}]}).map(({role, text}) => role + ':' + text).join('|')"));
    }

    @Test
    void filter_readsAndWritesTheAddress() {
        String address = "?status=pending%2Crunning&model=a%2Fb%3Fc&q=x+y&sort=duration&order=asc&page=3";
        assertEquals(address, text("filter", "m.format(m.parse(new URLSearchParams('" + address + "')))"));
        assertEquals("", text("filter", "m.format(m.parse(new URLSearchParams('sort=bad&order=up&page=-1')))"));
        assertEquals("created_at", text("filter", "m.parse(new URLSearchParams('sort=toString')).sort"));
        assertEquals("200", text("filter", "m.request(m.parse(new URLSearchParams('page=3'))).offset"));
        assertEquals("desc asc", text("filter", "['priority', 'model'].map(sort => "
                + "m.parse(new URLSearchParams({sort})).order).join(' ')"));
        assertEquals("a,c", text("filter", "m.toggle('a,b,c', 'b')"));
        assertEquals("a,b", text("filter", "m.toggle('a', 'b')"));
    }

    @ParameterizedTest
    @CsvSource({"'', true", "status=running, true", "'status=pending,running', true", "status=failed, false",
        "type=chat, true", "type=embed, false", "model=m, true", "model=x, false", "priority=high, true",
        "'priority=1,10', true", "priority=normal, false", "q=anything, true", "'client=me,you', true",
        "client=him, false", "relayed=true, true", "relayed=false, false"})
    void matches_knowsWhoBelongs(String query, String expected) {
        assertEquals(expected, text("filter", "m.matches(m.parse(new URLSearchParams('" + query + "')), "
                + "{status: 'running', type: 'chat', model: 'm', priority: 10, client: 'me', relayed: true})"));
    }

    @Test
    void pretty_keepsEveryDigitAndEveryString() {
        assertEquals("""
                {
                  "a": 12345678901234567890.10,
                  "b": [
                    1e400,
                    "x,{\\"y\\":[1]}\\\\",
                    [],
                    {}
                  ],
                  "c": null
                }""", text("json", "m.pretty(" + Page.quoted("{\"a\":12345678901234567890.10,\"b\":[1e400,"
                + "\"x,{\\\"y\\\":[1]}\\\\\",[],{ }],\"c\":null}") + ")"));
    }

    @Test
    void pretty_ofAHugeText_leavesItAsItIs() {
        assertEquals("true", text("json", "(json => m.pretty(json) === json)(JSON.stringify('x'.repeat(20_000_000)))"));
    }

    /// Whatever a program sends as a call can be displayed.
    @Test
    void parse_ofAVeryDeepText_leavesOutItsDeepest_andPrettyLeavesItAsItIs() {
        String deep = "'{\"a\":' + '[{\"x\":'.repeat(400_000) + '\"]\\\\\\\\\"' + '}]'.repeat(400_000)"
                + " + ',\"c\":12345678901234567890}'";
        assertEquals("true 12345678901234567890", text("json", "(source => [m.pretty(source) === source,"
                + " JSON.stringify(m.parse(source), null, 2).match(/\"c\": (.*)/)[1]].join(' '))(" + deep + ")"));
        assertEquals("[[[1,[]]],\"}\",2]", text("json", "JSON.stringify(m.parse('[[[1,[]]],\"}\",2]'))"));
        assertEquals("true", text("json", "(text => JSON.stringify(m.parse(text)) === text)("
                + "'['.repeat(1000) + ']'.repeat(1000))"));
        assertEquals("[".repeat(1_000) + "\"\u2026\"" + "]".repeat(999) + ",3]",
                text("json", "JSON.stringify(m.parse('['.repeat(1001) + ']'.repeat(1000) + ',3]'))"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{input: ['a', 'b']}|{'type':'embed','model':'m','input':['a','b']}",
        "{input: ['a\\nb', 'c']}|{'type':'embed','model':'m','payload':{'input':['a\\nb','c']}}",
        "{input: 'x', format: null}|{'type':'embed','model':'m','input':'x'}"})
    void prefill_makesAFormThatAsksForTheSame(String payload, String expected) {
        String task = "{type: 'embed', model: 'm', priority: 5, metadata: {}, max_retries: 3, payload: " + payload
                + "}";
        assertEquals(expected.replace('\'', '"'), text("template", "await (async () => { m.prefill(" + task + ");"
                + "const {read} = modules.draft; const {build} = modules.submission;"
                + "const all = Object.fromEntries(['expires_in', 'finish_by', 'when', 'options'].map("
                + "name => [name, '']));"
                + "const {task: {priority, max_retries, ...rest}} = build({...all, ...read('new')}, 0);"
                + "return JSON.stringify(rest); })()"));
    }

    @Test
    void parse_keepsTheDigitsOfLargeNumbers() {
        assertEquals("{\"a\":[12345678901234567890,7,0.5]}", text("json",
                "JSON.stringify(m.read('{\"a\": [12345678901234567890, 7, 0.5]}', 'object').value)"));
    }

    @Test
    void read_ofAnyNumber_writesItAsItWas() {
        assertEquals("{\"a\":[1.50,1e400,-0,1E5]}", text("json",
                "JSON.stringify(m.read('{\"a\": [1.50, 1e400, -0, 1E5]}', 'object').value)"));
    }

    @Test
    void asked_showsTheToolCallsOfAMessageWithoutAText() {
        assertEquals("user hi, assistant [{'name':'f'}], tool 42", text("task",
                "m.asked({messages: [{role: 'user', content: 'hi'}, {role: 'assistant', content: '', "
                        + "tool_calls: [{name: 'f'}]}, {role: 'tool', content: '42'}]}).map(({role, text}) => "
                        + "`${role} ${text.replaceAll(/\\s/g, '').replaceAll('\"', \"'\")}`).join(', ')"));
    }

    /// What the form makes of a chat with one field filled in.
    private String built(String field, String value, String asked) {
        return text("submission", "(values => (({task, problems}) => " + asked + ")(m.build({...values, type: 'chat', "
                + "turns: 0, " + field + ": '" + value + "'}, 0)))(Object.fromEntries("
                + "['model', 'format', 'think', 'keep_alive', 'priority', "
                + "'when', 'expires_in', 'window', 'finish_by', 'timeout', 'on', 'metadata', 'extra', 'options', "
                + "'max_retries']"
                + ".map(name => [name, ''])))");
    }

    @Test
    void options_ofAnyName_areSent() {
        assertEquals("__proto__,1,constructor,x", built("options", "__proto__=1\\nconstructor=x",
                "Object.entries(task.options)"));
    }

    @Test
    void retries_thatAreNoNumber_areAProblem() {
        for (String wrong : List.of("1e", "-", "2.5", "-1", "many")) {
            assertEquals("must be a whole number, 0 for none", built("max_retries", wrong, "problems.max_retries"));
        }
        assertEquals("7", built("max_retries", " 7 ", "task.max_retries"));
    }

    @Test
    void join_afterTheEnd_isNotKept() {
        assertEquals("0", text("live", "(() => { const set = new Set(), end = new AbortController(); end.abort(); "
                + "m.join(set, 1, end.signal); return set.size; })()"));
    }

    /// Time runs a hundred times as fast.
    @Test
    void request_withoutAnAnswer_isToldOf() {
        assertEquals("1,0", text("api", "await (async (wait, ask) => { const told = []; let answer; "
                + "window.setTimeout = (f, ms) => wait(f, ms / 100); "
                + "window.fetch = (path, ...all) => path.endsWith('/x') ? new Promise(r => answer = r)"
                + " : ask(path, ...all); try {"
                + "await new m.Api({slow: n => { told.push(n); answer(Response.json(1)); }}).get('/x');"
                + "return told; } finally { window.setTimeout = wait; window.fetch = ask; } })"
                + "(window.setTimeout, window.fetch)"));
    }

    @Test
    void read_ofWrongJson_saysWhere() {
        assertEquals("must be a JSON object, for example {\"name\": \"value\"}",
                text("json", "m.read('[1]', 'object').error"));
        String error = text("json", "m.read('{\\n  \"a\": 1,\\n  b\\n}', 'object').error");
        assertEquals("(line 3 column 3)", error.replaceFirst("(?s).*(\\(line)", "$1").replace(",", ""), error);
    }

    @Test
    void stretches_tellWaitingAndAttempts() {
        String task = "{created_at: '2026-01-01T00:00:00Z', started_at: '2026-01-01T00:00:05Z', status: 'running', "
                + "completed_at: null, attempts: [{attempt: 1, started_at: '2026-01-01T00:00:02Z', "
                + "ended_at: '2026-01-01T00:00:03Z', error: 'x'}]}";
        assertEquals("wait 2000, attempt 1000 1 failed, wait 2000, attempt 4000 2 running", text("task",
                "m.stretches(" + task + ", Date.parse('2026-01-01T00:00:09Z')).map(s => [s.kind, s.to - s.from, "
                        + "s.number, s.failed && 'failed', s.running && 'running'].filter(x => x).join(' '))"
                        + ".join(', ')"));
    }

    @Test
    void attempts_beforeATaskWasPutBack_areCounted() {
        String task = "({status: '%s', retry_count: %d, attempts: [{counted: true, error: 'x'}, {counted: false, "
                + "error: 'restart'}, {counted: true, error: 'x'}, {counted: true, error: 'cancelled'}]})";
        for (String expected : List.of("failed 1 0", "failed 0 1", "pending 0 2", "running 2 0", "completed 1 1")) {
            String[] one = expected.split(" ");
            assertEquals(one[2], text("task", "String(m.putBack(" + task.formatted(one[0], Integer.parseInt(one[1]))
                    + "))"), expected);
        }
    }

    @Test
    void phases_areToScale_unlessTheWaitIsThreeTimesTheRest() {
        String drawn = "(seconds => { const section = document.createElement('section');"
                + " const at = second => new Date(1767225600000 + second * 1000).toISOString();"
                + " m.drawPhases(section, {status: 'completed', created_at: at(0), completed_at: at(seconds + 1),"
                + " attempts: [{attempt: 1, started_at: at(seconds), ended_at: at(seconds + 1), error: null}]}, 0);"
                + " const [wait, run] = [...section.querySelectorAll('.bar div')].map(d => Number(d.style.flexGrow));"
                + " return Math.round(wait / (wait + run) * 100) + (section.querySelector('[data-broken]')"
                + " ? ' broken' : ''); })";
        assertEquals("67", text("timeline", drawn + "(2)"));
        assertEquals("75 broken", text("timeline", drawn + "(30)"));
    }

    @Test
    void scale_breaksOnlyWaitsThatAreLongerThanAllAttempts() {
        assertEquals("0.25, 0.5 broken, 0.25|0.5, 0.5", text("task", "[[0, 10, 5_000, 5_010], [0, 10, 20]]"
                + ".map(([from, to, ...more]) => m.scale(more.length === 2 ? [{kind: 'attempt', from, to},"
                + " {kind: 'wait', from: to, to: more[0]}, {kind: 'attempt', from: more[0], to: more[1]}]"
                + " : [{kind: 'attempt', from, to}, {kind: 'wait', from: to, to: more[0]}])"
                + ".map(place => place.length + (place.broken ? ' broken' : '')).join(', ')).join('|')"));
    }

    @Test
    void serverSentEvents_howeverTheyAreCut_areTheSame() {
        String stream = "id: 1\\nevent: task\\ndata: {\"a\":1}\\n\\n: ping\\n\\ndata: [1,\\ndata: 2]\\r\\n"
                + "\\r\\nid: 3\\ndata:\"ü€😀\"\\n\\n";
        String read = "(async cut => { const bytes = new TextEncoder().encode('" + stream + "'); let i = 0;"
                + "const body = new ReadableStream({pull(c) { if (i >= bytes.length) c.close(); else "
                + "c.enqueue(bytes.slice(i, i += cut)); }}); const all = [];"
                + "for await (const e of m.serverSentEvents(new Response(body))) all.push(e);"
                + "return JSON.stringify(all); })";
        String expected = "[{\"event\":\"task\",\"id\":\"1\",\"data\":{\"a\":1}},"
                + "{\"event\":\"message\",\"data\":[1,2]},{\"event\":\"message\",\"id\":\"3\",\"data\":\"ü€😀\"}]";
        for (int cut : new int[] {1, 2, 3, 7, 1_000}) {
            assertEquals(expected, text("events", "await " + read + "(" + cut + ")"), "cut " + cut);
        }
    }

    @Test
    void dom_makesNoScriptOfAnything() {
        assertEquals("<img src=x onerror=alert(1)>", text("dom",
                "m.h('p', {}, '<img src=x onerror=alert(1)>').textContent"));
        for (String attribute : List.of("href: 'javascript:alert(1)'", "href: 'https://example.org'",
                "onclick: 'alert(1)'", "style: 'color: red'", "srcdoc: 'x'")) {
            assertEquals("refused", text("dom", "(() => { try { m.h('a', {" + attribute + "}); } "
                    + "catch { return 'refused'; } })()"), attribute);
        }
    }

    @Test
    void whatAnAttemptHadSaid_isGoneWithTheServerThatHeardIt() {
        String drawn = "(since => { const section = document.createElement('section');"
                + " m.drawAttempts(section, {status: 'failed', created_at: '2026-01-01T00:00:00Z', attempts:"
                + " [{attempt: 1, host: 'a', started_at: '2026-01-01T00:00:01Z', ended_at: '2026-01-01T00:00:02Z',"
                + " error: 'cut off',"
                + " counted: true}], completed_at: '2026-01-01T00:00:02Z', unfinished: %s}, 0, Date.parse(since));"
                + " return section.textContent; })('%s')";
        assertTrue(text("timeline", drawn.formatted("[]", "2026-01-01T00:00:03Z")).contains("output is lost"));
        assertFalse(text("timeline", drawn.formatted("[]", "2026-01-01T00:00:00Z")).contains("output is lost"));
        assertTrue(text("timeline", drawn.formatted("[{attempt: 1, text: 'half'}]", "2026-01-01T00:00:00Z"))
                .contains("half"));
    }
}
